//! The folders on the way to the restored file.

use std::os::fd::OwnedFd;

use nasman_core::{EntryName, RelPath};
use rustix::{
    fs::{AtFlags, Mode, fsync, mkdirat, unlinkat},
    io::Errno,
};

use super::super::{FileError, Root, error::shown};
use super::{Handle, NotKept, Restore, RestoreError, meta, meta::Before};

/// The deepest folder that exists on the way to `folder`, opened, and those missing below it, top down.
pub(in crate::files) fn deepest(
    target: &Root,
    folder: RelPath,
) -> Result<(OwnedFd, Vec<RelPath>), FileError> {
    let (mut missing, mut folder) = (Vec::new(), folder);
    loop {
        match (target.open_folder(&folder), folder.parent()) {
            (Err(FileError::NotFound { .. }), Some(parent)) => {
                missing.push(std::mem::replace(&mut folder, parent));
            }
            (Ok(fd), _) => {
                missing.reverse();
                return Ok((fd, missing));
            }
            (Err(error), _) => return Err(error),
        }
    }
}

/// The folder that will hold the file, with those made for it. Unless finished, these are removed again.
pub(super) struct Parents {
    existing: OwnedFd,
    made: Vec<Made>,
    finished: bool,
}

struct Made {
    path: RelPath,
    name: EntryName,
    fd: OwnedFd,
}

impl Parents {
    /// Opens the way, and makes the part of it that is missing.
    pub(super) fn open(what: &Restore<'_>) -> Result<Self, RestoreError> {
        let folder = what.to.parent().unwrap_or_default();
        let (existing, missing) = deepest(what.target, folder).map_err(RestoreError::Target)?;
        let mut parents = Self { existing, made: Vec::new(), finished: false };
        for path in missing {
            if let Some(name) = path.name() {
                parents.make(what, &path, name)?;
            }
        }
        Ok(parents)
    }

    /// The folder that holds the file.
    pub(super) fn last(&self) -> &OwnedFd {
        self.made.last().map_or(&self.existing, |made| &made.fd)
    }

    fn make(&mut self, what: &Restore<'_>, path: &RelPath, name: EntryName) -> Result<(), RestoreError> {
        let failed = |errno| RestoreError::write(path, errno);
        let stat = what.target.stat_at(self.last(), None).map_err(failed)?;
        let model = counterpart(path, what.from, what.to);
        // One with a model is for nobody else until it has its model's owner and mode; another is like the
        // folder that holds it.
        let mode = if model.is_some() { 0o700 } else { stat.mode & 0o777 };
        let ours = match mkdirat(self.last(), name.as_os_str(), Mode::from_raw_mode(mode)) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(errno) => return Err(failed(errno)),
        };
        let fd = match Root::open_inside(self.last(), &name) {
            Ok(fd) => fd,
            Err(errno) => {
                if ours {
                    let _ = unlinkat(self.last(), name.as_os_str(), AtFlags::REMOVEDIR);
                }
                return Err(failed(errno));
            }
        };
        if ours {
            if model.is_none() {
                // Not ours to give away without privilege; then it is the server's, which is no loss to it.
                let _ = Handle::open(&fd).chown(Some(stat.uid), Some(stat.gid));
            }
            self.made.push(Made { path: path.clone(), name, fd });
        } else {
            // Somebody else made it this moment; what we made before leads to it and stays.
            self.made.clear();
            self.existing = fd;
        }
        Ok(())
    }

    /// Gives the made folders the metadata of their models, and keeps them. Returns their paths, top down.
    pub(super) fn finish(&mut self, what: &Restore<'_>, not_kept: &mut Vec<NotKept>) -> Vec<RelPath> {
        self.finished = true;
        for made in self.made.iter().rev() {
            if let Some(model) = counterpart(&made.path, what.from, what.to) {
                let mut lost = Vec::new();
                if let Err(error) = keep_folder(what, &model, &made.fd, &mut lost) {
                    lost.push(NotKept::new("owner, mode and times", error.to_string()));
                }
                let folder = shown(&made.path);
                not_kept.extend(
                    lost.into_iter()
                        .map(|lost| NotKept::new(format!("{} of folder {folder}", lost.what), lost.why)),
                );
            }
        }
        // The file's own folder is made safe by the caller, who reports it; these are its way.
        for folder in self.made.iter().rev().skip(1).map(|made| &made.fd).chain([&self.existing]) {
            let _ = fsync(folder);
        }
        self.made.iter().map(|made| made.path.clone()).collect()
    }
}

impl Drop for Parents {
    fn drop(&mut self) {
        while let (false, Some(made)) = (self.finished, self.made.pop()) {
            // Not empty means that somebody uses it already; then it stays.
            let _ = unlinkat(self.last(), made.name.as_os_str(), AtFlags::REMOVEDIR);
        }
    }
}

fn keep_folder(
    what: &Restore<'_>,
    model: &RelPath,
    made: &OwnedFd,
    lost: &mut Vec<NotKept>,
) -> Result<(), FileError> {
    let fd = what.source.open_folder(model)?;
    let stat = what.source.stat_at(&fd, None).map_err(|errno| FileError::new(model, errno))?;
    meta::keep(&Handle::open(&fd), &stat, &Handle::open(made), Before::Inherited, true, lost);
    Ok(())
}

/// The folder of the source that a folder on the way to the target corresponds to: counted up from the file, as
/// long as the names are the same.
pub(in crate::files) fn counterpart(folder: &RelPath, from: &RelPath, to: &RelPath) -> Option<RelPath> {
    let (mut from, mut to) = (from.parent()?, to.parent()?);
    while from.name().is_some() && from.name() == to.name() {
        if to == *folder {
            return Some(from);
        }
        (from, to) = (from.parent()?, to.parent()?);
    }
    None
}
