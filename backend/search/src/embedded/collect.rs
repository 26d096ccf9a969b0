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
    ask::IS_WORD,
    columns::{Columns, Shape},
    schema::NAME,
    sieve::Sieve,
};
use crate::{Facet, Sort, SortBy};

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
    Number(Key),
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
        let names = names.filter(|_| !whole.is_empty());
        let exact = names.map_or(Ok(0..0), |(names, _)| beginning_with(names, &exact))?;
        Ok(SegmentBest {
            ordinal,
            shapes: columns
                .shapes
                .each()
                .map(|(shape, time)| OfShape::new(shape, time, &self.sieve))
                .collect(),
            each: self.sieve.looks_at_each(),
            sieve: self.sieve.clone(),
            sort: self.sort,
            words: self.words.into(),
            most: self.most(),
            whole,
            exact,
            best: BinaryHeap::new(),
            least: Key::MIN,
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

/// A number that orders hits within one segment. That of relevance orders all there are: how well the words fit, above
/// [`LIVES`], above when it was modified.
type Key = u64;

/// Where how well the words fit begins.
const FITS: u32 = 61;
/// Set of what lives.
const LIVES: Key = 1 << 60;
/// Of relevance, earlier and later times are as good as this long before and after 1970, in seconds.
const LONG: i64 = 1 << 59;
/// In place of a key: the shape does not pass.
const REFUSED: Key = Key::MAX;

/// When something was modified, as a part of relevance.
fn time_key(seconds: i64) -> Key {
    (seconds.clamp(-LONG, LONG - 1) + LONG).cast_unsigned()
}

/// What counts of a shape. All that is looked at of most hits: they are older than the best by years, and their name and
/// their own time, which are the costly ones to look up, need not be known.
struct OfShape {
    /// Hits.
    count: u64,
    /// No hit of the shape is of more relevance, however well the words fit.
    newest: Key,
}

impl OfShape {
    /// `newest`: nothing of the shape was modified later.
    fn new(shape: &Shape, newest: i64, sieve: &Sieve) -> Self {
        let lives = if shape.state == 0 { LIVES } else { 0 };
        let newest = if sieve.lets_through(shape) { lives | time_key(newest) } else { REFUSED };
        Self { count: 0, newest }
    }
}

pub(super) struct SegmentBest {
    ordinal: SegmentOrdinal,
    columns: Arc<Columns>,
    shapes: Vec<OfShape>,
    sieve: Sieve,
    /// Whether the sieve looks at each document, too.
    each: bool,
    sort: Sort,
    words: u32,
    most: usize,
    /// Names whose words begin with what was typed, and those whose words are just that.
    whole: Range<u64>,
    exact: Range<u64>,
    best: BinaryHeap<Reverse<(Key, Reverse<DocId>)>>,
    /// The key of the worst of these, once no more are kept; what is less does not count.
    least: Key,
    facets: Vec<Facet>,
}

impl SegmentCollector for SegmentBest {
    type Fruit = (Vec<Ranked>, u64, Counts);

    #[inline]
    fn collect(&mut self, doc: DocId, score: Score) {
        let shape = self.columns.shapes.number(doc);
        let Some(own) = self.shapes.get_mut(shape) else { return };
        if own.newest == REFUSED || (self.each && !self.sieve.looks(&self.columns, doc, shape)) {
            return;
        }
        own.count += 1;
        let newest = own.newest;
        if self.most > 0
            && let Some(key) = self.key(doc, newest, score)
        {
            self.keep(doc, key);
        }
    }

    fn harvest(self) -> Self::Fruit {
        let best = self.best.iter().map(|Reverse((key, Reverse(doc)))| {
            (self.rank(*key), Reverse(DocAddress::new(self.ordinal, *doc)))
        });
        let best = best.collect();
        let hits = self.shapes.iter().map(|own| own.count);
        let counts =
            self.facets.iter().map(|facet| self.columns.shapes.count(*facet, hits.clone())).collect();
        (best, self.shapes.iter().map(|own| own.count).sum(), counts)
    }
}

impl SegmentBest {
    fn keep(&mut self, doc: DocId, key: Key) {
        let ranked = Reverse((key, Reverse(doc)));
        if self.best.len() < self.most {
            self.best.push(ranked);
            if self.best.len() < self.most {
                return;
            }
        } else if let Some(mut worst) = self.best.peek_mut()
            && ranked < *worst
        {
            *worst = ranked;
        }
        self.least = self.best.peek().map_or(Key::MIN, |Reverse((key, _))| *key);
    }

    /// Absent where it would be less than the least that counts.
    fn key(&self, doc: DocId, newest: Key, score: Score) -> Option<Key> {
        let columns = &self.columns;
        let key = match self.sort.by {
            SortBy::Relevance => {
                let key = |tier: u8, rest: Key| (Key::from(tier) << FITS) | rest;
                let most = self.most_tier(score);
                if key(most, newest) < self.least {
                    return None;
                }
                let tier = self.tier(doc, score);
                if key(tier, newest) < self.least {
                    return None;
                }
                return Some(key(tier, (newest & LIVES) | time_key(columns.modified_of(doc))));
            }
            SortBy::Name => columns.name_of(doc),
            SortBy::Size => columns.size.get_val(doc),
            SortBy::Modified => columns.modified_of(doc).cast_unsigned() ^ (1 << 63),
        };
        Some(if self.sort.descending { key } else { !key })
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
            (SortBy::Name, Some((names, _))) => {
                let mut name = String::new();
                // What can't be read comes where an empty name would.
                let _ = names.ord_to_str(if self.sort.descending { key } else { !key }, &mut name);
                if self.sort.descending { Rank::Last(name) } else { Rank::First(Reverse(name)) }
            }
            _ => Rank::Number(key),
        }
    }
}

/// How well the words fit: 5 the whole name, 4 its beginning, 3 all are words of the name, 2 all begin one, 1 all are in
/// the path, 0 some are only alike. Of a query's at most 63 words, what the score has whole is how many the name has.
/// What the first two are tells the name itself.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a sum of parts of at most 63 words"
)]
fn tier(score: Score, words: u32) -> u8 {
    // In the least part, of which `IN_FOLDERS` is 2 to the 7th and `BEGINS` 2 to the 13th. As a whole number: to round a
    // float down is a call, which was a twentieth of all.
    let sum = (score / IS_WORD) as u32;
    let (in_name, in_folders, are_words) = (sum >> 13, sum >> 7 & 63, sum & 127);
    if in_name < words {
        return u8::from(in_name + in_folders >= words);
    }
    if are_words >= words { 3 } else { 2 }
}
