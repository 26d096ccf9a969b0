//! A ZFS in memory, with real folders, for tests.
//!
//! Names, errors and order are those of the real thing: both pass the contract tests. What differs: a dataset's
//! folder does not lie within its parent's, a copy in a snapshot has an inode number of its own, nothing but
//! convention keeps a snapshot's folder read-only, and space is only checked when a snapshot is taken.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a wrong set-up is a bug of the test, which should stop there"
)]

mod calls;
mod props;
mod state;
mod tree;
mod verbs;

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use nasman_core::{DatasetName, PoolName, SnapshotName, Txg};
use tempfile::TempDir;

pub use self::calls::Verb;
use self::{
    calls::Calls,
    state::{FakeDataset, FakeSnapshot, State},
};
use crate::{DatasetKind, KeyStatus, Pool, PoolState, Result, Vdev, VdevState, Zfs as _, ZfsError};

/// Size of a pool unless told otherwise, bytes.
const POOL_SIZE: u64 = 10 << 30;

/// The model. Methods named `with_…` build it up, the others change it while a server uses it.
/// Names given as text must be valid; a wrong one stops the test.
pub struct FakeZfs {
    state: Mutex<State>,
    /// Removed with all folders in it when the fake goes.
    _root: TempDir,
}

impl Default for FakeZfs {
    fn default() -> Self {
        Self::new()
    }
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{text:?} is not a name here: {error:?}"))
}

impl FakeZfs {
    /// ZFS is installed, and no pool is imported.
    #[must_use]
    pub fn new() -> Self {
        let root = TempDir::with_prefix("fake-zfs-").expect("a temporary folder");
        let state = State {
            root: root.path().to_owned(),
            clock: None,
            txg: 4,
            last_guid: 1,
            pools: BTreeMap::new(),
            datasets: BTreeMap::new(),
            holds: HashMap::new(),
            in_use: Vec::new(),
            calls: Calls::default(),
        };
        Self { state: Mutex::new(state), _root: root }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

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
        let dataset = state.dataset_mut(&dataset).expect("the dataset to snapshot");
        dataset.snapshots.extend(made);
        dataset.snapshots_changed = Some(now);
    }

    /// Takes a snapshot, `dataset@tag`. Shorthand for tests.
    pub fn add_snapshot(&self, snapshot: &str) -> crate::Snapshot {
        self.create_snapshot(&name(snapshot), false).expect("the snapshot")
    }

    /// Writes a live file, with the folders above it. Shorthand for tests.
    pub fn write(&self, dataset: &str, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let file = self.folder(dataset).join(path);
        fs::create_dir_all(file.parent().expect("a file lies in a folder")).expect("its folder");
        fs::write(&file, bytes).expect("the file");
        file
    }

    /// The live folder, whether or not the dataset is mounted now.
    #[must_use]
    pub fn folder(&self, dataset: &str) -> PathBuf {
        let state = self.state();
        let guid = state.dataset(&name(dataset)).expect("the dataset").guid;
        state::ready(&state.live_path(guid)).expect("its folder")
    }

    /// Stops the clock at this instant, or moves it there.
    pub fn set_now(&self, now: Timestamp) {
        self.state().clock = Some(now);
    }

    /// Changes what a pool tells of itself: state, status, scan, vdevs, size.
    pub fn edit_pool(&self, pool: &str, edit: impl FnOnce(&mut Pool)) {
        edit(self.state().pools.get_mut(&name::<PoolName>(pool)).expect("the pool"));
    }

    /// Mounts or unmounts a filesystem.
    pub fn set_mounted(&self, dataset: &str, mounted: bool) {
        self.change(dataset, |dataset| dataset.mounted = mounted);
    }

    /// Encrypts a dataset, loads or unloads its key. Unloading unmounts; loading does not mount.
    pub fn set_key_status(&self, dataset: &str, status: KeyStatus) {
        self.change(dataset, |dataset| {
            dataset.key_status = status;
            dataset.mounted &= status != KeyStatus::Unavailable;
        });
    }

    /// Mounted only where this process can't see it, as in a container.
    pub fn set_elsewhere(&self, dataset: &str, elsewhere: bool) {
        self.change(dataset, |dataset| (dataset.elsewhere, dataset.mounted) = (elsewhere, !elsewhere));
    }

    /// Whether the kernel fails to mount this dataset's snapshots.
    pub fn set_automount_fails(&self, dataset: &str, fails: bool) {
        self.change(dataset, |dataset| dataset.automount_fails = fails);
    }

    /// Whether someone reads the snapshot, so that it can't be destroyed.
    pub fn set_in_use(&self, snapshot: &str, in_use: bool) {
        let mut state = self.state();
        let guid = state.snapshot(&name(snapshot)).expect("the snapshot").guid;
        state.in_use.retain(|other| *other != guid);
        if in_use {
            state.in_use.push(guid);
        }
    }

    fn change(&self, dataset: &str, change: impl FnOnce(&mut FakeDataset)) {
        change(self.state().dataset_mut(&name(dataset)).expect("the dataset"));
    }

    /// Makes a verb fail the next time it is called.
    pub fn fail(&self, verb: Verb, error: ZfsError) {
        self.state().calls.fail(verb, error, false);
    }

    /// Makes a verb fail until [`Self::heal`].
    pub fn fail_always(&self, verb: Verb, error: ZfsError) {
        self.state().calls.fail(verb, error, true);
    }

    /// Makes a verb work again.
    pub fn heal(&self, verb: Verb) {
        self.state().calls.heal(verb);
    }

    /// How often a verb was called, failures counted too.
    #[must_use]
    pub fn calls(&self, verb: Verb) -> usize {
        self.state().calls.count(verb)
    }

    /// For how many names the costly properties were asked, in all calls together.
    #[must_use]
    pub fn details_asked(&self) -> usize {
        self.state().calls.details_asked
    }

    /// Counts from zero again.
    pub fn reset_calls(&self) {
        self.state().calls.reset();
    }

    /// Enters a verb: counts it, fails it if told to, and hands out the state.
    fn enter(&self, verb: Verb) -> Result<MutexGuard<'_, State>> {
        let mut state = self.state();
        state.calls.enter(verb)?;
        Ok(state)
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
