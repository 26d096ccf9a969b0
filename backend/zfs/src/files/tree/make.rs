//! Makes one entry, complete, in a folder that nobody else gets into.

use std::{fs::File, ops::ControlFlow, os::fd::OwnedFd};

use nasman_core::{EntryName, Kind};
use rustix::{
    fs::{
        AtFlags, FileType, Mode, OFlags, ResolveFlags, mknodat, openat, openat2, readlinkat, symlinkat,
        unlinkat,
    },
    io::{Errno, retry_on_intr},
};

use super::super::{
    Expected, FileError, Means, NotKept, RestoreError, Root, Stat,
    restore::{
        copy::{self, Paths},
        handle::Handle,
        meta::{self, Before, Times},
    },
};

/// How one name is opened for reading in an opened folder. Non-blocking, so that a pipe that was put there since we looked can't hold us up.
const READ: OFlags = OFlags::RDONLY
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC)
    .union(OFlags::NOFOLLOW);
/// As all paths are resolved; see [`Root`].
const BENEATH: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_MAGICLINKS)
    .union(ResolveFlags::NO_XDEV);

/// An entry of the source, by its name in an opened folder.
pub(super) struct Original<'a> {
    pub(super) root: &'a Root,
    pub(super) folder: &'a OwnedFd,
    pub(super) name: &'a EntryName,
    pub(super) stat: &'a Stat,
    pub(super) paths: Paths<'a>,
}

/// What was made.
pub(super) struct Made {
    pub(super) made: Expected,
    pub(super) bytes: u64,
    pub(super) means: Option<Means>,
    pub(super) not_kept: Vec<NotKept>,
}

impl Original<'_> {
    /// Makes a file, link or pipe like this one. Where that fails, nothing is left.
    pub(super) fn make(
        &self,
        target: &Root,
        (folder, name): (&OwnedFd, &EntryName),
        keep_setid: bool,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Made, RestoreError> {
        let made = match self.stat.kind {
            Kind::File => return self.make_file(target, (folder, name), keep_setid, progress),
            Kind::Symlink => self
                .link_target()
                .and_then(|to| symlinkat(to, folder, name.as_os_str()).map_err(|errno| self.write(errno))),
            Kind::Fifo => mknodat(folder, name.as_os_str(), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)
                .map_err(|errno| self.write(errno)),
            kind => Err(RestoreError::Kind { path: self.paths.from.clone(), kind }),
        };
        made?;
        let mut not_kept = Vec::new();
        let from = Handle::named(self.folder, self.name, self.stat.kind);
        let to = Handle::named(folder, name, self.stat.kind);
        meta::keep(&from, self.stat, &to, Before::Bare, keep_setid, &mut not_kept);
        let stat = target.stat_at(folder, Some(name)).map_err(|errno| self.write(errno));
        let stat = stat.inspect_err(|_| discard(folder, name))?;
        Ok(Made { made: Expected::from(&stat), bytes: 0, means: None, not_kept })
    }

    fn make_file(
        &self,
        target: &Root,
        (folder, name): (&OwnedFd, &EntryName),
        keep_setid: bool,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Made, RestoreError> {
        let (source, stat) = self.open()?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        // Whoever may read it may do so later: nobody gets into this folder.
        let mode = Mode::from_raw_mode(stat.mode & 0o777);
        let out = openat(folder, name.as_os_str(), flags, mode).map_err(|errno| self.write(errno))?;
        let mut fill = || {
            let means = copy::content(self.paths, &source, stat.size, &out, progress)?;
            self.has_not_changed(&source, &stat)?;
            let (from, to) = (Handle::open(&source), Handle::open(&out));
            let mut not_kept = meta::flags(&from);
            let born = target.stat_at(&out, None).map_err(|errno| self.write(errno))?;
            let made = match meta::keep(&from, &stat, &to, Before::Made(&born), keep_setid, &mut not_kept) {
                Times::Kept => Expected { inode: born.inode, size: born.size, mtime: stat.mtime },
                Times::NotKept => {
                    let made = target.stat_at(&out, None).map_err(|errno| self.write(errno))?;
                    Expected::from(&made)
                }
            };
            Ok(Made { made, bytes: stat.size, means, not_kept })
        };
        fill().inspect_err(|_| discard(folder, name))
    }

    fn has_not_changed(&self, source: &File, stat: &Stat) -> Result<(), RestoreError> {
        if self.root.is_frozen() {
            return Ok(());
        }
        let after = self.root.stat_at(source, None).map_err(|errno| self.read(errno))?;
        if Expected::from(&after) == Expected::from(stat) {
            return Ok(());
        }
        Err(RestoreError::SourceChanged { path: self.paths.from.clone() })
    }

    /// The file, which still is what it was when it was looked at.
    fn open(&self) -> Result<(File, Stat), RestoreError> {
        let fd = retry_on_intr(|| openat2(self.folder, self.name.as_os_str(), READ, Mode::empty(), BENEATH))
            .map_err(|errno| self.read(errno))?;
        if self.root.is_frozen() {
            return Ok((File::from(fd), self.stat.clone()));
        }
        let stat = self.root.stat_at(&fd, None).map_err(|errno| self.read(errno))?;
        if stat.kind != Kind::File || stat.inode != self.stat.inode {
            return Err(RestoreError::SourceChanged { path: self.paths.from.clone() });
        }
        Ok((File::from(fd), stat))
    }

    fn link_target(&self) -> Result<std::ffi::CString, RestoreError> {
        readlinkat(self.folder, self.name.as_os_str(), Vec::new()).map_err(|errno| self.read(errno))
    }

    /// What of it would be lost, for all that the state does not tell. `folder` is one of the target's filesystem.
    pub(super) fn would_lose(
        &self,
        folder: &OwnedFd,
        keep_setid: bool,
    ) -> Result<Vec<NotKept>, RestoreError> {
        let file;
        let from = match self.stat.kind {
            Kind::File => {
                file = self.open()?.0;
                Handle::open(&file)
            }
            kind => Handle::named(self.folder, self.name, kind),
        };
        let mut not_kept = meta::flags(&from);
        not_kept.extend(meta::unsupported(&from, &Handle::open(folder), keep_setid));
        Ok(not_kept)
    }

    fn read(&self, errno: Errno) -> RestoreError {
        RestoreError::Source(FileError::new(self.paths.from, errno))
    }

    fn write(&self, errno: Errno) -> RestoreError {
        RestoreError::write(self.paths.to, errno)
    }
}

fn discard(folder: &OwnedFd, name: &EntryName) {
    let _ = unlinkat(folder, name.as_os_str(), AtFlags::empty());
}
