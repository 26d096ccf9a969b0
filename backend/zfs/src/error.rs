//! Why ZFS did not do what it was asked, told apart as far as callers act differently.

use std::{fmt, time::Duration};

use nasman_core::{DatasetName, HoldTag, PoolName, SnapshotName};
use serde::{Deserialize, Serialize};

/// A verb's failure. The text says what happened, to which thing, and where useful what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ZfsError {
    /// The commands, the kernel module or `/dev/zfs` is missing.
    #[error("ZFS is not available here: {detail}")]
    NotInstalled {
        /// What is missing.
        detail: String,
    },
    /// The user the server runs as may not do this.
    #[error("permission refused: {detail}. Run the server as root, or delegate the right with `zfs allow`")]
    PermissionDenied {
        /// ZFS's own words.
        detail: String,
    },
    /// No such pool is imported.
    #[error("no pool {0} is imported here")]
    PoolNotFound(PoolName),
    /// No such filesystem or volume.
    #[error("no dataset {0} exists here")]
    DatasetNotFound(DatasetName),
    /// No such snapshot, or the name belongs to another one by now.
    #[error("no snapshot {0} exists here (any more)")]
    SnapshotNotFound(SnapshotName),
    /// The name is taken.
    #[error("a snapshot {0} exists already; choose another name")]
    SnapshotExists(SnapshotName),
    /// It can't be destroyed now.
    #[error("snapshot {name} can't be destroyed: {}", list(blockers))]
    SnapshotBusy {
        /// Which one.
        name: SnapshotName,
        /// What stands in the way; never empty.
        blockers: Vec<Blocker>,
    },
    /// The pool or quota is full.
    #[error("no space left: {detail}. Free some space, raise the quota, or destroy snapshots")]
    NoSpace {
        /// ZFS's own words.
        detail: String,
    },
    /// The files can't be reached at the moment.
    #[error("the files of {name} can't be reached: {reason}")]
    Unreachable {
        /// Dataset or snapshot.
        name: String,
        /// Why, and what to do.
        reason: Unreachable,
    },
    /// ZFS did not answer within the deadline; the pool may be suspended or very busy.
    #[error("`{verb}` did not answer within {} s; the pool may be suspended or very busy", after.as_secs())]
    Timeout {
        /// The command's verb, such as `zfs list`.
        verb: &'static str,
        /// The deadline that passed.
        after: Duration,
    },
    /// The answer is not of the form documented.
    #[error("the answer of `{verb}` could not be read: {detail}")]
    Output {
        /// The command's verb.
        verb: &'static str,
        /// What was expected and what was found.
        detail: String,
    },
    /// Anything else, in ZFS's own words.
    #[error("`{verb}` failed: {detail}")]
    Failed {
        /// The command's verb.
        verb: &'static str,
        /// What ZFS printed.
        detail: String,
    },
}

fn list(blockers: &[Blocker]) -> String {
    blockers.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What keeps a snapshot from being destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
pub enum Blocker {
    /// A user hold.
    Hold(HoldTag),
    /// A clone grown from it.
    Clone(DatasetName),
    /// In use: mounted elsewhere, or being sent.
    InUse,
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hold(tag) => write!(f, "it is held by '{tag}' (release the hold first)"),
            Self::Clone(name) => {
                write!(f, "the clone {name} depends on it (destroy or promote the clone first)")
            }
            Self::InUse => f.write_str("it is in use (being sent, or mounted elsewhere); try again later"),
        }
    }
}

/// Why files can't be reached although the dataset exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Unreachable {
    /// Volumes hold blocks, not files.
    Volume,
    /// Not mounted, though it has a mountpoint.
    Unmounted,
    /// Encrypted, and its key is not loaded.
    KeyNotLoaded,
    /// `mountpoint=legacy` and mounted nowhere.
    LegacyMountpoint,
    /// `mountpoint=none`.
    NoMountpoint,
    /// `snapdir=disabled` hides snapshots even by name.
    SnapdirDisabled,
    /// ZFS says it is mounted, but not where this process can see it: a container or another mount namespace.
    OtherNamespace,
    /// The kernel could not mount the snapshot.
    AutomountFailed,
}

impl Unreachable {
    /// The word used in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Volume => "volume",
            Self::Unmounted => "unmounted",
            Self::KeyNotLoaded => "key_not_loaded",
            Self::LegacyMountpoint => "legacy_mountpoint",
            Self::NoMountpoint => "no_mountpoint",
            Self::SnapdirDisabled => "snapdir_disabled",
            Self::OtherNamespace => "other_namespace",
            Self::AutomountFailed => "automount_failed",
        }
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Volume => "it is a volume, which holds blocks, not files",
            Self::Unmounted => "it is not mounted; mount it with `zfs mount`",
            Self::KeyNotLoaded => "its encryption key is not loaded; load it with `zfs load-key` and mount it",
            Self::LegacyMountpoint => "its mountpoint is 'legacy' and it is not mounted; mount it, or set a mountpoint",
            Self::NoMountpoint => "it has no mountpoint; set one with `zfs set mountpoint=…`",
            Self::SnapdirDisabled => {
                "its property snapdir is 'disabled'; set it to 'hidden' or 'visible', then unmount and mount the dataset"
            }
            Self::OtherNamespace => {
                "it is mounted, but not where this server can see it; in a container, share the mounts with it"
            }
            Self::AutomountFailed => {
                "the kernel could not mount the snapshot; in a container, run the server on the host instead"
            }
        })
    }
}
