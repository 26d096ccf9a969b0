//! "As of when": finds the snapshot that a client means.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use nasman_core::{DatasetName, Guid, SnapshotName};
use nasman_zfs::{Snapshot, Zfs};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::error::{ApiError, ApiResult, Code};

/// A moment that a snapshot keeps.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Moment {
    /// The snapshot's full name.
    #[schema(value_type = String, example = "tank/home@daily-2026-11-22")]
    pub snapshot: SnapshotName,
    /// Its own name within the dataset.
    #[schema(example = "daily-2026-11-22")]
    pub tag: String,
    /// Its identity.
    #[schema(value_type = String)]
    pub guid: Guid,
    /// When it was taken.
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
}

/// When snapshots were taken, by guid. That never changes, and asking ZFS makes it open the snapshot.
#[derive(Debug, Default)]
pub struct CreatedCache(Mutex<HashMap<Guid, Timestamp>>);

impl CreatedCache {
    /// Remembers one.
    pub fn note(&self, guid: Guid, created: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(guid, created);
    }

    /// Tells it, where it is remembered.
    #[must_use]
    pub fn get(&self, guid: Guid) -> Option<Timestamp> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&guid).copied()
    }

    /// Absent when the snapshot has vanished meanwhile.
    fn created(&self, zfs: &dyn Zfs, snapshot: &Snapshot) -> ApiResult<Option<Timestamp>> {
        if let Some(created) = self.get(snapshot.guid) {
            return Ok(Some(created));
        }
        let detail = zfs.snapshot_details(std::slice::from_ref(&snapshot.name))?.pop();
        let created = detail.filter(|d| d.guid == snapshot.guid).map(|d| d.created);
        if let Some(created) = created {
            self.note(snapshot.guid, created);
        }
        Ok(created)
    }
}

/// The snapshot of `dataset` that `at` means: its own name, else its guid, else a time, which means the newest
/// snapshot at or before it. Blocks.
///
/// # Errors
/// [`Code::SnapshotNotFound`] with what was looked for.
pub fn resolve(zfs: &dyn Zfs, cache: &CreatedCache, dataset: &DatasetName, at: &str) -> ApiResult<Moment> {
    let snapshots = zfs.snapshots(dataset)?;
    let not_found =
        |what: &str| ApiError::new(Code::SnapshotNotFound, format!("{dataset} has no snapshot {what}"));
    let by_name = snapshots.iter().find(|s| s.name.tag.as_str() == at);
    let by_guid = || at.parse().ok().and_then(|guid: Guid| snapshots.iter().find(|s| s.guid == guid));
    let found = match by_name.or_else(by_guid) {
        Some(found) => Some(found),
        None => match at.parse::<Timestamp>() {
            Ok(time) => newest_until(zfs, cache, &snapshots, time)?,
            Err(_) => {
                return Err(not_found(&format!(
                    "'{at}' (give its name, its guid, or a time like 2026-05-03T14:05:00Z)"
                )));
            }
        },
    };
    let snapshot = found.ok_or_else(|| not_found(&format!("at or before {at}")))?;
    let created = cache.created(zfs, snapshot)?.ok_or_else(|| not_found(&format!("'{at}' any more")))?;
    Ok(Moment {
        snapshot: snapshot.name.clone(),
        tag: snapshot.name.tag.to_string(),
        guid: snapshot.guid,
        created,
    })
}

/// Bisects, since each creation time costs a question: a dozen of them for thousands of snapshots. Where the
/// clock once jumped back, a neighbour may be found instead; the answer names the moment that was taken.
fn newest_until<'a>(
    zfs: &dyn Zfs,
    cache: &CreatedCache,
    snapshots: &'a [Snapshot],
    time: Timestamp,
) -> ApiResult<Option<&'a Snapshot>> {
    let (mut low, mut high) = (0, snapshots.len());
    while low < high {
        let middle = low.midpoint(high);
        let created = cache.created(zfs, &snapshots[middle])?;
        if created.is_some_and(|created| created <= time) { low = middle + 1 } else { high = middle }
    }
    Ok(low.checked_sub(1).map(|last| &snapshots[last]))
}
