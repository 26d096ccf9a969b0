//! Documents of a segment, gathered in any order: a list while they are few, bits once they are many. A word of a handful
//! of names would else clear, and go through, a bit for each of a million documents: a fifth of its time.

use std::ops::Range;

use tantivy::{BitSet, DocId};

/// So many are few. To sort a thousand costs less than to go through the bits of a million.
const FEW: usize = 1024;

/// Some documents of a segment.
pub(super) struct Docs {
    /// Of the segment.
    max_doc: u32,
    /// With some more than once.
    few: Vec<DocId>,
    many: Option<BitSet>,
}

impl Docs {
    /// None yet, of a segment with so many.
    pub(super) const fn of(max_doc: u32) -> Self {
        Self { max_doc, few: Vec::new(), many: None }
    }

    pub(super) fn add(&mut self, docs: &[DocId]) {
        match self.room(docs.len()) {
            Some(many) => docs.iter().for_each(|doc| _ = many.insert(*doc)),
            None => self.few.extend_from_slice(docs),
        }
    }

    pub(super) fn add_run(&mut self, run: Range<DocId>) {
        match self.room(run.len()) {
            Some(many) => run.for_each(|doc| _ = many.insert(doc)),
            None => self.few.extend(run),
        }
    }

    /// Where so many more go; absent while all of them are few.
    fn room(&mut self, more: usize) -> Option<&mut BitSet> {
        if self.many.is_none() && self.few.len() + more > FEW {
            self.many = Some(bits(self.max_doc, &self.few));
            self.few = Vec::new();
        }
        self.many.as_mut()
    }

    /// The list, some more than once; absent when there are many.
    pub(super) fn few(&self) -> Option<&[DocId]> {
        self.many.is_none().then_some(&self.few)
    }

    /// The bits; absent when there is no document.
    pub(super) fn into_bits(self) -> Option<BitSet> {
        if self.many.is_none() && !self.few.is_empty() {
            return Some(bits(self.max_doc, &self.few));
        }
        self.many
    }
}

fn bits(max_doc: u32, docs: &[DocId]) -> BitSet {
    let mut bits = BitSet::with_max_value(max_doc);
    docs.iter().for_each(|doc| _ = bits.insert(*doc));
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_becomes_bits_without_losing_any() {
        let mut docs = Docs::of(5000);
        assert!(docs.few() == Some(&[]) && Docs::of(9).into_bits().is_none());
        docs.add(&[7, 3, 7]);
        docs.add_run(20..22);
        assert_eq!(docs.few(), Some(&[7, 3, 7, 20, 21][..]));
        docs.add_run(1000..3000);
        docs.add(&[4999]);
        assert!(docs.few().is_none());
        let bits = docs.into_bits().unwrap();
        let there: Vec<DocId> = (0..5000).filter(|doc| bits.contains(*doc)).collect();
        let expected: Vec<DocId> = [3, 7, 20, 21].into_iter().chain(1000..3000).chain([4999]).collect();
        assert_eq!(there, expected);
    }
}
