//! The embedded engine with so many documents that it finds them as bits: the same questions asked of each document by the
//! plainest of means.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "contract/world.rs"]
#[expect(dead_code, reason = "the contract's, which asks more")]
mod world;

use std::{cmp::Reverse, collections::BTreeMap, ops::RangeBounds as _};

use nasman_core::Txg;
use nasman_search::{
    Answer, Change, Document, Embedded, Facet, Request, SearchIndex as _, Sort, SortBy, entry_id,
    query::{Clause, Condition, Query},
};
use world::{PHOTOS, WORK, commit, file, fill, lived, noon, request};

const COUNT: usize = 9_000;
const FOLDERS: [&str; 4] = ["alfa", "bravo trip", "old", "charlie"];
const FIRST: [&str; 5] = ["alfa", "alfabet", "bravo", "charlie", "delta"];
const EXTENSIONS: [&str; 3] = ["jpg", "txt", "mkv"];

/// A document, and what its path says.
struct Known {
    document: Document,
    name: Vec<String>,
    folder: Vec<String>,
}

/// Three letters, the first of which is always the same.
fn letters(number: usize) -> String {
    [number / 26, number % 26].iter().fold("w".to_owned(), |mut word, letter| {
        word.extend(('a'..='z').nth(*letter));
        word
    })
}

fn known(number: usize) -> Known {
    let (first, extension) = (FIRST[number % 5], EXTENSIONS[number / 7 % 3]);
    let folder = FOLDERS[number / 11 % 4];
    // A few have a name for themselves.
    let second = if number % 1000 == 3 { "rarity".to_owned() } else { letters(number % 650) };
    let path = format!("{folder}/{number}/{first} {second}.{extension}");
    let dataset = if number.is_multiple_of(13) { WORK } else { PHOTOS };
    let year = i16::try_from(2000 + number % 20).unwrap();
    let document = Document {
        inode: number as u64,
        size: 1 << (number % 30),
        modified: noon(year, 1 + i8::try_from(number % 12).unwrap(), 1) + i64::try_from(number).unwrap(),
        owner: 1000 + u32::try_from(number % 3).unwrap(),
        ..file(dataset, &path)
    };
    let document = if number.is_multiple_of(17) { lived(document, 1, 9, true) } else { document };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut folder = words(folder);
    folder.push(number.to_string());
    Known { document, name: vec![first.to_owned(), second, extension.to_owned()], folder }
}

impl Known {
    /// How well it fits words, of the last of which a beginning may be enough: 3 all are words of the name, 2 all begin one,
    /// 1 all are in the path.
    fn fits(&self, words: &[String], prefix: bool) -> Option<u8> {
        let each = words.iter().enumerate().map(|(at, word)| {
            let begins = |own: &String| prefix && at + 1 == words.len() && own.starts_with(word);
            if self.name.contains(word) {
                Some(3)
            } else if self.name.iter().any(begins) {
                Some(2)
            } else {
                self.folder.iter().any(|own| own == word || begins(own)).then_some(1)
            }
        });
        each.collect::<Option<Vec<u8>>>()?.into_iter().min()
    }

    fn lives(&self) -> bool {
        self.document.lifetime.died.is_none()
    }

    /// The same of any condition; 3 of what only chooses.
    fn meets(&self, condition: &Condition) -> Option<u8> {
        let beside = |all: &[String], words: &[String]| all.windows(words.len()).any(|some| some == words);
        let holds = match condition {
            Condition::Words { words, prefix } => return self.fits(words, *prefix),
            Condition::Phrase(words) if beside(&self.name, words) => true,
            Condition::Phrase(words) => return beside(&self.folder, words).then_some(1),
            Condition::Glob(glob) => {
                let (begin, end) = glob.split_once('*').unwrap();
                self.name[0].starts_with(begin) && self.name[2].ends_with(end)
            }
            Condition::Path(pattern) => pattern.names == self.folder[..1],
            Condition::In(place) => place == &self.document.dataset_name,
            Condition::Extension(all) => all.contains(&self.name[2]),
            Condition::Size(from, to) => (*from, *to).contains(&self.document.size),
            Condition::Modified(from, to) => (*from, *to).contains(&self.document.modified),
            Condition::State(state) => self.document.state() == *state,
            Condition::Owner(owner) => self.document.owner.to_string() == *owner,
            Condition::Category(_) | Condition::At(_) => panic!("not asked here"),
        };
        holds.then_some(3)
    }

