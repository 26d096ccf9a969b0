//! From what a query's conditions find to the best hits, how many there are, and counts of facets.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    ops::{ControlFlow, Range},
};

use tantivy::{DocAddress, DocId, SegmentOrdinal};

use super::{
    columns::Columns,
    docs::Docs,
    find::{Asked, Part},
    levels::{IN_NAME, LEVELS, Levels},
    names::Names,
    sieve::{Passes, Sieve},
    view::View,
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

/// A condition that is looked up.
pub(super) struct Clause {
    pub asked: Asked,
    /// Whether it must not hold.
    pub negated: bool,
}

/// What to look for, and what to keep of it.
pub(super) struct Best<'a> {
    pub clauses: Vec<Clause>,
    pub sieve: Sieve,
    pub sort: Sort,
    pub facets: &'a [Facet],
    /// All words a query asks for, one after another: names that are just that, or begin with it, come first.
    pub whole: String,
    pub offset: usize,
    pub limit: usize,
}

/// By what a hit is better than another; the greater the better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Number(Key),
    /// The first name is the best.
    First(Reverse<String>),
    /// The last name is.
    Last(String),
}

impl Best<'_> {
    pub(super) fn of(&self, view: &View) -> tantivy::Result<Collected> {
        let mut best = Vec::new();
        let mut all = Collected { counts: vec![HashMap::new(); self.facets.len()], ..Collected::default() };
        for (ordinal, part, gone) in view.parts() {
            let found = Found::of(self, &part, gone)?;
            let hits = found.levels.at(0).count(&part.columns.order);
            all.total += hits.iter().sum::<u64>();
            for (sum, facet) in all.counts.iter_mut().zip(self.facets) {
                let counts = part.columns.shapes.count(*facet, &hits);
                counts.into_iter().for_each(|(value, count)| *sum.entry(value).or_default() += count);
            }
            best.extend(self.hits(&found, ordinal)?);
        }
        // Better first, then in the order of the index.
        best.sort_unstable_by(|one: &(Rank, Reverse<DocAddress>), other| other.cmp(one));
        let shown = best.into_iter().skip(self.offset).take(self.limit);
        all.hits = shown.map(|(_, Reverse(at))| at).collect();
        Ok(all)
    }

    /// The best of a segment.
    fn hits(
        &self,
        found: &Found<'_>,
        ordinal: SegmentOrdinal,
    ) -> tantivy::Result<impl Iterator<Item = (Rank, Reverse<DocAddress>)>> {
        let mut top = Top::new(self.offset.saturating_add(self.limit));
        if top.most > 0 {
            match self.sort.by {
                SortBy::Relevance => found.by_relevance(&self.whole, &mut top)?,
                by => found.by_column(by, self.sort.descending, &mut top),
            }
        }
        let (columns, sort) = (found.columns, self.sort);
        Ok(top.best.into_iter().map(move |Reverse((key, Reverse(doc)))| {
            (rank(columns, sort, key), Reverse(DocAddress::new(ordinal, doc)))
        }))
    }
}

/// What a key is among those of other segments.
fn rank(columns: &Columns, sort: Sort, key: Key) -> Rank {
    match (sort.by, &columns.names) {
        (SortBy::Name, Some(names)) => {
            let mut name = String::new();
            // What can't be read comes where an empty name would.
            let _ = names.texts.ord_to_str(if sort.descending { key } else { !key }, &mut name);
            if sort.descending { Rank::Last(name) } else { Rank::First(Reverse(name)) }
        }
        _ => Rank::Number(key),
    }
}

/// A number that orders hits within one segment. That of relevance orders all there are: how well the words fit, above
/// [`LIVES`], above when it was modified.
type Key = u64;

/// Where how well the words fit begins. From 0 on the levels, then names that begin with what was typed, and names that
/// are just that.
const FITS: u32 = 61;
const BEGINS: u8 = 4;
const IS_NAME: u8 = 5;
/// Set of what lives.
const LIVES: Key = 1 << 60;
/// Of relevance, earlier and later times are as good as this long before and after 1970, in seconds.
const LONG: i64 = 1 << 59;
/// Documents whose names begin with what was typed are looked at one by one while they are so few. Of more it is quicker
/// to look at the best hits first, nearly all of which will have such names.
const ONE_BY_ONE: usize = 4096;

/// When something was modified, as a part of relevance.
fn time_key(seconds: i64) -> Key {
    (seconds.clamp(-LONG, LONG - 1) + LONG).cast_unsigned()
}

/// The best so far.
struct Top {
    most: usize,
    best: BinaryHeap<Reverse<(Key, Reverse<DocId>)>>,
    /// The key of the worst of these, once no more are kept; what is less does not count.
    least: Key,
}

impl Top {
    const fn new(most: usize) -> Self {
        Self { most, best: BinaryHeap::new(), least: Key::MIN }
    }

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
}

/// What was found in a segment.
struct Found<'a> {
    columns: &'a Columns,
    levels: Levels,
}

