//! Puts one file back: beside its place under a temporary name, complete and safe on disk, then into place by
//! one rename. Whoever looks sees the old state or the new one and nothing between.

pub(super) mod copy;
mod error;
pub(super) mod handle;
pub(super) mod meta;
pub(super) mod parents;
pub(super) mod place;
pub(super) mod preview;

use std::{ops::ControlFlow, os::fd::OwnedFd};

use nasman_core::{EntryName, RelPath};
use rustix::{
    fs::{AtFlags, Mode, OFlags, fsync, openat, symlinkat, unlinkat},
    io::Errno,
};
use serde::{Deserialize, Serialize};

pub use copy::Means;
pub use error::RestoreError;
pub use meta::NotKept;
pub use preview::{Preview, preview};

use self::{copy::Paths, handle::Handle, meta::Before, parents::Parents, place::Place};
use super::{FileError, FileTime, Kind, Root, Stat};

/// How the plan saw what is to be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The object number.
    pub inode: u64,
    /// Bytes.
    pub size: u64,
    /// Last change of the content.
    pub mtime: FileTime,
}

impl From<&Stat> for Expected {
    fn from(stat: &Stat) -> Self {
        Self { inode: stat.inode, size: stat.size, mtime: stat.mtime }
    }
}

/// What may happen to the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Put {
    /// The name must be free, up to the last moment.
    New,
    /// This is replaced, if it is still what the plan saw. The caller has made a guard snapshot.
    Replace(Expected),
}

/// What to restore where.
#[derive(Debug, Clone, Copy)]
pub struct Restore<'a> {
    /// A snapshot's folder, most often.
    pub source: &'a Root,
    /// A regular file or symbolic link in it.
    pub from: &'a RelPath,
    /// The dataset to restore to.
    pub target: &'a Root,
    /// The place in it; missing folders are made, like those of the source that have the same names.
    pub to: &'a RelPath,
    /// Beside what is there, or in its place.
    pub put: Put,
    /// The name the file has until it is complete, in the same folder: unique to this restore, so that what a
    /// kill leaves can be found ([`remove_temp`]).
    pub temp_name: &'a EntryName,
    /// Whether setuid, setgid and file capabilities come back too. They let the file run with its owner's
    /// rights, and what is restored may be an old, vulnerable program.
    pub keep_setid: bool,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Bytes of content, holes included; 0 for a link.
    pub bytes: u64,
    /// How the content came over; absent when there was none to carry.
    pub means: Option<Means>,
    /// Folders that were made for it, from the top down.
    pub created: Vec<RelPath>,
    /// What the restored file lacks.
    pub not_kept: Vec<NotKept>,
}

/// Restores one file. `progress` is told the bytes done, at least every 64 MiB, and can stop it.
///
/// # Errors
/// As [`RestoreError`] says; nothing is left behind then. Killed at any point, at most the temporary file and
/// folders made for it are left; [`remove_temp`] clears them away.
pub fn restore_file(
    what: &Restore<'_>,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Restored, RestoreError> {
    let name = what.to.name().ok_or(RestoreError::NoName)?;
    let source = what.source.stat(what.from).map_err(RestoreError::Source)?;
    if !matches!(source.kind, Kind::File | Kind::Symlink) {
        return Err(RestoreError::Kind { path: what.from.clone(), kind: source.kind });
    }
    what.target.refuse_control(what.to).map_err(RestoreError::Target)?;
    let mut parents = Parents::open(what)?;
    let place =
        Place { target: what.target, folder: parents.last(), name: &name, path: what.to, put: what.put };
    place.check(source.kind)?;
    let (temp, mut restored) = match source.kind {
        Kind::Symlink => put_link(what, &source, &parents)?,
        _ => put_file(what, &parents, progress)?,
    };
    if progress(restored.bytes).is_break() {
        return Err(RestoreError::Canceled);
    }
    place.check(source.kind)?;
    place.take(parents.last(), what.temp_name, source.kind)?;
    temp.gone();
    restored.created = parents.finish(what, &mut restored.not_kept);
    fsync(parents.last()).map_err(|errno| RestoreError::Unsafe { path: what.to.clone(), errno })?;
    Ok(restored)
}

