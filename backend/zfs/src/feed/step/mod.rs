//! From object numbers to changes.
//!
//! The kernel tells which objects may have changed; whatever it does not tell has not. So a name in a directory that
//! was not told still leads where it led, and every name that is new stands in a directory that was told, and leads to
//! an object that was told too (a move or a new name changes the object as well). Hence: read the directories that were
//! told, at the place where they are now; look at what was told among their entries; look at the other objects told
//! through a name in a directory that was not. What is found by neither is gone.

mod hidden;
mod looks;
mod place;
mod settle;

use std::{collections::HashMap, rc::Rc};

use nasman_core::{Change, EntryName, Kind, Known, ROOT_INODE, RelPath};

use self::{looks::Looks, place::Place, settle::Settled};
use super::{
    FeedError, FolderNames,
    inodes::InodeSet,
    look::{Look, OpenFolders, Opened},
    out::Out,
    ranges::{Ranges, State},
    read::{Name, Tree},
};
use crate::files::{FileError, Finding};

/// Objects asked for at once.
const PAGE: usize = 4096;

/// Why a step ends without an answer.
pub(super) enum Stop {
    Failed(FeedError),
    /// What is known and what the kernel tells do not fit together; only reading everything helps.
    Surprise(String),
}

impl<E: Into<FeedError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

type Answer<T> = Result<T, Stop>;

/// Objects told that are known from the earlier snapshot.
#[derive(Default)]
struct KnownTold {
    in_use: InodeSet,
    freed: InodeSet,
    /// Of those in use.
    directories: InodeSet,
}

pub(super) struct Step<'a, 'out> {
    tree: &'a Tree,
    known: &'a dyn Known,
    ranges: &'a Ranges,
    exclude: &'a FolderNames,
    out: &'a mut Out<'out>,
    /// Directories found in one that was read: what is known of their place is out of date.
    located: HashMap<u64, (u64, EntryName)>,
    /// Directories to read.
    queue: Vec<u64>,
    /// Directories that wait until another one is located.
    waiting: HashMap<u64, Vec<u64>>,
    /// Directories read or tried.
    listed: InodeSet,
    /// Those that exist and could not be read.
    unread: InodeSet,
    /// Objects that a directory read has; kept only where some folders are not entered.
    named: InodeSet,
    /// Directories that are gone or not entered: what is known beneath them ends, also where it did not change.
    out_of_sight: Vec<u64>,
    /// Objects told, or known to exist without being told.
    done: InodeSet,
    places: HashMap<u64, RelPath>,
    open: OpenFolders,
    looks: Looks,
}

impl<'a, 'out> Step<'a, 'out> {
    pub(super) fn new(
        tree: &'a Tree,
        known: &'a dyn Known,
        ranges: &'a Ranges,
        exclude: &'a FolderNames,
        threads: usize,
        out: &'a mut Out<'out>,
    ) -> Self {
        Self {
            tree,
            known,
            ranges,
            exclude,
            out,
            located: HashMap::new(),
            queue: Vec::new(),
            waiting: HashMap::new(),
            listed: InodeSet::default(),
            unread: InodeSet::default(),
            named: InodeSet::default(),
            out_of_sight: Vec::new(),
            done: InodeSet::default(),
            places: HashMap::new(),
            open: OpenFolders::default(),
            looks: Looks::new(threads),
        }
    }

    /// Tells all changes. Deaths come last, so that nothing is told to be gone before a surprise.
    pub(super) fn run(mut self) -> Answer<()> {
        if self.told(ROOT_INODE) {
            self.queue.push(ROOT_INODE);
        }
        let known = self.known_of_those_told()?;
        self.read_queue()?;
        let mut gone = Vec::new();
        for inode in known.in_use.iter() {
            if self.done.contains(inode) {
                continue;
            }
            match self.settle(inode)? {
                Settled::Gone => {
                    gone.push(inode);
                    self.out_of_sight.extend(known.directories.contains(inode).then_some(inode));
                }
                Settled::Unsure => {}
                Settled::There(look) => self.look(look)?,
            }
        }
        self.look_at_waiting()?;
        if !self.exclude.is_empty() {
            self.end_out_of_sight(&mut gone)?;
        }
        gone.into_iter().chain(known.freed.iter()).try_for_each(|inode| Ok(self.out.gone(inode)?))
    }

    /// Whether the kernel told of the object, in whatever state.
    fn told(&self, inode: u64) -> bool {
        self.ranges.state(self.tree.object(inode)).is_some()
    }

