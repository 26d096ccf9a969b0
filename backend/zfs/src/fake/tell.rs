//! What the fake's things tell of themselves.

use std::collections::BTreeMap;

use nasman_core::{DatasetName, Guid, SnapshotName};

use super::{
    state::{FakeDataset, FakeSnapshot, State, referenced},
    tree,
};
use crate::{Blocker, Dataset, DatasetKind, KeyStatus, Pool, Property, Result, Snapshot, SnapshotDetail};

pub(super) fn measured(state: &State, pool: &Pool) -> Result<Pool> {
    let allocated = state.allocated(&pool.name)?;
    let percent = (allocated * 100).checked_div(pool.size).unwrap_or(100).min(100);
    Ok(Pool {
        allocated,
        free: pool.size.saturating_sub(allocated),
        capacity: u8::try_from(percent).unwrap_or(100),
        ..pool.clone()
    })
}

/// Bytes that each dataset takes by itself: measured once for all that a call describes.
pub(super) fn own_spaces(state: &State) -> Result<BTreeMap<&DatasetName, u64>> {
    state.datasets.iter().map(|(name, dataset)| Ok((name, state.own_space(dataset)?))).collect()
}

pub(super) fn describe(
    state: &State,
    name: &DatasetName,
    dataset: &FakeDataset,
    own: &BTreeMap<&DatasetName, u64>,
) -> Result<Dataset> {
    let live = state.live(dataset)?;
    let below = format!("{name}/");
    let pool = name.pool();
    let (mut used, mut allocated) = (0, 0);
    for (other, space) in own {
        let inside = *other == name || other.as_str().starts_with(&below);
        used += if inside { *space } else { 0 };
        allocated += if other.pool() == pool { *space } else { 0 };
    }
    let value = |property| state.value(name, property).map(|(value, _)| value);
    Ok(Dataset {
        name: name.clone(),
        guid: dataset.guid,
        kind: dataset.kind,
        used,
        available: state.pools.get(&pool).map_or(0, |pool| pool.size).saturating_sub(allocated),
        referenced: referenced(dataset.kind, &live),
        used_by_snapshots: dataset.kept_by_snapshots(&live),
        written: (dataset.kind == DatasetKind::Filesystem).then(|| dataset.written(&live)),
        mountpoint: if dataset.kind == DatasetKind::Volume { None } else { value("mountpoint") },
        mounted: dataset.mounted,
        readonly: value("readonly").as_deref() == Some("on"),
        key_status: dataset.key_status,
        origin: dataset.origin.clone(),
        created: dataset.created,
        snapshots_changed: dataset.snapshots_changed,
        unreachable: state.unreachable(name, dataset),
    })
}

pub(super) fn fast(dataset: &DatasetName, snapshot: &FakeSnapshot) -> Snapshot {
    let name = SnapshotName { dataset: dataset.clone(), tag: snapshot.tag.clone() };
    Snapshot { name, guid: snapshot.guid, createtxg: snapshot.createtxg }
}

pub(super) fn detail(state: &State, name: &SnapshotName) -> Result<Option<SnapshotDetail>> {
    let Some((dataset, index)) =
        state.datasets.get(&name.dataset).and_then(|d| Some((d, d.find(&name.tag)?)))
    else {
        return Ok(None);
    };
    let snapshot = &dataset.snapshots[index];
    let (before, here) = (index.checked_sub(1).map(|i| dataset.contents(i)), dataset.contents(index));
    Ok(Some(SnapshotDetail {
        name: name.clone(),
        guid: snapshot.guid,
        created: snapshot.created,
        used: unique(state, name)?,
        referenced: referenced(dataset.kind, &here),
        written: tree::only_in(&here, before.iter().collect::<Vec<_>>().as_slice()),
        holds: state.holds.get(&snapshot.guid).map_or(0, |holds| holds.len() as u64),
        clones: state.clones(name),
    }))
}

/// Bytes that only this snapshot keeps: in neither the one before nor the one after (or live).
pub(super) fn unique(state: &State, name: &SnapshotName) -> Result<u64> {
    let dataset = state.dataset(&name.dataset)?;
    let Some(index) = dataset.find(&name.tag) else { return Ok(0) };
    let before = index.checked_sub(1).map(|i| dataset.contents(i)).unwrap_or_default();
    let last = index + 1 == dataset.snapshots.len();
    let after = if last { state.live(dataset)? } else { dataset.contents(index + 1) };
    Ok(tree::only_in(&dataset.contents(index), &[&before, &after]))
}

pub(super) fn blockers(state: &State, name: &SnapshotName, guid: Guid) -> Vec<Blocker> {
    let holds = state.holds.get(&guid).into_iter().flatten().map(|(tag, _)| Blocker::Hold(tag.clone()));
    holds.chain(state.clones(name).into_iter().map(Blocker::Clone)).collect()
}

/// The properties that ZFS works out.
pub(super) fn computed(dataset: &Dataset) -> Vec<Property> {
    let yes_no = |yes| if yes { "yes" } else { "no" }.to_owned();
    let filesystem = dataset.kind == DatasetKind::Filesystem;
    let encrypted = dataset.key_status != KeyStatus::None;
    let mut all = vec![
        ("type", if filesystem { "filesystem".into() } else { "volume".into() }),
        ("creation", dataset.created.as_second().to_string()),
        ("used", dataset.used.to_string()),
        ("available", dataset.available.to_string()),
        ("referenced", dataset.referenced.to_string()),
        ("compressratio", "1.00".into()),
        ("guid", dataset.guid.to_string()),
        ("usedbysnapshots", dataset.used_by_snapshots.to_string()),
        ("encryption", if encrypted { "aes-256-gcm".into() } else { "off".into() }),
    ];
    if filesystem {
        all.push(("mounted", yes_no(dataset.mounted)));
    }
    if let Some(origin) = &dataset.origin {
        all.push(("origin", origin.to_string()));
    }
    if encrypted {
        let available = dataset.key_status == KeyStatus::Available;
        all.push(("keystatus", if available { "available".into() } else { "unavailable".into() }));
    }
    let property = |(name, value): (&str, String)| Property { name: name.into(), value, source: "-".into() };
    all.into_iter().map(property).collect()
}
