//! What is tested of each document that tantivy found: conditions on columns, which any request may combine.

use std::ops::{Bound, RangeBounds as _};

use tantivy::DocId;

use super::{
    columns::{Columns, Shape, year_begins},
    schema::place,
};
use crate::{Category, Filters, Request, SIZES, Scope, State, Versions, query::Condition};

type Range<T> = (Bound<T>, Bound<T>);

/// What must hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Sieve {
    /// A bit for each [`State`] that passes.
    states: u8,
    /// Of each dataset the state that must show it; nothing passes of others.
    at: Option<Vec<(u64, u64)>>,
    datasets: Option<Vec<u64>>,
    /// Chosen beside the scope; all where there is none.
    chosen_datasets: Vec<u64>,
    /// Years and places in [`crate::SIZES`] that pass; all where there is none.
    years: Vec<i16>,
    size_ranges: Vec<usize>,
    /// All must hold. The flag: whether it must not.
    owners: Vec<(Vec<u32>, bool)>,
    /// Places in [`Category::ALL`].
    categories: Vec<(Vec<u64>, bool)>,
    extensions: Vec<(Vec<String>, bool)>,
    sizes: Vec<(Range<u64>, bool)>,
    times: Vec<(Range<i64>, bool)>,
}

impl Sieve {
    pub(super) fn new(request: &Request) -> Self {
        let mut sieve = Self { states: 0b111, ..Self::default() };
        match &request.versions {
            Versions::All => {}
            Versions::Latest => sieve.states = bit(State::Live) | bit(State::Deleted),
            Versions::At(points) => {
                sieve.at = Some(points.iter().map(|(guid, txg)| (guid.0, txg.0)).collect());
            }
        }
        if let Scope::Datasets(guids) = &request.scope {
            sieve.datasets = Some(guids.iter().map(|guid| guid.0).collect());
        }
        sieve.choose(&request.filters);
        for clause in &request.query.clauses {
            sieve.condition(&clause.condition, clause.negated);
        }
        sieve
    }

    fn choose(&mut self, filters: &Filters) {
        if !filters.states.is_empty() {
            self.states &= filters.states.iter().fold(0, |bits, state| bits | bit(*state));
        }
        self.size_ranges.clone_from(&filters.sizes);
        self.years.clone_from(&filters.years);
        self.chosen_datasets = filters.datasets.iter().map(|guid| guid.0).collect();
        if !filters.owners.is_empty() {
            self.owners.push((filters.owners.clone(), false));
        }
        if !filters.categories.is_empty() {
            self.categories.push((places(&filters.categories), false));
        }
        if !filters.extensions.is_empty() {
            self.extensions.push((lowercase(&filters.extensions), false));
        }
    }

    fn condition(&mut self, condition: &Condition, negated: bool) {
        match condition {
            Condition::State(state) if negated => self.states &= !bit(*state),
            Condition::State(state) => self.states &= bit(*state),
            Condition::Size(from, to) => self.sizes.push(((*from, *to), negated)),
            Condition::Modified(from, to) => self.times.push(((*from, *to), negated)),
            // A name that the server could not turn into a number is nobody's.
            Condition::Owner(owner) => self.owners.push((owner.parse().into_iter().collect(), negated)),
            Condition::Category(categories) => self.categories.push((places(categories), negated)),
            Condition::Extension(extensions) => self.extensions.push((lowercase(extensions), negated)),
            _ => {}
        }
    }

    /// What a shape alone tells.
    fn lets_through(&self, shape: &Shape) -> bool {
        self.states & (1 << shape.state) != 0
            && self.datasets.as_ref().is_none_or(|datasets| datasets.contains(&shape.dataset))
            && self.at.as_ref().is_none_or(|at| at.iter().any(|(guid, _)| *guid == shape.dataset))
            && (self.years.is_empty() || self.years.contains(&shape.year))
            && (self.size_ranges.is_empty() || self.size_ranges.contains(&usize::from(shape.size)))
            && (self.chosen_datasets.is_empty() || self.chosen_datasets.contains(&shape.dataset))
            && self.owners.iter().all(|(owners, not)| owners.contains(&shape.owner) != *not)
            && self.categories.iter().all(|(all, not)| all.contains(&shape.category.into()) != *not)
            && self.extensions.iter().all(|(all, not)| {
                shape.extension.as_deref().is_some_and(|own| all.iter().any(|one| one == own)) != *not
            })
    }

