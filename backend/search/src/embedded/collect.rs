//! One pass over what was found: the best hits, how many there are, and counts of facets.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    sync::Arc,
};

use tantivy::{
    DocAddress, DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::{ColumnValues, StrColumn},
};

use super::{
    ask::{BEGINNING, IN_FOLDERS, IS_WORD, WHOLE},
    sieve::{SegmentSieve, Sieve, year_of},
};
use crate::{Category, Facet, SIZES, Sort, SortBy, State, request::size_range};

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
pub(super) struct Best {
    pub sieve: Sieve,
    pub sort: Sort,
    pub facets: Vec<Facet>,
    /// All words a query asks for, to tell whether all were in the name.
    pub words: u16,
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

impl Best {
    const fn most(&self) -> usize {
        self.offset.saturating_add(self.limit)
    }
}

impl Collector for Best {
    type Child = SegmentBest;
    type Fruit = Collected;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentBest> {
        let columns = segment.fast_fields();
        let name = columns.str("whole")?;
        let ords = match self.sort.by {
            SortBy::Name => name.as_ref().map(|name| name.ords().clone().first_or_default_col(0)),
            _ => None,
        };
        Ok(SegmentBest {
            ordinal,
            sieve: self.sieve.for_segment(segment)?,
            sort: self.sort,
            words: self.words.into(),
            most: self.most(),
            state: columns.column_first_or_default("state")?,
            modified: columns.column_first_or_default("modified")?,
            size: columns.column_first_or_default("size")?,
            name: name.zip(ords),
            best: BinaryHeap::new(),
            total: 0,
            counters: self
                .facets
                .iter()
                .map(|facet| Counter::new(*facet, segment))
                .collect::<Result<_, _>>()?,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort.by == SortBy::Relevance && self.words > 0
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

/// A number that orders hits within one segment, and becomes a [`Rank`] for those that are kept.
type Key = i128;

pub(super) struct SegmentBest {
    ordinal: SegmentOrdinal,
    sieve: SegmentSieve,
    sort: Sort,
    words: Score,
    most: usize,
    state: Arc<dyn ColumnValues<u64>>,
    modified: Arc<dyn ColumnValues<i64>>,
    size: Arc<dyn ColumnValues<u64>>,
    name: Option<(StrColumn, Arc<dyn ColumnValues<u64>>)>,
    best: BinaryHeap<Reverse<(Key, Reverse<DocId>)>>,
    total: u64,
    counters: Vec<Counter>,
}

impl SegmentCollector for SegmentBest {
    type Fruit = (Vec<Ranked>, u64, Counts);

    fn collect(&mut self, doc: DocId, score: Score) {
        if !self.sieve.passes(doc) {
            return;
        }
        self.total += 1;
        self.counters.iter_mut().for_each(|counter| counter.count(doc));
        if self.most == 0 {
            return;
        }
        let ranked = Reverse((self.key(doc, score), Reverse(doc)));
        if self.best.len() < self.most {
            self.best.push(ranked);
        } else if let Some(mut worst) = self.best.peek_mut()
            && ranked < *worst
        {
            *worst = ranked;
        }
    }

    fn harvest(self) -> Self::Fruit {
        let best = self.best.iter().map(|Reverse((key, Reverse(doc)))| {
            (self.rank(*key), Reverse(DocAddress::new(self.ordinal, *doc)))
        });
        let best = best.collect();
        (best, self.total, self.counters.into_iter().map(Counter::harvest).collect())
    }
}

impl SegmentBest {
    fn key(&self, doc: DocId, score: Score) -> Key {
        let key = match self.sort.by {
            SortBy::Relevance => {
                let lives = Key::from(self.state.get_val(doc) == 0);
                let tier = Key::from(tier(score, self.words));
                return (tier << 66) | (lives << 65) | (Key::from(self.modified.get_val(doc)) + (1 << 63));
            }
            SortBy::Name => self.name.as_ref().map_or(0, |(_, ords)| ords.get_val(doc).into()),
            SortBy::Size => self.size.get_val(doc).into(),
            SortBy::Modified => self.modified.get_val(doc).into(),
        };
        if self.sort.descending { key } else { -key }
    }

    fn rank(&self, key: Key) -> Rank {
        match (self.sort.by, &self.name) {
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
fn tier(score: Score, words: Score) -> u8 {
    if score >= WHOLE {
        return 5;
    }
    if score >= BEGINNING {
        return 4;
    }
    let in_name = score.floor();
    let in_folders = ((score - in_name) / IN_FOLDERS).floor();
    if in_name < words {
        return u8::from(in_name + in_folders >= words);
    }
    if score - in_name >= words * IS_WORD { 3 } else { 2 }
}

/// Counts the values of one facet.
enum Counter {
    /// By a column's small numbers; and what they are called.
    Small(Arc<dyn ColumnValues<u64>>, Vec<u64>, Vec<&'static str>),
    /// By a column's numbers, of which there are few different ones.
    Number(Arc<dyn ColumnValues<u64>>, Vec<(u64, u64)>),
    Size(Arc<dyn ColumnValues<u64>>, [u64; SIZES.len()]),
    Year(Arc<dyn ColumnValues<i64>>, HashMap<i16, u64>),
    Text(Option<StrColumn>, Vec<u64>),
    /// Not counted here.
    None,
}

impl Counter {
    fn new(facet: Facet, segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let number = |name| columns.column_first_or_default::<u64>(name);
        Ok(match facet {
            Facet::Category => Self::small(number("category")?, &Category::ALL.map(Category::word)),
            Facet::State => Self::small(number("state")?, &State::ALL.map(State::word)),
            Facet::Dataset => Self::Number(number("dataset")?, Vec::new()),
            Facet::Owner => Self::Number(number("owner")?, Vec::new()),
            Facet::Size => Self::Size(number("size")?, [0; SIZES.len()]),
            Facet::Year => Self::Year(columns.column_first_or_default("modified")?, HashMap::new()),
            Facet::Extension => {
                let column = columns.str("extension")?;
                let values = column.as_ref().map_or(0, |column| column.num_terms());
                Self::Text(column, vec![0; values])
            }
            Facet::Host => Self::None,
        })
    }

    fn small(column: Arc<dyn ColumnValues<u64>>, words: &[&'static str]) -> Self {
        Self::Small(column, vec![0; words.len()], words.to_vec())
    }

    fn count(&mut self, doc: DocId) {
        match self {
            Self::Small(column, counts, _) => {
                let place = usize::try_from(column.get_val(doc)).unwrap_or(usize::MAX);
                if let Some(count) = counts.get_mut(place) {
                    *count += 1;
                }
            }
            Self::Number(column, counts) => {
                let value = column.get_val(doc);
                match counts.iter_mut().find(|(known, _)| *known == value) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((value, 1)),
                }
            }
            Self::Size(column, counts) => {
                let size = column.get_val(doc);
                counts[size_range(size)] += 1;
            }
            Self::Year(column, counts) => *counts.entry(year_of(column.get_val(doc))).or_default() += 1,
            Self::Text(column, counts) => {
                let ord = column.as_ref().and_then(|column| column.ords().first(doc));
                let count = ord.and_then(|ord| counts.get_mut(usize::try_from(ord).unwrap_or(usize::MAX)));
                if let Some(count) = count {
                    *count += 1;
                }
            }
            Self::None => {}
        }
    }

    fn harvest(self) -> HashMap<String, u64> {
        let counted: Vec<(String, u64)> = match self {
            Self::Small(_, counts, words) => {
                words.iter().map(|word| (*word).to_owned()).zip(counts).collect()
            }
            Self::Number(_, counts) => {
                counts.into_iter().map(|(value, count)| (value.to_string(), count)).collect()
            }
            Self::Size(_, counts) => SIZES.iter().map(|(_, word)| (*word).to_owned()).zip(counts).collect(),
            Self::Year(_, counts) => {
                counts.into_iter().map(|(year, count)| (year.to_string(), count)).collect()
            }
            Self::Text(Some(column), counts) => {
                let counted = (0u64..).zip(counts).filter(|(_, count)| *count > 0);
                counted.filter_map(|(ord, count)| Some((text(&column, ord)?, count))).collect()
            }
            Self::Text(None, _) | Self::None => Vec::new(),
        };
        counted.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}

fn text(column: &StrColumn, ord: u64) -> Option<String> {
    let mut text = String::new();
    column.ord_to_str(ord, &mut text).ok()?.then_some(text)
}
