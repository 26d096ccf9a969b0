//! Names as a whole: what is told by a look at them, not by the index of their words. Each different name is looked at
//! once, however many documents have it.

use std::ops::Range;

use tantivy::{
    BitSet, DocId, SegmentReader,
    columnar::{StrColumn, TermOrdHit},
};

use super::{
    docs::{Docs, Gather},
    find::Part,
    schema::{Fields, NAME},
    word::Wanted,
};
use crate::{
    query::fits,
    words::{Words, fold_onto},
};

/// The names of a segment's documents, in the order of their words.
pub(super) struct Names {
    pub texts: StrColumn,
    /// By document the numbers of their names. Unpacked, since of very many hits they are looked up.
    pub numbers: Vec<u32>,
    /// Documents in the order of their names' numbers.
    docs: Vec<DocId>,
}

impl Names {
    /// Names, and by document their numbers.
    pub(super) fn new(texts: StrColumn, numbers: Vec<u32>) -> Self {
        let mut docs: Vec<DocId> = (0..small(numbers.len() as u64)).collect();
        docs.sort_unstable_by_key(|doc| number_of(&numbers, *doc));
        Self { texts, numbers, docs }
    }

    /// The number of a document's name.
    pub(super) fn of(&self, doc: DocId) -> u32 {
        number_of(&self.numbers, doc)
    }

    /// The numbers of all names whose words, one after another, begin so.
    pub(super) fn beginning_with(&self, begin: &str) -> tantivy::Result<Range<u32>> {
        // No text has this byte: all that begins so lies before it.
        Ok(self.place(begin.as_bytes())?..self.place(&[begin.as_bytes(), &[0xff]].concat())?)
    }

    /// The numbers of all names whose words are just these.
    pub(super) fn of_words(&self, words: &str) -> tantivy::Result<Range<u32>> {
        self.beginning_with(&format!("{words}{NAME}"))
    }

    /// The documents that have names of these numbers.
    pub(super) fn docs(&self, numbers: &Range<u32>) -> &[DocId] {
        let place = |bound| self.docs.partition_point(|doc| self.of(*doc) < bound);
        self.docs.get(place(numbers.start)..place(numbers.end)).unwrap_or_default()
    }

    /// The number of a text, or of the next one.
    fn place(&self, text: &[u8]) -> tantivy::Result<u32> {
        let found = self.texts.dictionary().term_ord_or_next(text)?;
        Ok(match found {
            TermOrdHit::Exact(number) | TermOrdHit::Next(number) => small(number),
        })
    }
}

fn number_of(numbers: &[u32], doc: DocId) -> u32 {
    usize::try_from(doc).ok().and_then(|doc| numbers.get(doc)).copied().unwrap_or_default()
}

/// A name as the index keeps it.
#[derive(Debug, PartialEq, Eq)]
struct Whole<'a> {
    /// All its words, a blank between each, as [`crate::words::of_name`] gives them.
    words: &'a str,
    /// The folded name.
    folded: &'a str,
}

impl<'a> Whole<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (typed, rest) = text.split_once(NAME)?;
        let (divided, folded) = rest.split_once(NAME)?;
        Some(Self { words: if divided.is_empty() { typed } else { divided }, folded })
    }

    /// Whether these words stand beside each other.
    fn has(&self, phrase: &str) -> bool {
        let mut rest = self.words;
        loop {
            if rest.strip_prefix(phrase).is_some_and(|after| after.is_empty() || after.starts_with(' ')) {
                return true;
            }
            match rest.split_once(' ') {
                Some((_, next)) => rest = next,
                None => return false,
            }
        }
    }
}

/// Appends a name as the index keeps it, so that it is ordered by what one would type: these words, [`NAME`], all words
/// where those are others, [`NAME`], the folded name. `words` has the name's.
pub(super) fn write_whole(name: &str, words: &mut Words, text: &mut String) {
    let mut divided = String::new();
    if words.is_divided() {
        words.join_onto(" ", &mut divided);
        words.read_query(name);
    }
    words.join_onto(" ", text);
    text.push(NAME);
    text.push_str(&divided);
    text.push(NAME);
    fold_onto(name, text);
}

