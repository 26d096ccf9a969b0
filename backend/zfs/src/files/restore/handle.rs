//! One entry whose metadata is read or written: an opened file or folder, or a link, which can't be opened.

use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd};

use nasman_core::{EntryName, Kind};
use rustix::{
    fs::{
        AtFlags, Gid, IFlags, Mode, Timespec, Timestamps, Uid, XattrFlags, chmodat, chownat, fchmod, fchown,
        fgetxattr, fgetxattr_query, flistxattr, flistxattr_query, fremovexattr, fsetxattr, futimens,
        ioctl_getflags, lgetxattr, lgetxattr_query, llistxattr, llistxattr_query, lremovexattr, lsetxattr,
        utimensat,
    },
    io::Errno,
};

use super::super::FileTime;

pub(in crate::files) enum Handle<'a> {
    Open(BorrowedFd<'a>),
    /// A link, or a pipe: neither can be opened without an effect.
    Named {
        folder: BorrowedFd<'a>,
        name: &'a EntryName,
        link: bool,
        /// Through the opened folder: there are no calls for attributes by a name relative to one.
        path: Vec<u8>,
    },
}

impl<'a> Handle<'a> {
    pub(in crate::files) fn open(file: &'a impl AsFd) -> Self {
        Self::Open(file.as_fd())
    }

    /// `kind` tells a link from others: a link's own metadata is meant, and it has no mode.
    pub(in crate::files) fn named(folder: &'a impl AsFd, name: &'a EntryName, kind: Kind) -> Self {
        let folder = folder.as_fd();
        let mut path = format!("/proc/self/fd/{}/", folder.as_raw_fd()).into_bytes();
        path.extend_from_slice(name.as_bytes());
        Self::Named { folder, name, link: kind == Kind::Symlink, path }
    }

    pub(in crate::files) fn is_link(&self) -> bool {
        matches!(self, Self::Named { link: true, .. })
    }

    /// Names of extended attributes; none where the filesystem has no such thing.
    pub(in crate::files) fn list(&self) -> Result<Vec<Vec<u8>>, Errno> {
        let names = match self {
            Self::Open(fd) => sized(|| flistxattr_query(fd), |buffer| flistxattr(fd, buffer)),
            Self::Named { path, .. } => {
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

    pub(in crate::files) fn get(&self, name: &[u8]) -> Result<Vec<u8>, Errno> {
        match self {
            Self::Open(fd) => sized(|| fgetxattr_query(fd, name), |buffer| fgetxattr(fd, name, buffer)),
            Self::Named { path, .. } => {
                sized(|| lgetxattr_query(&path[..], name), |buffer| lgetxattr(&path[..], name, buffer))
            }
        }
    }

    pub(in crate::files) fn set(&self, name: &[u8], value: &[u8]) -> Result<(), Errno> {
        match self {
            Self::Open(fd) => fsetxattr(fd, name, value, XattrFlags::empty()),
            Self::Named { path, .. } => lsetxattr(&path[..], name, value, XattrFlags::empty()),
        }
    }

    pub(in crate::files) fn remove(&self, name: &[u8]) -> Result<(), Errno> {
        match self {
            Self::Open(fd) => fremovexattr(fd, name),
            Self::Named { path, .. } => lremovexattr(&path[..], name),
        }
    }

    pub(in crate::files) fn chown(&self, uid: Option<u32>, gid: Option<u32>) -> Result<(), Errno> {
        let (uid, gid) = (uid.map(Uid::from_raw_unchecked), gid.map(Gid::from_raw_unchecked));
        match self {
            Self::Open(fd) => fchown(fd, uid, gid),
            Self::Named { folder, name, .. } => {
                chownat(folder, name.as_os_str(), uid, gid, AtFlags::SYMLINK_NOFOLLOW)
            }
        }
    }

    pub(in crate::files) fn chmod(&self, mode: u32) -> Result<(), Errno> {
        match self {
            Self::Open(fd) => fchmod(fd, Mode::from_raw_mode(mode)),
            // In a folder that nobody else gets into, so the name can't have become a link by now.
            Self::Named { link: false, folder, name, .. } => {
                chmodat(folder, name.as_os_str(), Mode::from_raw_mode(mode), AtFlags::empty())
            }
            Self::Named { .. } => Ok(()),
        }
    }

    pub(in crate::files) fn set_times(&self, atime: FileTime, mtime: FileTime) -> Result<(), Errno> {
        let spec = |time: FileTime| Timespec { tv_sec: time.seconds, tv_nsec: time.nanos.into() };
        let times = Timestamps { last_access: spec(atime), last_modification: spec(mtime) };
        match self {
            Self::Open(fd) => futimens(fd, &times),
            Self::Named { folder, name, .. } => {
                utimensat(folder, name.as_os_str(), &times, AtFlags::SYMLINK_NOFOLLOW)
            }
        }
    }

    /// File flags (`lsattr`); none where the filesystem has no such thing.
    pub(in crate::files) fn flags(&self) -> IFlags {
        match self {
            Self::Open(fd) => ioctl_getflags(fd).unwrap_or(IFlags::empty()),
            Self::Named { .. } => IFlags::empty(),
        }
    }
}

/// Asks for the length, then for the bytes; again if it grew in between.
fn sized(
    query: impl Fn() -> Result<usize, Errno>,
    read: impl Fn(&mut [u8]) -> Result<usize, Errno>,
) -> Result<Vec<u8>, Errno> {
    loop {
        let mut buffer = match query()? {
            0 => return Ok(Vec::new()),
            len => vec![0; len],
        };
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
