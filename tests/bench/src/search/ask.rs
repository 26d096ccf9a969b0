//! What people type, asked by several at once.

use anyhow::{Context as _, Result, anyhow};
use fastrand::Rng;
use serde::Deserialize;

use super::tree::word;
use crate::{client::Client, report::Row, rounds::percentile};

/// Clients that ask at the same time, each without a pause.
pub const CLIENTS: usize = 8;
/// Requests of each client; a fifth of them of each kind.
const REQUESTS: usize = 250;
/// Asked for with each query.
pub const FACETS: &str = "category,dataset,ext,size,year";
/// Words of at least a hundredth of all names, up to a third.
const FREQUENT: [&str; 8] = ["img", "index", "holiday", "rechnung", "final", "test", "urlaub", "report"];
/// Such words with a choice that leaves some of the hits.
const FILTERED: [&str; 8] = [
    "img%20ext:jpg",
    "img&category=picture&year=2018",
    "rechnung%20type:document",
    "report%20modified:2019",
    "holiday%20size:%3E1M",
    "final&ext=pdf,docx&size=small,medium",
    "index%20ext:ts",
    "test%20path:/node_modules/",
];

/// A kind of query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A word of a handful of names.
    Rare,
    /// A word of very many.
    Frequent,
    /// The first three or four letters of a word.
    Prefix,
    /// A word with a wrong letter.
    Typo,
    /// A frequent word, and a choice.
    Filtered,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Rare, Self::Frequent, Self::Prefix, Self::Typo, Self::Filtered];

    const fn name(self) -> &'static str {
        match self {
            Self::Rare => "rare word",
            Self::Frequent => "frequent word",
            Self::Prefix => "prefix",
            Self::Typo => "typo",
            Self::Filtered => "filtered",
        }
    }

    /// Something of this kind to be typed, ready for an address.
    pub fn query(self, random: &mut Rng, files: usize) -> String {
        match self {
            Self::Rare => word(random.usize(files / 200..files / 60)),
            Self::Frequent => FREQUENT[random.usize(..FREQUENT.len())].to_owned(),
            Self::Prefix => {
                let word = word((files as f64 / 60.0).powf(random.f64()) as usize);
                word[..word.len().min(random.usize(3..=4))].to_owned()
            }
            Self::Typo => {
                let mut word = std::iter::repeat_with(|| word(random.usize(10..files / 100)));
                let mut letters = word.find(|word| word.len() > 4).unwrap_or_default().into_bytes();
                let at = random.usize(2..letters.len());
                letters[at] = if letters[at] == b'q' { b'p' } else { b'q' };
                String::from_utf8(letters).unwrap_or_default()
            }
            Self::Filtered => FILTERED[random.usize(..FILTERED.len())].to_owned(),
        }
    }
}

/// What counts of an answer. No more is read of it: what clients do takes processors from the server.
#[derive(Deserialize)]
struct Told {
    total: Total,
}

#[derive(Deserialize)]
struct Total {
    count: f64,
}

/// An answered query.
pub struct Asked {
    kind: Kind,
    seconds: f64,
    hits: f64,
}

/// Asks everything, from several clients at once.
pub fn crowd(client: &Client, files: usize) -> Result<Vec<Asked>> {
    std::thread::scope(|scope| {
        let each = |number| {
            let client = client.another();
            scope.spawn(move || some(&client, files, number))
        };
        let threads: Vec<_> = (0..CLIENTS as u64).map(each).collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().map_err(|_| anyhow!("a client's thread was lost"))??);
        }
        Ok(all)
    })
}

fn some(client: &Client, files: usize, number: u64) -> Result<Vec<Asked>> {
    let mut random = Rng::with_seed(100 + number);
    let mut kinds: Vec<Kind> = Kind::ALL.iter().copied().cycle().take(REQUESTS).collect();
    random.shuffle(&mut kinds);
    let ask = |kind: Kind| {
        let path = format!("/search?facets={FACETS}&q={}", kind.query(&mut random, files));
        let (seconds, bytes) = client.timed(&path)?;
        let Told { total } =
            serde_json::from_slice(&bytes).with_context(|| format!("what {path} answered"))?;
        Ok(Asked { kind, seconds, hits: total.count })
    };
    kinds.into_iter().map(ask).collect()
}

/// Milliseconds that so many percent of all were answered in.
pub fn milliseconds(asked: &[Asked], percent: usize) -> Result<f64> {
    Ok(1e3 * percentile(asked.iter().map(|one| one.seconds).collect(), percent)?)
}

/// What came of each kind, for information.
pub fn kinds(what: &str, asked: &[Asked]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let of = |figure: fn(&Asked) -> f64| -> Vec<f64> {
            asked.iter().filter(|one| one.kind == kind).map(figure).collect()
        };
        let hits = percentile(of(|one| one.hits), 50)?;
        for percent in [50, 99] {
            let name = format!("{what}: {} (median {hits} hits): p{percent}", kind.name());
            rows.push(Row::new(name, 1e3 * percentile(of(|one| one.seconds), percent)?, "ms"));
        }
    }
    Ok(rows)
}
