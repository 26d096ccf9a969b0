//! What the kernel tells about an entry.

use nasman_core::{FileTime, Kind};
use rustix::fs::{FileType, Statx, StatxAttributes, StatxFlags, StatxTimestamp};

/// Absent where the filesystem does not tell.
pub(crate) fn kind_of(file_type: FileType) -> Option<Kind> {
    Some(match file_type {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Directory,
        FileType::Symlink => Kind::Symlink,
        FileType::Fifo => Kind::Fifo,
        FileType::Socket => Kind::Socket,
        FileType::BlockDevice => Kind::Block,
        FileType::CharacterDevice => Kind::Char,
        FileType::Unknown => return None,
    })
}

fn file_time(time: StatxTimestamp) -> FileTime {
    FileTime { seconds: time.tv_sec, nanos: time.tv_nsec }
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
            kind: kind_of(FileType::from_raw_mode(raw.stx_mode.into()))?,
            size: raw.stx_size,
            allocated: raw.stx_blocks.saturating_mul(512),
            inode: raw.stx_ino,
            atime: file_time(raw.stx_atime),
            mtime: file_time(raw.stx_mtime),
            ctime: file_time(raw.stx_ctime),
            btime: (raw.stx_mask & StatxFlags::BTIME.bits() != 0).then(|| file_time(raw.stx_btime)),
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
