//! The record of what was made, kept while a restore runs: in batches, so that small files don't each cost a
//! transaction.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use nasman_catalog::{Catalog, MadeAs, NewRestoreItem};
use nasman_core::{RelPath, restore::Outcome};
use nasman_zfs::files::{Expected, Kind, Root};
use serde_json::json;

use super::{
    super::{model::PlanAction, request::within, result::More},
    left::is_gone,
    marks::{Marks, Place},
};
use crate::http::error::{ApiError, ApiResult, Code};

/// Items are stored when there are so many,
const BATCH: usize = 200;
/// or when so much time has passed.
const EVERY: Duration = Duration::from_millis(200);

/// What became of entries.
pub(in crate::restore) struct Record<'a> {
    catalog: &'a Catalog,
    job: &'a str,
    pub(in crate::restore) id: i64,
    pub(super) marks: Marks,
    waiting: Vec<NewRestoreItem>,
    stored_at: Instant,
    /// Places named by the last mark: what is made there has its name. All else made is in a new folder.
    placing: HashSet<RelPath>,
}

impl<'a> Record<'a> {
    pub(super) fn new(catalog: &'a Catalog, job: &'a str, id: i64, marks: Marks) -> Self {
        let placing = HashSet::new();
        Self { catalog, job, id, marks, waiting: Vec::new(), stored_at: Instant::now(), placing }
    }

    /// Stores the marks as they are now, with all items noted so far.
    ///
    /// # Errors
    /// When they can't be stored: then the deed must not be done.
    pub(super) fn mark(&mut self) -> ApiResult<()> {
        let marks = json!(self.marks);
        self.store(Some(&marks))
    }

    /// These are about to get their names.
    pub(super) fn mark_placing(&mut self, placing: Vec<Place>) -> ApiResult<()> {
        self.placing = placing.iter().map(|place| place.to.clone()).collect();
        self.marks.placing = placing;
        self.mark()
    }

    /// Notes that something was made.
    pub(super) fn made(&mut self, item: Made<'_>) -> ApiResult<()> {
        let named = self.placing.contains(item.to);
        let folder = item.kind == Kind::Directory;
        self.note(NewRestoreItem { pending: !named, ..item.into_item() })?;
        if named && folder {
            self.flush()?;
            self.catalog.settle_restored(self.id)?;
        }
        Ok(())
    }

    /// Notes what became of an entry.
    pub(super) fn note(&mut self, item: NewRestoreItem) -> ApiResult<()> {
        self.waiting.push(item);
        if self.waiting.len() >= BATCH { self.flush() } else { self.tick() }
    }

    /// A new folder did not come to be.
    pub(super) fn forget(&mut self, folder: &RelPath) -> ApiResult<()> {
        self.waiting.retain(|item| !item.pending || !within(&item.target, folder));
        Ok(self.catalog.forget_pending_restored(self.id, folder)?)
    }

    /// The hidden folder need not be cleared away any more, if it is gone.
    pub(super) fn forget_staging(&mut self, target: &Root) -> ApiResult<()> {
        if self.marks.staging.as_ref().is_some_and(|staging| is_gone(target, staging)) {
            self.marks.staging = None;
            return self.mark();
        }
        Ok(())
    }

    /// Stores what waits for too long.
    pub(super) fn tick(&mut self) -> ApiResult<()> {
        if self.stored_at.elapsed() >= EVERY { self.flush() } else { Ok(()) }
    }

    /// Stores all that was noted.
    pub(super) fn flush(&mut self) -> ApiResult<()> {
        if self.waiting.is_empty() { Ok(()) } else { self.store(None) }
    }

    fn store(&mut self, marks: Option<&serde_json::Value>) -> ApiResult<()> {
        let marks = marks.map(|marks| (self.job, marks));
        self.catalog.note_restored(self.id, &self.waiting, marks)?;
        self.waiting.clear();
        self.stored_at = Instant::now();
        Ok(())
    }

    /// Whether an earlier run of the job restored the entry to the folder that `to` is in.
    pub(super) fn was_restored(&self, from: &RelPath, to: &RelPath) -> ApiResult<bool> {
        Ok(self.restored_as(from, to)?.is_some())
    }

    /// Where in the folder that `to` is in an earlier run of the job restored the entry to.
    pub(super) fn restored_as(&self, from: &RelPath, to: &RelPath) -> ApiResult<Option<RelPath>> {
        let places = self.catalog.restored_to(self.id, from)?;
        Ok(places.into_iter().find(|place| place.parent() == to.parent()))
    }

    /// Of this restore.
    pub(super) const fn catalog(&self) -> &'a Catalog {
        self.catalog
    }
}

/// Something that was made.
pub(super) struct Made<'a> {
    pub from: &'a RelPath,
    pub to: &'a RelPath,
    pub kind: Kind,
    pub made: Expected,
    pub action: PlanAction,
    pub bytes: u64,
    pub more: More,
}

impl Made<'_> {
    pub(super) fn into_item(self) -> NewRestoreItem {
        let Expected { inode, size, mtime } = self.made;
        NewRestoreItem {
            kind: Some(self.kind),
            made: MadeAs { inode, size, mtime },
            bytes: self.bytes,
            more: stored(&self.more),
            ..item(self.from, self.to, self.action, Outcome::Restored)
        }
    }
}

/// An item about which there is nothing more to tell.
pub(super) fn item(from: &RelPath, to: &RelPath, action: PlanAction, outcome: Outcome) -> NewRestoreItem {
    NewRestoreItem {
        source: from.clone(),
        target: to.clone(),
        action: action.as_str(),
        outcome,
        pending: false,
        kind: None,
        made: MadeAs::default(),
        bytes: 0,
        more: None,
    }
}

/// Why an entry failed or was left out, as the record keeps it.
pub(super) fn because(code: Code, detail: &str) -> Option<String> {
    stored(&More { error: Some((code.as_str().to_owned(), detail.to_owned())), ..More::default() })
}

/// The same of an error.
pub(super) fn because_of(error: &ApiError) -> Option<String> {
    because(error.code, &error.detail)
}

fn stored(more: &More) -> Option<String> {
    serde_json::to_string(more).ok().filter(|text| text != "{}")
}