    /// What of all documents of a shape passes.
    pub(super) fn judge(&self, shape: &Shape) -> Passes {
        if !self.lets_through(shape) {
            return Passes::None;
        }
        // Years beyond are all in the first and the last.
        let begins = if shape.year > 0 { year_begins(shape.year) } else { i64::MIN };
        let ends = if shape.year < 9999 { year_begins(shape.year + 1) - 1 } else { i64::MAX };
        let sizes = self.sizes.iter().map(|(range, not)| passes(range, sizes_of(shape.size), *not));
        let times = self.times.iter().map(|(range, not)| passes(range, (begins, ends), *not));
        let at = self.at.iter().map(|_| Passes::Some);
        sizes.chain(times).chain(at).min().unwrap_or(Passes::All)
    }

    /// What a document of a shape of which some pass tells itself.
    pub(super) fn looks(&self, columns: &Columns, doc: DocId, shape: &Shape) -> bool {
        let Self { sizes, times, .. } = self;
        (sizes.is_empty() || holds(sizes, &columns.size.get_val(doc)))
            && (times.is_empty() || holds(times, &columns.modified_of(doc)))
            && self.was_there(columns, doc, shape.dataset)
    }

    fn was_there(&self, columns: &Columns, doc: DocId, dataset: u64) -> bool {
        let Some(at) = &self.at else { return true };
        let at = at.iter().find(|(guid, _)| *guid == dataset);
        at.is_some_and(|(_, txg)| columns.born.get_val(doc) <= *txg && *txg < columns.died.get_val(doc))
    }
}

/// How many of some documents pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Passes {
    None,
    /// Each is to be looked at.
    Some,
    All,
}

/// How many of those that lie between two values, both included, lie in a range; or, with `not`, outside.
fn passes<T: PartialOrd>(range: &Range<T>, (least, most): (T, T), not: bool) -> Passes {
    let (from, to) = range;
    let before = match from {
        Bound::Included(from) => most < *from,
        Bound::Excluded(from) => most <= *from,
        Bound::Unbounded => false,
    };
    let after = match to {
        Bound::Included(to) => least > *to,
        Bound::Excluded(to) => least >= *to,
        Bound::Unbounded => false,
    };
    let inside = (from.as_ref(), to.as_ref());
    match (before || after, inside.contains(&least) && inside.contains(&most)) {
        (true, _) if not => Passes::All,
        (true, _) => Passes::None,
        (_, true) if not => Passes::None,
        (_, true) => Passes::All,
        _ => Passes::Some,
    }
}

/// The least and the most bytes of a range of [`SIZES`].
fn sizes_of(range: u8) -> (u64, u64) {
    let begins = |range: usize| SIZES.get(range).map(|(from, _)| *from);
    let range = usize::from(range);
    (begins(range).unwrap_or_default(), begins(range + 1).map_or(u64::MAX, |next| next - 1))
}

fn places(categories: &[Category]) -> Vec<u64> {
    categories.iter().map(|category| place(&Category::ALL, category)).collect()
}

fn lowercase(extensions: &[String]) -> Vec<String> {
    extensions.iter().map(|one| one.to_lowercase()).collect()
}

fn bit(state: State) -> u8 {
    1 << place(&State::ALL, &state)
}

fn holds<T: PartialOrd>(all: &[(Range<T>, bool)], value: &T) -> bool {
    all.iter().all(|((from, to), not)| (from.as_ref(), to.as_ref()).contains(value) != *not)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `passes` says of a span is so of each number in it.
    #[test]
    fn a_span_passes_as_its_numbers_do() {
        let bounds = |at| [Bound::Unbounded, Bound::Included(at), Bound::Excluded(at)];
        let ends = (0..6_u64).flat_map(|from| (0..6).map(move |to| (from, to)));
        for (from, to) in ends.flat_map(|(from, to)| bounds(from).map(|from| (from, to))) {
            for range in bounds(to).map(|to| (from, to)) {
                for (least, most) in [(0, 0), (0, 5), (1, 3), (2, 2), (4, 5)] {
                    let inside: Vec<bool> = (least..=most).map(|number| range.contains(&number)).collect();
                    let all = |wanted| inside.iter().all(|inside| *inside == wanted);
                    let told = [false, true].map(|not| (not, passes(&range, (least, most), not)));
                    for (not, told) in told {
                        match told {
                            Passes::All => assert!(all(!not), "{range:?} {least}..={most} {not}"),
                            Passes::None => assert!(all(not), "{range:?} {least}..={most} {not}"),
                            Passes::Some => {}
                        }
                        let one = least == most;
                        assert!(!one || told != Passes::Some || range.0 != range.1, "{range:?} {least}");
                    }
                }
            }
        }
    }

    #[test]
    fn ranges_of_sizes_meet() {
        assert_eq!((sizes_of(0), sizes_of(1)), ((0, (16 << 10) - 1), (16 << 10, (1 << 20) - 1)));
        assert_eq!(sizes_of(5), (16 << 30, u64::MAX));
    }
}
