//! The fake's model: pools, datasets, snapshots, and what follows from them.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use nasman_core::{DatasetName, Guid, HoldTag, PoolName, SnapshotName, SnapshotTag, Txg};

use super::{
    calls::Calls,
    props,
    tree::{self, Manifest},
};
use crate::{DatasetKind, KeyStatus, Pool, Result, Unreachable, ZfsError};

/// What an empty filesystem refers to, bytes.
const EMPTY_FILESYSTEM: u64 = 98_304;
/// What each change of a name or state takes, bytes.
const METADATA: u64 = 512;
/// What an empty volume refers to, bytes.
const EMPTY_VOLUME: u64 = 57_344;

/// All there is.
pub(super) struct State {
    pub(super) root: PathBuf,
    pub(super) clock: Option<Timestamp>,
    pub(super) txg: u64,
    pub(super) last_guid: u64,
    pub(super) pools: BTreeMap<PoolName, Pool>,
    pub(super) datasets: BTreeMap<DatasetName, FakeDataset>,
    /// Holds by the guid of the snapshot; most have none.
    pub(super) holds: HashMap<Guid, BTreeMap<HoldTag, Timestamp>>,
    /// Snapshots that someone reads at the moment.
    pub(super) in_use: Vec<Guid>,
    pub(super) calls: Calls,
}

/// A filesystem or volume.
pub(super) struct FakeDataset {
    pub(super) guid: Guid,
    pub(super) kind: DatasetKind,
    pub(super) created: Timestamp,
    /// Properties set here.
    pub(super) local: BTreeMap<String, String>,
    pub(super) origin: Option<SnapshotName>,
    pub(super) key_status: KeyStatus,
    pub(super) mounted: bool,
    /// Mounted where this process does not see it.
    pub(super) elsewhere: bool,
    pub(super) automount_fails: bool,
    /// Oldest first.
    pub(super) snapshots: Vec<FakeSnapshot>,
    /// What those snapshots hold that have files; those of the fast path are not here.
    pub(super) contents: BTreeMap<Txg, Manifest>,
    pub(super) snapshots_changed: Option<Timestamp>,
    /// Of a volume, bytes.
    pub(super) volsize: Option<u64>,
}

/// A snapshot, kept small: there may be millions.
pub(super) struct FakeSnapshot {
    pub(super) tag: SnapshotTag,
    pub(super) guid: Guid,
    pub(super) createtxg: Txg,
    pub(super) created: Timestamp,
}

/// A disk error of the fake's own folders, as the real thing would tell an unexpected failure.
pub(super) fn disk(error: &io::Error) -> ZfsError {
    ZfsError::Failed { verb: "fake", detail: error.to_string() }
}

impl FakeDataset {
    pub(super) fn find(&self, tag: &SnapshotTag) -> Option<usize> {
        self.snapshots.iter().position(|snapshot| snapshot.tag == *tag)
    }

    /// What the snapshot at `index` holds; nothing, for those of the fast path.
    pub(super) fn contents(&self, index: usize) -> Manifest {
        let snapshot = self.snapshots.get(index);
        snapshot.and_then(|s| self.contents.get(&s.createtxg)).cloned().unwrap_or_default()
    }

    /// Bytes written since the newest snapshot, given what is live.
    pub(super) fn written(&self, live: &Manifest) -> u64 {
        match self.snapshots.len().checked_sub(1) {
            Some(newest) => {
                let newest = self.contents(newest);
                tree::only_in(live, &[&newest]) + METADATA * tree::differing(live, &newest)
            }
            None => referenced(self.kind, live) + METADATA * live.len() as u64,
        }
    }

    /// Bytes that only snapshots keep, given what is live.
    pub(super) fn kept_by_snapshots(&self, live: &Manifest) -> u64 {
        let mut seen: Vec<&Manifest> = vec![live];
        let mut sum = 0;
        for held in self.contents.values() {
            sum += tree::only_in(held, &seen);
            seen.push(held);
        }
        sum
    }
}