impl<'a> Found<'a> {
    fn of(best: &Best<'_>, part: &Part<'a>, gone: &Docs) -> tantivy::Result<Self> {
        let columns = part.columns;
        let mut levels: Option<Levels> = None;
        for clause in best.clauses.iter().filter(|clause| !clause.negated) {
            let found = clause.asked.find(part)?;
            match &mut levels {
                Some(levels) => levels.and(&found),
                None => levels = Some(found),
            }
        }
        let mut levels = levels.unwrap_or_else(|| Levels::one(Docs::all(&columns.order)));
        for clause in best.clauses.iter().filter(|clause| clause.negated) {
            levels.minus(clause.asked.find(part)?.at(0));
        }
        levels.sift(|docs| {
            docs.minus(gone);
            let shape = |number: usize| columns.shapes.all.get(number);
            docs.sift(
                &columns.order,
                |number| shape(number).map_or(Passes::None, |shape| best.sieve.judge(shape)),
                |number, place| {
                    let doc = columns.order.doc(place);
                    shape(number).is_some_and(|shape| best.sieve.looks(columns, doc, shape))
                },
            );
        });
        Ok(Self { columns, levels })
    }

    /// `whole`: the words typed.
    fn by_relevance(&self, whole: &str, top: &mut Top) -> tantivy::Result<()> {
        let names = self.columns.names.as_ref().filter(|_| !whole.is_empty());
        let begins = match names {
            Some(names) => {
                let (is_name, begins) = (names.of_words(whole)?, names.beginning_with(whole)?);
                self.named(names, &is_name, IS_NAME, &(0..0), top);
                self.named(names, &begins, BEGINS, &is_name, top);
                begins
            }
            None => 0..0,
        };
        for (level, fits) in (0..LEVELS).rev().zip((0..BEGINS).rev()) {
            // All that is of the level above was looked at there.
            if self.levels.is_as_below(level + 1) {
                continue;
            }
            let known = (level + 1 < LEVELS).then(|| self.levels.at(level + 1));
            // What begins so and is not of the name's levels was not looked at as such.
            let named = level >= IN_NAME && !begins.is_empty();
            self.newest_first(self.levels.at(level), fits, top, |place, doc| {
                known.is_none_or(|known| !known.has(place))
                    && !(named && begins.contains(&self.columns.name_of(doc)))
            });
        }
        Ok(())
    }

    /// Those that have names of these numbers, but not of those.
    fn named(&self, names: &Names, numbers: &Range<u32>, fits: u8, but: &Range<u32>, top: &mut Top) {
        let (docs, hits) = (names.docs(numbers), self.levels.at(IN_NAME));
        if docs.len() > ONE_BY_ONE {
            self.newest_first(hits, fits, top, |_, doc| {
                let number = names.of(doc);
                numbers.contains(&number) && !but.contains(&number)
            });
            return;
        }
        for doc in docs.iter().filter(|doc| !but.contains(&names.of(**doc))) {
            if let Some(place) = self.columns.order.place(*doc).filter(|place| hits.has(*place)) {
                let shape = self.columns.order.shape(place);
                top.keep(*doc, self.key(fits, shape, *doc));
            }
        }
    }

    /// Those that count, of each shape the last modified first, until the rest of it and all further ones are too old.
    fn newest_first(&self, docs: &Docs, fits: u8, top: &mut Top, counts: impl Fn(u32, DocId) -> bool) {
        let order = &self.columns.order;
        if let Some(few) = docs.few() {
            for (place, doc) in few.iter().map(|place| (*place, order.doc(*place))) {
                if counts(place, doc) {
                    top.keep(doc, self.key(fits, order.shape(place), doc));
                }
            }
            return;
        }
        for shape in &self.columns.best_first {
            let range = order.range(*shape);
            if range.is_empty() {
                continue;
            }
            if self.key(fits, *shape, order.doc(range.start)) < top.least {
                break;
            }
            let _ = docs.each(range, |place| {
                let doc = order.doc(place);
                let key = self.key(fits, *shape, doc);
                if key < top.least {
                    return ControlFlow::Break(());
                }
                if counts(place, doc) {
                    top.keep(doc, key);
                }
                ControlFlow::Continue(())
            });
        }
    }

    fn key(&self, fits: u8, shape: usize, doc: DocId) -> Key {
        let lives = self.columns.shapes.all.get(shape).is_some_and(|shape| shape.lives());
        let lives = if lives { LIVES } else { 0 };
        (Key::from(fits) << FITS) | lives | time_key(self.columns.modified_of(doc))
    }

    fn by_column(&self, by: SortBy, descending: bool, top: &mut Top) {
        let columns = self.columns;
        let _ = self.levels.at(0).each(0..columns.order.len(), |place| {
            let doc = columns.order.doc(place);
            let key = match by {
                SortBy::Name => columns.name_of(doc).into(),
                SortBy::Size => columns.size.get_val(doc),
                SortBy::Relevance | SortBy::Modified => columns.modified_of(doc).cast_unsigned() ^ (1 << 63),
            };
            let key = if descending { key } else { !key };
            if key >= top.least {
                top.keep(doc, key);
            }
            ControlFlow::Continue(())
        });
    }
}
