//! One entry whose metadata is read or written: an opened file or folder, or a link, which can't be opened.

use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd};

use nasman_core::EntryName;
use rustix::{
    fs::{
        AtFlags, Gid, IFlags, Mode, Timespec, Timestamps, Uid, XattrFlags, chownat, fchmod, fchown,
        fgetxattr, fgetxattr_query, flistxattr, flistxattr_query, fremovexattr, fsetxattr, futimens,
        ioctl_getflags, lgetxattr, lgetxattr_query, llistxattr, llistxattr_query, lremovexattr, lsetxattr,
        utimensat,
    },
    io::Errno,
};

use super::super::FileTime;

pub(super) enum Handle<'a> {
    Open(BorrowedFd<'a>),
    Link {
        folder: BorrowedFd<'a>,
        name: &'a EntryName,
        /// Through the opened folder: there are no calls for a link's attributes relative to one.
        path: Vec<u8>,
    },
}

impl<'a> Handle<'a> {
    pub(super) fn open(file: &'a impl AsFd) -> Self {
        Self::Open(file.as_fd())
    }

    pub(super) fn link(folder: &'a impl AsFd, name: &'a EntryName) -> Self {
        let folder = folder.as_fd();
        let mut path = format!("/proc/self/fd/{}/", folder.as_raw_fd()).into_bytes();
        path.extend_from_slice(name.as_bytes());
        Self::Link { folder, name, path }
    }

    pub(super) fn is_link(&self) -> bool {
        matches!(self, Self::Link { .. })
    }

    /// Names of extended attributes; none where the filesystem has no such thing.
    pub(super) fn list(&self) -> Result<Vec<Vec<u8>>, Errno> {
        let names = match self {
            Self::Open(fd) => sized(|| flistxattr_query(fd), |buffer| flistxattr(fd, buffer)),
            Self::Link { path, .. } => {
                sized(|| llistxattr_query(&path[..]), |buffer| llistxattr(&path[..], buffer))
            }
        };
        match names {
            Ok(names) => {
                Ok(names.split(|&b| b == 0).filter(|name| !name.is_empty()).map(<[u8]>::to_vec).collect())
            }
            Err(Errno::OPNOTSUPP) => Ok(Vec::new()),
            Err(errno) => Err(errno),
        }
    }

    pub(super) fn get(&self, name: &[u8]) -> Result<Vec<u8>, Errno> {
        match self {
            Self::Open(fd) => sized(|| fgetxattr_query(fd, name), |buffer| fgetxattr(fd, name, buffer)),
            Self::Link { path, .. } => {
                sized(|| lgetxattr_query(&path[..], name), |buffer| lgetxattr(&path[..], name, buffer))
            }
        }
    }

    pub(super) fn set(&self, name: &[u8], value: &[u8]) -> Result<(), Errno> {
        match self {
            Self::Open(fd) => fsetxattr(fd, name, value, XattrFlags::empty()),
            Self::Link { path, .. } => lsetxattr(&path[..], name, value, XattrFlags::empty()),
        }
    }

    pub(super) fn remove(&self, name: &[u8]) -> Result<(), Errno> {
        match self {
            Self::Open(fd) => fremovexattr(fd, name),
            Self::Link { path, .. } => lremovexattr(&path[..], name),
        }
    }

    pub(super) fn chown(&self, uid: Option<u32>, gid: Option<u32>) -> Result<(), Errno> {
        let (uid, gid) = (uid.map(Uid::from_raw_unchecked), gid.map(Gid::from_raw_unchecked));
        match self {
            Self::Open(fd) => fchown(fd, uid, gid),
            Self::Link { folder, name, .. } => {
                chownat(folder, name.as_os_str(), uid, gid, AtFlags::SYMLINK_NOFOLLOW)
            }
        }
    }

    /// Links have no mode of their own.
    pub(super) fn chmod(&self, mode: u32) -> Result<(), Errno> {
        match self {
            Self::Open(fd) => fchmod(fd, Mode::from_raw_mode(mode)),
            Self::Link { .. } => Ok(()),
        }
    }

    pub(super) fn set_times(&self, atime: FileTime, mtime: FileTime) -> Result<(), Errno> {
        let spec = |time: FileTime| Timespec { tv_sec: time.seconds, tv_nsec: time.nanos.into() };
        let times = Timestamps { last_access: spec(atime), last_modification: spec(mtime) };
        match self {
            Self::Open(fd) => futimens(fd, &times),
            Self::Link { folder, name, .. } => {
                utimensat(folder, name.as_os_str(), &times, AtFlags::SYMLINK_NOFOLLOW)
            }
        }
    }

    /// File flags (`lsattr`); none where the filesystem has no such thing.
    pub(super) fn flags(&self) -> IFlags {
        match self {
            Self::Open(fd) => ioctl_getflags(fd).unwrap_or(IFlags::empty()),
            Self::Link { .. } => IFlags::empty(),
        }
    }
}

/// Asks for the length, then for the bytes; again if it grew in between.
fn sized(
    query: impl Fn() -> Result<usize, Errno>,
    read: impl Fn(&mut [u8]) -> Result<usize, Errno>,
) -> Result<Vec<u8>, Errno> {
    loop {
        let mut buffer = vec![0; query()?];
        match read(&mut buffer) {
            Ok(len) => {
                buffer.truncate(len);
                return Ok(buffer);
            }
            Err(Errno::RANGE) => {}
            Err(errno) => return Err(errno),
        }
    }
}
