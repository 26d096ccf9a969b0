//! Documents of a segment by their places in its [`Order`]: a list while they are few, bits once they are many. A word of a
//! handful of names would else clear, and go through, a bit for each of a million documents: a fifth of its time.

use std::{
    ops::{ControlFlow, Range},
    slice,
};

use fixedbitset::FixedBitSet;
use tantivy::DocId;

use super::{order::Order, sieve::Passes};

/// So many are few. To sort a thousand costs less than to go through the bits of a million.
const FEW: usize = 1024;
const BITS: u32 = usize::BITS;

/// Some documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Docs {
    /// In their order, each once.
    Few(Vec<u32>),
    Many(FixedBitSet),
}

impl Docs {
    pub(super) const NONE: Self = Self::Few(Vec::new());

    /// All there are.
    pub(super) fn all(order: &Order) -> Self {
        let mut all = FixedBitSet::with_capacity(size(order.len()));
        all.insert_range(..);
        Self::Many(all)
    }

    pub(super) fn has(&self, place: u32) -> bool {
        match self {
            Self::Few(few) => few.binary_search(&place).is_ok(),
            Self::Many(many) => many.contains(size(place)),
        }
    }

    /// What both have.
    pub(super) fn and(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Few(few), other) => few.retain(|place| other.has(*place)),
            (Self::Many(many), Self::Many(other)) => many.intersect_with(other),
            (Self::Many(many), Self::Few(few)) => {
                let both = few.iter().copied().filter(|place| many.contains(size(*place)));
                *self = Self::Few(both.collect());
            }
        }
    }

    /// What the other has not.
    pub(super) fn minus(&mut self, other: &Self) {
        match (self, other) {
            (Self::Few(few), other) => few.retain(|place| !other.has(*place)),
            (Self::Many(many), Self::Many(other)) => many.difference_with(other),
            (Self::Many(many), Self::Few(few)) => {
                few.iter().map(|place| size(*place)).for_each(|place| {
                    if place < many.len() {
                        many.set(place, false);
                    }
                });
            }
        }
    }

    /// Keeps what passes: what of each shape does, and of which only some do, each by a look at it.
    pub(super) fn sift(
        &mut self,
        order: &Order,
        passes: impl Fn(usize) -> Passes,
        looks: impl Fn(usize, u32) -> bool,
    ) {
        match self {
            Self::Few(few) => few.retain(|place| {
                let shape = order.shape(*place);
                match passes(shape) {
                    Passes::None => false,
                    Passes::Some => looks(shape, *place),
                    Passes::All => true,
                }
            }),
            Self::Many(many) => {
                for shape in 0..order.shapes() {
                    let range = order.range(shape);
                    match passes(shape) {
                        Passes::None => many.set_range(size(range.start)..size(range.end), false),
                        Passes::Some => keep(many, range, |place| looks(shape, place)),
                        Passes::All => {}
                    }
                }
            }
        }
    }

    /// The list of them; absent when they are many.
    pub(super) fn few(&self) -> Option<&[u32]> {
        match self {
            Self::Few(few) => Some(few),
            Self::Many(_) => None,
        }
    }

    /// Calls for each in a range of places, in their order, until it is enough.
    pub(super) fn each(
        &self,
        range: Range<u32>,
        mut tell: impl FnMut(u32) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        match self {
            Self::Few(few) => part(few, &range).copied().try_for_each(tell),
            Self::Many(many) => each_bit(many, range, &mut tell),
        }
    }

    /// How many there are of each shape.
    pub(super) fn count(&self, order: &Order) -> Vec<u64> {
        let mut counts = vec![0; order.shapes()];
        match self {
            Self::Few(few) => {
                for place in few {
                    if let Some(count) = counts.get_mut(order.shape(*place)) {
                        *count += 1;
                    }
                }
            }
            Self::Many(many) => {
                for (shape, count) in counts.iter_mut().enumerate() {
                    let range = order.range(shape);
                    *count = many.count_ones(size(range.start)..size(range.end)) as u64;
                }
            }
        }
        counts
    }
}