/// Documents whose whole folded name fits.
pub(super) fn of_glob(part: &Part<'_>, glob: &str) -> tantivy::Result<Docs> {
    let Some(names) = &part.columns.names else { return Ok(Docs::NONE) };
    let fitting = fitting(&names.texts, glob)?;
    let mut docs = Gather::new(&part.columns.order);
    for (doc, _) in (0..).zip(&names.numbers).filter(|(_, number)| fitting.contains(**number)) {
        docs.add(&[doc]);
    }
    Ok(docs.done())
}

/// The numbers of the names that fit. All are looked at: where in its name a glob begins to tell is not known.
fn fitting(names: &StrColumn, glob: &str) -> tantivy::Result<BitSet> {
    let mut fitting = BitSet::with_max_value(small(names.num_terms() as u64));
    let mut all = names.dictionary().stream()?;
    while all.advance() {
        let key = std::str::from_utf8(all.key()).unwrap_or_default();
        if Whole::read(key).is_some_and(|whole| fits(glob, whole.folded)) {
            fitting.insert(small(all.term_ord()));
        }
    }
    Ok(fitting)
}

/// Documents whose name has these words beside each other. That all are there the index tells. That they are beside each
/// other it could, too, with the place of each word in each name, which nothing else needs.
pub(super) fn of_phrase(part: &Part<'_>, words: &[String]) -> tantivy::Result<Docs> {
    let Part { segment, columns } = part;
    let Some(names) = &columns.names else { return Ok(Docs::NONE) };
    let (all, phrase) = (with_all(segment, words)?, words.join(" "));
    let mut docs = Gather::new(&columns.order);
    if words.len() == 1 {
        docs.add(&all);
        return Ok(docs.done());
    }
    let mut looked: Vec<u64> = all.iter().map(|doc| columns.name_of(*doc).into()).collect();
    looked.sort_unstable();
    looked.dedup();
    let mut fitting = BitSet::with_max_value(small(names.texts.num_terms() as u64));
    let mut next = looked.iter();
    names.texts.dictionary().sorted_ords_to_term_cb(&looked, |key| {
        let whole = std::str::from_utf8(key).ok().and_then(Whole::read);
        if let Some(number) = next.next()
            && whole.is_some_and(|whole| whole.has(&phrase))
        {
            fitting.insert(small(*number));
        }
    })?;
    all.iter().filter(|doc| fitting.contains(columns.name_of(**doc))).for_each(|doc| docs.add(&[*doc]));
    Ok(docs.done())
}

/// The documents whose names have all of these words, somewhere.
fn with_all(segment: &SegmentReader, words: &[String]) -> tantivy::Result<Vec<DocId>> {
    let mut all: Option<Vec<DocId>> = None;
    for word in words {
        let wanted = Wanted { word: word.clone(), prefix: false };
        // Of one term, in their order.
        let mut docs = Vec::new();
        wanted.read(segment, Fields::known().name, |found, _| docs.extend_from_slice(found))?;
        match &mut all {
            Some(all) => all.retain(|doc| docs.binary_search(doc).is_ok()),
            None => all = Some(docs),
        }
    }
    Ok(all.unwrap_or_default())
}

fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str) -> String {
        let (mut words, mut text) = (Words::default(), String::new());
        words.read_name(name);
        write_whole(name, &mut words, &mut text);
        text
    }

    #[test]
    fn what_was_written_is_read() {
        for (name, words, folded) in [
            ("IMG_2041.JPG", "img 2041 jpg", "img_2041.jpg"),
            ("HolidaySunset.jpg", "holiday sunset jpg holidaysunset", "holidaysunset.jpg"),
            ("odd\u{1}name", "odd name", "odd\u{1}name"),
            ("...", "", "..."),
        ] {
            let text = written(name);
            assert_eq!(Whole::read(&text), Some(Whole { words, folded }), "{name:?}");
        }
        assert_eq!(Whole::read(""), None);
    }

    #[test]
    fn words_stand_beside_each_other_or_do_not() {
        for (name, phrase, has) in [
            ("holiday sunset.jpg", "holiday sunset", true),
            ("my holiday-sunset", "holiday sunset", true),
            ("holidays sunset", "holiday sunset", false),
            ("holiday sunsets", "holiday sunset", false),
            ("holiday my sunset", "holiday sunset", false),
            ("HolidaySunset.jpg", "holiday sunset", true),
            ("ba a a", "a a", true),
            ("a b a b c", "a b c", true),
        ] {
            let text = written(name);
            assert_eq!(Whole::read(&text).map(|whole| whole.has(phrase)), Some(has), "{name:?} {phrase:?}");
        }
    }
}