/// Clears away what a killed restore to `to` left: its temporary file, and folders it made (`made`, as in
/// [`Preview::missing_folders`]) as far as they are empty. Nothing there is no error.
///
/// # Errors
/// When the temporary file is there and can't be removed.
pub fn remove_temp(
    target: &Root,
    to: &RelPath,
    temp_name: &EntryName,
    made: &[RelPath],
) -> Result<(), RestoreError> {
    let removed = target.parent_folder(to).map_err(RestoreError::Target).and_then(|folder| {
        unlinkat(&folder, temp_name.as_os_str(), AtFlags::empty()).map_err(|errno| match errno {
            Errno::NOENT => RestoreError::Target(FileError::new(to, errno)),
            errno => RestoreError::write(to, errno),
        })
    });
    match removed {
        Ok(()) | Err(RestoreError::Target(FileError::NotFound { .. })) => {}
        Err(error) => return Err(error),
    }
    for folder in made.iter().rev() {
        if let (Ok(parent), Some(name)) = (target.parent_folder(folder), folder.name()) {
            // Not empty, or gone: either way not ours to remove.
            let _ = unlinkat(&parent, name.as_os_str(), AtFlags::REMOVEDIR);
        }
    }
    Ok(())
}

fn put_file<'a>(
    what: &Restore<'a>,
    parents: &'a Parents,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<(Temp<'a>, Restored), RestoreError> {
    let (source, stat) = what.source.open_regular(what.from).map_err(RestoreError::Source)?;
    let (temp, out) = Temp::file(what, parents)?;
    let paths = Paths { from: what.from, to: what.to };
    let means = copy::content(paths, &source, stat.size, &out, progress)?;
    let after = what.source.stat_at(&source, None).map_err(|errno| RestoreError::read(what.from, errno))?;
    if Expected::from(&after) != Expected::from(&stat) {
        return Err(RestoreError::SourceChanged { path: what.from.clone() });
    }
    let mut not_kept: Vec<_> = meta::hard_link(&stat).into_iter().collect();
    let (from, to) = (Handle::open(&source), Handle::open(&out));
    not_kept.extend(meta::flags(&from));
    meta::keep(&from, &stat, &to, Before::Inherited, what.keep_setid, &mut not_kept);
    fsync(&out).map_err(|errno| RestoreError::write(what.to, errno))?;
    Ok((temp, Restored { bytes: stat.size, means, created: Vec::new(), not_kept }))
}

fn put_link<'a>(
    what: &Restore<'a>,
    stat: &Stat,
    parents: &'a Parents,
) -> Result<(Temp<'a>, Restored), RestoreError> {
    let target = what.source.link_target(what.from).map_err(RestoreError::Source)?;
    let temp = Temp::link(what, parents, &target)?;
    let mut not_kept = Vec::new();
    let folder = what.source.parent_folder(what.from).map_err(RestoreError::Source)?;
    if let Some(name) = what.from.name() {
        let from = Handle::named(&folder, &name, stat.kind);
        let to = Handle::named(parents.last(), what.temp_name, stat.kind);
        not_kept.extend(meta::hard_link(stat));
        meta::keep(&from, stat, &to, Before::Inherited, what.keep_setid, &mut not_kept);
    }
    Ok((temp, Restored { bytes: 0, means: None, created: Vec::new(), not_kept }))
}

/// The temporary file; removed when dropped.
struct Temp<'a> {
    parents: &'a Parents,
    name: &'a EntryName,
}

impl<'a> Temp<'a> {
    fn file(what: &Restore<'a>, parents: &'a Parents) -> Result<(Self, OwnedFd), RestoreError> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        // For nobody else until it is complete and has its own owner and mode.
        let fd = openat(parents.last(), what.temp_name.as_os_str(), flags, Mode::RUSR | Mode::WUSR)
            .map_err(|errno| Self::failed(what, errno))?;
        Ok((Self { parents, name: what.temp_name }, fd))
    }

    fn link(what: &Restore<'a>, parents: &'a Parents, target: &[u8]) -> Result<Self, RestoreError> {
        symlinkat(target, parents.last(), what.temp_name.as_os_str())
            .map_err(|errno| Self::failed(what, errno))?;
        Ok(Self { parents, name: what.temp_name })
    }

    fn failed(what: &Restore<'_>, errno: Errno) -> RestoreError {
        if errno != Errno::EXIST {
            return RestoreError::write(what.to, errno);
        }
        let folder = what.to.parent().unwrap_or_default();
        RestoreError::TempExists { path: folder.join(what.temp_name).unwrap_or(folder) }
    }

    /// The name is no longer in use: the file has its own.
    fn gone(self) {
        std::mem::forget(self);
    }
}

impl Drop for Temp<'_> {
    fn drop(&mut self) {
        // Fails only when it is gone already, or the pool is; then the caller's error tells.
        let _ = unlinkat(self.parents.last(), self.name.as_os_str(), AtFlags::empty());
    }
}
