//! What happens to files between two snapshots, as the change feed tells it and the catalog keeps it.
//!
//! ZFS changes two things apart from each other: *objects* (an inode with its content and its state) and
//! *directories* (names, each leading to an object). A renamed folder changes two directories and nothing below it,
//! and a file with three names is one object; so changes are told in these two, never in paths.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{EntryName, Txg};

/// The inode by which changes call a dataset's root directory, whatever number the kernel shows for it: the one
/// in a mounted snapshot is made up and differs from the one of the live filesystem.
pub const ROOT_INODE: u64 = 0;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = EntryKind))]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// A symbolic link.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A block device.
    Block,
    /// A character device.
    Char,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "a regular file",
            Self::Directory => "a folder",
            Self::Symlink => "a symbolic link",
            Self::Fifo => "a named pipe",
            Self::Socket => "a socket",
            Self::Block => "a block device",
            Self::Char => "a character device",
        })
    }
}

/// An instant as filesystems have it: seconds since 1970 in UTC (may be negative), and nanoseconds past them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct FileTime {
    /// Whole seconds, rounded towards the past.
    pub seconds: i64,
    /// Below 1,000,000,000.
    pub nanos: u32,
}

impl FileTime {
    /// As an instant of the calendar; absent beyond its years (files may claim any).
    #[must_use]
    pub fn timestamp(self) -> Option<jiff::Timestamp> {
        let whole = jiff::Timestamp::new(self.seconds, 0).ok()?;
        whole.checked_add(jiff::SignedDuration::from_nanos(self.nanos.into())).ok()
    }

    /// Nanoseconds since 1970; the nearest that 64 bits can hold (years 1677 to 2262).
    #[must_use]
    pub fn as_nanos(self) -> i64 {
        self.seconds.saturating_mul(1_000_000_000).saturating_add(self.nanos.into())
    }

    /// The instant so many nanoseconds after 1970.
    #[must_use]
    pub fn from_nanos(nanos: i64) -> Self {
        let past = nanos.rem_euclid(1_000_000_000);
        Self { seconds: nanos.div_euclid(1_000_000_000), nanos: u32::try_from(past).unwrap_or_default() }
    }
}

/// The state of one object.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Meta {
    /// When the object was made, in nanoseconds since 1970: it tells a reused inode from its predecessor. 0 where
    /// the filesystem does not tell.
    pub generation: i64,
    /// What it is.
    pub kind: Kind,
    /// Bytes, holes included; a link's is the length of its target.
    pub size: u64,
    /// Last change of the content.
    pub mtime: FileTime,
    /// Last change of anything.
    pub ctime: FileTime,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Permission bits with setuid, setgid and sticky (`0o7777`).
    pub mode: u32,
    /// Number of names it has.
    pub nlink: u32,
    /// Of a symbolic link, where it points: the bytes it holds.
    pub target: Option<Vec<u8>>,
}

/// When a version existed: the half-open interval `[born, died)` of transaction groups. A snapshot holds it when the
/// snapshot's `createtxg` is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lifetime {
    /// The first state that shows it.
    pub born: Txg,
    /// The first later state that does not; absent while it lasts.
    pub died: Option<Txg>,
}

impl Lifetime {
    /// Whether the state at this transaction group shows it.
    #[must_use]
    pub fn contains(&self, txg: Txg) -> bool {
        self.born <= txg && self.died.is_none_or(|died| txg < died)
    }

    /// The time that both have; absent when there is none.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        let born = self.born.max(other.born);
        let died = match (self.died, other.died) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, None) | (None, one) => one,
        };
        died.is_none_or(|died| born < died).then_some(Self { born, died })
    }
}

/// One thing that is, or may be, different in the later of two snapshots. Telling what did not change does no harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An object's state now.
    Object {
        /// Its number in the dataset, [`ROOT_INODE`] for the root directory.
        inode: u64,
        /// Absent: it exists no more.
        meta: Option<Meta>,
    },
    /// All names in a directory now: complete, it replaces what was known. An object that no directory names any
    /// more is gone, also where nothing says so of the object itself.
    Directory {
        /// The directory's number in the dataset, [`ROOT_INODE`] for the root.
        inode: u64,
        /// Each name once, with the object it leads to.
        entries: Vec<(EntryName, u64)>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_half_open() {
        let life = |born, died: Option<u64>| Lifetime { born: Txg(born), died: died.map(Txg) };
        assert!(life(3, Some(5)).contains(Txg(3)) && !life(3, Some(5)).contains(Txg(5)));
        assert!(life(3, None).contains(Txg(u64::MAX)) && !life(3, None).contains(Txg(2)));
        assert_eq!(life(3, Some(5)).intersect(&life(4, None)), Some(life(4, Some(5))));
        assert_eq!(life(3, Some(5)).intersect(&life(5, None)), None);
    }

    #[test]
    fn instants_before_1970_and_beyond_the_calendar() {
        let before = FileTime { seconds: -2, nanos: 999_999_999 };
        assert_eq!(before.timestamp().unwrap().as_nanosecond(), -1_000_000_001);
        assert_eq!(before.as_nanos(), -1_000_000_001);
        assert_eq!(FileTime::from_nanos(-1_000_000_001), before);
        assert_eq!(FileTime { seconds: i64::MAX, nanos: 0 }.timestamp(), None);
        assert_eq!(FileTime { seconds: i64::MAX, nanos: 0 }.as_nanos(), i64::MAX);
    }
}
