//! What is tested of each document that tantivy found: conditions on columns, which any request may combine.

use std::{
    ops::{Bound, RangeBounds as _},
    sync::Arc,
};

use tantivy::{DocId, SegmentReader, columnar::ColumnValues};

use super::schema::place;
use crate::{Filters, Request, SIZES, Scope, State, Versions, query::Condition};

type Numbers = Arc<dyn ColumnValues<u64>>;
type Times = Arc<dyn ColumnValues<i64>>;
type Range<T> = (Bound<T>, Bound<T>);

/// What must hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Sieve {
    /// A bit for each [`State`] that passes.
    states: u8,
    /// Of each dataset the state that must show it; nothing passes of others.
    at: Option<Vec<(u64, u64)>>,
    datasets: Option<Vec<u64>>,
    /// All must hold. The flag: whether it must not.
    sizes: Vec<(Vec<Range<u64>>, bool)>,
    times: Vec<(Vec<Range<i64>>, bool)>,
    owners: Vec<(Vec<u64>, bool)>,
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
        if !filters.sizes.is_empty() {
            self.sizes.push((filters.sizes.iter().copied().map(bytes_within).collect(), false));
        }
        if !filters.years.is_empty() {
            self.times.push((filters.years.iter().copied().map(year_range).collect(), false));
        }
        if !filters.owners.is_empty() {
            self.owners.push((filters.owners.iter().map(|&owner| owner.into()).collect(), false));
        }
    }

    fn condition(&mut self, condition: &Condition, negated: bool) {
        match condition {
            Condition::State(state) if negated => self.states &= !bit(*state),
            Condition::State(state) => self.states &= bit(*state),
            Condition::Size(from, to) => self.sizes.push((vec![(*from, *to)], negated)),
            Condition::Modified(from, to) => self.times.push((vec![(*from, *to)], negated)),
            // A name that the server could not turn into a number is nobody's.
            Condition::Owner(owner) => self.owners.push((owner.parse().into_iter().collect(), negated)),
            _ => {}
        }
    }

    pub(super) fn for_segment(&self, segment: &SegmentReader) -> tantivy::Result<SegmentSieve> {
        let columns = segment.fast_fields();
        let number = |name| columns.column_first_or_default::<u64>(name);
        let when = |needed: bool, name| needed.then(|| number(name)).transpose();
        Ok(SegmentSieve {
            state: when(self.states != 0b111, "state")?,
            dataset: when(self.at.is_some() || self.datasets.is_some(), "dataset")?,
            born: when(self.at.is_some(), "born")?,
            died: when(self.at.is_some(), "died")?,
            size: when(!self.sizes.is_empty(), "size")?,
            owner: when(!self.owners.is_empty(), "owner")?,
            modified: (!self.times.is_empty())
                .then(|| columns.column_first_or_default::<i64>("modified"))
                .transpose()?,
            sieve: self.clone(),
        })
    }
}

fn bit(state: State) -> u8 {
    1 << place(&State::ALL, &state)
}

/// The bytes that a range of [`SIZES`] holds, by its number.
fn bytes_within(number: usize) -> Range<u64> {
    let from = SIZES.get(number).map_or(u64::MAX, |(from, _)| *from);
    let to = SIZES.get(number + 1).map_or(Bound::Unbounded, |(to, _)| Bound::Excluded(*to));
    (Bound::Included(from), to)
}

fn year_range(year: i16) -> Range<i64> {
    (Bound::Included(year_begins(year)), Bound::Excluded(year_begins(year.saturating_add(1))))
}

/// Seconds since 1970 at which a year begins, in the calendar that holds for all years; UTC.
pub(super) fn year_begins(year: i16) -> i64 {
    let before = i64::from(year) - 1;
    let days = before * 365 + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    // Days from the year 1 to 1970.
    (days - 719_162) * 86_400
}

/// The year of an instant. Years beyond four digits are the nearest that has them.
pub(super) fn year_of(seconds: i64) -> i16 {
    // Mean years; off by at most one, which the year's own beginning tells.
    let guess = (seconds.div_euclid(31_556_952) + 1970).clamp(-1, 9999);
    let year = i16::try_from(guess).unwrap_or_default();
    let year = if seconds < year_begins(year) { year - 1 } else { year };
    if seconds >= year_begins(year + 1) { (year + 1).min(9999) } else { year.max(0) }
}

/// The sieve with a segment's columns; only those that are needed.
pub(super) struct SegmentSieve {
    sieve: Sieve,
    state: Option<Numbers>,
    dataset: Option<Numbers>,
    born: Option<Numbers>,
    died: Option<Numbers>,
    size: Option<Numbers>,
    owner: Option<Numbers>,
    modified: Option<Times>,
}

impl SegmentSieve {
    pub(super) fn passes(&self, doc: DocId) -> bool {
        let of = |column: &Option<Numbers>| column.as_ref().map(|column| column.get_val(doc));
        if of(&self.state).is_some_and(|state| self.sieve.states & (1 << state) == 0) {
            return false;
        }
        if let Some(dataset) = of(&self.dataset) {
            let there = self.sieve.datasets.as_ref().is_none_or(|datasets| datasets.contains(&dataset));
            if !there || !self.was_there(dataset, doc) {
                return false;
            }
        }
        let size = of(&self.size).is_none_or(|size| holds(&self.sieve.sizes, &size));
        let owner = of(&self.owner).is_none_or(|owner| {
            self.sieve.owners.iter().all(|(owners, not)| owners.contains(&owner) != *not)
        });
        let time = self.modified.as_ref().is_none_or(|column| holds(&self.sieve.times, &column.get_val(doc)));
        size && owner && time
    }

    fn was_there(&self, dataset: u64, doc: DocId) -> bool {
        let (Some(at), Some(born), Some(died)) = (&self.sieve.at, &self.born, &self.died) else {
            return true;
        };
        let at = at.iter().find(|(guid, _)| *guid == dataset);
        at.is_some_and(|(_, txg)| born.get_val(doc) <= *txg && *txg < died.get_val(doc))
    }
}

fn holds<T: PartialOrd>(all: &[(Vec<Range<T>>, bool)], value: &T) -> bool {
    all.iter().all(|(ranges, not)| {
        let any = ranges.iter().any(|(from, to)| (from.as_ref(), to.as_ref()).contains(value));
        any != *not
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_begin_and_end_where_the_calendar_says() {
        for year in [0i16, 1, 4, 99, 100, 1600, 1900, 1969, 1970, 1972, 1999, 2000, 2024, 2100, 9998] {
            let begins =
                jiff::tz::TimeZone::UTC.to_timestamp(jiff::civil::date(year, 1, 1).at(0, 0, 0, 0)).unwrap();
            assert_eq!(year_begins(year), begins.as_second());
            assert_eq!((year_of(year_begins(year)), year_of(year_begins(year + 1) - 1)), (year, year));
        }
        assert_eq!((year_of(i64::MIN), year_of(i64::MAX)), (0, 9999));
    }

    #[test]
    fn ranges_of_size_join() {
        let any = |size: u64| {
            (0..SIZES.len())
                .filter(|n| {
                    let (from, to) = bytes_within(*n);
                    (from, to).contains(&size)
                })
                .count()
        };
        for size in [0, 1, 16 << 10, (1 << 20) - 1, 1 << 20, 1 << 40, u64::MAX] {
            assert_eq!(any(size), 1, "{size}");
        }
    }
}
