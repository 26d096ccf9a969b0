//! What facets count. The values that shapes have are numbered when a part of the index is opened, so that to count is to
//! add to a list.

use std::{collections::HashMap, hash::Hash};

use super::columns::Shape;
use crate::{Category, Facet, SIZES, State};

/// The values of one facet in a part of the index.
pub(super) struct Values {
    /// By shape; absent of those that have none.
    numbers: Vec<Option<usize>>,
    texts: Vec<String>,
}

impl Values {
    /// Of all shapes; that of folders' records has no hits.
    pub(super) fn of(facet: Facet, shapes: &[Shape]) -> Self {
        let word = |words: &[&str], place: u8| words.get(usize::from(place)).map(|word| (*word).to_owned());
        match facet {
            Facet::Dataset => numbered(shapes, |s| Some(s.dataset), |dataset| Some(dataset.to_string())),
            Facet::Owner => numbered(shapes, |s| Some(s.owner), |owner| Some(owner.to_string())),
            Facet::Year => numbered(shapes, |s| Some(s.year), |year| Some(year.to_string())),
            Facet::Category => {
                let words = Category::ALL.map(Category::word);
                numbered(shapes, |s| Some(s.category), |place| word(&words, place))
            }
            Facet::State => {
                let words = State::ALL.map(State::word);
                numbered(shapes, |s| Some(s.state), |place| word(&words, place))
            }
            Facet::Size => {
                let words = SIZES.map(|(_, word)| word);
                numbered(shapes, |s| Some(s.size), |place| word(&words, place))
            }
            Facet::Extension => numbered(shapes, |s| s.extension.as_deref(), |own| Some(own.to_owned())),
            // The same of all: whoever asks counts it.
            Facet::Host => numbered(shapes, |_| None::<u8>, |_| None),
        }
    }

    /// How many hits have each value that any has, by how many are of each shape.
    pub(super) fn count(&self, hits: &[u64]) -> HashMap<String, u64> {
        let mut sums = vec![0; self.texts.len()];
        for (number, hits) in self.numbers.iter().zip(hits) {
            if let Some(sum) = number.and_then(|number| sums.get_mut(number)) {
                *sum += *hits;
            }
        }
        let counted = self.texts.iter().zip(sums).filter(|(_, sum)| *sum > 0);
        counted.map(|(text, sum)| (text.clone(), sum)).collect()
    }
}

fn numbered<'a, K: Copy + Eq + Hash>(
    shapes: &'a [Shape],
    key: impl Fn(&'a Shape) -> Option<K>,
    text: impl Fn(K) -> Option<String>,
) -> Values {
    let (mut known, mut texts) = (HashMap::new(), Vec::new());
    let mut number = |key: K| {
        *known.entry(key).or_insert_with(|| {
            text(key).map(|text| {
                texts.push(text);
                texts.len() - 1
            })
        })
    };
    let numbers = shapes.iter().map(|shape| number(key(shape)?)).collect();
    Values { numbers, texts }
}
