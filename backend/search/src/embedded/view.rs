//! What is searched: the index as of a commit, with its columns open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::{Index, ReloadPolicy, Searcher, index::SegmentId};

use super::columns::Columns;

/// Blocks of paths that stay unpacked in each part of the index.
const UNPACKED: usize = 16;

/// The index as of a commit.
pub(super) struct View {
    pub searcher: Searcher,
    /// Of each of its segments.
    pub columns: Vec<Arc<Columns>>,
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
            match older.and_then(|view| view.columns_of(segment.segment_id())) {
                Some(columns) => Ok(columns),
                None => Columns::open(segment).map(Arc::new),
            }
        });
        let columns = columns.collect::<tantivy::Result<_>>()?;
        Ok(Self { searcher, columns })
    }

    fn columns_of(&self, segment: SegmentId) -> Option<Arc<Columns>> {
        let place = self.searcher.segment_readers().iter().position(|known| known.segment_id() == segment)?;
        self.columns.get(place).cloned()
    }
}
