//! Queries of the engine's own: of each segment the documents that a function chooses, all of the same worth.

use std::sync::Arc;

use tantivy::{
    BitSet, DocId, DocSet as _, Score, SegmentReader, TantivyError,
    query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight},
};

type Choose = dyn Fn(&SegmentReader) -> tantivy::Result<BitSet> + Send + Sync;

/// The documents that a function chooses.
#[derive(Clone)]
pub(super) struct Chosen(Arc<Choose>);

impl Chosen {
    pub(super) fn by(
        choose: impl Fn(&SegmentReader) -> tantivy::Result<BitSet> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(choose))
    }
}

impl std::fmt::Debug for Chosen {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Chosen")
    }
}

impl Query for Chosen {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Chosen {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let docs = BitSetDocSet::from((self.0)(segment)?);
        Ok(Box::new(ConstScorer::new(docs, boost)))
    }

    fn explain(&self, segment: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        explained(self, segment, doc)
    }
}

/// What tantivy wants to be able to ask of any query.
pub(super) fn explained(
    weight: &dyn Weight,
    segment: &SegmentReader,
    doc: DocId,
) -> tantivy::Result<Explanation> {
    let mut scorer = weight.scorer(segment, 1.0)?;
    if scorer.doc() > doc || scorer.seek(doc) != doc {
        return Err(TantivyError::InvalidArgument(format!("document {doc} is none of these")));
    }
    Ok(Explanation::new("found", scorer.score()))
}
