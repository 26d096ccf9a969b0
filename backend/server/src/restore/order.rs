//! What a job of restoring needs to know; stored with it.

use jiff::Timestamp;
use nasman_catalog::Job;
use nasman_core::{
    DatasetName, EntryName, FileTime, Guid, RelPath, SnapshotName,
    restore::{ConflictPolicy, Policies},
};
use nasman_zfs::{Dataset, Zfs, ZfsError, files::Expected};
use serde::{Deserialize, Serialize};

use super::{
    model::PlanAction,
    request::{Choice, policies},
};
use crate::http::error::{ApiError, ApiResult, Code};

/// What a restore is to do, as it was planned.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    /// Where the files were.
    pub dataset: DatasetName,
    /// From when.
    pub snapshot: Guid,
    /// Where they go: the name as it was.
    pub target: DatasetName,
    /// Its identity.
    pub target_guid: Guid,
    /// What was asked for, one by one.
    pub items: Vec<OrderItem>,
    /// What to do inside of folders where a name is taken.
    pub on_conflict: ConflictPolicy,
    /// And with single entries.
    pub choices: Vec<Choice>,
    /// Whether setuid, setgid and file capabilities come back.
    pub keep_setid: bool,
    /// Tells second copies from the first.
    pub label: String,
    /// Since when what is there is as the plan saw it: what changed later is never replaced.
    pub planned_at: Timestamp,
    /// Whether a guard snapshot is taken.
    pub guard: bool,
    /// Bytes of content to restore.
    pub bytes: u64,
    /// Entries to restore.
    pub entries: u64,
}

/// One entry that was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderItem {
    /// In the snapshot.
    pub from: RelPath,
    /// In the target dataset.
    pub to: RelPath,
    /// What will be done.
    pub action: PlanAction,
    /// Why it is skipped.
    pub detail: Option<String>,
    /// What is replaced.
    pub replaces: Option<Expected>,
    /// Where what was added to the folder since is moved.
    pub aside: Option<RelPath>,
}

impl Order {
    /// The order that a job was given.
    ///
    /// # Errors
    /// When it is none, or one of another version.
    pub fn of(job: &Job) -> ApiResult<Self> {
        serde_json::from_value(job.request.clone()).map_err(|error| {
            let detail = format!("another version of NASMan began this restore ({error}); restore anew");
            ApiError::new(Code::Conflict, detail)
        })
    }

    /// The policy for each entry.
    pub(super) fn policies(&self) -> Policies {
        policies(self.on_conflict, &self.choices)
    }

    /// The target dataset, whatever it is called now.
    ///
    /// # Errors
    /// [`Code::DatasetNotFound`].
    pub(super) fn target(&self, zfs: &dyn Zfs) -> ApiResult<Dataset> {
        match zfs.dataset(&self.target) {
            Ok(dataset) if dataset.guid == self.target_guid => return Ok(dataset),
            Ok(_) | Err(ZfsError::DatasetNotFound(_) | ZfsError::PoolNotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let found = zfs.datasets()?.into_iter().find(|dataset| dataset.guid == self.target_guid);
        found.ok_or_else(|| {
            ApiError::new(Code::DatasetNotFound, format!("the dataset {} is gone", self.target))
        })
    }

    /// Whether something changed after the plan was made.
    pub(super) fn is_later(&self, time: FileTime) -> bool {
        let nanos = u32::try_from(self.planned_at.subsec_nanosecond()).unwrap_or_default();
        time > FileTime { seconds: self.planned_at.as_second(), nanos }
    }
}

impl OrderItem {
    /// The folder that what was added since is moved to, as a name.
    pub(super) fn aside_name(&self) -> Option<EntryName> {
        self.aside.as_ref().and_then(RelPath::name)
    }
}

/// The snapshot with this identity, whatever it is called now.
///
/// # Errors
/// [`Code::SnapshotNotFound`].
pub(super) fn by_guid(zfs: &dyn Zfs, dataset: &DatasetName, guid: Guid) -> ApiResult<SnapshotName> {
    let found = match zfs.snapshots(dataset) {
        Ok(snapshots) => snapshots.into_iter().find(|snapshot| snapshot.guid == guid),
        Err(ZfsError::DatasetNotFound(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let gone = || ApiError::new(Code::SnapshotNotFound, format!("the snapshot {guid} of {dataset} is gone"));
    Ok(found.ok_or_else(gone)?.name)
}
