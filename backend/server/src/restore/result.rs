//! What came of restores, and of undoing them, as clients see it.

use nasman_catalog::{RestoreCounts, RestoreItem};
use nasman_core::{
    DatasetName, RelPath,
    restore::{Outcome, Undone},
};
use nasman_zfs::files::{Kind, Means};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{NotKeptView, PlanAction};

/// What came of a restore.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct RestoreResult {
    /// Entries in place.
    #[serde(default)]
    pub restored: u64,
    /// Entries left out, as planned.
    #[serde(default)]
    pub skipped: u64,
    /// Entries not restored.
    #[serde(default)]
    pub failed: u64,
    /// Entries left since what is there looks the same.
    #[serde(default)]
    pub unchanged: u64,
    /// Bytes of content restored.
    pub bytes: u64,
    /// The snapshot that keeps what was replaced.
    pub guard_snapshot: Option<String>,
    /// What became of single entries, failures first: at most 1000, and the first 20 in lists and events. All are at
    /// `/restores/{id}/items`.
    pub items: Vec<RestoredItem>,
}

/// What came of one entry.
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
    /// What it is; null where it could not be looked at.
    #[serde(default)]
    pub kind: Option<Kind>,
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
    /// Why it failed or was skipped.
    pub error: Option<String>,
    /// What undoing it came to; null where that was not tried.
    #[serde(default)]
    pub undone: Option<Undone>,
    /// Why it was left when undoing, or could not be undone.
    #[serde(default)]
    pub undo_error: Option<String>,
}

/// What the record keeps of an item beyond its columns.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct More {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub means: Option<MeansView>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_kept: Vec<NotKeptView>,
    /// The code, and the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<(String, String)>,
}

impl RestoredItem {
    /// An item of the record, of a restore to this dataset.
    #[must_use]
    pub fn of(item: RestoreItem, target: &DatasetName) -> Self {
        let more: More = item.more.and_then(|more| serde_json::from_value(more).ok()).unwrap_or_default();
        Self {
            target_name: item.target.name().map(|name| name.display()).unwrap_or_default(),
            path: item.source,
            target_dataset: target.clone(),
            target_path: item.target,
            kind: item.kind,
            outcome: item.outcome,
            action: PlanAction::of_word(&item.action),
            bytes: item.bytes,
            means: more.means.unwrap_or(MeansView::None),
            not_kept: more.not_kept,
            error: more.error.map(|(_, detail)| detail),
            undone: item.undone,
            undo_error: item.undo_error,
        }
    }
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

impl From<Means> for MeansView {
    fn from(means: Means) -> Self {
        match means {
            Means::CopyFileRange => Self::CopyFileRange,
            Means::ReadWrite => Self::ReadWrite,
            Means::Mixed => Self::Mixed,
        }
    }
}

/// What came of undoing a restore.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct UndoResult {
    /// Entries that are as they were before.
    pub undone: u64,
    /// Entries that were left, since they changed after they were restored.
    pub left: u64,
    /// Entries that could not be undone.
    pub failed: u64,
    /// What became of single entries, failures first, then those left: at most 1000, and the first 20 in lists and events.
    pub items: Vec<RestoredItem>,
}

/// How many entries came to what.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
#[schema(as = RestoreCounts)]
pub struct Counts {
    /// In place.
    pub restored: u64,
    /// Left out, as planned.
    pub skipped: u64,
    /// Not restored.
    pub failed: u64,
    /// Bytes of content restored.
    pub bytes: u64,
    /// Restored ones that were undone.
    pub undone: u64,
    /// Restored ones that were left when the rest was undone.
    pub left: u64,
    /// Restored ones that could not be undone.
    pub not_undone: u64,
}

impl From<RestoreCounts> for Counts {
    fn from(counts: RestoreCounts) -> Self {
        let RestoreCounts { restored, skipped, failed, bytes, undone, left, not_undone } = counts;
        Self { restored, skipped, failed, bytes, undone, left, not_undone }
    }
}
