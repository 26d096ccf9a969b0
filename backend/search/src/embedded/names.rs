//! Names as a whole: what is told by a look at them, not by the index of their words. Each different name is looked at
//! once, however many documents have it.

use std::sync::Arc;

use tantivy::{BitSet, DocId, SegmentReader, columnar::StrColumn};

use super::{
    chosen::Chosen,
    schema::{Fields, NAME},
    view::View,
    word::Wanted,
};
use crate::{
    query::fits,
    words::{Words, fold_onto},
};

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
pub(super) fn of_glob(view: &Arc<View>, glob: &str) -> Chosen {
    let (view, glob) = (Arc::clone(view), glob.to_owned());
    Chosen::by(move |segment: &SegmentReader| {
        let mut docs = BitSet::with_max_value(segment.max_doc());
        let Some((names, numbers)) = &view.columns_of(segment)?.names else { return Ok(docs) };
        let fitting = fitting(names, &glob)?;
        for (doc, _) in (0..).zip(numbers).filter(|(_, number)| fitting.contains(**number)) {
            docs.insert(doc);
        }
        Ok(docs)
    })
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
pub(super) fn of_phrase(view: &Arc<View>, words: &[String]) -> Chosen {
    let (view, words, phrase) = (Arc::clone(view), words.to_vec(), words.join(" "));
    Chosen::by(move |segment: &SegmentReader| {
        let mut docs = BitSet::with_max_value(segment.max_doc());
        let columns = view.columns_of(segment)?;
        let Some((names, _)) = &columns.names else { return Ok(docs) };
        let all = with_all(segment, &words)?;
        let mut looked: Vec<u64> = all.iter().map(|doc| columns.name_of(*doc)).collect();
        looked.sort_unstable();
        looked.dedup();
        let mut fitting = BitSet::with_max_value(small(names.num_terms() as u64));
        let mut next = looked.iter();
        names.dictionary().sorted_ords_to_term_cb(&looked, |key| {
            let whole = std::str::from_utf8(key).ok().and_then(Whole::read);
            if let Some(number) = next.next()
                && whole.is_some_and(|whole| whole.has(&phrase))
            {
                fitting.insert(small(*number));
            }
        })?;
        for doc in all {
            if fitting.contains(small(columns.name_of(doc))) {
                docs.insert(doc);
            }
        }
        Ok(docs)
    })
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