fn keep(bits: &mut FixedBitSet, range: Range<u32>, mut stays: impl FnMut(u32) -> bool) {
    let mut gone = Vec::new();
    let _ = each_bit(bits, range, |place| {
        if !stays(place) {
            gone.push(size(place));
        }
        ControlFlow::Continue(())
    });
    gone.into_iter().for_each(|place| bits.set(place, false));
}

fn part<'a>(few: &'a [u32], range: &Range<u32>) -> slice::Iter<'a, u32> {
    let place = |bound| few.partition_point(|one| *one < bound);
    few.get(place(range.start)..place(range.end)).unwrap_or_default().iter()
}

/// Calls for each bit that is set in a range, word by word.
fn each_bit(
    bits: &FixedBitSet,
    range: Range<u32>,
    mut tell: impl FnMut(u32) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let words = bits.as_slice();
    for at in range.start / BITS..range.end.div_ceil(BITS) {
        let mut word = words.get(size(at)).copied().unwrap_or_default();
        if at == range.start / BITS {
            word &= usize::MAX << (range.start % BITS);
        }
        if at == range.end / BITS {
            word &= !(usize::MAX << (range.end % BITS));
        }
        while word != 0 {
            tell(at * BITS + word.trailing_zeros())?;
            // Without the lowest.
            word &= word - 1;
        }
    }
    ControlFlow::Continue(())
}

const fn size(place: u32) -> usize {
    place as usize
}

/// Gathers documents that come in any order, some more than once.
#[derive(Clone)]
pub(super) struct Gather<'a> {
    order: &'a Order,
    few: Vec<u32>,
    many: Option<FixedBitSet>,
}

impl<'a> Gather<'a> {
    /// None yet.
    pub(super) const fn new(order: &'a Order) -> Self {
        Self { order, few: Vec::new(), many: None }
    }

    /// By their numbers in the segment.
    pub(super) fn add(&mut self, docs: &[DocId]) {
        self.some(docs.len(), docs.iter().copied());
    }

    /// All of a run of numbers.
    pub(super) fn add_run(&mut self, run: Range<DocId>) {
        self.some(run.len(), run);
    }

    fn some(&mut self, count: usize, docs: impl Iterator<Item = DocId>) {
        let places = docs.filter_map(|doc| self.order.place(doc));
        if self.many.is_none() && self.few.len() + count > FEW {
            self.many = Some(bits(self.order, &self.few));
            self.few = Vec::new();
        }
        match &mut self.many {
            Some(many) => places.for_each(|place| many.insert(size(place))),
            None => self.few.extend(places),
        }
    }

    /// All places of a range.
    pub(super) fn add_places(&mut self, places: Range<u32>) {
        let order = self.order;
        let many = self.many.get_or_insert_with(|| bits(order, &self.few));
        many.insert_range(size(places.start)..size(places.end));
        self.few = Vec::new();
    }

