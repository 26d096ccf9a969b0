//! One pass over what was found: the best hits, how many there are, and counts of facets.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    ops::Range,
    sync::Arc,
};

use tantivy::{
    DocAddress, DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::{StrColumn, TermOrdHit},
};

use super::{
    ask::{IN_FOLDERS, IS_WORD},
    columns::{Columns, Shape},
    schema::NAME,
    sieve::{SegmentSieve, Sieve},
};
use crate::{Category, Facet, SIZES, Sort, SortBy, State};

/// Counts by value, as the request's facets are ordered.
pub(super) type Counts = Vec<HashMap<String, u64>>;

/// What came of it.
#[derive(Default)]
pub(super) struct Collected {
    /// Best first, without those to skip.
    pub hits: Vec<DocAddress>,
    pub total: u64,
    pub counts: Counts,
}

/// What to keep.
pub(super) struct Best<'a> {
    /// Of each segment.
    pub columns: &'a [Arc<Columns>],
    pub sieve: Sieve,
    pub sort: Sort,
    pub facets: Vec<Facet>,
    /// All words a query asks for, to tell whether all were in the name.
    pub words: u16,
    /// They, one after another: names that are just that, or begin with it, come first.
    pub whole: String,
    pub offset: usize,
    pub limit: usize,
}

/// By what a hit is better than another; the greater the better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// How well the words fit, whether it lives, when it was modified.
    Relevance(u8, bool, i64),
    Number(i128),
    /// The first name is the best.
    First(Reverse<String>),
    /// The last name is.
    Last(String),
}

/// Better first, then in the order of the index.
pub(super) type Ranked = (Rank, Reverse<DocAddress>);

impl Best<'_> {
    const fn most(&self) -> usize {
        self.offset.saturating_add(self.limit)
    }

    const fn by_words(&self) -> bool {
        matches!(self.sort.by, SortBy::Relevance) && self.words > 0
    }
}

