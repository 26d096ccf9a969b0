//! A word of a query: the documents that have it in their name or in the folders above, and how well it fits.
//!
//! Put together of tantivy's own queries, each hit of `img` went through four scorers and two unions. Here posting lists
//! become sets of bits, and how well a word fits is two bits to look up.

use std::sync::Arc;

use tantivy::{
    BitSet, DocId, DocSet, Score, SegmentReader,
    collector::{Collector as _, SegmentCollector as _},
    index::InvertedIndexReader,
    postings::TermInfo,
    query::{BitSetDocSet, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::{Field, IndexRecordOption},
};

use super::{
    ask::{BEGINS, IN_FOLDERS, IS_WORD},
    chosen::explained,
    collect::{Best, Collected},
    docs::Docs,
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
        Ok(Box::new(self.word_weight(scoring)?))
    }
}

impl WordQuery {
    fn word_weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<WordWeight> {
        let alike = self.alike.as_ref().map(|alike| alike.names.weight(scoring)).transpose()?;
        Ok(WordWeight { query: self.clone(), alike })
    }

    /// Collects what the word alone finds, as tantivy does, which makes two calls that can't be foreseen for each document.
    pub(super) fn collect(&self, best: &Best<'_>) -> tantivy::Result<Collected> {
        let searcher = &self.view.searcher;
        let weight = self.word_weight(EnableScoring::enabled_from_searcher(searcher))?;
        let each = (0..).zip(searcher.segment_readers()).map(|(ordinal, segment)| {
            let mut collector = best.for_segment(ordinal, segment)?;
            let found = weight.found(segment)?;
            match segment.alive_bitset() {
                None => found.each(|doc, score| collector.collect(doc, score)),
                Some(alive) => found.each(|doc, score| {
                    if alive.is_alive(doc) {
                        collector.collect(doc, score);
                    }
                }),
            }
            Ok(collector.harvest())
        });
        best.merge_fruits(each.collect::<tantivy::Result<_>>()?)
    }
}

struct WordWeight {
    query: WordQuery,
    alike: Option<Box<dyn Weight>>,
}

impl WordWeight {
    fn found(&self, segment: &SegmentReader) -> tantivy::Result<Found> {
        let WordQuery { view, name: field, wanted, folders, alike } = &self.query;
        let empty = || Docs::of(segment.max_doc());
        let mut found = Found { is_word: empty(), begins: empty(), in_folders: empty(), alike: empty() };
        wanted.read(segment, *field, |docs, is| {
            if is { &mut found.is_word } else { &mut found.begins }.add(docs);
        })?;
        let runs = &view.columns_of(segment)?.runs;
        runs.each_in(folders, |run| found.in_folders.add_run(run));
        if let (Some(alike), Some(names)) = (alike, &self.alike) {
            runs.each_in(&alike.folders, |run| found.alike.add_run(run));
            let mut names = names.scorer(segment, 1.0)?;
            while names.doc() != tantivy::TERMINATED {
                found.alike.add(&[names.doc()]);
                names.advance();
            }
        }
        Ok(found)
    }
}

impl Weight for WordWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let found = self.found(segment)?.into_bits();
        let mut docs = BitSet::with_max_value(segment.max_doc());
        found.each(|doc, _| _ = docs.insert(doc));
        Ok(Box::new(WordScorer { docs: docs.into(), found, boost }))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explained(self, segment, doc)
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
    is_word: Docs,
    /// A word of the name begins so.
    begins: Docs,
    /// A folder above has it.
    in_folders: Docs,
    /// Name or folders have something like it, where that counts.
    alike: Docs,
}

/// What these are worth, in the order of [`Found`].
const SCORES: [Score; 4] = [BEGINS + IS_WORD, BEGINS, IN_FOLDERS, 0.0];

impl Found {
    /// Calls for each document once, with what it is worth.
    fn each(self, mut tell: impl FnMut(DocId, Score)) {
        match self.few() {
            Some(few) => few.into_iter().for_each(|(doc, place)| tell(doc, SCORES[place])),
            None => self.into_bits().each(tell),
        }
    }

    /// Each document once, with its best place in [`SCORES`]; absent when there are many.
    fn few(&self) -> Option<Vec<(DocId, usize)>> {
        let Self { is_word, begins, in_folders, alike } = self;
        let mut all = Vec::new();
        for (place, docs) in [is_word, begins, in_folders, alike].into_iter().enumerate() {
            all.extend(docs.few()?.iter().map(|doc| (*doc, place)));
        }
        all.sort_unstable();
        all.dedup_by_key(|(doc, _)| *doc);
        Some(all)
    }

    fn into_bits(self) -> FoundBits {
        let Self { is_word, begins, in_folders, alike } = self;
        FoundBits([is_word, begins, in_folders, alike].map(Docs::into_bits))
    }
}

/// The same, of many: by place in [`SCORES`]; absent where there are none.
struct FoundBits([Option<BitSet>; SCORES.len()]);

impl FoundBits {
    /// Calls for each with what it is worth, sixty-four looked at together; of these the best come first.
    fn each(&self, mut tell: impl FnMut(DocId, Score)) {
        let sets: Vec<_> =
            self.0.iter().zip(SCORES).filter_map(|(set, score)| Some((set.as_ref()?, score))).collect();
        let max_doc = sets.first().map_or(0, |(set, _)| set.max_value());
        for bucket in 0..max_doc.div_ceil(64) {
            let mut told = 0;
            for (set, score) in &sets {
                let docs = u64::from_le_bytes(set.tinyset(bucket).into_bytes());
                let mut more = docs & !told;
                told |= docs;
                while more != 0 {
                    tell(bucket * 64 + more.trailing_zeros(), *score);
                    // Without the lowest.
                    more &= more - 1;
                }
            }
        }
    }

    fn score(&self, doc: DocId) -> Score {
        let has = |set: &Option<BitSet>| set.as_ref().is_some_and(|set| set.contains(doc));
        self.0.iter().zip(SCORES).find(|(set, _)| has(set)).map_or(0.0, |(_, score)| score)
    }
}

struct WordScorer {
    docs: BitSetDocSet,
    found: FoundBits,
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
