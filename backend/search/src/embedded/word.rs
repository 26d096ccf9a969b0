//! A word of a query: the documents that have it in their name or in the folders above, and how well it fits.
//!
//! Posting lists become sets. Put together of tantivy's own queries, each hit of `img` went through four scorers and two
//! unions.

use tantivy::{
    DocId, SegmentReader, Term,
    index::InvertedIndexReader,
    postings::TermInfo,
    query::FuzzyTermQuery,
    schema::{Field, IndexRecordOption},
};

use super::{docs::Gather, find::Part, folders::FolderSet, levels::Levels, schema::Fields, view::View};

/// Words as long as this may have one wrong letter, or two.
const ONE_WRONG: usize = 5;
const TWO_WRONG: usize = 9;

/// A word, or what names begin with.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub word: String,
    /// Whether what begins with it counts, too.
    pub prefix: bool,
}

impl Wanted {
    /// Tells the documents of each term of a field that is the word, or begins with it; and which it is.
    pub(super) fn read(
        &self,
        segment: &SegmentReader,
        field: Field,
        mut tell: impl FnMut(&[DocId], bool),
    ) -> tantivy::Result<()> {
        let index = segment.inverted_index(field)?;
        let word = self.word.as_bytes();
        if !self.prefix {
            return match index.terms().get(word)? {
                Some(term) => documents(&index, &term, |docs| tell(docs, true)),
                None => Ok(()),
            };
        }
        // No text has this byte: all that begins with the word lies before it.
        let beyond = [word, &[0xff]].concat();
        let mut terms = index.terms().range().ge(word).lt(&beyond).into_stream()?;
        while terms.advance() {
            let is_word = terms.key() == word;
            documents(&index, terms.value(), |docs| tell(docs, is_word))?;
        }
        Ok(())
    }

    /// Tells the documents of each term of a field that is almost the word. The first letter is right: nearly always it
    /// is, and to go through the words of all other letters, too, was a third of the time of what is asked rarely.
    fn read_alike(
        &self,
        segment: &SegmentReader,
        field: Field,
        wrong: u8,
        mut tell: impl FnMut(&[DocId]),
    ) -> tantivy::Result<()> {
        let term = Term::from_field_text(field, &self.word);
        let query = if self.prefix { FuzzyTermQuery::new_prefix } else { FuzzyTermQuery::new };
        let automaton = query(term, wrong, true).automaton()?;
        let index = segment.inverted_index(field)?;
        let first = self.word.chars().next().map(String::from).unwrap_or_default().into_bytes();
        let beyond = [&first[..], &[0xff]].concat();
        let mut terms = index.terms().search(automaton).ge(&first).lt(&beyond).into_stream()?;
        while terms.advance() {
            documents(&index, terms.value(), &mut tell)?;
        }
        Ok(())
    }

    /// How many of its letters may be wrong. What has digits is a number, a date, a version: another one is another thing.
    fn may_be_wrong(&self) -> u8 {
        match self.word.chars().count() {
            _ if self.word.chars().any(|c| c.is_ascii_digit()) => 0,
            TWO_WRONG.. => 2,
            ONE_WRONG.. => 1,
            _ => 0,
        }
    }
}

fn documents(
    index: &InvertedIndexReader,
    term: &TermInfo,
    mut tell: impl FnMut(&[DocId]),
) -> tantivy::Result<()> {
    let mut postings = index.read_block_postings_from_terminfo(term, IndexRecordOption::Basic)?;
    while !postings.docs().is_empty() {
        tell(postings.docs());
        postings.advance();
    }
    Ok(())
}

/// What finds a word.
pub(super) struct Word {
    wanted: Wanted,
    /// Folders that have the word.
    folders: FolderSet,
    /// What is only alike, where that counts: how many letters may be wrong, and the folders that have such.
    alike: Option<(u8, FolderSet)>,
}

impl Word {
    pub(super) fn look_up(view: &View, wanted: Wanted, typos: bool) -> tantivy::Result<Self> {
        let field = Fields::known().folders;
        let (mut folders, mut alike) = (FolderSet::of(view), FolderSet::of(view));
        let wrong = if typos { wanted.may_be_wrong() } else { 0 };
        for (segment, columns) in view.segments() {
            wanted.read(segment, field, |records, _| folders.insert_all(columns, records))?;
            if wrong > 0 {
                wanted.read_alike(segment, field, wrong, |records| alike.insert_all(columns, records))?;
            }
        }
        Ok(Self { wanted, folders, alike: (wrong > 0).then_some((wrong, alike)) })
    }

    pub(super) fn find(&self, part: &Part<'_>) -> tantivy::Result<Levels> {
        let (field, order) = (Fields::known().name, &part.columns.order);
        let (mut is_word, mut begins) = (Gather::new(order), Gather::new(order));
        self.wanted.read(part.segment, field, |docs, is| {
            if is { &mut is_word } else { &mut begins }.add(docs);
        })?;
        let (is_word, only_word) = (is_word.done(), begins.is_empty());
        begins.add_docs(&is_word);
        let mut above = Gather::new(order);
        part.columns.runs.each_in(&self.folders, |run| above.add_run(run));
        let mut alike = Gather::new(order);
        if let Some((wrong, folders)) = &self.alike {
            part.columns.runs.each_in(folders, |run| alike.add_run(run));
            self.wanted.read_alike(part.segment, field, *wrong, |docs| alike.add(docs))?;
        }
        // A level to which nothing comes is that of the better one.
        let best = (!only_word).then_some(is_word);
        let (in_path, in_name) = with(begins, above);
        let (all, in_path) = with(in_path, alike);
        Ok(Levels::new(all.done(), [in_path.map(Gather::done), in_name.map(Gather::done), best]))
    }
}

/// What either has; and the better one alone, where the other has something.
fn with<'a>(better: Gather<'a>, more: Gather<'a>) -> (Gather<'a>, Option<Gather<'a>>) {
    if more.is_empty() {
        return (better, None);
    }
    let mut both = better.clone();
    both.add_docs(&more.done());
    (both, Some(better))
}
