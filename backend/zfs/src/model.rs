//! What ZFS tells, as values. Sizes are bytes, times are instants, shares are whole percent.

use jiff::Timestamp;
use nasman_core::{DatasetName, Guid, HoldTag, PoolName, SnapshotName, Txg};
use serde::{Deserialize, Serialize};

use crate::{Blocker, Unreachable};

/// Which ZFS answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Of the commands, such as `2.3.9-1`.
    pub userland: String,
    /// Of the kernel module, where it tells.
    pub kernel: Option<String>,
}

/// A pool's or vdev's state, in ZFS's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PoolState {
    /// All is well.
    Online,
    /// Works, with less redundancy than it should have.
    Degraded,
    /// Can't be used: metadata is damaged or too many devices are gone.
    Faulted,
    /// Taken offline by the administrator.
    Offline,
    /// Devices can't be opened.
    Unavail,
    /// Physically removed.
    Removed,
    /// I/O is stopped until the devices come back.
    Suspended,
    /// A word this version does not know.
    Unknown,
}

/// One vdev's own state: those of a pool, and those of spares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum VdevState {
    /// All is well.
    Online,
    /// Works, with less redundancy than it should have.
    Degraded,
    /// Too many errors.
    Faulted,
    /// Taken offline by the administrator.
    Offline,
    /// Can't be opened.
    Unavail,
    /// Physically removed.
    Removed,
    /// A spare that stands by.
    Available,
    /// A spare in use.
    InUse,
    /// A word this version does not know.
    Unknown,
}

/// A pool: state, space, devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Its name.
    pub name: PoolName,
    /// Its identity.
    pub guid: Guid,
    /// As a whole.
    pub state: PoolState,
    /// ZFS's sentence on what is wrong, where something is.
    pub status: Option<String>,
    /// ZFS's sentence on what to do about it.
    pub action: Option<String>,
    /// Bytes in all, before redundancy is taken off.
    pub size: u64,
    /// Bytes allocated.
    pub allocated: u64,
    /// Bytes free.
    pub free: u64,
    /// Share of the size that is allocated, whole percent.
    pub capacity: u8,
    /// Fragmentation of the free space, whole percent; absent where unknown.
    pub fragmentation: Option<u8>,
    /// The last or running scrub or resilver; absent when there was none.
    pub scan: Option<Scan>,
    /// Files (or objects) with damaged data, as counted by ZFS.
    pub data_errors: u64,
    /// The devices: top-level vdevs with their class, each with its children.
    pub vdevs: Vec<Vdev>,
}

/// A device or a group of devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vdev {
    /// As `zpool status` names it.
    pub name: String,
    /// `mirror`, `raidz`, `disk`, `file`, `spare` …
    pub kind: String,
    /// What it is for: `normal`, `log`, `cache`, `spare`, `special`, `dedup`.
    pub class: String,
    /// Its own state.
    pub state: VdevState,
    /// Reads that failed.
    pub read_errors: u64,
    /// Writes that failed.
    pub write_errors: u64,
    /// Blocks whose checksum was wrong.
    pub checksum_errors: u64,
    /// The device's path, for leaves where it is known.
    pub path: Option<String>,
    /// Its members; empty for a leaf.
    pub children: Vec<Self>,
}

/// Scrub or resilver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ScanKind {
    /// Reads everything and mends what is damaged.
    Scrub,
    /// Fills a replaced device.
    Resilver,
}

/// How far a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ScanState {
    /// Running, or paused.
    Scanning,
    /// Came to its end.
    Finished,
    /// Stopped by hand.
    Canceled,
}

/// A pool's last or running scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Which kind.
    pub kind: ScanKind,
    /// How far.
    pub state: ScanState,
    /// When it began, where known.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Errors it found and could not mend.
    pub errors: u64,
    /// Share done, whole percent, while it runs.
    pub percent: Option<u8>,
}

/// Files or blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DatasetKind {
    /// Holds files.
    Filesystem,
    /// Holds blocks (a zvol).
    Volume,
}

/// Whether an encrypted dataset can be read now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum KeyStatus {
    /// Not encrypted.
    None,
    /// Encrypted, the key is loaded.
    Available,
    /// Encrypted, the key is not loaded.
    Unavailable,
}

/// A filesystem or volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Full name.
    pub name: DatasetName,
    /// Its identity.
    pub guid: Guid,
    /// Files or blocks.
    pub kind: DatasetKind,
    /// Bytes used by it, its snapshots and descendants.
    pub used: u64,
    /// Bytes that may still be written.
    pub available: u64,
    /// Bytes that its live state refers to.
    pub referenced: u64,
    /// Bytes that only snapshots keep.
    pub used_by_snapshots: u64,
    /// Bytes written since the newest snapshot, as far as they are still referred to; absent for volumes and where ZFS
    /// does not tell. 0 means that nothing changed; the same amount as before does not: what is written over again
    /// (a file in place, a mode twice) counts once.
    pub written: Option<u64>,
    /// The property, verbatim; absent for volumes.
    pub mountpoint: Option<String>,
    /// Whether ZFS says it is mounted.
    pub mounted: bool,
    /// `readonly=on`.
    pub readonly: bool,
    /// Encryption key.
    pub key_status: KeyStatus,
    /// The snapshot it was cloned from.
    pub origin: Option<SnapshotName>,
    /// When it was made.
    pub created: Timestamp,
    /// When a snapshot of it last came or went, whole seconds; absent where ZFS does not tell (before 2.2).
    pub snapshots_changed: Option<Timestamp>,
    /// Why its live files can't be reached; absent when they can.
    pub unreachable: Option<Unreachable>,
}

/// A snapshot, as far as ZFS tells without opening it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Full name: for display and commands.
    pub name: SnapshotName,
    /// Its identity.
    pub guid: Guid,
    /// Its place in the order of all snapshots of the pool.
    pub createtxg: Txg,
}

/// The columns for which ZFS must open the snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotDetail {
    /// Full name.
    pub name: SnapshotName,
    /// Its identity.
    pub guid: Guid,
    /// When it was taken, by the clock of that moment.
    pub created: Timestamp,
    /// Bytes that only this snapshot keeps.
    pub used: u64,
    /// Bytes it refers to.
    pub referenced: u64,
    /// Bytes written between the snapshot before and this one.
    pub written: u64,
    /// Number of user holds.
    pub holds: u64,
    /// Clones grown from it.
    pub clones: Vec<DatasetName>,
}

/// A user hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its name.
    pub tag: HoldTag,
    /// When it was placed.
    pub placed: Timestamp,
}

/// What destroying a snapshot would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestroyPlan {
    /// Full name.
    pub name: SnapshotName,
    /// The identity that the destruction is bound to.
    pub guid: Guid,
    /// Bytes that would come back.
    pub reclaims: u64,
    /// What stands in the way; empty when it can go.
    pub blockers: Vec<Blocker>,
}

/// A property and where its value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// Verbatim, parsable form.
    pub value: String,
    /// `local`, `default`, `inherited from …`, `received`, `temporary` or `-`.
    pub source: String,
}
