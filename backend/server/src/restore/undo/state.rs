//! Whether a restore can be undone, and if not, why.

use nasman_catalog::{Catalog, CatalogError, Job, RestoreRecord};
use nasman_zfs::Zfs;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{
    model::PlanAction,
    order::{Order, by_guid},
};
use crate::http::error::{ApiResult, Code};

/// What undoing needs the guard snapshot for.
pub(super) const FROM_GUARD: [&str; 2] = [PlanAction::Replace.as_str(), PlanAction::Merge.as_str()];

/// Where undoing a restore stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum UndoState {
    /// It can be asked for.
    Possible,
    /// A job does it, or waits to.
    Running,
    /// It was done; there is nothing left to undo.
    Done,
    /// It can't be done; `why` tells the cause.
    Impossible,
}

/// Whether a restore can be undone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UndoView {
    /// Where undoing stands.
    pub state: UndoState,
    /// Why it can't be done, or why it must be done again.
    pub why: Option<String>,
    /// The last job that undid it, or began to.
    pub job: Option<String>,
}

impl UndoView {
    fn impossible(why: impl Into<String>) -> Self {
        Self { state: UndoState::Impossible, why: Some(why.into()), job: None }
    }
}

/// Finds out whether a restore can be undone. Blocks.
///
/// # Errors
/// When the state or ZFS can't be asked.
pub fn undo_state(
    zfs: &dyn Zfs,
    catalog: &Catalog,
    job: &Job,
    record: Option<&RestoreRecord>,
) -> ApiResult<UndoView> {
    if !job.state.ended() {
        return Ok(UndoView::impossible("the restore has not ended yet; stop it first, or wait"));
    }
    let Some(record) = record else {
        return Ok(UndoView::impossible("what this restore made was not recorded"));
    };
    let last = match record.undo_job.as_deref().map(|id| catalog.job(id)) {
        Some(Ok(job)) => Some(job),
        None | Some(Err(CatalogError::NotFound)) => None,
        Some(Err(error)) => return Err(error.into()),
    };
    let named = record.undo_job.clone();
    if last.as_ref().is_some_and(|job| !job.state.ended()) {
        return Ok(UndoView { state: UndoState::Running, why: None, job: named });
    }
    let counts = catalog.restore_counts(record.id)?;
    if counts.restored == 0 {
        return Ok(UndoView::impossible("nothing was restored"));
    }
    if counts.restored == counts.undone + counts.left {
        return Ok(UndoView { state: UndoState::Done, why: None, job: named });
    }
    if let Some(why) = obstacle(zfs, catalog, job, record)? {
        return Ok(UndoView { job: named, ..UndoView::impossible(why) });
    }
    let why = last.map(|_| "the last try did not come to its end".to_owned());
    Ok(UndoView { state: UndoState::Possible, why, job: named })
}

/// What is missing that would be needed.
fn obstacle(
    zfs: &dyn Zfs,
    catalog: &Catalog,
    job: &Job,
    record: &RestoreRecord,
) -> ApiResult<Option<String>> {
    let Ok(order) = Order::of(job) else {
        return Ok(Some("it was made by another version of NASMan, which kept other records".to_owned()));
    };
    let target = match order.target(zfs) {
        Ok(target) => target,
        Err(error) if error.code == Code::DatasetNotFound => return Ok(Some(error.detail)),
        Err(error) => return Err(error),
    };
    if !catalog.restore_has(record.id, &FROM_GUARD)? {
        return Ok(None);
    }
    let Some((name, guid)) = &record.guard else {
        return Ok(Some("no guard snapshot was noted that would hold what was replaced".to_owned()));
    };
    match by_guid(zfs, &target.name, *guid) {
        Ok(_) => Ok(None),
        Err(error) if error.code == Code::SnapshotNotFound => {
            Ok(Some(format!("the guard snapshot {name} is gone, and with it what was replaced")))
        }
        Err(error) => Err(error),
    }
}
