//! Which snapshots there are, noted in the catalog; their files are another matter.

use nasman_catalog::{Catalog, DatasetId, NewSnapshot};
use nasman_core::{DatasetName, FoundSnapshot, Noted, NotedSnapshot, Reconciliation, SnapshotName};
use nasman_zfs::{Snapshot, Zfs};

use super::is_own;
use crate::http::error::ApiResult;

/// Creation times asked for at once; ZFS must open each snapshot for its own.
const DETAILS: usize = 256;

/// Compares the snapshots that there are, which is the truth, with those that are noted.
pub(super) fn compare(
    zfs: &dyn Zfs,
    catalog: &Catalog,
    id: DatasetId,
    name: &DatasetName,
) -> ApiResult<Reconciliation> {
    let found = found(&zfs.snapshots(name)?);
    Ok(Reconciliation::between(&noted(&catalog.snapshots(id)?), &found))
}

/// Notes and forgets what [`compare`] found. What is left are files to read.
pub(super) fn carry_out(
    zfs: &dyn Zfs,
    catalog: &Catalog,
    id: DatasetId,
    name: &DatasetName,
    plan: &Reconciliation,
) -> ApiResult<()> {
    for guid in &plan.forget {
        catalog.forget_snapshot(id, *guid)?;
    }
    for some in plan.note.chunks(DETAILS) {
        note(zfs, catalog, id, name, some)?;
    }
    Ok(())
}

fn note(
    zfs: &dyn Zfs,
    catalog: &Catalog,
    id: DatasetId,
    name: &DatasetName,
    found: &[FoundSnapshot],
) -> ApiResult<()> {
    let names: Vec<SnapshotName> =
        found.iter().map(|s| name.snapshot(s.tag.clone())).collect::<Result<_, _>>()?;
    let details = zfs.snapshot_details(&names)?;
    // One that vanished meanwhile is none to note.
    let new = found.iter().filter_map(|s| {
        let created_at = details.iter().find(|detail| detail.guid == s.guid)?.created;
        Some(NewSnapshot { guid: s.guid, tag: s.tag.clone(), txg: s.txg, created_at })
    });
    let new: Vec<NewSnapshot> = new.collect();
    Ok(catalog.note_snapshots(id, &new)?)
}

fn noted(snapshots: &[nasman_catalog::Snapshot]) -> Vec<NotedSnapshot> {
    let state = |snapshot: &nasman_catalog::Snapshot| match (snapshot.indexed, &snapshot.failed) {
        (true, _) => Noted::Indexed,
        (false, Some(_)) => Noted::Failed,
        (false, None) => Noted::Waiting,
    };
    let noted = snapshots.iter().map(|snapshot| NotedSnapshot {
        guid: snapshot.guid,
        tag: snapshot.tag.clone(),
        txg: snapshot.txg,
        noted: state(snapshot),
    });
    noted.collect()
}

/// Without NASMan's own.
fn found(snapshots: &[Snapshot]) -> Vec<FoundSnapshot> {
    let others = snapshots.iter().filter(|snapshot| !is_own(&snapshot.name.tag));
    let found = others.map(|snapshot| FoundSnapshot {
        guid: snapshot.guid,
        tag: snapshot.name.tag.clone(),
        txg: snapshot.createtxg,
    });
    found.collect()
}
