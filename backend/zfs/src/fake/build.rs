//! Building the fake up.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use nasman_core::{DatasetName, PoolName, SnapshotName, Txg};

use super::{
    FakeZfs, name,
    state::{FakeDataset, FakeSnapshot, State},
    tree,
};
use crate::{DatasetKind, KeyStatus, Pool, PoolState, Vdev, VdevState};

/// Size of a pool unless told otherwise, bytes.
const POOL_SIZE: u64 = 10 << 30;

impl FakeZfs {
    /// See [`Self::add_pool`].
    #[must_use]
    pub fn with_pool(self, pool: &str) -> Self {
        self.add_pool(pool, POOL_SIZE);
        self
    }

    /// See [`Self::add_dataset`].
    #[must_use]
    pub fn with_dataset(self, dataset: &str) -> Self {
        self.add_dataset(dataset);
        self
    }

    /// See [`Self::add_volume`].
    #[must_use]
    pub fn with_volume(self, volume: &str, size: u64) -> Self {
        self.add_volume(volume, size);
        self
    }

    /// A healthy mirror of two disks, and its root dataset. `size` in bytes.
    pub fn add_pool(&self, pool: &str, size: u64) {
        let name: PoolName = name(pool);
        let mut state = self.state();
        let guid = state.next_guid();
        let vdev = |name: &str, kind: &str, children| Vdev {
            name: name.into(),
            kind: kind.into(),
            class: "normal".into(),
            state: VdevState::Online,
            read_errors: 0,
            write_errors: 0,
            checksum_errors: 0,
            path: (kind == "disk").then(|| format!("/dev/disk/by-id/{name}")),
            children,
        };
        let disks = ["ata-a-part1", "ata-b-part1"].map(|disk| vdev(disk, "disk", Vec::new()));
        let pool = Pool {
            name: name.clone(),
            guid,
            state: PoolState::Online,
            status: None,
            action: None,
            size,
            allocated: 0,
            free: size,
            capacity: 0,
            fragmentation: Some(0),
            scan: None,
            data_errors: 0,
            vdevs: vec![vdev("mirror-0", "mirror", disks.into())],
        };
        state.pools.insert(name.clone(), pool);
        insert(&mut state, &name.to_string(), DatasetKind::Filesystem);
        drop(state);
        self.watchers.tell(None);
    }

    /// A mounted filesystem; those above it and its pool come along where they are missing.
    pub fn add_dataset(&self, dataset: &str) {
        self.add(dataset, DatasetKind::Filesystem);
    }

    /// A volume of `size` bytes.
    pub fn add_volume(&self, volume: &str, size: u64) {
        self.add(volume, DatasetKind::Volume);
        self.change(volume, |dataset| dataset.volsize = Some(size));
    }

    fn add(&self, text: &str, kind: DatasetKind) {
        let dataset: DatasetName = name(text);
        let pool = dataset.pool();
        if !self.state().pools.contains_key(&pool) {
            self.add_pool(pool.as_str(), POOL_SIZE);
        }
        let mut state = self.state();
        for (end, _) in text.match_indices('/') {
            insert(&mut state, &text[..end], DatasetKind::Filesystem);
        }
        insert(&mut state, text, kind);
        drop(state);
        self.watchers.tell(Some(&dataset));
    }

    /// A clone of a snapshot, with its files.
    pub fn add_clone(&self, snapshot: &str, clone: &str) {
        let snapshot: SnapshotName = name(snapshot);
        self.add_dataset(clone);
        let mut state = self.state();
        let from =
            state.snapshot(&snapshot).map(|s| state.snapshot_path(s.guid)).expect("the clone's origin");
        let clone = name(clone);
        let to = state.dataset(&clone).map(|d| state.live_path(d.guid)).expect("just added");
        if from.exists() {
            tree::copy_tree(&from, &to).expect("the clone's files");
        }
        state.dataset_mut(&clone).expect("just added").origin = Some(snapshot);
    }

    /// Destroys a dataset with its snapshots; nothing may depend on it.
    pub fn remove_dataset(&self, dataset: &str) {
        let mut state = self.state();
        let gone = state.datasets.remove(&name(dataset)).expect("the dataset");
        for snapshot in &gone.snapshots {
            state.holds.remove(&snapshot.guid);
        }
        drop(state);
        self.watchers.tell(Some(&name(dataset)));
    }

    /// Adds `count` snapshots `auto-000001`…, a minute apart up to now, without touching the disk: each has an empty
    /// folder, made when it is first asked for. Fast enough for millions.
    pub fn add_snapshots(&self, dataset: &str, count: usize) {
        let dataset: DatasetName = name(dataset);
        let mut state = self.state();
        let now = state.now_seconds();
        let mut made = Vec::with_capacity(count);
        for number in 1..=count {
            state.txg += 1;
            let minutes = i64::try_from(count - number).expect("fewer snapshots than minutes");
            made.push(FakeSnapshot {
                tag: name(&format!("auto-{number:06}")),
                guid: state.next_guid(),
                createtxg: Txg(state.txg),
                created: now - SignedDuration::from_mins(minutes),
            });
        }
        let found = state.dataset_mut(&dataset).expect("the dataset to snapshot");
        found.snapshots.extend(made);
        found.snapshots_changed = Some(now);
        drop(state);
        self.watchers.tell(Some(&dataset));
    }
}

fn insert(state: &mut State, text: &str, kind: DatasetKind) {
    let name: DatasetName = name(text);
    if state.datasets.contains_key(&name) {
        return;
    }
    state.txg += 1;
    let dataset = FakeDataset {
        guid: state.next_guid(),
        kind,
        created: state.now_seconds(),
        local: BTreeMap::new(),
        origin: None,
        key_status: KeyStatus::None,
        mounted: kind == DatasetKind::Filesystem,
        elsewhere: false,
        automount_fails: false,
        snapshots: Vec::new(),
        contents: BTreeMap::new(),
        snapshots_changed: None,
        volsize: None,
    };
    state.datasets.insert(name, dataset);
}
