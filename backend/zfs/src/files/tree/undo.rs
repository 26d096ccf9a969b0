//! Takes back what a restore made, and moves aside what was added since.

use std::os::fd::OwnedFd;

use nasman_core::{EntryName, Kind, RelPath};
use rustix::{
    fs::{AtFlags, Mode, mkdirat, unlinkat},
    io::Errno,
};

use super::super::{
    Expected, FileError, RestoreError, Root, Stat,
    restore::{
        Put,
        handle::Handle,
        meta::{self, Before},
        place::Place,
    },
};

/// What became of something that was to be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// It is gone now.
    Removed,
    /// It was gone already.
    Gone,
    /// It is another one, or was changed since, and stays.
    Changed,
    /// The folder has something in it that was not removed, and stays.
    NotEmpty,
}

/// Removes what a restore made, if it still is that: a file, link or pipe by inode, size and time of change, a
/// folder by inode and only when it is empty. So remove what is in a folder before it.
///
/// # Errors
/// When the place can't be reached or written to.
pub fn remove_made(
    target: &Root,
    path: &RelPath,
    kind: Kind,
    made: &Expected,
) -> Result<Removed, RestoreError> {
    let name = path.name().ok_or(RestoreError::NoName)?;
    target.refuse_control(path).map_err(RestoreError::Target)?;
    let folder = match target.parent_folder(path) {
        Ok(folder) => folder,
        Err(FileError::NotFound { .. }) => return Ok(Removed::Gone),
        Err(error) => return Err(RestoreError::Target(error)),
    };
    let there = match target.stat_at(&folder, Some(&name)) {
        Ok(there) => there,
        Err(Errno::NOENT) => return Ok(Removed::Gone),
        Err(errno) => return Err(RestoreError::Target(FileError::new(path, errno))),
    };
    if there.kind != kind || !is_still(&there, made) {
        return Ok(Removed::Changed);
    }
    let flags = if kind == Kind::Directory { AtFlags::REMOVEDIR } else { AtFlags::empty() };
    match unlinkat(&folder, name.as_os_str(), flags) {
        Ok(()) => Ok(Removed::Removed),
        Err(Errno::NOENT) => Ok(Removed::Gone),
        Err(Errno::NOTEMPTY | Errno::EXIST) => Ok(Removed::NotEmpty),
        Err(errno) => Err(RestoreError::write(path, errno)),
    }
}

/// Of a folder, only the inode stays the same while things are done in it.
fn is_still(there: &Stat, expected: &Expected) -> bool {
    match there.kind {
        Kind::Directory => there.inode == expected.inode && !there.mountpoint,
        _ => Expected::from(there) == *expected,
    }
}

/// Moves an entry that was added since out of a folder, by a rename: `folder/a/new` to `aside/a/new`, where `aside`
/// is the name of a folder beside `folder` (in it, where that is the dataset's root). Folders missing there are made
/// like those they stand for. Answers where it is now.
///
/// # Errors
/// [`RestoreError::Exists`] when something has that name there, [`RestoreError::Changed`] when `entry` is not
/// beneath `folder` or is another one than `expected` (of a folder the inode counts), and as writing fails.
pub fn move_aside(
    target: &Root,
    folder: &RelPath,
    entry: &RelPath,
    expected: &Expected,
    aside: &EntryName,
) -> Result<RelPath, RestoreError> {
    let changed = || RestoreError::Changed { path: entry.clone() };
    let failed = |errno| RestoreError::Target(FileError::new(entry, errno));
    let (name, mut inside) = (entry.name().ok_or_else(changed)?, beneath(folder, entry).ok_or_else(changed)?);
    inside.pop();
    let beside = folder.parent().unwrap_or_default();
    for path in [&join(&beside, aside)?, entry] {
        target.refuse_control(path).map_err(RestoreError::Target)?;
    }
    let (holder, from) = {
        let holder = target.open_folder(&entry.parent().unwrap_or_default()).map_err(RestoreError::Target)?;
        let stat = target.stat_at(&holder, Some(&name)).map_err(failed)?;
        (holder, stat)
    };
    if !is_still(&from, expected) {
        return Err(changed());
    }
    let mut model = folder.clone();
    let mut to = join(&beside, aside)?;
    let mut fd = target.open_folder(&beside).map_err(RestoreError::Target)?;
    fd = open_or_make(target, &fd, aside, &to, &model)?;
    for part in inside {
        (model, to) = (join(&model, &part)?, join(&to, &part)?);
        fd = open_or_make(target, &fd, &part, &to, &model)?;
    }
    let to = join(&to, &name)?;
    let place = Place { target, folder: &fd, name: &name, path: &to, put: Put::New };
    place.check(from.kind)?;
    place.take(&holder, &name, from.kind)?;
    Ok(to)
}

