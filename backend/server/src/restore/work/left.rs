//! What restores could not clear away at their end, since the target was read-only or not there: it goes as soon as it can.

use std::sync::{Mutex, PoisonError};

use nasman_catalog::{Catalog, Job};
use nasman_core::RelPath;
use nasman_zfs::{
    Zfs,
    files::{FileError, Root},
};

use super::{
    super::{
        order::Order,
        undo::{UndoWork, clear_away},
    },
    RestoreWork,
    marks::Marks,
    record::Record,
    resume,
};
use crate::{
    browse::live_root,
    http::error::{ApiResult, Code},
};

/// Clears away what jobs left that have ended, be it of restoring or of undoing; what still can't be is left to the next
/// time.
pub(in crate::restore) fn clear_up(zfs: &dyn Zfs, catalog: &Catalog) {
    // Both kinds of jobs come here, each in a lane of its own.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for kind in [RestoreWork::KIND, UndoWork::KIND] {
        let left = catalog.jobs_that_left(kind).unwrap_or_else(|error| {
            tracing::warn!(%error, kind, "what jobs left can't be read");
            Vec::new()
        });
        for job in left {
            match one(zfs, catalog, &job) {
                Ok(()) => tracing::info!(job = job.id, "what was left of it is cleared away"),
                Err(error) => tracing::warn!(job = job.id, %error, "what is left of it stays for now"),
            }
        }
    }
}

fn one(zfs: &dyn Zfs, catalog: &Catalog, job: &Job) -> ApiResult<()> {
    if job.kind == UndoWork::KIND {
        clear_away(zfs, catalog, job)?;
    } else if let Some(marks) = super::marks(job) {
        settle(zfs, catalog, job, &Order::of(job)?, marks)?;
    }
    Ok(catalog.left_nothing(&job.id)?)
}

/// Clears away what a restore left, and completes its record. A target that is gone has nothing left.
pub(super) fn settle(
    zfs: &dyn Zfs,
    catalog: &Catalog,
    job: &Job,
    order: &Order,
    marks: Marks,
) -> ApiResult<()> {
    let target = match order.target(zfs) {
        Err(error) if error.code == Code::DatasetNotFound => return Ok(()),
        target => target?,
    };
    let root = live_root(zfs, &target.name)?;
    let id = catalog.begin_restore(&job.id)?.id;
    resume::settle(&mut Record::new(catalog, &job.id, id, marks), &root)
}

/// Whether a hidden folder is not there any more.
pub(in crate::restore) fn is_gone(target: &Root, staging: &RelPath) -> bool {
    matches!(target.stat(staging), Err(FileError::NotFound { .. }))
}
