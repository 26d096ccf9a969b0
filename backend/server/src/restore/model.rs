//! Restores as clients ask for them and see them.

use jiff::Timestamp;
use nasman_core::{DatasetName, RelPath, restore::ConflictPolicy};
use nasman_zfs::files::{Kind, Means, NotKept, Stat};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::routes::moment::Moment;

/// What to restore, from when, to where.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreRequest {
    /// Where the files were.
    #[schema(value_type = String, example = "tank/home")]
    pub dataset: DatasetName,
    /// From when: a snapshot's name, its guid, or a time (then the newest snapshot at or before it).
    #[schema(example = "daily-2026-11-22")]
    pub at: String,
    /// Which files or symbolic links: 1 to 100 paths, percent-encoded, as listings give them.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 100)]
    pub paths: Vec<RelPath>,
    /// Where to; absent or null: where each was.
    #[serde(default)]
    pub to: Option<RestoreTarget>,
    /// What to do where the name is taken.
    #[serde(default)]
    pub on_conflict: ConflictPolicy,
    /// The plan that was shown: the restore is refused if it would do something else by now.
    #[serde(default)]
    pub plan: Option<String>,
}

/// Another place to restore to.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreTarget {
    /// Which dataset.
    #[schema(value_type = String, example = "tank/home")]
    pub dataset: DatasetName,
    /// Which folder in it; folders that are missing are made.
    #[schema(value_type = String, example = "anna/Restored")]
    pub path: RelPath,
}

/// What a restore would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RestorePlan {
    /// Names this plan: give it with the restore to be sure that nothing else happens.
    pub plan: String,
    /// From when.
    pub snapshot: Moment,
    /// One for each path asked for, in the same order.
    pub items: Vec<PlanItem>,
    /// Bytes of content to restore.
    pub bytes: u64,
    /// Files to restore: those neither skipped nor refused.
    pub files: usize,
    /// Items where the name is taken.
    pub conflicts: usize,
    /// Whether a snapshot of the target is taken first, since something is replaced.
    pub guard_snapshot: bool,
    /// What should be known before.
    pub warnings: Vec<String>,
}

/// What would happen to one file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanItem {
    /// Where it was.
    #[schema(value_type = String)]
    pub path: RelPath,
    /// In which dataset it will be.
    #[schema(value_type = String)]
    pub target_dataset: DatasetName,
    /// Where it will be.
    #[schema(value_type = String)]
    pub target_path: RelPath,
    /// Its name there, for people.
    pub target_name: String,
    /// What it is; null when it can't be looked at.
    pub kind: Option<Kind>,
    /// Bytes.
    pub size: u64,
    /// When its content last changed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub modified: Option<Timestamp>,
    /// What will be done.
    pub action: PlanAction,
    /// Why it is refused.
    pub detail: Option<String>,
    /// What has the name now.
    pub existing: Option<Existing>,
    /// How the content comes over.
    pub method: Method,
    /// What the restored file will lack, as far as can be told now.
    pub not_kept: Vec<NotKeptView>,
}

/// What will be done with one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanAction {
    /// Nothing is in the way.
    Create,
    /// Restored under a name of its own, beside what is there.
    KeepBoth,
    /// What is there is replaced, after a guard snapshot.
    Replace,
    /// Left out, since something is there.
    Skip,
    /// Can't be done; `detail` tells why.
    Refused,
}

/// How content comes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Within the pool: ZFS shares the blocks where it can, at once and without taking space.
    Clone,
    /// Read and written.
    Copy,
}

/// What has the name now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Existing {
    /// What it is.
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
    /// When its content last changed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub modified: Option<Timestamp>,
}

impl From<&Stat> for Existing {
    fn from(stat: &Stat) -> Self {
        Self { kind: stat.kind, size: stat.size, modified: stat.mtime.timestamp() }
    }
}

/// Something that the restored file lacks.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = NotKept)]
pub struct NotKeptView {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

impl From<NotKept> for NotKeptView {
    fn from(not_kept: NotKept) -> Self {
        Self { what: not_kept.what, why: not_kept.why }
    }
}

/// What came of a restore.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct RestoreResult {
    /// One for each item of the plan, as far as the job came.
    pub items: Vec<RestoredItem>,
    /// The snapshot that keeps what was replaced.
    pub guard_snapshot: Option<String>,
    /// Bytes of content restored.
    pub bytes: u64,
}

/// What came of one file.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RestoredItem {
    /// Where it was.
    #[schema(value_type = String)]
    pub path: RelPath,
    /// In which dataset it is now.
    #[schema(value_type = String)]
    pub target_dataset: DatasetName,
    /// Where it is now.
    #[schema(value_type = String)]
    pub target_path: RelPath,
    /// Its name there, for people.
    pub target_name: String,
    /// Whether it is there.
    pub outcome: Outcome,
    /// What was done.
    pub action: PlanAction,
    /// Bytes of content.
    pub bytes: u64,
    /// How the content came over.
    pub means: MeansView,
    /// What it lacks.
    pub not_kept: Vec<NotKeptView>,
    /// Why it failed.
    pub error: Option<String>,
}

/// Whether a file was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is in place.
    Restored,
    /// Left out, as planned.
    Skipped,
    /// It is not; nothing was changed for it.
    Failed,
}

/// How content came over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Means)]
#[serde(rename_all = "snake_case")]
pub enum MeansView {
    /// By `copy_file_range`, which clones blocks inside a pool where ZFS can.
    CopyFileRange,
    /// Read and written.
    ReadWrite,
    /// A part each way.
    Mixed,
    /// There was no content to carry.
    None,
}

impl From<Option<Means>> for MeansView {
    fn from(means: Option<Means>) -> Self {
        match means {
            Some(Means::CopyFileRange) => Self::CopyFileRange,
            Some(Means::ReadWrite) => Self::ReadWrite,
            Some(Means::Mixed) => Self::Mixed,
            None => Self::None,
        }
    }
}
