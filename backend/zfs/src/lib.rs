//! The one door to ZFS and its files.
//!
//! [`Zfs`] is what the rest of NASMan knows of ZFS. [`CliZfs`] asks the installed commands; `FakeZfs` is a
//! model in memory with real folders, for tests. Both pass the same contract tests. [`files`] reads and
//! writes beneath an opened directory and nowhere else. [`feed`] tells what changed between two snapshots.

mod cli;
mod error;
#[cfg(feature = "fake")]
mod fake;
pub mod feed;
pub mod files;
mod model;
mod property_name;
mod watch;

pub use cli::{CliSettings, CliZfs, Observer, Ran};
pub use error::{Blocker, Unreachable, ZfsError};
#[cfg(feature = "fake")]
pub use fake::{FakeZfs, Verb};
pub use model::{
    Dataset, DatasetKind, DestroyPlan, Hold, KeyStatus, Pool, PoolState, Property, Scan, ScanKind, ScanState,
    Snapshot, SnapshotDetail, Vdev, VdevState, Version,
};

pub use watch::{Hint, LIVE_TAG_PREFIX, Tell, Watch};

use property_name::check_property_name;

use std::path::PathBuf;

use nasman_core::{DatasetName, Guid, HoldTag, PoolName, SnapshotName};

/// Shorthand for what each verb answers.
pub type Result<T> = std::result::Result<T, ZfsError>;

/// What NASMan asks of ZFS. Calls block, up to the implementation's deadline: call them off the async threads.
pub trait Zfs: Send + Sync + 'static {
    /// Which ZFS answers.
    fn version(&self) -> Result<Version>;

    /// All imported pools, by name.
    fn pools(&self) -> Result<Vec<Pool>>;

    /// One pool.
    ///
    /// # Errors
    /// [`ZfsError::PoolNotFound`] when no such pool is imported.
    fn pool(&self, name: &PoolName) -> Result<Pool>;

    /// All filesystems and volumes, by name.
    fn datasets(&self) -> Result<Vec<Dataset>>;

    /// One filesystem or volume.
    ///
    /// # Errors
    /// [`ZfsError::DatasetNotFound`].
    fn dataset(&self, name: &DatasetName) -> Result<Dataset>;

    /// A dataset's own snapshots, oldest first (by `createtxg`). Only what ZFS tells without opening each one:
    /// cheap at thousands.
    ///
    /// # Errors
    /// [`ZfsError::DatasetNotFound`].
    fn snapshots(&self, dataset: &DatasetName) -> Result<Vec<Snapshot>>;

    /// The costly columns, for the snapshots named and no others, in the order asked. One that vanished is left
    /// out. Asking for none asks nothing of ZFS.
    fn snapshot_details(&self, names: &[SnapshotName]) -> Result<Vec<SnapshotDetail>>;

    /// Takes a snapshot; `recursive` takes one of each descendant too, in the same transaction group.
    ///
    /// # Errors
    /// [`ZfsError::DatasetNotFound`], [`ZfsError::SnapshotExists`], [`ZfsError::NoSpace`].
    fn create_snapshot(&self, name: &SnapshotName, recursive: bool) -> Result<Snapshot>;

    /// What destroying would do, without doing it: the space it frees and what stands in the way.
    ///
    /// # Errors
    /// [`ZfsError::SnapshotNotFound`].
    fn destroy_plan(&self, name: &SnapshotName) -> Result<DestroyPlan>;

    /// Destroys the snapshot if it is still the one with this guid. Never defers, never takes clones along.
    ///
    /// # Errors
    /// [`ZfsError::SnapshotNotFound`] when it is gone or the name now belongs to another one,
    /// [`ZfsError::SnapshotBusy`] when held, cloned or in use.
    fn destroy_snapshot(&self, name: &SnapshotName, guid: Guid) -> Result<()>;

    /// The user holds on a snapshot.
    ///
    /// # Errors
    /// [`ZfsError::SnapshotNotFound`].
    fn holds(&self, name: &SnapshotName) -> Result<Vec<Hold>>;

    /// Places a hold; placing the same one again succeeds.
    ///
    /// # Errors
    /// [`ZfsError::SnapshotNotFound`].
    fn hold(&self, name: &SnapshotName, tag: &HoldTag) -> Result<()>;

    /// Releases a hold; releasing one that is not there succeeds.
    ///
    /// # Errors
    /// [`ZfsError::SnapshotNotFound`].
    fn release(&self, name: &SnapshotName, tag: &HoldTag) -> Result<()>;

    /// All properties of a dataset, with where each value comes from.
    ///
    /// # Errors
    /// [`ZfsError::DatasetNotFound`].
    fn properties(&self, dataset: &DatasetName) -> Result<Vec<Property>>;

    /// Sets one property on a dataset.
    ///
    /// # Errors
    /// [`ZfsError::DatasetNotFound`]; [`ZfsError::Failed`] with ZFS's reason when it refuses the value.
    fn set_property(&self, dataset: &DatasetName, name: &str, value: &str) -> Result<()>;

    /// The folder where a filesystem's live files are.
    ///
    /// # Errors
    /// [`ZfsError::Unreachable`] with the reason and the remedy; [`ZfsError::DatasetNotFound`].
    fn live_folder(&self, dataset: &DatasetName) -> Result<PathBuf>;

    /// The folder where a snapshot's files are. Opening it may make the kernel mount the snapshot.
    ///
    /// # Errors
    /// [`ZfsError::Unreachable`] with the reason and the remedy; [`ZfsError::SnapshotNotFound`].
    fn snapshot_folder(&self, snapshot: &SnapshotName) -> Result<PathBuf>;

    /// Lets go of a snapshot's folder after it was read: a mount that the kernel made for that is undone at once instead
    /// of after minutes, unless somebody uses it. Never fails, and takes seconds at most. The folder may be asked for
    /// again at any time.
    ///
    /// Where this process has the mount from another mount namespace (a container; a service with some of systemd's
    /// protections), it stays until the kernel's time is up: undone here, it could not be entered again.
    fn leave_snapshot(&self, snapshot: &SnapshotName);

    /// Calls `tell` when something may have happened to datasets and snapshots, whoever did it: they were made,
    /// destroyed, renamed, rolled back, received, or mounted elsewhere. Several events that come together are one hint.
    /// Mounting and loading a key are not told by ZFS. `tell` is called on another thread and should not take long.
    ///
    /// # Errors
    /// [`ZfsError::NotInstalled`]. Once begun, a watch mends itself: what may have been missed is told as a hint that
    /// names no dataset.
    fn watch(&self, tell: Tell) -> Result<Watch>;
}
