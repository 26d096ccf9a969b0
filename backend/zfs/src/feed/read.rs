//! Reading the later snapshot.

use std::{mem::MaybeUninit, os::fd::OwnedFd, path::Path};

use nasman_core::{EntryName, Kind, Meta, ROOT_INODE, RelPath};
use rustix::{
    fs::{RawDir, readlinkat},
    io::Errno,
};

use crate::files::{CONTROL_INODE, FileError, Finding, Root, Stat, kind_of};

/// The kernel fills this much at a time; a name takes about 30 bytes. Small enough to be had without a system call.
const READ_SIZE: usize = 64 << 10;

/// The opened folder of a snapshot.
pub(super) struct Tree {
    root: Root,
    /// The root directory's object number. A mounted snapshot shows another one for it, except as its `.`.
    root_object: u64,
}

/// A name in a directory, as the directory has it: nothing was looked at.
pub(super) struct Name {
    pub(super) name: EntryName,
    pub(super) inode: u64,
    /// Absent where the filesystem does not tell.
    pub(super) kind: Option<Kind>,
}

/// A directory, read completely.
pub(super) struct Folder {
    pub(super) fd: OwnedFd,
    pub(super) inode: u64,
    pub(super) meta: Meta,
    pub(super) names: Vec<Name>,
    /// Names that could not be kept.
    pub(super) findings: Vec<Finding>,
}

impl Folder {
    /// What [`nasman_core::Change::Directory`] tells.
    pub(super) fn entries(&self) -> Vec<(EntryName, u64)> {
        self.names.iter().map(|name| (name.name.clone(), name.inode)).collect()
    }
}

impl Tree {
    pub(super) fn open(folder: &Path) -> Result<Self, FileError> {
        let root = Root::open(folder)?;
        let fd = root.open_folder(&RelPath::root())?;
        let root_object = own_object(&fd).map_err(|errno| FileError::new(&RelPath::root(), errno))?;
        Ok(Self { root, root_object })
    }

    /// The object that stands behind an inode of the feed's.
    pub(super) fn object(&self, inode: u64) -> u64 {
        if inode == ROOT_INODE { self.root_object } else { inode }
    }

    /// Opens and reads a directory. All of it or nothing: half a listing would make the rest look deleted.
    pub(super) fn enter(&self, path: &RelPath) -> Result<Folder, FileError> {
        let failed = |errno| FileError::new(path, errno);
        let fd = self.root.open_folder(path)?;
        let (inode, meta) = self.look(&fd, None).map_err(failed)?;
        let mut findings = Vec::new();
        let names = names(&fd, path, &mut findings).map_err(failed)?;
        let inode = if path.is_root() { ROOT_INODE } else { inode };
        Ok(Folder { fd, inode, meta, names, findings })
    }

    /// Opens a directory to look at its entries.
    pub(super) fn open_folder(&self, path: &RelPath) -> Result<OwnedFd, FileError> {
        self.root.open_folder(path)
    }

    /// The state of an opened thing, or of an entry of an opened directory; of a link the link's own.
    pub(super) fn look(&self, fd: &OwnedFd, name: Option<&EntryName>) -> Result<(u64, Meta), Errno> {
        let stat = self.root.stat_at(fd, name)?;
        let target = match name {
            Some(name) if stat.kind == Kind::Symlink => {
                Some(readlinkat(fd, name.as_os_str(), Vec::new())?.into_bytes())
            }
            _ => None,
        };
        if stat.mountpoint { Err(Errno::XDEV) } else { Ok((stat.inode, meta(&stat, target))) }
    }

    /// The state of what is at a path, seen from the directory that it is in.
    pub(super) fn look_at(&self, path: &RelPath) -> Result<(u64, Meta), FileError> {
        let fd = self.root.open_folder(&path.parent().unwrap_or_default())?;
        self.look(&fd, path.name().as_ref()).map_err(|errno| FileError::new(path, errno))
    }

    /// The state of a directory that could not be entered.
    pub(super) fn look_from_outside(&self, path: &RelPath) -> Option<Meta> {
        self.root.stat(path).ok().map(|stat| meta(&stat, None))
    }

    /// Fails when the snapshot was unmounted in the meantime: then what was read is worth nothing.
    pub(super) fn check(&self) -> Result<(), FileError> {
        let root = RelPath::root();
        let fd = self.root.open_folder(&root)?;
        own_object(&fd).map(drop).map_err(|errno| FileError::new(&root, errno))
    }
}

fn meta(stat: &Stat, target: Option<Vec<u8>>) -> Meta {
    Meta {
        generation: stat.btime.map_or(0, nasman_core::FileTime::as_nanos),
        kind: stat.kind,
        size: stat.size,
        mtime: stat.mtime,
        ctime: stat.ctime,
        uid: stat.uid,
        gid: stat.gid,
        mode: stat.mode,
        nlink: stat.nlink,
        target,
    }
}

/// The object number that a directory has for itself.
fn own_object(fd: &OwnedFd) -> Result<u64, Errno> {
    let mut buffer = vec![MaybeUninit::uninit(); 4 << 10];
    let mut reader = RawDir::new(fd, &mut buffer);
    while let Some(entry) = reader.next() {
        let entry = entry?;
        if entry.file_name().to_bytes() == b"." {
            return Ok(entry.ino());
        }
    }
    Err(Errno::IO)
}

fn names(fd: &OwnedFd, path: &RelPath, findings: &mut Vec<Finding>) -> Result<Vec<Name>, Errno> {
    let mut names = Vec::new();
    let mut buffer = vec![MaybeUninit::uninit(); READ_SIZE];
    let mut reader = RawDir::new(fd, &mut buffer);
    while let Some(next) = reader.next() {
        let entry = match next {
            Ok(entry) => entry,
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(errno),
        };
        let (bytes, inode) = (entry.file_name().to_bytes(), entry.ino());
        // With `snapdir=visible` the root shows ZFS's control folder.
        if matches!(bytes, b"." | b"..") || inode == CONTROL_INODE {
            continue;
        }
        match EntryName::new(bytes) {
            Ok(name) => names.push(Name { name, inode, kind: kind_of(entry.file_type()) }),
            Err(reason) => {
                let error = FileError::Name { folder: path.clone(), reason };
                findings.push(Finding { path: path.clone(), error });
            }
        }
    }
    Ok(names)
}
