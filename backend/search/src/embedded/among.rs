//! Numbers looked for among very many others.

use std::collections::HashMap;

/// Some numbers, each with something to know of it. Nearly all others are told apart by a bit, without the map: a column
/// of a million is looked through in some milliseconds.
pub(super) struct Among<T> {
    bits: Vec<u64>,
    known: HashMap<u64, T>,
}

impl<T> Among<T> {
    fn bit(&self, number: u64) -> (usize, u64) {
        // Inodes follow each other; multiplied, they are spread over the upper bits.
        let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let place = (spread >> 32) % (self.bits.len() as u64 * 64);
        (usize::try_from(place / 64).unwrap_or_default(), 1 << (place % 64))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    pub(super) fn get(&self, number: u64) -> Option<&T> {
        let (place, bit) = self.bit(number);
        if self.bits[place] & bit == 0 { None } else { self.known.get(&number) }
    }
}

impl<T> FromIterator<(u64, T)> for Among<T> {
    fn from_iter<I: IntoIterator<Item = (u64, T)>>(all: I) -> Self {
        let known: HashMap<u64, T> = all.into_iter().collect();
        let mut among = Self { bits: vec![0; known.len().div_ceil(4).max(16)], known };
        let places: Vec<_> = among.known.keys().map(|number| among.bit(*number)).collect();
        places.into_iter().for_each(|(place, bit)| among.bits[place] |= bit);
        among
    }
}
