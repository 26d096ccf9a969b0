//! A word of a query: the documents that have it in their name or in the folders above, and how well it fits.
//!
//! Put together of tantivy's own queries, each hit of `img` went through four scorers and two unions. Here posting lists
//! become sets of bits, and how well a word fits is two bits to look up.

use std::sync::Arc;

use tantivy::{
    BitSet, DocId, DocSet, Score, SegmentReader,
    index::InvertedIndexReader,
    postings::TermInfo,
    query::{BitSetDocSet, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::{Field, IndexRecordOption},
};

use super::{
    ask::{BEGINS, IN_FOLDERS, IS_WORD},
    chosen::explained,
    folders::FolderSet,
    view::View,
};

/// A word, or what names begin with.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub word: String,
    /// Whether what begins with it counts, too.
    pub prefix: bool,
}

impl Wanted {
    /// Tells the documents of each term of a field that is the word, or begins with it; and which it is.
    fn read(
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

    /// The folders that have it, by what their records have in a field.
    pub(super) fn folders(&self, view: &View, field: Field) -> tantivy::Result<FolderSet> {
        let mut folders = FolderSet::of(view);
        for (segment, columns) in view.segments() {
            self.read(segment, field, |records, _| {
                records.iter().for_each(|record| folders.insert(columns.folder_of(*record)));
            })?;
        }
        Ok(folders)
    }
}

/// What finds a word.
#[derive(Clone)]
pub(super) struct WordQuery {
    pub view: Arc<View>,
    /// The field of names.
    pub name: Field,
    pub wanted: Wanted,
    /// Folders that have the word.
    pub folders: Arc<FolderSet>,
    /// What is only alike, where that counts.
    pub alike: Option<Alike>,
}

/// What finds words that are only alike: in names, and the folders that have such.
pub(super) struct Alike {
    pub names: Box<dyn Query>,
    pub folders: Arc<FolderSet>,
}

impl Clone for Alike {
    fn clone(&self) -> Self {
        Self { names: self.names.box_clone(), folders: Arc::clone(&self.folders) }
    }
}

impl std::fmt::Debug for WordQuery {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.wanted.fmt(out)
    }
}

impl Query for WordQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let alike = self.alike.as_ref().map(|alike| alike.names.weight(scoring)).transpose()?;
        Ok(Box::new(WordWeight { query: self.clone(), alike }))
    }
}

struct WordWeight {
    query: WordQuery,
    alike: Option<Box<dyn Weight>>,
}

impl WordWeight {
    fn found(&self, segment: &SegmentReader) -> tantivy::Result<Found> {
        let WordQuery { view, name: field, wanted, folders, alike } = &self.query;
        let empty = || BitSet::with_max_value(segment.max_doc());
        let mut found = Found { is_word: empty(), begins: empty(), in_folders: empty(), alike: None };
        wanted.read(segment, *field, |docs, is| {
            insert(if is { &mut found.is_word } else { &mut found.begins }, docs);
        })?;
        let runs = &view.columns_of(segment)?.runs;
        runs.add_to(&mut found.in_folders, folders);
        if let (Some(alike), Some(names)) = (alike, &self.alike) {
            let mut docs = empty();
            runs.add_to(&mut docs, &alike.folders);
            let mut names = names.scorer(segment, 1.0)?;
            while names.doc() != tantivy::TERMINATED {
                docs.insert(names.doc());
                names.advance();
            }
            found.alike = Some(docs);
        }
        Ok(found)
    }
}

impl Weight for WordWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let found = self.found(segment)?;
        let mut docs = BitSet::with_max_value(segment.max_doc());
        found.each(|doc| _ = docs.insert(doc));
        Ok(Box::new(WordScorer { docs: docs.into(), found, boost }))
    }

    /// As with the scorer, without asking it for each document.
    fn for_each(&self, segment: &SegmentReader, tell: &mut dyn FnMut(DocId, Score)) -> tantivy::Result<()> {
        let found = self.found(segment)?;
        found.each(|doc| tell(doc, found.score(doc)));
        Ok(())
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explained(self, segment, doc)
    }
}

fn insert(set: &mut BitSet, docs: &[DocId]) {
    for doc in docs {
        set.insert(*doc);
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

/// A segment's documents that have a word, by where.
struct Found {
    /// The name has the word itself.
    is_word: BitSet,
    /// A word of the name begins so.
    begins: BitSet,
    /// A folder above has it.
    in_folders: BitSet,
    /// Name or folders have something like it; absent where that does not count.
    alike: Option<BitSet>,
}

impl Found {
    /// Calls for each, sixty-four looked at together.
    fn each(&self, mut tell: impl FnMut(DocId)) {
        let Self { is_word, begins, in_folders, alike } = self;
        for bucket in 0..is_word.max_value().div_ceil(64) {
            let of = |set: &BitSet| set.tinyset(bucket);
            let mut docs = of(is_word).union(of(begins)).union(of(in_folders));
            if let Some(alike) = alike {
                docs = docs.union(of(alike));
            }
            while let Some(place) = docs.pop_lowest() {
                tell(bucket * 64 + place);
            }
        }
    }

    fn score(&self, doc: DocId) -> Score {
        if self.is_word.contains(doc) {
            BEGINS + IS_WORD
        } else if self.begins.contains(doc) {
            BEGINS
        } else if self.in_folders.contains(doc) {
            IN_FOLDERS
        } else {
            0.0
        }
    }
}

struct WordScorer {
    docs: BitSetDocSet,
    found: Found,
    boost: Score,
}

impl DocSet for WordScorer {
    fn advance(&mut self) -> DocId {
        self.docs.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.docs.seek(target)
    }

    fn doc(&self) -> DocId {
        self.docs.doc()
    }

    fn size_hint(&self) -> u32 {
        self.docs.size_hint()
    }
}

impl Scorer for WordScorer {
    fn score(&mut self) -> Score {
        self.boost * self.found.score(self.docs.doc())
    }
}
