//! Folders that are not entered, in a step.
//!
//! The kernel tells of what changed, not of what comes into sight or gets out of it: when such a folder is renamed, or
//! something is moved into or out of it, nothing that lies deeper changes. So a directory that comes into sight is read
//! with all that is not known yet, and of what got out of sight all that is known ends.

use nasman_core::{Change, Kind, RelPath};

use super::{Answer, FeedError, State, Step, Stop};
use crate::feed::inodes::InodeSet;

impl Step<'_, '_> {
    /// Tells a directory that is not entered.
    pub(super) fn tell_closed(&mut self, directory: u64, path: &RelPath) -> Answer<()> {
        self.listed.insert(directory);
        self.done.insert(directory);
        self.out_of_sight.push(directory);
        match self.tree.look_at(path) {
            Ok((inode, meta)) if inode == directory && meta.kind == Kind::Directory => {
                self.out.object(directory, meta)?;
                Ok(self.out.change(Change::Directory { inode: directory, entries: Vec::new() })?)
            }
            Ok(_) => Err(Stop::Surprise(format!("{directory} is not where it must be"))),
            Err(error) => self.unreadable(directory, path, error),
        }
    }

    /// Whether a directory now read was not entered before: then what is in it is new, also where it did not change.
    pub(super) fn comes_into_sight(&self, directory: u64) -> Answer<bool> {
        if self.exclude.is_empty() {
            return Ok(false);
        }
        let links = self.known.links(directory).map_err(FeedError::Known)?;
        Ok(!self.is_known(directory)? || links.iter().any(|(_, name)| self.exclude.matches(name)))
    }

    pub(super) fn is_known(&self, inode: u64) -> Answer<bool> {
        Ok(self.known.object(inode).map_err(FeedError::Known)?.is_some())
    }

    /// Adds to those gone what is known beneath directories that are gone or no longer entered, and did not change.
    pub(super) fn end_out_of_sight(&mut self, gone: &mut Vec<u64>) -> Answer<()> {
        let (mut ended, mut files) = (InodeSet::default(), Vec::new());
        while let Some(directory) = self.out_of_sight.pop() {
            if !ended.insert(directory) {
                continue;
            }
            for (_, inode) in self.known.children(directory).map_err(FeedError::Known)? {
                // What was told has been settled already.
                if self.named.contains(inode) || self.told(inode) {
                    continue;
                }
                let object = self.known.object(inode).map_err(FeedError::Known)?;
                if object.is_some_and(|object| object.kind == Kind::Directory) {
                    gone.push(inode);
                    self.out_of_sight.push(inode);
                } else {
                    files.push(inode);
                }
            }
        }
        let mut counted = InodeSet::default();
        for inode in files {
            if counted.insert(inode) && !self.has_other_link(inode, &ended)? {
                gone.push(inode);
            }
        }
        Ok(())
    }

    /// Whether a file may still be in a directory that did not end.
    fn has_other_link(&self, inode: u64, ended: &InodeSet) -> Answer<bool> {
        let links = self.known.links(inode).map_err(FeedError::Known)?;
        Ok(links.into_iter().filter(|(parent, _)| !ended.contains(*parent)).any(|(parent, _)| {
            let state = self.ranges.state(self.tree.object(parent));
            match state {
                None => true,
                Some(State::Free) => false,
                // Read, it would have been named.
                Some(State::InUse) => {
                    self.unread.contains(parent) || (!self.listed.contains(parent) && !self.unread.is_empty())
                }
            }
        }))
    }
}
