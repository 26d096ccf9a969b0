//! What is searched: the index as of a commit, with its columns open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::{
    DocAddress, DocId, Index, ReloadPolicy, Searcher, SegmentOrdinal, SegmentReader, TantivyError,
    index::SegmentId,
};

use super::{
    columns::Columns,
    docs::{Docs, Gather},
    find::Part,
};

/// Blocks of paths that stay unpacked in each part of the index.
const UNPACKED: usize = 16;

/// The index as of a commit.
pub(super) struct View {
    pub searcher: Searcher,
    /// Of each of its segments.
    pub columns: Vec<Arc<Columns>>,
    /// Of each, what is in it no more.
    gone: Vec<Docs>,
    /// One more than the greatest number of a folder.
    pub folders: u32,
}

/// The latest view; made when it is needed, since its files lie in memory for as long as it is there.
#[derive(Default)]
pub(super) struct Views(Mutex<Latest>);

#[derive(Default)]
struct Latest {
    view: Option<Arc<View>>,
    /// Since [`Views::rest`] looked last.
    asked: bool,
}

impl Views {
    pub(super) fn get(&self, index: &Index) -> tantivy::Result<Arc<View>> {
        let mut latest = self.latest();
        latest.asked = true;
        if let Some(view) = &latest.view {
            return Ok(Arc::clone(view));
        }
        let view = Arc::new(View::open(index, None)?);
        latest.view = Some(Arc::clone(&view));
        Ok(view)
    }

    /// After a commit. Until the new one is there the old one answers.
    pub(super) fn renew(&self, index: &Index) -> tantivy::Result<()> {
        let old = self.latest().view.clone();
        let view = View::open(index, old.as_deref())?;
        self.latest().view = Some(Arc::new(view));
        Ok(())
    }

    /// The next one asked for is another one.
    pub(super) fn forget(&self) {
        self.latest().view = None;
    }

    /// Lets go of a view that nobody asked since this was called last.
    pub(super) fn rest(&self) {
        let mut latest = self.latest();
        if !std::mem::take(&mut latest.asked) {
            latest.view = None;
        }
    }

    fn latest(&self) -> MutexGuard<'_, Latest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl View {
    /// Columns of parts that an older view has, too, are taken from it.
    fn open(index: &Index, older: Option<&Self>) -> tantivy::Result<Self> {
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual);
        let searcher = reader.doc_store_cache_num_blocks(UNPACKED).try_into()?.searcher();
        let columns = searcher.segment_readers().iter().map(|segment| {
            match older.and_then(|view| view.known(segment.segment_id())) {
                Some(columns) => Ok(Arc::clone(columns)),
                None => Columns::open(segment).map(Arc::new),
            }
        });
        let columns: Vec<Arc<Columns>> = columns.collect::<tantivy::Result<_>>()?;
        let folders = columns.iter().map(|columns| columns.runs.beyond()).max().unwrap_or_default();
        let segments = searcher.segment_readers().iter().zip(&columns);
        let gone = segments.map(|(segment, columns)| gone(segment, columns)).collect();
        Ok(Self { searcher, columns, gone, folders })
    }

    fn known(&self, segment: SegmentId) -> Option<&Arc<Columns>> {
        let place = self.searcher.segment_readers().iter().position(|known| known.segment_id() == segment)?;
        self.columns.get(place)
    }

    /// The columns of the segment that a document is in.
    pub(super) fn columns_at(&self, at: DocAddress) -> tantivy::Result<&Columns> {
        let place = usize::try_from(at.segment_ord).unwrap_or(usize::MAX);
        let missing = || TantivyError::InternalError("a segment without columns".to_owned());
        self.columns.get(place).map(|columns| &**columns).ok_or_else(missing)
    }

    /// Its segments.
    pub(super) fn segments(&self) -> impl Iterator<Item = (&SegmentReader, &Columns)> {
        self.searcher.segment_readers().iter().zip(self.columns.iter().map(|columns| &**columns))
    }

    /// Its segments by their ordinals, each with what is in it no more.
    pub(super) fn parts(&self) -> impl Iterator<Item = (SegmentOrdinal, Part<'_>, &Docs)> {
        let parts = self.segments().map(|(segment, columns)| Part { segment, columns });
        (0..).zip(parts).zip(&self.gone).map(|((ordinal, part), gone)| (ordinal, part, gone))
    }

    /// Calls for each folder's record.
    pub(super) fn each_record(&self, mut each: impl FnMut(&Columns, DocId)) {
        for (segment, columns) in self.segments() {
            let alive = columns.records.iter().filter(|doc| !segment.is_deleted(**doc));
            alive.for_each(|doc| each(columns, *doc));
        }
    }

    /// Calls for each document, and each record, until one fails.
    pub(super) fn each_document<E>(
        &self,
        mut each: impl FnMut(&Columns, DocAddress) -> Result<(), E>,
    ) -> Result<(), E> {
        for (ordinal, (segment, columns)) in (0..).zip(self.segments()) {
            for doc in (0..segment.max_doc()).filter(|doc| !segment.is_deleted(*doc)) {
                each(columns, DocAddress::new(ordinal, doc))?;
            }
        }
        Ok(())
    }

    /// How many documents there are.
    pub(super) fn documents(&self) -> u64 {
        let mut records = 0;
        self.each_record(|_, _| records += 1);
        self.searcher.num_docs().saturating_sub(records)
    }
}

fn gone(segment: &SegmentReader, columns: &Columns) -> Docs {
    let mut gone = Gather::new(&columns.order);
    if let Some(alive) = segment.alive_bitset() {
        (0..segment.max_doc()).filter(|doc| alive.is_deleted(*doc)).for_each(|doc| gone.add(&[doc]));
    }
    gone.done()
}
