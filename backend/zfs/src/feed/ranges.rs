//! Ranges of object numbers, as the kernel reports them.

/// Bytes of one record: three native `u64`: type, first and last object, both inclusive.
pub(super) const RECORD: usize = 24;
/// `DDR_INUSE`.
const IN_USE: u64 = 2;
/// `DDR_FREE`.
const FREE: u64 = 4;
/// No object has a higher number (`DN_MAX_OBJECT`); the last free range runs to the end of all numbers.
const HIGHEST: u64 = 1 << 48;
/// Bounds the memory: 24 bytes each. Beyond, a walk is no dearer.
const MOST: usize = 4 << 20;

/// Objects that are sooner read over than left out by a question of their own.
const NEAR: u64 = 256;

/// Why records are not what they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RangesError {
    #[error("a record of unknown type {0}")]
    Type(u64),
    #[error("a range from {0} to {1}, which is out of order")]
    Order(u64, u64),
    #[error("more than {MOST} ranges")]
    TooMany,
}

/// Whether the objects of a range exist in the later snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    InUse,
    Free,
}

/// Objects that may have changed, in ascending order. An object outside has not changed.
#[derive(Debug, Default)]
pub(super) struct Ranges(Vec<Range>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    state: State,
    first: u64,
    last: u64,
}

impl Ranges {
    /// Adds whole records.
    pub(super) fn add_records(&mut self, bytes: &[u8]) -> Result<(), RangesError> {
        for record in bytes.chunks_exact(RECORD) {
            let mut words = record.chunks_exact(8).map(|word| word.try_into().map_or(0, u64::from_ne_bytes));
            let mut word = || words.next().unwrap_or_default();
            let (kind, first, last) = (word(), word(), word());
            let state = match kind {
                IN_USE => State::InUse,
                FREE => State::Free,
                other => return Err(RangesError::Type(other)),
            };
            self.add(Range { state, first, last: last.min(HIGHEST) })?;
        }
        Ok(())
    }

    /// Beyond the highest object number there is nothing to tell. Nor of free ranges from 0, which is no object: where
    /// the top of the object tree has holes, the kernel computes their span in 64 bits, which overflow, and calls
    /// everything free at the end.
    fn add(&mut self, range: Range) -> Result<(), RangesError> {
        if range.first > HIGHEST || (range.state == State::Free && range.first == 0) {
            return Ok(());
        }
        let in_order = self.0.last().is_none_or(|last| last.last < range.first);
        if range.first > range.last || !in_order {
            return Err(RangesError::Order(range.first, range.last));
        }
        let count = self.0.len();
        match self.0.last_mut() {
            Some(last) if last.state == range.state && last.last + 1 == range.first => last.last = range.last,
            _ if count == MOST => return Err(RangesError::TooMany),
            _ => self.0.push(range),
        }
        Ok(())
    }

    /// True when nothing changed.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many objects exist in the ranges in use.
    pub(super) fn in_use(&self) -> u64 {
        let in_use = self.0.iter().filter(|range| range.state == State::InUse);
        in_use.map(|range| range.last - range.first + 1).sum()
    }

    /// First and last objects of stretches that together cover all ranges. What lies between two near ones belongs to a
    /// stretch too: where every third file was removed, a question for each range would be most of a step's time.
    pub(super) fn stretches(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        let mut ranges = self.0.iter().peekable();
        std::iter::from_fn(move || {
            let Range { first, mut last, .. } = *ranges.next()?;
            while let Some(near) = ranges.next_if(|next| next.first - last <= NEAR) {
                last = near.last;
            }
            Some((first, last))
        })
    }

    /// What is told of an object; absent when it has not changed.
    pub(super) fn state(&self, object: u64) -> Option<State> {
        let after = self.0.partition_point(|range| range.first <= object);
        let range = self.0.get(after.checked_sub(1)?)?;
        (object <= range.last).then_some(range.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(ranges: &[(u64, u64, u64)]) -> Vec<u8> {
        ranges.iter().flat_map(|&(a, b, c)| [a, b, c]).flat_map(u64::to_ne_bytes).collect()
    }

    fn read(list: &[(u64, u64, u64)]) -> Result<Ranges, RangesError> {
        let mut ranges = Ranges::default();
        ranges.add_records(&records(list)).map(|()| ranges)
    }

    #[test]
    fn tells_of_each_object() {
        let ranges = read(&[(2, 0, 6), (4, 7, 31), (2, 64, 65), (2, 66, 70), (4, 96, u64::MAX)]).unwrap();
        assert_eq!(ranges.0.len(), 4, "neighbours are joined");
        assert_eq!(ranges.in_use(), 7 + 7);
        let states: Vec<_> = [0, 6, 7, 31, 32, 63, 64, 66, 70, 71, 95, 96, HIGHEST]
            .into_iter()
            .map(|object| ranges.state(object))
            .collect();
        let (used, free) = (Some(State::InUse), Some(State::Free));
        assert_eq!(states, [used, used, free, free, None, None, used, used, used, None, None, free, free]);
        assert!(read(&[]).unwrap().is_empty());
    }

    #[test]
    fn near_ranges_make_one_stretch() {
        let stretches = |list: &[_]| read(list).unwrap().stretches().collect::<Vec<_>>();
        let near = 39 + NEAR;
        assert_eq!(stretches(&[(2, 3, 9), (4, 10, 12), (2, 20, 39), (4, near, 1 << 40)]), [(3, 1 << 40)]);
        assert_eq!(stretches(&[(2, 3, 39), (2, near + 1, near + 1)]), [(3, 39), (near + 1, near + 1)]);
        assert!(stretches(&[]).is_empty());
    }

    #[test]
    fn overlooks_an_overflow_of_the_kernels() {
        let clone = read(&[(4, 0, 0), (2, 1, 1), (4, 2, u64::MAX >> 9), (4, 0, u64::MAX)]).unwrap();
        assert_eq!(clone.state(1), Some(State::InUse));
        assert!(read(&[(4, 0, u64::MAX)]).unwrap().is_empty());
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert_eq!(read(&[(3, 0, 1)]).unwrap_err(), RangesError::Type(3));
        assert_eq!(read(&[(2, 5, 4)]).unwrap_err(), RangesError::Order(5, 4));
        assert_eq!(read(&[(2, 5, 9), (4, 9, 12)]).unwrap_err(), RangesError::Order(9, 12));
    }
}
