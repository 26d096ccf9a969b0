//! A word of a query: the documents that have it in their name or in the folders above, and how well it fits.
//!
//! Put together of tantivy's own queries, each hit of `img` went through four scorers and two unions. Here posting lists
//! become sets of bits, and how well a word fits is two bits to look up.

use tantivy::{
    BitSet, DocId, DocSet, Score, SegmentReader, TantivyError,
    index::InvertedIndexReader,
    postings::TermInfo,
    query::{BitSetDocSet, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::{Field, IndexRecordOption},
};

use super::ask::{BEGINS, IN_FOLDERS, IS_WORD};

#[derive(Debug)]
pub(super) struct WordQuery {
    pub name: Field,
    pub folders: Field,
    pub word: String,
    /// Whether what begins with it counts, too.
    pub prefix: bool,
    /// What finds words that are only alike.
    pub like: Vec<Box<dyn Query>>,
}

impl Clone for WordQuery {
    fn clone(&self) -> Self {
        Self {
            name: self.name,
            folders: self.folders,
            word: self.word.clone(),
            prefix: self.prefix,
            like: self.like.iter().map(|query| query.box_clone()).collect(),
        }
    }
}

impl Query for WordQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let like = self.like.iter().map(|query| query.weight(scoring)).collect::<tantivy::Result<_>>()?;
        let Self { name, folders, prefix, .. } = *self;
        let scores = scoring.is_scoring_enabled();
        Ok(Box::new(WordWeight { name, folders, word: self.word.clone(), prefix, like, scores }))
    }
}

struct WordWeight {
    name: Field,
    folders: Field,
    word: String,
    prefix: bool,
    like: Vec<Box<dyn Weight>>,
    scores: bool,
}

impl WordWeight {
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
}

impl Weight for WordWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let empty = || BitSet::with_max_value(segment.max_doc());
        let (mut any, mut name, mut is_word) = (empty(), empty(), empty());
        self.read(segment, self.name, |docs, is| {
            insert(&mut any, docs);
            if self.scores {
                insert(if is { &mut is_word } else { &mut name }, docs);
            }
        })?;
        self.read(segment, self.folders, |docs, _| insert(&mut any, docs))?;
        let strict = (!self.like.is_empty()).then(|| any.clone());
        for like in &self.like {
            let mut alike = like.scorer(segment, 1.0)?;
            while alike.doc() != tantivy::TERMINATED {
                any.insert(alike.doc());
                alike.advance();
            }
        }
        Ok(Box::new(WordScorer { docs: any.into(), name, is_word, strict, boost }))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(segment, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not have the word")));
        }
        Ok(Explanation::new("word", scorer.score()))
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

struct WordScorer {
    docs: BitSetDocSet,
    /// Those with a word in the name that only begins so.
    name: BitSet,
    /// Those whose name has the word itself.
    is_word: BitSet,
    /// Those that have it in name or folders; absent where all do.
    strict: Option<BitSet>,
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
        let doc = self.docs.doc();
        self.boost
            * if self.is_word.contains(doc) {
                BEGINS + IS_WORD
            } else if self.name.contains(doc) {
                BEGINS
            } else if self.strict.as_ref().is_none_or(|strict| strict.contains(doc)) {
                IN_FOLDERS
            } else {
                0.0
            }
    }
}
