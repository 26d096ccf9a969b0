//! Entries to look at, and the directories opened for that.

use std::{collections::HashMap, os::fd::OwnedFd, rc::Rc};

use nasman_core::{EntryName, RelPath};

use super::read::Tree;
use crate::files::FileError;

/// Directories remembered as opened; as many again may be open for the entries still to be looked at.
const OPEN: usize = 64;

/// An opened directory.
pub(super) struct Opened {
    pub(super) inode: u64,
    pub(super) path: RelPath,
    pub(super) fd: OwnedFd,
}

/// An entry to look at.
pub(super) struct Look {
    pub(super) folder: Rc<Opened>,
    pub(super) name: EntryName,
    /// The object that must be there.
    pub(super) inode: u64,
}

/// Directories that are likely to be needed again soon.
#[derive(Default)]
pub(super) struct OpenFolders(HashMap<u64, Rc<Opened>>);

impl OpenFolders {
    /// The directory, opened now or earlier.
    pub(super) fn get(&mut self, tree: &Tree, inode: u64, path: &RelPath) -> Result<Rc<Opened>, FileError> {
        if let Some(opened) = self.0.get(&inode) {
            return Ok(Rc::clone(opened));
        }
        if self.0.len() >= OPEN {
            self.0.clear();
        }
        let opened = Rc::new(Opened { inode, path: path.clone(), fd: tree.open_folder(path)? });
        self.0.insert(inode, Rc::clone(&opened));
        Ok(opened)
    }
}
