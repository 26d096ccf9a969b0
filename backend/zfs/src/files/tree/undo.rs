//! Takes back what a restore made, and moves aside what was added since.

use nasman_core::{EntryName, Kind, RelPath};

use super::super::{Expected, RestoreError, Root};

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

/// Removes what a restore made, if it still is that: a file, link or pipe by inode, size and time of change, a folder by inode and
/// only when it is empty. So remove what is in a folder before it.
///
/// # Errors
/// When the place can't be reached or written to.
pub fn remove_made(
    target: &Root,
    path: &RelPath,
    kind: Kind,
    made: &Expected,
) -> Result<Removed, RestoreError> {
    let _ = (target, path, kind, made);
    Err(RestoreError::Canceled)
}

/// Moves an entry that was added since out of a folder, by a rename: `folder/a/new` to `aside/a/new`, where `aside` is the name of
/// a folder beside `folder` (in it, where that is the dataset's root). Folders missing there are made like those they stand for. Answers where it is now.
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
    let _ = (target, folder, entry, expected, aside);
    Err(RestoreError::Canceled)
}

/// Moves back what [`move_aside`] moved, and removes the folders that were made for it as far as they are empty.
///
/// # Errors
/// [`RestoreError::Exists`] when something else has its name by now, and as writing fails.
pub fn move_back(target: &Root, aside: &RelPath, entry: &RelPath) -> Result<(), RestoreError> {
    let _ = (target, aside, entry);
    Err(RestoreError::Canceled)
}