impl Collector for Best<'_> {
    type Child = SegmentBest;
    type Fruit = Collected;

    fn for_segment(&self, ordinal: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<SegmentBest> {
        let place = usize::try_from(ordinal).unwrap_or(usize::MAX);
        let missing = || tantivy::TantivyError::InternalError("a segment without columns".to_owned());
        let columns = Arc::clone(self.columns.get(place).ok_or_else(missing)?);
        let names = columns.names.as_ref().filter(|_| self.by_words() && !self.whole.is_empty());
        let whole = names.map_or(Ok(0..0), |(names, _)| beginning_with(names, &self.whole))?;
        let exact = format!("{}{NAME}", self.whole);
        let exact = names.map_or(Ok(0..0), |(names, _)| beginning_with(names, &exact))?;
        Ok(SegmentBest {
            ordinal,
            sieve: self.sieve.for_segment(&columns),
            sort: self.sort,
            words: self.words.into(),
            most: self.most(),
            whole,
            exact,
            best: BinaryHeap::new(),
            least: None,
            counts: vec![0; columns.shapes.all.len()],
            facets: self.facets.clone(),
            columns,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.by_words()
    }

    fn merge_fruits(&self, segments: Vec<(Vec<Ranked>, u64, Counts)>) -> tantivy::Result<Collected> {
        let mut all = Vec::new();
        let mut collected =
            Collected { counts: vec![HashMap::new(); self.facets.len()], ..Collected::default() };
        for (best, total, counts) in segments {
            all.extend(best);
            collected.total += total;
            for (sum, counts) in collected.counts.iter_mut().zip(counts) {
                counts.into_iter().for_each(|(value, count)| *sum.entry(value).or_default() += count);
            }
        }
        all.sort_unstable_by(|one, other| other.cmp(one));
        collected.hits =
            all.into_iter().skip(self.offset).take(self.limit).map(|(_, Reverse(at))| at).collect();
        Ok(collected)
    }
}

/// The numbers of all names that begin so.
fn beginning_with(names: &StrColumn, begin: &str) -> tantivy::Result<Range<u64>> {
    let number = |bytes: &[u8]| {
        names.dictionary().term_ord_or_next(bytes).map(|hit| match hit {
            TermOrdHit::Exact(number) | TermOrdHit::Next(number) => number,
        })
    };
    // No text has this byte: all that begins so lies before it.
    Ok(number(begin.as_bytes())?..number(&[begin.as_bytes(), &[0xff]].concat())?)
}

/// A number that orders hits within one segment, and becomes a [`Rank`] for those that are kept.
type Key = i128;

pub(super) struct SegmentBest {
    ordinal: SegmentOrdinal,
    columns: Arc<Columns>,
    sieve: SegmentSieve,
    sort: Sort,
    words: Score,
    most: usize,
    /// Names whose words begin with what was typed, and those whose words are just that.
    whole: Range<u64>,
    exact: Range<u64>,
    best: BinaryHeap<Reverse<(Key, Reverse<DocId>)>>,
    /// The key of the worst of these, once no more are kept.
    least: Option<Key>,
    /// Hits of each shape.
    counts: Vec<u64>,
    facets: Vec<Facet>,
}

impl SegmentCollector for SegmentBest {
    type Fruit = (Vec<Ranked>, u64, Counts);

    fn collect(&mut self, doc: DocId, score: Score) {
        let shape = self.columns.shapes.number(doc);
        self.keep(doc, shape, score);
    }

    fn harvest(self) -> Self::Fruit {
        let best = self.best.iter().map(|Reverse((key, Reverse(doc)))| {
            (self.rank(*key), Reverse(DocAddress::new(self.ordinal, *doc)))
        });
        let best = best.collect();
        let found = self.columns.shapes.all.iter().zip(&self.counts).filter(|(_, count)| **count > 0);
        let counts = self.facets.iter().map(|facet| count(*facet, found.clone())).collect();
        (best, self.counts.iter().sum(), counts)
    }
}

impl SegmentBest {
    fn keep(&mut self, doc: DocId, shape: usize, score: Score) {
        if !self.sieve.passes(&self.columns, doc, shape) {
            return;
        }
        if let Some(count) = self.counts.get_mut(shape) {
            *count += 1;
        }
        if self.most == 0 {
            return;
        }
        let Some(key) = self.key(doc, shape, score) else { return };
        let ranked = Reverse((key, Reverse(doc)));
        if self.least.is_none() {
            self.best.push(ranked);
            if self.best.len() < self.most {
                return;
            }
        } else if let Some(mut worst) = self.best.peek_mut()
            && ranked < *worst
        {
            *worst = ranked;
        }
        self.least = self.best.peek().map(|Reverse((key, _))| *key);
    }

    /// Absent where it would be less than the least that counts.
    fn key(&self, doc: DocId, shape: usize, score: Score) -> Option<Key> {
        let columns = &self.columns;
        let key = match self.sort.by {
            SortBy::Relevance => {
                let newest = *columns.shapes.newest.get(shape)?;
                let shape = columns.shapes.all.get(shape)?;
                let key = |tier: u8, modified: i64| {
                    let lives = Key::from(shape.state == 0);
                    (Key::from(tier) << 66) | (lives << 65) | (Key::from(modified) + (1 << 63))
                };
                // Most hits of a frequent word are older than the best by years: the name and the time, which are
                // the costly ones to look up, need not be known of those.
                let enough = |tier, modified| self.least.is_none_or(|least| key(tier, modified) >= least);
                let most = self.most_tier(score);
                if !enough(most, newest) {
                    return None;
                }
                let tier = self.tier(doc, score);
                if tier < most && !enough(tier, newest) {
                    return None;
                }
                return Some(key(tier, columns.modified_of(doc)));
            }
            SortBy::Name => columns.name_of(doc).into(),
            SortBy::Size => columns.size.get_val(doc).into(),
            SortBy::Modified => columns.modified_of(doc).into(),
        };
        Some(if self.sort.descending { key } else { -key })
    }

    /// What it is at most, as far as can be told without the name.
    fn most_tier(&self, score: Score) -> u8 {
        match (self.exact.is_empty(), self.whole.is_empty()) {
            (false, _) => 5,
            (true, false) => 4,
            (true, true) => tier(score, self.words),
        }
    }

    fn tier(&self, doc: DocId, score: Score) -> u8 {
        if self.whole.is_empty() {
            return tier(score, self.words);
        }
        let name = self.columns.name_of(doc);
        if self.exact.contains(&name) {
            5
        } else if self.whole.contains(&name) {
            4
        } else {
            tier(score, self.words)
        }
    }

    fn rank(&self, key: Key) -> Rank {
        match (self.sort.by, &self.columns.names) {
            (SortBy::Relevance, _) => {
                let modified = (key & ((1 << 65) - 1)) - (1 << 63);
                let tier = u8::try_from(key >> 66).unwrap_or_default();
                Rank::Relevance(tier, key >> 65 & 1 == 1, i64::try_from(modified).unwrap_or_default())
            }
            (SortBy::Name, Some((names, _))) => {
                let mut name = String::new();
                let ord = u64::try_from(key.abs()).unwrap_or_default();
                // What can't be read comes where an empty name would.
                let _ = names.ord_to_str(ord, &mut name);
                if self.sort.descending { Rank::Last(name) } else { Rank::First(Reverse(name)) }
            }
            _ => Rank::Number(key),
        }
    }
}

/// How well the words fit: 5 the whole name, 4 its beginning, 3 all are words of the name, 2 all begin one, 1 all are in
/// the path, 0 some are only alike. Of a query's at most 63 words, what the score has whole is how many the name has.
/// What the first two are tells the name itself.
fn tier(score: Score, words: Score) -> u8 {
    let in_name = score.floor();
    let in_folders = ((score - in_name) / IN_FOLDERS).floor();
    if in_name < words {
        return u8::from(in_name + in_folders >= words);
    }
    if score - in_name >= words * IS_WORD { 3 } else { 2 }
}

/// Sums the counts of shapes up by one thing that they are made of.
fn count<'a>(facet: Facet, shapes: impl Iterator<Item = (&'a Shape, &'a u64)>) -> HashMap<String, u64> {
    let word = |words: &[&str], place: u8| words.get(usize::from(place)).map(|word| (*word).to_owned());
    match facet {
        Facet::Dataset => summed(shapes, |shape| Some(shape.dataset), |dataset| Some(dataset.to_string())),
        Facet::Owner => summed(shapes, |shape| Some(shape.owner), |owner| Some(owner.to_string())),
        Facet::Year => summed(shapes, |shape| Some(shape.year), |year| Some(year.to_string())),
        Facet::Category => summed(
            shapes,
            |shape| Some(shape.category),
            |place| word(&Category::ALL.map(Category::word), place),
        ),
        Facet::State => {
            summed(shapes, |shape| Some(shape.state), |place| word(&State::ALL.map(State::word), place))
        }
        Facet::Size => {
            summed(shapes, |shape| Some(shape.size), |place| word(&SIZES.map(|(_, word)| word), place))
        }
        Facet::Extension => {
            summed(shapes, |shape| shape.extension.as_deref(), |extension| Some(extension.to_owned()))
        }
        // Not counted here.
        Facet::Host => HashMap::new(),
    }
}

fn summed<'a, K: Eq + std::hash::Hash>(
    shapes: impl Iterator<Item = (&'a Shape, &'a u64)>,
    key: impl Fn(&'a Shape) -> Option<K>,
    text: impl Fn(K) -> Option<String>,
) -> HashMap<String, u64> {
    let mut sums: HashMap<K, u64> = HashMap::new();
    for (shape, count) in shapes {
        if let Some(key) = key(shape) {
            *sums.entry(key).or_default() += count;
        }
    }
    sums.into_iter().filter_map(|(key, count)| Some((text(key)?, count))).collect()
}
