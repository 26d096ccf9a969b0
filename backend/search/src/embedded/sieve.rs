//! What is tested of each document that tantivy found: conditions on columns, which any request may combine.

use std::ops::{Bound, RangeBounds as _};

use tantivy::DocId;

use super::{
    columns::{Columns, Shape},
    schema::place,
};
use crate::{Category, Filters, Request, Scope, State, Versions, query::Condition};

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
    pub(super) fn lets_through(&self, shape: &Shape) -> bool {
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

    /// Whether the shape does not tell all.
    pub(super) fn looks_at_each(&self) -> bool {
        self.at.is_some() || !self.sizes.is_empty() || !self.times.is_empty()
    }

    /// What a document of a shape that passes tells itself.
    pub(super) fn looks(&self, columns: &Columns, doc: DocId, shape: usize) -> bool {
        let Self { sizes, times, .. } = self;
        (sizes.is_empty() || holds(sizes, &columns.size.get_val(doc)))
            && (times.is_empty() || holds(times, &columns.modified_of(doc)))
            && self.was_there(columns, doc, shape)
    }

    fn was_there(&self, columns: &Columns, doc: DocId, shape: usize) -> bool {
        let Some(at) = &self.at else { return true };
        let dataset = columns.shapes.all.get(shape).map(|shape| shape.dataset);
        let at = at.iter().find(|(guid, _)| Some(*guid) == dataset);
        at.is_some_and(|(_, txg)| columns.born.get_val(doc) <= *txg && *txg < columns.died.get_val(doc))
    }
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
