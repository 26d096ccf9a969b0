//! Giving something complete its name: beside what is there, or in its place.

use std::os::fd::OwnedFd;

use nasman_core::{EntryName, RelPath};
use rustix::{
    fs::{AtFlags, RenameFlags, linkat, renameat, renameat_with, unlinkat},
    io::Errno,
};

use super::{Expected, Put, RestoreError};
use crate::files::{FileError, Kind, Root, Stat};

/// A name in an opened folder.
pub(in crate::files) struct Place<'a> {
    pub(in crate::files) target: &'a Root,
    pub(in crate::files) folder: &'a OwnedFd,
    pub(in crate::files) name: &'a EntryName,
    /// For errors to tell.
    pub(in crate::files) path: &'a RelPath,
    pub(in crate::files) put: Put,
}

/// Whether something of this kind may replace what is there. A pipe has no content to lose.
pub(in crate::files) fn may_replace(kind: Kind, there: &Stat) -> bool {
    let replaceable =
        matches!(there.kind, Kind::File | Kind::Symlink) || (there.kind == Kind::Fifo && kind == Kind::Fifo);
    replaceable && !there.mountpoint
}

impl Place<'_> {
    /// Nothing must be there, or only what the plan saw.
    pub(in crate::files) fn check(&self, kind: Kind) -> Result<(), RestoreError> {
        let path = self.path.clone();
        let there = match self.target.stat_at(self.folder, Some(self.name)) {
            Ok(stat) => stat,
            Err(Errno::NOENT) if self.put == Put::New => return Ok(()),
            Err(Errno::NOENT) => return Err(RestoreError::Changed { path }),
            Err(errno) => return Err(RestoreError::Target(FileError::new(self.path, errno))),
        };
        match self.put {
            Put::New => Err(RestoreError::Exists { path }),
            Put::Replace(_) if !may_replace(kind, &there) => {
                Err(RestoreError::InTheWay { path, kind: there.kind })
            }
            Put::Replace(expected) if expected != Expected::from(&there) => {
                Err(RestoreError::Changed { path })
            }
            Put::Replace(_) => Ok(()),
        }
    }

    /// Gives it to what has the name `from` in `folder`. Follows a [`Self::check`] at once.
    pub(in crate::files) fn take(
        &self,
        folder: &OwnedFd,
        from: &EntryName,
        kind: Kind,
    ) -> Result<(), RestoreError> {
        let (old, new) = (from.as_os_str(), self.name.as_os_str());
        if let Put::Replace(_) = self.put {
            return renameat(folder, old, self.folder, new).map_err(|errno| self.failed(errno));
        }
        match renameat_with(folder, old, self.folder, new, RenameFlags::NOREPLACE) {
            // OpenZFS before 2.2 has no such rename. It replaces at most a folder that is empty.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) if kind == Kind::Directory => {
                renameat(folder, old, self.folder, new)
            }
            // A second name is as careful; then the first goes.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
                linkat(folder, old, self.folder, new, AtFlags::empty()).map(|()| {
                    let _ = unlinkat(folder, old, AtFlags::empty());
                })
            }
            done => done,
        }
        .map_err(|errno| self.failed(errno))
    }

    fn failed(&self, errno: Errno) -> RestoreError {
        match errno {
            Errno::EXIST | Errno::NOTEMPTY => RestoreError::Exists { path: self.path.clone() },
            errno => RestoreError::write(self.path, errno),
        }
    }
}
