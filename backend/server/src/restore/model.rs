//! Plans of restores as clients see them.

use jiff::Timestamp;
use nasman_core::{DatasetName, RelPath};
use nasman_zfs::files::{Kind, NotKept, Stat};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::routes::moment::Moment;

/// What a restore would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RestorePlan {
    /// Names this plan: give it with the restore to be sure that nothing else happens.
    pub plan: String,
    /// From when.
    pub snapshot: Moment,
    /// One for each path asked for, in the same order.
    pub items: Vec<PlanItem>,
    /// Files, links and pipes to restore, wherever they are: those neither skipped nor refused.
    pub files: u64,
    /// Folders to restore: those made, and those there that are made like they were.
    pub folders: u64,
    /// Bytes of content to restore; of a file with several names once.
    pub bytes: u64,
    /// How many of the bytes come over without taking space, where ZFS can do that.
    pub clone_bytes: u64,
    /// How many of the bytes take space.
    pub copy_bytes: u64,
    /// Bytes free in the target.
    pub available: u64,
    /// Names that are taken by something else than what would be restored, wherever they are.
    pub conflicts: u64,
    /// The first 200 of them.
    pub conflict_items: Vec<PlanItem>,
    /// Names that are taken by what looks the same, and is left.
    pub unchanged: u64,
    /// What came into the folders since.
    pub added_since: Added,
    /// What can't be restored, wherever it is.
    pub refused: RefusedItems,
    /// What restored entries will lack, each once.
    pub not_kept: Vec<NotKeptSum>,
    /// Whether a snapshot of the target is taken first, since something there is changed.
    pub guard_snapshot: bool,
    /// What should be known before.
    pub warnings: Vec<String>,
}

/// What came into folders since the snapshot.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Added {
    /// How many; a folder counts as one, whatever is in it.
    pub count: u64,
    /// The first 200 paths.
    #[schema(value_type = Vec<String>)]
    pub items: Vec<RelPath>,
}

/// What can't be restored.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct RefusedItems {
    /// How many.
    pub count: u64,
    /// The first 200.
    pub items: Vec<PlanItem>,
}

/// What some restored entries will lack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NotKeptSum {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
    /// How many of them.
    pub count: u64,
}

/// What a folder holds that will be restored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Contents {
    /// Files.
    pub files: u64,
    /// Folders in it.
    pub folders: u64,
    /// Links and pipes.
    pub others: u64,
    /// Bytes of the files' content.
    pub bytes: u64,
}

/// What would happen to one entry.
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
    /// Bytes; of a folder those that will be restored in it.
    pub size: u64,
    /// When its content last changed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub modified: Option<Timestamp>,
    /// What will be done.
    pub action: PlanAction,
    /// Why it is refused or skipped.
    pub detail: Option<String>,
    /// What has the name now.
    pub existing: Option<Existing>,
    /// How the content comes over.
    pub method: Method,
    /// What the restored entry will lack, as far as can be told now.
    pub not_kept: Vec<NotKeptView>,
    /// Of a folder, what is restored in it.
    pub contents: Option<Contents>,
    /// Of a folder, where what came into it since is moved.
    #[schema(value_type = Option<String>)]
    pub aside: Option<RelPath>,
}

/// What is done with one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanAction {
    /// Nothing is in the way.
    Create,
    /// Restored under a name of its own, beside what is there.
    KeepBoth,
    /// What is there is replaced, after a guard snapshot.
    Replace,
    /// The folder is there: what is in it is restored one by one.
    Merge,
    /// What came into a folder since is moved out of it.
    MoveAside,
    /// Left out, since something is there.
    Skip,
    /// Can't be done; `detail` tells why.
    Refused,
}

impl PlanAction {
    /// The word in the record.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::KeepBoth => "keep_both",
            Self::Replace => "replace",
            Self::Merge => "merge",
            Self::MoveAside => "move_aside",
            Self::Skip => "skip",
            Self::Refused => "refused",
        }
    }

    /// What a word in the record means; a word of another version counts as refused.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        let all = [Self::Create, Self::KeepBoth, Self::Replace, Self::Merge, Self::MoveAside, Self::Skip];
        all.into_iter().find(|action| action.as_str() == word).unwrap_or(Self::Refused)
    }
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
