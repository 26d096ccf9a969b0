//! What every implementation of [`Zfs`] must do, as named cases. `fake.rs` runs them on the model, `platform.rs` on
//! real ZFS: whatever a test of the server learns from the one holds for the other.

mod datasets;
mod destroy;
mod folders;
mod hints;
mod holds;
mod pools;
mod snapshots;

use std::{
    sync::mpsc::Receiver,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use nasman_core::{DatasetName, HoldTag, SnapshotName};
use nasman_zfs::Zfs;

/// Something that is undone when dropped.
pub(crate) trait Undo {}

impl<T> Undo for T {}

/// What the cases need beside the trait, to set their scenes.
pub(crate) trait Fixture {
    fn zfs(&self) -> &dyn Zfs;

    /// A mounted filesystem that nobody else uses.
    fn home(&self) -> DatasetName;

    /// Makes a mounted filesystem.
    fn add_filesystem(&self, name: &DatasetName);

    fn add_volume(&self, name: &DatasetName);

    /// Makes an encrypted filesystem, its key loaded, mounted.
    fn add_encrypted(&self, name: &DatasetName);

    /// Unmounts it too.
    fn unload_key(&self, name: &DatasetName);

    fn add_clone(&self, snapshot: &SnapshotName, clone: &DatasetName);

    /// Destroys a dataset that nothing depends on.
    fn remove(&self, name: &DatasetName);

    fn set_mounted(&self, name: &DatasetName, mounted: bool);

    /// Has it mounted where this process does not see it, until the answer is dropped.
    fn mount_elsewhere(&self, name: &DatasetName) -> Box<dyn Undo + '_>;

    /// Keeps a snapshot from being destroyed by reading it, until the answer is dropped.
    fn read_on(&self, snapshot: &SnapshotName) -> Box<dyn Undo + '_>;

    /// A filesystem in a pool that has no room left.
    fn full(&self) -> DatasetName;
}

/// A case, and what it is called.
pub(crate) type Case = (&'static str, fn(&dyn Fixture));

/// All cases.
pub(crate) fn cases() -> Vec<Case> {
    [
        datasets::CASES,
        destroy::CASES,
        folders::CASES,
        hints::CASES,
        holds::CASES,
        pools::CASES,
        snapshots::CASES,
    ]
    .concat()
}

/// Names each function of a module's list.
macro_rules! list_cases {
    ($($name:ident),* $(,)?) => {
        pub(super) const CASES: &[super::Case] =
            &[$((concat!(module_path!(), "::", stringify!($name)), $name)),*];
    };
}
pub(crate) use list_cases;

fn below(dataset: &DatasetName, child: &str) -> DatasetName {
    format!("{dataset}/{child}").parse().unwrap()
}

fn at(dataset: &DatasetName, tag: &str) -> SnapshotName {
    format!("{dataset}@{tag}").parse().unwrap()
}

fn tag(text: &str) -> HoldTag {
    text.parse().unwrap()
}

/// ZFS keeps whole seconds, and the machine may be slow.
fn is_about_now(time: Timestamp) -> bool {
    let age = Timestamp::now().duration_since(time);
    (SignedDuration::from_secs(-2)..SignedDuration::from_mins(10)).contains(&age)
}

/// Space is reckoned when ZFS writes its next transaction group: some seconds later.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "never came true: {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Whether a hint tells of this dataset before long: by its name, or as any. On a machine where others rename datasets
/// at the same time, or events are lost, a burst is told as one hint of all.
fn is_hinted(hints: &Receiver<Option<DatasetName>>, dataset: &DatasetName) -> bool {
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        match hints.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Some(hint)) if hint != *dataset => {}
            Ok(_) => return true,
            Err(_) => return false,
        }
    }
}

/// Bytes that no compression shrinks.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    (0..len).map(|_| next()).collect()
}
