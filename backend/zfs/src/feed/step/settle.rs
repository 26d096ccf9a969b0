//! What became of objects that were told, and that no directory read has.

use std::rc::Rc;

use nasman_core::RelPath;

use super::{Answer, FeedError, FileError, Finding, Look, Opened, Step, Stop, place::Place};

/// What becomes of an object that was told.
pub(super) enum Settled {
    Gone,
    /// Where it may be could not be read: what is known of it stays.
    Unsure,
    /// A name certainly still leads to it.
    There(Look),
}

impl Step<'_, '_> {
    /// What becomes of an object that no directory read has.
    pub(super) fn settle(&mut self, inode: u64) -> Answer<Settled> {
        let mut unsure = false;
        for (parent, name) in self.known.links(inode).map_err(FeedError::Known)? {
            if self.told(parent) {
                // It was read, and does not have it; or it is gone; or nobody knows.
                unsure |= self.unread.contains(parent)
                    || (!self.listed.contains(parent) && !self.unread.is_empty());
                continue;
            }
            match self.place(parent)? {
                Place::At(path) if self.exclude.hides(&path) => {}
                // It went with a directory into one that is not entered.
                Place::Waits(_) if self.unread.is_empty() && !self.exclude.is_empty() => {}
                Place::At(path) => match self.opened(parent, &path)? {
                    Some(folder) => return Ok(Settled::There(Look { folder, name, inode })),
                    None => unsure = true,
                },
                Place::Waits(_) if self.unread.is_empty() => {
                    return Err(Stop::Surprise(format!(
                        "directory {parent} did not change and has no place"
                    )));
                }
                Place::Waits(_) | Place::Beyond => unsure = true,
            }
        }
        Ok(if unsure { Settled::Unsure } else { Settled::Gone })
    }

    /// The opened directory; absent when it can't be opened.
    fn opened(&mut self, directory: u64, path: &RelPath) -> Answer<Option<Rc<Opened>>> {
        match self.open.get(self.tree, directory, path) {
            Ok(opened) => Ok(Some(opened)),
            Err(FileError::NotFound { .. } | FileError::NotAFolder { .. }) => {
                Err(Stop::Surprise(format!("directory {directory} is not where it must be")))
            }
            Err(error) => {
                self.out.finding(Finding { path: path.clone(), error });
                Ok(None)
            }
        }
    }
}
