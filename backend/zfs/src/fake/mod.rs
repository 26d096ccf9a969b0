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

mod build;
mod calls;
mod props;
mod state;
mod tell;
mod tree;
mod verbs;
mod watch;

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use nasman_core::PoolName;
use tempfile::TempDir;

pub use self::calls::Verb;
use self::{
    calls::Calls,
    state::{FakeDataset, State},
};
use crate::{KeyStatus, Pool, Result, Zfs as _, ZfsError};

/// The model. Methods named `with_…` build it up, the others change it while a server uses it.
/// Names given as text must be valid; a wrong one stops the test.
pub struct FakeZfs {
    state: Mutex<State>,
    watchers: watch::Watchers,
    /// What somebody else does after the next call of a verb.
    then: Mutex<BTreeMap<Verb, Then>>,
    /// Removed with all folders in it when the fake goes.
    _root: TempDir,
}

type Then = Box<dyn FnOnce(&FakeZfs) + Send>;

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
        let (watchers, then) = (watch::Watchers::default(), Mutex::default());
        Self { state: Mutex::new(state), watchers, then, _root: root }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a snapshot, `dataset@tag`. Shorthand for tests.
    pub fn add_snapshot(&self, snapshot: &str) -> crate::Snapshot {
        self.create_snapshot(&name(snapshot), false).expect("the snapshot")
    }

    /// Does this as soon as the next call of a verb has done its work, before whoever called goes on. Of
    /// [`Verb::CreateSnapshot`] and [`Verb::LiveFolder`].
    pub fn after_next(&self, verb: Verb, then: impl FnOnce(&Self) + Send + 'static) {
        self.then().insert(verb, Box::new(then));
    }

    fn then(&self) -> MutexGuard<'_, BTreeMap<Verb, Then>> {
        self.then.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The end of a verb: what was to be done then is done.
    fn leave(&self, verb: Verb) {
        let then = self.then().remove(&verb);
        if let Some(then) = then {
            then(self);
        }
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
