//! The hidden folder in which all is made.

use std::{cell::Cell, os::fd::OwnedFd};

use nasman_core::{EntryName, RelPath};
use rustix::{
    fs::{AtFlags, Mode, fchmod, mkdirat, unlinkat},
    io::Errno,
};

use super::super::{
    FileError, RestoreError, Root,
    restore::{handle::Handle, meta},
};

/// The folder of one restore; removed with all that is left in it when dropped.
pub(super) struct Staging {
    holder: OwnedFd,
    name: EntryName,
    fd: OwnedFd,
    /// The folder it is in.
    pub(super) beside: RelPath,
    next: Cell<u64>,
}

impl Staging {
    /// Makes it in an opened folder, which is `beside`.
    pub(super) fn make(holder: OwnedFd, beside: RelPath, name: &EntryName) -> Result<Self, RestoreError> {
        let path = beside.join(name).unwrap_or_else(|_| beside.clone());
        match mkdirat(&holder, name.as_os_str(), Mode::RWXU) {
            Ok(()) => {}
            Err(Errno::EXIST) => return Err(RestoreError::TempExists { path }),
            Err(errno) => return Err(RestoreError::write(&path, errno)),
        }
        let fd = match Root::open_inside(&holder, name) {
            Ok(fd) => fd,
            Err(errno) => {
                let _ = unlinkat(&holder, name.as_os_str(), AtFlags::REMOVEDIR);
                return Err(RestoreError::write(&path, errno));
            }
        };
        // What is made in it inherits nothing: neither a list nor (of a setgid folder) the group. Where that can't be had, the
        // metadata of each entry is set all the same.
        let _ = Handle::open(&fd).remove(meta::DEFAULT_LIST);
        let _ = fchmod(&fd, Mode::RWXU);
        Ok(Self { holder, name: name.clone(), fd, beside, next: Cell::new(0) })
    }

    /// The opened folder.
    pub(super) fn fd(&self) -> &OwnedFd {
        &self.fd
    }

    /// A name that is free in it.
    pub(super) fn next_name(&self) -> Result<EntryName, RestoreError> {
        self.next.set(self.next.get() + 1);
        EntryName::new(self.next.get().to_string()).map_err(|_| RestoreError::NoName)
    }

    /// Clears away something in it.
    pub(super) fn discard(&self, name: &EntryName) {
        // What can't be removed now is tried again at the end.
        let _ = remove_all(&self.fd, name);
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Err(errno) = remove_all(&self.holder, &self.name) {
            tracing::warn!(%errno, folder = %self.beside.display().escape_debug(), name = ?self.name, "a restore's hidden folder is left");
        }
    }
}

/// Clears away the hidden folder that a killed restore left ([`super::Mark::Staging`]), with all that is in it.
/// Nothing there is no error.
///
/// # Errors
/// When something is there and can't be removed.
pub fn remove_staging(target: &Root, staging: &RelPath) -> Result<(), RestoreError> {
    let name = staging.name().ok_or(RestoreError::NoName)?;
    target.refuse_control(staging).map_err(RestoreError::Target)?;
    match target.parent_folder(staging) {
        Ok(holder) => remove_all(&holder, &name).map_err(|errno| RestoreError::write(staging, errno)),
        Err(FileError::NotFound { .. }) => Ok(()),
        Err(error) => Err(RestoreError::Target(error)),
    }
}

/// Removes an entry with all that is in it, beneath the opened folder. Nothing there is no error.
pub(super) fn remove_all(holder: &OwnedFd, name: &EntryName) -> Result<(), Errno> {
    let mut way: Vec<(OwnedFd, EntryName, Vec<EntryName>)> = Vec::new();
    let mut next = Some(name.clone());
    loop {
        let above = way.last().map_or(holder, |(fd, _, _)| fd);
        if let Some(name) = next.take() {
            match unlinkat(above, name.as_os_str(), AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(Errno::ISDIR | Errno::PERM) => {
                    let fd = Root::open_inside(above, &name)?;
                    // It may have come to have the original's mode, which need not let us in.
                    let _ = fchmod(&fd, Mode::RWXU);
                    let names = names(&fd)?;
                    way.push((fd, name, names));
                }
                Err(errno) => return Err(errno),
            }
        }
        let Some((_, _, names)) = way.last_mut() else { return Ok(()) };
        next = names.pop();
        if next.is_none()
            && let Some((_, name, _)) = way.pop()
        {
            let above = way.last().map_or(holder, |(fd, _, _)| fd);
            unlinkat(above, name.as_os_str(), AtFlags::REMOVEDIR)?;
        }
    }
}

/// All names in a folder that is ours.
fn names(folder: &OwnedFd) -> Result<Vec<EntryName>, Errno> {
    let mut names = Vec::new();
    let mut entries = rustix::fs::Dir::read_from(folder)?;
    while let Some(entry) = entries.read() {
        let entry = entry?;
        if let Ok(name) = EntryName::new(entry.file_name().to_bytes()) {
            names.push(name);
        }
    }
    Ok(names)
}
