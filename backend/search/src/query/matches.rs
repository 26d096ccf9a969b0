//! What of a path is the reason that it was found.

use std::{cell::OnceCell, ops::Range};

use super::{Condition, Query, glob};
use crate::words::{Words, is_mark, trace};

/// Which characters of a path (or of a name alone) a query's words, phrases, globs and folders are, as counted by
/// [`str::chars`]; in order, none twice. What an engine found because it is only alike is not among them.
#[must_use]
pub fn matches(path: &str, query: &Query) -> Vec<Range<usize>> {
    let names = names(path);
    let mut found = Vec::new();
    for condition in query.wanted() {
        match condition {
            Condition::Words { words, prefix } => {
                names.iter().for_each(|name| name.find_words(words, *prefix, &mut found));
            }
            Condition::Phrase(words) => names.iter().for_each(|name| name.find_phrase(words, &mut found)),
            Condition::Glob(pattern) => {
                let pattern: Vec<char> = pattern.chars().collect();
                let fitting =
                    names.last().and_then(|name| Some((name, glob::fit(&pattern, &name.folded())?)));
                if let Some((name, at)) = fitting {
                    name.take_folded(&at, &mut found);
                }
            }
            Condition::Path(pattern) => {
                let folded: Vec<Vec<char>> = names.iter().map(Name::folded).collect();
                for (first, each) in pattern.found(&folded) {
                    names[first..].iter().zip(&each).for_each(|(name, at)| name.take_folded(at, &mut found));
                }
            }
            _ => {}
        }
    }
    merged(found)
}

/// One name of a path.
struct Name {
    /// Where in the path it begins.
    start: usize,
    characters: Vec<char>,
    words: Words,
    /// For each byte of the words' text, from which character of the name it comes.
    origins: Vec<usize>,
    /// The folded name and where its characters come from; only globs and paths ask for it.
    traced: OnceCell<Vec<(char, usize)>>,
}

fn names(path: &str) -> Vec<Name> {
    let mut start = 0;
    let name = |name: &str| {
        let mut words = Words::default();
        let origins = words.read_traced(name);
        let characters: Vec<char> = name.chars().collect();
        let begin = start;
        start += characters.len() + 1;
        Name { start: begin, characters, words, origins, traced: OnceCell::new() }
    };
    path.split('/').map(name).collect()
}

impl Name {
    fn trace(&self) -> &[(char, usize)] {
        self.traced.get_or_init(|| trace(&self.characters.iter().collect::<String>()))
    }

    fn folded(&self) -> Vec<char> {
        self.trace().iter().map(|(character, _)| *character).collect()
    }

    fn find_words(&self, wanted: &[String], prefix: bool, found: &mut Vec<Range<usize>>) {
        for range in self.words.ranges() {
            let word = self.words.word(&range);
            let exact = wanted.iter().any(|wanted| wanted == word);
            let beginning = wanted.last().filter(|last| prefix && word.starts_with(last.as_str()));
            if exact {
                self.take(range, found);
            } else if let Some(beginning) = beginning {
                self.take(range.start..range.start + beginning.len(), found);
            }
        }
    }

    fn find_phrase(&self, wanted: &[String], found: &mut Vec<Range<usize>>) {
        let ranges: Vec<Range<usize>> = self.words.ranges().collect();
        for beside in ranges.windows(wanted.len().max(1)) {
            if beside.iter().zip(wanted).all(|(range, wanted)| self.words.word(range) == wanted) {
                beside.iter().for_each(|range| self.take(range.clone(), found));
            }
        }
    }

    /// A part of the words' text.
    fn take(&self, range: Range<usize>, found: &mut Vec<Range<usize>>) {
        if let (Some(first), Some(last)) = (self.origins[range.clone()].first(), self.origins[range].last()) {
            found.push(self.shown(*first, *last));
        }
    }

    /// Characters of the folded name.
    fn take_folded(&self, at: &[usize], found: &mut Vec<Range<usize>>) {
        let trace = self.trace();
        found.extend(at.iter().map(|at| self.shown(trace[*at].1, trace[*at].1)));
    }

    /// From one character to another, with the marks that follow it.
    fn shown(&self, first: usize, last: usize) -> Range<usize> {
        let marks = self.characters[last + 1..].iter().take_while(|next| is_mark(**next)).count();
        self.start + first..self.start + last + 1 + marks
    }
}

/// In order, what overlaps or touches as one.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut all: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match all.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => all.push(range),
        }
    }
    all
}
