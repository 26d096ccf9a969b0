//! A dataset's time line.

use jiff::Timestamp;
use nasman_catalog::{Moments, Weight};
use nasman_core::{DatasetName, Guid, SnapshotName};
use nasman_zfs::Zfs;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::App, http::error::ApiResult};

/// Every moment of a dataset, with how much changed in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimeLine)]
pub struct TimeLineView {
    /// Which dataset.
    #[schema(value_type = String, example = "tank/home")]
    dataset: DatasetName,
    /// All its snapshots, oldest first.
    items: Vec<TickView>,
    /// What changed since the newest indexed snapshot, as far as live was looked at; null where it was not.
    live: Option<WeightView>,
    /// When live was last looked at.
    #[schema(value_type = Option<String>, format = DateTime)]
    live_as_of: Option<Timestamp>,
}

/// A snapshot on the time line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tick)]
pub struct TickView {
    /// Its own name within the dataset.
    #[schema(example = "daily-2026-11-22")]
    tag: String,
    /// Its identity.
    #[schema(value_type = String)]
    guid: Guid,
    /// When it was taken.
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
    /// What changed between the snapshot before and this one; null for the first, and where that is not indexed.
    changed: Option<WeightView>,
}

/// How much changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Weight)]
pub struct WeightView {
    /// Files, folders and others that came, went, changed or got another name.
    objects: u64,
    /// Bytes of the files that are new or another.
    bytes: u64,
}

impl From<Weight> for WeightView {
    fn from(weight: Weight) -> Self {
        Self { objects: weight.objects, bytes: weight.bytes }
    }
}

/// All moments of a dataset: those that the catalog has noted, or of one it does not know those of ZFS. Blocks.
///
/// # Errors
/// When there is no such dataset.
pub fn moments(app: &App, zfs: &dyn Zfs, name: &DatasetName) -> ApiResult<TimeLineView> {
    let Some(dataset) = app.catalog.dataset_by_name(name)? else { return of_zfs(app, zfs, name) };
    let Moments { snapshots, live } = app.catalog.moments(&dataset)?;
    // One that is not to be indexed has none noted.
    if snapshots.is_empty() {
        return of_zfs(app, zfs, name);
    }
    let items = snapshots.into_iter().map(|(snapshot, changed)| TickView {
        tag: snapshot.tag.to_string(),
        guid: snapshot.guid,
        created: snapshot.created_at,
        changed: changed.map(Into::into),
    });
    Ok(TimeLineView {
        dataset: name.clone(),
        items: items.collect(),
        live: live.map(Into::into),
        live_as_of: dataset.position_at,
    })
}

fn of_zfs(app: &App, zfs: &dyn Zfs, name: &DatasetName) -> ApiResult<TimeLineView> {
    let snapshots = zfs.snapshots(name)?;
    let unknown = snapshots.iter().filter(|snapshot| app.created.get(snapshot.guid).is_none());
    let unknown: Vec<SnapshotName> = unknown.map(|snapshot| snapshot.name.clone()).collect();
    if !unknown.is_empty() {
        for detail in zfs.snapshot_details(&unknown)? {
            app.created.note(detail.guid, detail.created);
        }
    }
    // One that vanished between the two questions is left out.
    let items = snapshots.into_iter().filter_map(|snapshot| {
        let created = app.created.get(snapshot.guid)?;
        Some(TickView { tag: snapshot.name.tag.to_string(), guid: snapshot.guid, created, changed: None })
    });
    Ok(TimeLineView { dataset: name.clone(), items: items.collect(), live: None, live_as_of: None })
}
