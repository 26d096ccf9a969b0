//! A set of inodes.

use std::collections::BTreeMap;

/// Inodes per page.
const PAGE: u64 = 4096;

/// A set of inodes, kept in pages of bits: inodes come in runs, so a million takes a few hundred KiB.
#[derive(Debug, Default)]
pub(super) struct InodeSet(BTreeMap<u64, Box<[u64; 64]>>);

impl InodeSet {
    /// True when it was not in the set before.
    pub(super) fn insert(&mut self, inode: u64) -> bool {
        let page = self.0.entry(inode / PAGE).or_insert_with(|| Box::new([0; 64]));
        let (word, bit) = place(inode);
        let new = page[word] & bit == 0;
        page[word] |= bit;
        new
    }

    pub(super) fn contains(&self, inode: u64) -> bool {
        let (word, bit) = place(inode);
        self.0.get(&(inode / PAGE)).is_some_and(|page| page[word] & bit != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In ascending order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.iter().flat_map(|(number, page)| {
            let first = number * PAGE;
            let bits = page.iter().enumerate().flat_map(|(at, word)| (0..64).map(move |bit| (at, bit, word)));
            let set = bits.filter(|(_, bit, word)| *word & (1 << bit) != 0);
            set.map(move |(at, bit, _)| first + at as u64 * 64 + bit)
        })
    }
}

fn place(inode: u64) -> (usize, u64) {
    let within = inode % PAGE;
    // Below 64, so it fits.
    (usize::try_from(within / 64).unwrap_or_default(), 1 << (within % 64))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn is_a_set() {
        let mut set = InodeSet::default();
        let mut truth = BTreeSet::new();
        assert!(set.is_empty());
        for inode in [0, 63, 64, 4095, 4096, 1 << 48, 63, u64::MAX, 0] {
            assert_eq!(set.insert(inode), truth.insert(inode), "{inode}");
        }
        assert!(set.iter().eq(truth.iter().copied()));
        for inode in (0..9000).chain([1 << 48, u64::MAX - 1, u64::MAX]) {
            assert_eq!(set.contains(inode), truth.contains(&inode), "{inode}");
        }
    }
}
