//! Live, seen through a snapshot of NASMan's own that exists only meanwhile.

use std::{thread, time::Duration};

use nasman_catalog::Job;
use nasman_core::{DatasetName, SnapshotName, SnapshotTag};
use nasman_zfs::{LIVE_TAG_PREFIX, Snapshot, Zfs, ZfsError};
use serde::{Deserialize, Serialize};

use crate::http::error::ApiError;

/// Between tries to destroy one that something uses at that moment.
const PAUSES: [Duration; 3] = [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(5)];

/// Whether a snapshot is one of NASMan's own.
#[must_use]
pub fn is_own(tag: &SnapshotTag) -> bool {
    tag.as_str().starts_with(LIVE_TAG_PREFIX)
}

/// What must be destroyed if the process dies.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Mark {
    snapshot: SnapshotName,
}

/// The name of a job's own snapshot. The end of its id is random: no other job has the same.
pub(super) fn own_name(job: &Job, dataset: &DatasetName) -> Result<SnapshotName, ApiError> {
    let id = job.id.get(job.id.len().saturating_sub(12)..).unwrap_or(&job.id);
    let tag: SnapshotTag = format!("{LIVE_TAG_PREFIX}{id}").parse()?;
    Ok(dataset.snapshot(tag)?)
}

impl Mark {
    pub(super) const fn new(snapshot: SnapshotName) -> Self {
        Self { snapshot }
    }

    /// Destroys what a process that died may have left. What is not there is no fault.
    pub(super) fn clear(&self, zfs: &dyn Zfs) -> Result<(), ApiError> {
        let there = match zfs.snapshots(&self.snapshot.dataset) {
            Err(ZfsError::DatasetNotFound(_)) => return Ok(()),
            there => there?,
        };
        let own = there.into_iter().find(|snapshot| snapshot.name == self.snapshot);
        own.map_or(Ok(()), |own| destroy(zfs, &own))
    }
}

/// Lets go of an own snapshot and destroys it; where something uses it just now, a little later.
pub(super) fn destroy(zfs: &dyn Zfs, own: &Snapshot) -> Result<(), ApiError> {
    zfs.leave_snapshot(&own.name);
    for pause in PAUSES {
        match zfs.destroy_snapshot(&own.name, own.guid) {
            Ok(()) | Err(ZfsError::SnapshotNotFound(_)) => return Ok(()),
            Err(error) => tracing::warn!(%error, snapshot = %own.name, "trying again to destroy it"),
        }
        thread::sleep(pause);
        zfs.leave_snapshot(&own.name);
    }
    Ok(zfs.destroy_snapshot(&own.name, own.guid)?)
}
