//! Where directories are now.

use nasman_core::{EntryName, ROOT_INODE, RelPath};
use rustix::io::Errno;

use super::{Answer, FeedError, FileError, Finding, Step, Stop};

/// Deeper, some part of a path would be empty.
const DEEPEST: usize = 2048;
/// Places remembered; forgetting them costs only time.
const PLACES: usize = 4096;

/// Where a directory is now.
pub(super) enum Place {
    At(RelPath),
    /// Nothing can be said before the place of this one is found.
    Waits(u64),
    /// Deeper than a path can tell.
    Beyond,
}

impl Step<'_, '_> {
    /// A name that certainly still leads to the object.
    pub(super) fn trusted_link(&self, inode: u64) -> Answer<Option<(u64, EntryName)>> {
        let links = self.known.links(inode).map_err(FeedError::Known)?;
        let unchanged = !self.told(inode);
        Ok(links.into_iter().find(|(parent, _)| unchanged || !self.told(*parent)))
    }

    pub(super) fn place(&mut self, directory: u64) -> Answer<Place> {
        let mut names = Vec::new();
        let mut at = directory;
        let mut path = loop {
            if at == ROOT_INODE {
                break RelPath::root();
            }
            if let Some(path) = self.places.get(&at) {
                break path.clone();
            }
            let link = match self.located.get(&at) {
                Some(link) => Some(link.clone()),
                None => self.trusted_link(at)?,
            };
            let Some((parent, name)) = link else { return Ok(Place::Waits(at)) };
            names.push(name);
            at = parent;
            if names.len() > DEEPEST {
                return Err(Stop::Surprise(format!("directory {directory} leads to no root")));
            }
        };
        for name in names.iter().rev() {
            match path.join(name) {
                Ok(longer) => path = longer,
                Err(_) => return Ok(Place::Beyond),
            }
        }
        if self.places.len() >= PLACES {
            self.places.clear();
        }
        self.places.insert(directory, path.clone());
        Ok(Place::At(path))
    }

    /// Its parent told of it, and that is all that can be told.
    pub(super) fn too_deep(&mut self, directory: u64) {
        let error = FileError::new(&RelPath::root(), Errno::NAMETOOLONG);
        self.out.finding(Finding { path: RelPath::root(), error });
        self.listed.insert(directory);
        self.unread.insert(directory);
        self.done.insert(directory);
    }

    pub(super) fn locate(&mut self, inode: u64, parent: u64, name: &EntryName) {
        self.located.insert(inode, (parent, name.clone()));
        self.queue.push(inode);
        self.queue.extend(self.waiting.remove(&inode).unwrap_or_default());
    }
}
