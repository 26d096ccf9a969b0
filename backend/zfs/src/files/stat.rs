//! What the kernel tells about an entry.

use std::fmt;

use rustix::fs::{FileType, Statx, StatxAttributes, StatxFlags, StatxTimestamp};
use serde::{Deserialize, Serialize};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

impl Kind {
    /// Absent where the filesystem does not tell.
    pub(super) fn from_file_type(file_type: FileType) -> Option<Self> {
        Some(match file_type {
            FileType::RegularFile => Self::File,
            FileType::Directory => Self::Directory,
            FileType::Symlink => Self::Symlink,
            FileType::Fifo => Self::Fifo,
            FileType::Socket => Self::Socket,
            FileType::BlockDevice => Self::Block,
            FileType::CharacterDevice => Self::Char,
            FileType::Unknown => return None,
        })
    }
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
}

impl From<StatxTimestamp> for FileTime {
    fn from(time: StatxTimestamp) -> Self {
        Self { seconds: time.tv_sec, nanos: time.tv_nsec }
    }
}

/// One entry's state. Links are never followed: a link's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: Kind,
    /// Bytes, holes included; a link's is the length of its target.
    pub size: u64,
    /// Bytes allocated, after compression; holes take none.
    pub allocated: u64,
    /// The object number in its dataset.
    pub inode: u64,
    /// Last read, as far as the filesystem keeps it.
    pub atime: FileTime,
    /// Last change of the content.
    pub mtime: FileTime,
    /// Last change of anything.
    pub ctime: FileTime,
    /// Made; absent where the filesystem does not tell.
    pub btime: Option<FileTime>,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Permission bits with setuid, setgid and sticky (`0o7777`).
    pub mode: u32,
    /// Number of names it has.
    pub nlink: u32,
    /// The filesystem's device number, for comparison only; each mounted snapshot has its own.
    pub dev: u64,
    /// True where another filesystem is mounted over this name; all else is then told of that one's root.
    pub mountpoint: bool,
}

impl Stat {
    /// What to ask of the kernel.
    pub(super) const MASK: StatxFlags = StatxFlags::BASIC_STATS.union(StatxFlags::BTIME);

    /// `home` is the device of the filesystem looked at, for kernels before 5.8, which don't tell of mounts.
    /// Absent when the kernel names a kind that it never had.
    pub(super) fn from_statx(raw: &Statx, home: Option<u64>) -> Option<Self> {
        let dev = (u64::from(raw.stx_dev_major) << 32) | u64::from(raw.stx_dev_minor);
        let told = raw.stx_attributes_mask.contains(StatxAttributes::MOUNT_ROOT);
        let mounted = if told {
            raw.stx_attributes.contains(StatxAttributes::MOUNT_ROOT)
        } else {
            home.is_some_and(|home| home != dev)
        };
        Some(Self {
            kind: Kind::from_file_type(FileType::from_raw_mode(raw.stx_mode.into()))?,
            size: raw.stx_size,
            allocated: raw.stx_blocks.saturating_mul(512),
            inode: raw.stx_ino,
            atime: raw.stx_atime.into(),
            mtime: raw.stx_mtime.into(),
            ctime: raw.stx_ctime.into(),
            btime: (raw.stx_mask & StatxFlags::BTIME.bits() != 0).then(|| raw.stx_btime.into()),
            uid: raw.stx_uid,
            gid: raw.stx_gid,
            mode: u32::from(raw.stx_mode) & 0o7777,
            nlink: raw.stx_nlink,
            dev,
            // The root looked from is a mountpoint itself, most often; that is not what is asked.
            mountpoint: home.is_some() && mounted,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_before_1970_and_beyond_the_calendar() {
        let before = FileTime { seconds: -2, nanos: 999_999_999 };
        assert_eq!(before.timestamp().unwrap().as_nanosecond(), -1_000_000_001);
        assert_eq!(FileTime { seconds: i64::MAX, nanos: 0 }.timestamp(), None);
    }
}
