//! Names as words: split and folded once, for both engines.
//!
//! A name is split at all that is neither letter nor digit, between letters and digits, and where a capital begins a
//! word: `IMG_2041-FinalCut.v2.JPG` is `img 2041 final cut v 2 jpg`, and then, after all of these so that phrases stay
//! together, `finalcut`, which is what somebody types. What is typed is not split at capitals.
//!
//! Chinese and Japanese are written without blanks. A run of their characters becomes its pairs, `写真館` is `写真 真館`,
//! so that any part of it is found; in a name its last character follows behind, so that every single character is the
//! beginning of some word.

mod fold;

use std::ops::Range;

pub use fold::folded;
use fold::{Class, each_folded};
pub(crate) use fold::{fold_onto, is_mark, trace};

/// Characters of a word that count; of longer ones the rest is cut off, in names as in queries.
pub const LONGEST: usize = 64;

/// The words of a name, in order; behind them what was split at capitals, undivided.
#[must_use]
pub fn of_name(name: &str) -> Vec<String> {
    let mut words = Words::default();
    words.read_name(name);
    words.iter().map(str::to_owned).collect()
}

/// The words of what was typed: all of them are among the words of a name that has this text in it between two of its
/// borders.
#[must_use]
pub fn of_query(text: &str) -> Vec<String> {
    let mut words = Words::default();
    words.read(text, false, |_| ());
    words.iter().map(str::to_owned).collect()
}

/// Whether a word is one character of those that are written without blanks: names hold it only as a beginning.
pub(crate) fn is_lone_ideograph(word: &str) -> bool {
    let mut characters = word.chars();
    characters.next().is_some_and(|first| Class::of(first) == Class::Ideograph) && characters.next().is_none()
}

/// Room for a name's words, to be used again for the next name: without an allocation per word.
#[derive(Debug, Default)]
pub struct Words {
    /// All letters and digits, folded, without anything between them.
    text: String,
    /// The words, as parts of the text.
    parts: Vec<Range<usize>>,
    /// What comes behind them.
    behind: Vec<Range<usize>>,
}

impl Words {
    /// Takes in a name, instead of the one before.
    pub fn read_name(&mut self, name: &str) {
        self.read(name, true, |_| ());
    }

    /// Takes in what was typed, or a name as if it was typed.
    pub fn read_query(&mut self, text: &str) {
        self.read(text, false, |_| ());
    }

    /// Whether a name has words that are not those of its text as it would be typed.
    pub(crate) fn is_divided(&self) -> bool {
        !self.behind.is_empty()
    }

    /// Its words, as [`of_name`] gives them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.ranges().map(|range| &self.text[range])
    }

    /// Appends its words, as [`of_name`] gives them, with something between each.
    pub(crate) fn join_onto(&self, between: &str, text: &mut String) {
        for (place, word) in self.iter().enumerate() {
            if place > 0 {
                text.push_str(between);
            }
            text.push_str(word);
        }
    }

    /// Takes in a name, and tells for each byte of the folded text from which character of the name it comes.
    pub(crate) fn read_traced(&mut self, name: &str) -> Vec<usize> {
        let mut origins = Vec::with_capacity(name.len());
        self.read(name, true, |origin| origins.push(origin));
        origins
    }

    /// Its words with where they stand in the folded text.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        self.parts.iter().chain(&self.behind).cloned()
    }

    /// The word at a range.
    pub(crate) fn word(&self, range: &Range<usize>) -> &str {
        &self.text[range.clone()]
    }

    /// `each_byte` is told the origin of every byte that is added to the text.
    fn read(&mut self, source: &str, is_name: bool, mut each_byte: impl FnMut(usize)) {
        self.text.clear();
        self.parts.clear();
        self.behind.clear();
        let mut run = Run::default();
        each_folded(source, |class, folded, origin| {
            let start = self.text.len();
            if class.run() != run.kind {
                self.end(&run, is_name);
                run = Run { kind: class.run(), start, part: start, ..Run::default() };
            }
            if class == Class::Other {
                return;
            }
            if is_name && let Some(border) = run.border(class, start) {
                self.push(run.part..border);
                run.part = border;
            }
            run.capitals = if class == Class::Upper { run.capitals + 1 } else { 0 };
            run.last = start;
            run.lower = class == Class::Lower;
            folded.push_onto(&mut self.text);
            (start..self.text.len()).for_each(|_| each_byte(origin));
        });
        self.end(&run, is_name);
    }

    /// Takes the words of a run that ends here.
    fn end(&mut self, run: &Run, is_name: bool) {
        let end = self.text.len();
        match run.kind {
            Class::Other => {}
            Class::Ideograph => self.pairs(run.start..end, is_name),
            _ => {
                self.push(run.part..end);
                if run.part > run.start {
                    let whole = self.cut(run.start..end);
                    self.behind.push(whole);
                }
            }
        }
    }

    fn pairs(&mut self, range: Range<usize>, is_name: bool) {
        let starts = self.text[range.clone()].char_indices().map(|(at, _)| range.start + at);
        let borders: Vec<usize> = starts.chain([range.end]).collect();
        if let [start, end] = borders[..] {
            self.parts.push(start..end);
            return;
        }
        self.parts.extend(borders.windows(3).map(|pair| pair[0]..pair[2]));
        if let (true, [.., start, end]) = (is_name, &borders[..]) {
            self.behind.push(*start..*end);
        }
    }

    fn push(&mut self, range: Range<usize>) {
        let range = self.cut(range);
        self.parts.push(range);
    }

    fn cut(&self, range: Range<usize>) -> Range<usize> {
        if range.len() <= LONGEST {
            return range;
        }
        let beyond = self.text[range.clone()].char_indices().nth(LONGEST);
        range.start..beyond.map_or(range.end, |(at, _)| range.start + at)
    }
}

/// Letters, digits or ideographs without anything else between them.
struct Run {
    kind: Class,
    /// Where in the text it begins.
    start: usize,
    /// Where its last part begins.
    part: usize,
    /// Where its last character begins.
    last: usize,
    /// How many capitals it ends in.
    capitals: usize,
    /// Whether it ends in a small letter.
    lower: bool,
}

impl Default for Run {
    fn default() -> Self {
        Self { kind: Class::Other, start: 0, part: 0, last: 0, capitals: 0, lower: false }
    }
}

impl Run {
    /// Where a part ends if such a character follows at `next`: `camel|Case`, `HTTP|Server`.
    fn border(&self, following: Class, next: usize) -> Option<usize> {
        match following {
            Class::Upper if self.lower => Some(next),
            Class::Lower if self.capitals > 1 => Some(self.last),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