    /// Of a query, as hits are ordered.
    fn found_by(&self, query: &Query) -> Option<u8> {
        let (mut least, mut typed) = (3, Vec::new());
        for Clause { condition, negated, .. } in &query.clauses {
            match (self.meets(condition), negated) {
                (Some(_), true) | (None, false) => return None,
                (None, true) => {}
                (Some(fits), false) => least = least.min(fits),
            }
            if let (Condition::Words { words, .. } | Condition::Phrase(words), false) = (condition, negated) {
                typed.extend(words.iter().cloned());
            }
        }
        let (whole, typed) = (self.name.join(" "), typed.join(" "));
        Some(match least {
            2 | 3 if whole == typed => 5,
            2 | 3 if !typed.is_empty() && whole.starts_with(&typed) => 4,
            least => least,
        })
    }
}

struct World {
    _folder: tempfile::TempDir,
    index: Embedded,
    all: Vec<Known>,
}

/// In some commits, and so in some parts; some are gone again.
fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let index = Embedded::open(&folder.path().join("search"), "here");
    let mut all: Vec<Known> = (0..COUNT).map(known).collect();
    for part in [&all[..8000], &all[8000..8900], &all[8900..]] {
        fill(&index, part.iter().map(|known| known.document.clone()));
    }
    let mut gone = Vec::new();
    for number in (0..COUNT).rev().filter(|number| number % 50 == 9) {
        let Document { dataset, path, .. } = all.remove(number).document;
        let entry = entry_id(dataset, &path);
        gone.push(Change::Replace { dataset, entry, since: Txg(0), documents: Vec::new() });
    }
    index.apply(&mut gone.into_iter()).unwrap();
    commit(&index, 2);
    World { _folder: folder, index, all }
}

const ASKED: [&str; 27] = [
    "",
    "alfa",
    "alf",
    "alfa ",
    "alfa jp",
    "jpg alf",
    "bravo wa",
    "alfa waa",
    "alfabet wa",
    "rarity",
    "charlie rarity",
    "\"bravo trip\"",
    "\"alfa waa\"",
    "alfa -charlie",
    "-charlie",
    "alfa*jpg",
    "alfa -delta*txt",
    "alfa ext:jpg,mkv",
    "alfa -ext:jpg",
    "alfa size:>1M",
    "alfa size:5K..300M",
    "-size:>1M",
    "alfa modified:2007",
    "modified:2007-03..2009-02",
    "alfa in:tank/work",
    "alfa path:/old/",
    "bravo is:deleted owner:1001",
];

fn ids(answer: &Answer) -> Vec<u64> {
    answer.hits.iter().map(|hit| hit.document.inode).collect()
}

#[test]
fn many_are_found_counted_and_ordered_as_each_by_itself() {
    let world = world();
    for text in ASKED {
        let asked = Request { facets: vec![Facet::Extension, Facet::Year, Facet::Size], ..request(text) };
        let mut expected: Vec<(u8, &Known)> =
            world.all.iter().filter_map(|known| Some((known.found_by(&asked.query)?, known))).collect();
        // With fewer, what is only alike counts, too.
        assert!(expected.len() >= 5, "{text}: {}", expected.len());
        let answer = world.index.search(&asked).unwrap();
        assert_eq!(answer.total.count, expected.len() as u64, "{text}");
        let mut extensions: BTreeMap<&str, u64> = BTreeMap::new();
        expected.iter().for_each(|(_, known)| *extensions.entry(&known.name[2]).or_default() += 1);
        let counted = answer.facets[0].1.iter().map(|count| (count.value.as_str(), count.count));
        assert_eq!(counted.collect::<BTreeMap<_, _>>(), extensions, "{text}");
        for (_, counts) in &answer.facets {
            assert_eq!(counts.iter().map(|count| count.count).sum::<u64>(), answer.total.count, "{text}");
        }
        expected.sort_by_key(|(fits, known)| Reverse((*fits, known.lives(), known.document.modified)));
        let best: Vec<u64> = expected.iter().take(100).map(|(_, known)| known.document.inode).collect();
        assert_eq!(ids(&answer), best, "{text}");
        let next = world.index.search(&Request { offset: 7, limit: 20, ..asked.clone() }).unwrap();
        assert_eq!(ids(&next), best.get(7..27.min(best.len())).unwrap_or_default(), "{text}");
        expected.sort_by_key(|(_, known)| Reverse((known.document.size, known.document.modified)));
        let sort = Sort { by: SortBy::Size, descending: true };
        let sizes: Vec<u64> = expected.iter().take(100).map(|(_, known)| known.document.size).collect();
        let by_size = world.index.search(&Request { sort, ..asked }).unwrap();
        let found: Vec<u64> = by_size.hits.iter().map(|hit| hit.document.size).collect();
        assert_eq!(found, sizes, "{text}");
    }
}