    /// What is known of the objects told. Directories that are where they were are noted to be read.
    fn known_of_those_told(&mut self) -> Answer<KnownTold> {
        let mut known = KnownTold::default();
        for (first, last) in self.ranges.stretches() {
            // The root is known by a number of its own, which no range tells of.
            let mut first = first.max(ROOT_INODE + 1);
            while first <= last {
                let page = self.known.objects_in(first, last, PAGE).map_err(FeedError::Known)?;
                first = if page.len() == PAGE { page[PAGE - 1].0 + 1 } else { last + 1 };
                for (inode, object) in page {
                    match self.ranges.state(inode) {
                        None => {}
                        Some(State::Free) => drop(known.freed.insert(inode)),
                        Some(State::InUse) => {
                            known.in_use.insert(inode);
                            if object.kind == Kind::Directory {
                                known.directories.insert(inode);
                                self.seed(inode)?;
                            }
                        }
                    }
                }
            }
        }
        Ok(known)
    }

    /// A directory that was told, in one that was not, is where it was. All others will be found by reading.
    fn seed(&mut self, inode: u64) -> Answer<()> {
        if self.trusted_link(inode)?.is_some() {
            self.queue.push(inode);
        }
        Ok(())
    }

    fn read_queue(&mut self) -> Answer<()> {
        loop {
            let Some(directory) = self.queue.pop() else {
                self.look_at_waiting()?;
                // Where the filesystem does not tell kinds, looking may have found directories.
                if self.queue.is_empty() {
                    return Ok(());
                }
                continue;
            };
            if self.listed.contains(directory) {
                continue;
            }
            match self.place(directory)? {
                Place::At(path) => self.read(directory, &path)?,
                Place::Waits(other) => self.waiting.entry(other).or_default().push(directory),
                Place::Beyond => self.too_deep(directory),
            }
        }
    }

    fn read(&mut self, directory: u64, path: &RelPath) -> Answer<()> {
        if self.exclude.hides_place(path) {
            return Ok(());
        }
        if path.name().is_some_and(|name| self.exclude.matches(&name)) {
            return self.tell_closed(directory, path);
        }
        self.listed.insert(directory);
        self.done.insert(directory);
        let folder = match self.tree.enter(path) {
            Ok(folder) => folder,
            Err(error) => return self.unreadable(directory, path, error),
        };
        if folder.inode != directory {
            return Err(Stop::Surprise(format!("another directory is where {directory} must be")));
        }
        self.out.object(directory, folder.meta.clone())?;
        self.out.change(Change::Directory { inode: directory, entries: folder.entries() })?;
        folder.findings.iter().for_each(|finding| self.out.finding(finding.clone()));
        let new = self.comes_into_sight(directory)?;
        let opened = Rc::new(Opened { inode: directory, path: path.clone(), fd: folder.fd });
        for entry in folder.names {
            if !self.exclude.is_empty() {
                self.named.insert(entry.inode);
            }
            match self.ranges.state(entry.inode) {
                None if new && !self.is_known(entry.inode)? => self.entry(entry, &opened)?,
                None => {}
                Some(State::InUse) => self.entry(entry, &opened)?,
                Some(State::Free) => {
                    return Err(Stop::Surprise(format!("object {} is free and has a name", entry.inode)));
                }
            }
        }
        Ok(())
    }

    /// An entry to tell: a directory by reading it, anything else by looking at it, once.
    fn entry(&mut self, entry: Name, folder: &Rc<Opened>) -> Answer<()> {
        if entry.kind == Some(Kind::Directory) {
            self.locate(entry.inode, folder.inode, &entry.name);
        } else if self.done.insert(entry.inode) {
            self.look(Look { folder: Rc::clone(folder), name: entry.name, inode: entry.inode })?;
        }
        Ok(())
    }

    /// What is in it stays as it was known.
    fn unreadable(&mut self, directory: u64, path: &RelPath, error: FileError) -> Answer<()> {
        if matches!(error, FileError::NotFound { .. } | FileError::NotAFolder { .. }) {
            return Err(Stop::Surprise(format!("directory {directory} is not where it must be")));
        }
        self.unread.insert(directory);
        self.out.finding(Finding { path: path.clone(), error });
        match self.tree.look_from_outside(path) {
            Some(meta) => Ok(self.out.object(directory, meta)?),
            None => Ok(()),
        }
    }
}