impl State {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.unwrap_or_else(Timestamp::now)
    }

    /// The whole second: ZFS keeps no finer creation time.
    pub(super) fn now_seconds(&self) -> Timestamp {
        Timestamp::from_second(self.now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub(super) fn next_guid(&mut self) -> Guid {
        // Spread over all 64 bits like real ones, so that a client that reads them as doubles is found out.
        self.last_guid =
            self.last_guid.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Guid(self.last_guid)
    }

    pub(super) fn dataset(&self, name: &DatasetName) -> Result<&FakeDataset> {
        self.datasets.get(name).ok_or_else(|| ZfsError::DatasetNotFound(name.clone()))
    }

    pub(super) fn dataset_mut(&mut self, name: &DatasetName) -> Result<&mut FakeDataset> {
        self.datasets.get_mut(name).ok_or_else(|| ZfsError::DatasetNotFound(name.clone()))
    }

    pub(super) fn snapshot(&self, name: &SnapshotName) -> Result<&FakeSnapshot> {
        self.datasets
            .get(&name.dataset)
            .and_then(|dataset| dataset.snapshots.iter().find(|snapshot| snapshot.tag == name.tag))
            .ok_or_else(|| ZfsError::SnapshotNotFound(name.clone()))
    }

    /// The dataset and all beneath it, by name.
    pub(super) fn family(&self, name: &DatasetName) -> Vec<DatasetName> {
        let below = format!("{name}/");
        self.datasets.keys().filter(|n| *n == name || n.as_str().starts_with(&below)).cloned().collect()
    }

    pub(super) fn live_path(&self, guid: Guid) -> PathBuf {
        self.root.join(format!("live-{guid}"))
    }

    pub(super) fn snapshot_path(&self, guid: Guid) -> PathBuf {
        self.root.join(format!("snapshot-{guid}"))
    }

    pub(super) fn clones(&self, name: &SnapshotName) -> Vec<DatasetName> {
        let grown = self.datasets.iter().filter(|(_, dataset)| dataset.origin.as_ref() == Some(name));
        grown.map(|(name, _)| name.clone()).collect()
    }

    /// What the live folder holds now.
    pub(super) fn live(&self, dataset: &FakeDataset) -> Result<Manifest> {
        tree::manifest(&self.live_path(dataset.guid)).map_err(|e| disk(&e))
    }

    /// Copies the live folder, if there is one, to where a snapshot's files lie; answers with what it held.
    pub(super) fn freeze(&self, dataset: Guid, snapshot: Guid) -> Result<Option<Manifest>> {
        let copy = || {
            let (live, frozen) = (self.live_path(dataset), self.snapshot_path(snapshot));
            if !live.try_exists()? {
                return Ok(None);
            }
            tree::copy_tree(&live, &frozen)?;
            tree::manifest(&frozen).map(Some)
        };
        copy().map_err(|e: io::Error| disk(&e))
    }

    /// Bytes that the dataset and its snapshots take, without descendants.
    pub(super) fn own_space(&self, dataset: &FakeDataset) -> Result<u64> {
        let live = self.live(dataset)?;
        Ok(referenced(dataset.kind, &live) + dataset.kept_by_snapshots(&live))
    }

    /// Bytes allocated in a pool.
    pub(super) fn allocated(&self, pool: &PoolName) -> Result<u64> {
        let inside = self.datasets.iter().filter(|(name, _)| name.pool() == *pool);
        inside.map(|(_, dataset)| self.own_space(dataset)).sum()
    }

    /// Bytes that may still be written in a pool.
    pub(super) fn available(&self, pool: &PoolName) -> Result<u64> {
        let size = self.pools.get(pool).map_or(0, |pool| pool.size);
        Ok(size.saturating_sub(self.allocated(pool)?))
    }

    /// A property's value here, inherited or by default, and its source.
    pub(super) fn value(&self, dataset: &DatasetName, property: &str) -> Option<(String, String)> {
        props::effective(&self.datasets, dataset, property)
    }

    /// Why the live files can't be reached, by the same precedence as the real thing.
    pub(super) fn unreachable(&self, name: &DatasetName, dataset: &FakeDataset) -> Option<Unreachable> {
        if dataset.kind == DatasetKind::Volume {
            Some(Unreachable::Volume)
        } else if dataset.mounted {
            None
        } else if dataset.elsewhere {
            Some(Unreachable::OtherNamespace)
        } else if dataset.key_status == KeyStatus::Unavailable {
            Some(Unreachable::KeyNotLoaded)
        } else {
            Some(match self.value(name, "mountpoint").unwrap_or_default().0.as_str() {
                "legacy" => Unreachable::LegacyMountpoint,
                "none" => Unreachable::NoMountpoint,
                _ => Unreachable::Unmounted,
            })
        }
    }
}

/// Bytes that a live state or snapshot with these files refers to.
pub(super) fn referenced(kind: DatasetKind, files: &Manifest) -> u64 {
    let empty = if kind == DatasetKind::Volume { EMPTY_VOLUME } else { EMPTY_FILESYSTEM };
    empty + files.values().map(|stamp| stamp.len).sum::<u64>()
}

/// Makes the folder if it is not there yet.
pub(super) fn ready(folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder).map_err(|e| disk(&e))?;
    Ok(folder.to_owned())
}
