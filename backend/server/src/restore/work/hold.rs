//! The hold that keeps a snapshot from being destroyed while it is read.

use std::time::Duration;

use nasman_catalog::Job;
use nasman_core::{DatasetName, Guid, HoldTag};
use nasman_zfs::Zfs;

use super::super::order::by_guid;
use crate::http::error::{ApiResult, Code};

/// Between tries to release a hold.
const RELEASE_PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// The hold of a job.
pub(in crate::restore) fn hold_tag(job: &Job) -> ApiResult<HoldTag> {
    Ok(format!("nasman-{}", job.id).parse()?)
}

/// Releases a hold; where ZFS is too busy just now, tries again a little later.
pub(in crate::restore) fn release_at_last(
    zfs: &dyn Zfs,
    dataset: &DatasetName,
    snapshot: Guid,
    hold: &HoldTag,
) -> ApiResult<()> {
    for pause in RELEASE_PAUSES {
        match release(zfs, dataset, snapshot, hold) {
            Ok(()) => return Ok(()),
            Err(error) => tracing::warn!(%error, %hold, "a hold could not be released; trying again"),
        }
        std::thread::sleep(pause);
    }
    release(zfs, dataset, snapshot, hold)
}

/// Releases a hold, by the snapshot's identity: it may have been renamed. One that is gone holds nothing.
pub(in crate::restore) fn release(
    zfs: &dyn Zfs,
    dataset: &DatasetName,
    snapshot: Guid,
    hold: &HoldTag,
) -> ApiResult<()> {
    let released = by_guid(zfs, dataset, snapshot).and_then(|snapshot| Ok(zfs.release(&snapshot, hold)?));
    match released {
        Err(error) if matches!(error.code, Code::SnapshotNotFound | Code::DatasetNotFound) => Ok(()),
        released => released,
    }
}