    /// What was gathered before.
    pub(super) fn add_docs(&mut self, docs: &Docs) {
        match (docs, &mut self.many) {
            (Docs::Few(few), None) => self.few.extend(few),
            (Docs::Few(few), Some(many)) => few.iter().for_each(|place| many.insert(size(*place))),
            (Docs::Many(others), None) => {
                let mut many = others.clone();
                self.few.drain(..).for_each(|place| many.insert(size(place)));
                self.many = Some(many);
            }
            (Docs::Many(others), Some(many)) => many.union_with(others),
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.few.is_empty() && self.many.is_none()
    }

    pub(super) fn done(mut self) -> Docs {
        if let Some(many) = self.many {
            return Docs::Many(many);
        }
        self.few.sort_unstable();
        self.few.dedup();
        Docs::Few(self.few)
    }
}

fn bits(order: &Order, places: &[u32]) -> FixedBitSet {
    let mut bits = FixedBitSet::with_capacity(size(order.len()));
    places.iter().for_each(|place| bits.insert(size(*place)));
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: u32 = 5000;

    fn order() -> Order {
        let shapes: Vec<u32> = (0..COUNT).map(|doc| doc / 1300).collect();
        Order::of(&shapes, 5, |doc| -i64::from(doc))
    }

    fn gathered(order: &Order, runs: &[Range<u32>]) -> Docs {
        let mut gather = Gather::new(order);
        runs.iter().for_each(|run| gather.add_run(run.clone()));
        gather.done()
    }

    fn within(docs: &Docs, range: Range<u32>) -> Vec<u32> {
        let mut all = Vec::new();
        let _ = docs.each(range, |place| {
            all.push(place);
            ControlFlow::Continue(())
        });
        all
    }

    /// The same by the plainest of means.
    fn plain(runs: &[Range<u32>]) -> Vec<u32> {
        (0..COUNT).filter(|place| runs.iter().any(|run| run.contains(place))).collect()
    }

    #[test]
    fn few_and_many_do_the_same() {
        let order = order();
        let (few, many) = ([7..9, 3..4, 7..8, 4990..5000], [100..2000, 3..4, 4995..5000]);
        assert!(matches!(gathered(&order, &few), Docs::Few(_)));
        assert!(matches!(gathered(&order, &many), Docs::Many(_)));
        for one in [&few[..], &many[..]] {
            for other in [&few[..], &many[..]] {
                let (mut both, mut rest) = (gathered(&order, one), gathered(&order, one));
                both.and(&gathered(&order, other));
                rest.minus(&gathered(&order, other));
                let (in_one, in_other) = (plain(one), plain(other));
                let (expected, left): (Vec<_>, Vec<_>) =
                    in_one.into_iter().partition(|place| in_other.contains(place));
                assert_eq!(within(&both, 0..COUNT), expected);
                assert_eq!(within(&rest, 0..COUNT), left);
            }
        }
    }

    #[test]
    fn ranges_are_told_counted_and_sifted() {
        let order = order();
        for runs in [&[7..9, 130..140, 4990..5000][..], &[0..2000, 2600..2700, 4936..5000]] {
            let docs = gathered(&order, runs);
            let all = plain(runs);
            for range in [0..0, 0..64, 1..63, 63..65, 64..128, 8..4999, 4999..5000, 0..5000] {
                let inside: Vec<u32> = all.iter().copied().filter(|place| range.contains(place)).collect();
                assert_eq!(within(&docs, range.clone()), inside, "{range:?}");
            }
            let mut sifted = docs.clone();
            let passes = [Passes::None, Passes::Some, Passes::All, Passes::Some, Passes::None];
            sifted.sift(&order, |shape| passes[shape], |_, place| place % 2 == 0);
            let left = all.iter().copied().filter(|place| match passes[order.shape(*place)] {
                Passes::None => false,
                Passes::Some => place % 2 == 0,
                Passes::All => true,
            });
            assert_eq!(within(&sifted, 0..COUNT), left.collect::<Vec<_>>());
            let counts: Vec<u64> =
                (0..5).map(|shape| within(&docs, order.range(shape)).len() as u64).collect();
            assert_eq!(docs.count(&order), counts);
            assert_eq!(counts.iter().sum::<u64>(), all.len() as u64);
        }
    }

    #[test]
    fn what_is_gathered_from_all_kinds_is_there() {
        let order = order();
        let gathered = |run: Range<u32>| gathered(&order, std::slice::from_ref(&run));
        let (few, many) = (gathered(7..9), gathered(100..2000));
        for added in [[&few, &many], [&many, &few]] {
            let mut gather = Gather::new(&order);
            gather.add(&[4000]);
            added.into_iter().for_each(|docs| gather.add_docs(docs));
            gather.add_places(4500..4510);
            let expected = plain(&[7..9, 100..2000, 4000..4001, 4500..4510]);
            assert_eq!(within(&gather.done(), 0..COUNT), expected);
        }
        assert_eq!(within(&Docs::all(&order), 0..COUNT).len(), 5000);
    }
}