/// Moves back what [`move_aside`] moved, and removes the folders that were made for it as far as they are empty.
///
/// # Errors
/// [`RestoreError::Exists`] when something else has its name by now, and as writing fails.
pub fn move_back(target: &Root, aside: &RelPath, entry: &RelPath) -> Result<(), RestoreError> {
    let (from, to) = (aside.name().ok_or(RestoreError::NoName)?, entry.name().ok_or(RestoreError::NoName)?);
    for path in [aside, entry] {
        target.refuse_control(path).map_err(RestoreError::Target)?;
    }
    let open = |path: &RelPath| target.open_folder(&path.parent().unwrap_or_default());
    let (holder, folder) =
        (open(aside).map_err(RestoreError::Target)?, open(entry).map_err(RestoreError::Target)?);
    let kind = target
        .stat_at(&holder, Some(&from))
        .map_err(|errno| RestoreError::Target(FileError::new(aside, errno)))?
        .kind;
    let place = Place { target, folder: &folder, name: &to, path: entry, put: Put::New };
    place.check(kind)?;
    place.take(&holder, &from, kind)?;
    remove_empty(target, aside, entry);
    Ok(())
}

/// The folders above `aside` that stand for those above `entry`, and the one that holds them.
fn remove_empty(target: &Root, aside: &RelPath, entry: &RelPath) {
    let (mut made, mut model) = (aside.parent(), entry.parent());
    while let (Some(folder), Some(name)) = (made.clone(), made.as_ref().and_then(RelPath::name)) {
        let last = model.as_ref().and_then(RelPath::name) != Some(name.clone());
        let removed = target
            .parent_folder(&folder)
            .is_ok_and(|above| unlinkat(&above, name.as_os_str(), AtFlags::REMOVEDIR).is_ok());
        if last || !removed {
            return;
        }
        (made, model) = (folder.parent(), model.and_then(|model| model.parent()));
    }
}

/// Names that lead from `folder` to `entry`.
fn beneath(folder: &RelPath, entry: &RelPath) -> Option<Vec<EntryName>> {
    let (mut above, names): (_, Vec<_>) = (folder.names(), entry.names().collect());
    let depth = folder.names().count();
    let leads =
        names.len() > depth && names.iter().take(depth).all(|name| above.next().as_ref() == Some(name));
    leads.then(|| names[depth..].to_vec())
}

fn open_or_make(
    target: &Root,
    above: &OwnedFd,
    name: &EntryName,
    path: &RelPath,
    model: &RelPath,
) -> Result<OwnedFd, RestoreError> {
    let open = || Root::open_inside(above, name);
    match open() {
        Err(Errno::NOENT) => {}
        opened => return opened.map_err(|errno| RestoreError::Target(FileError::new(path, errno))),
    }
    let model_fd = target.open_folder(model).map_err(RestoreError::Target)?;
    let stat = target
        .stat_at(&model_fd, None)
        .map_err(|errno| RestoreError::Target(FileError::new(model, errno)))?;
    match mkdirat(above, name.as_os_str(), Mode::RWXU) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(errno) => return Err(RestoreError::write(path, errno)),
    }
    let fd = open().map_err(|errno| RestoreError::write(path, errno))?;
    // What it lacks is no loss: it holds what was added, and nothing was here before.
    let mut not_kept = Vec::new();
    meta::keep(&Handle::open(&model_fd), &stat, &Handle::open(&fd), Before::Inherited, true, &mut not_kept);
    Ok(fd)
}

fn join(path: &RelPath, name: &EntryName) -> Result<RelPath, RestoreError> {
    path.join(name).map_err(|_| RestoreError::write(path, Errno::NAMETOOLONG))
}
