//! From the lines of `zfs diff` to changes.
//!
//! Taken from them is only what to read: each directory and each file that may have changed, at its path in the later
//! snapshot. What is gone follows from what is known: an object is gone when each directory that had it was read and
//! no longer has it, or is gone itself. So nothing hangs on the order of lines, nor on how renames are told.

mod line;
mod process;

use std::{collections::HashSet, os::fd::OwnedFd, time::Duration};

use nasman_core::{Change, Kind, Known, Meta, ROOT_INODE, RelPath, SnapshotName};
use rustix::io::Errno;

use self::process::Running;
use super::{
    FeedError, FolderNames,
    inodes::InodeSet,
    out::Out,
    read::{Name, Tree},
    step::Stop,
};
use crate::files::{FileError, Finding};

type Answer<T> = Result<T, Stop>;

/// What the lines are turned into changes with.
pub(super) struct Diff<'a, 'out> {
    pub(super) tree: &'a Tree,
    pub(super) known: &'a dyn Known,
    /// The dataset's mountpoint, which begins each path.
    pub(super) mountpoint: &'a [u8],
    /// Folders that are not entered.
    pub(super) exclude: &'a FolderNames,
    pub(super) out: &'a mut Out<'out>,
}

/// Runs `zfs diff` and tells the changes.
pub(super) fn tell(
    diff: &mut Diff<'_, '_>,
    from: &SnapshotName,
    to: &SnapshotName,
    deadline: Duration,
) -> Answer<()> {
    let mut running = Running::start(from, to, deadline).map_err(Stop::Surprise)?;
    let mut teller = Teller {
        tree: diff.tree,
        known: diff.known,
        exclude: diff.exclude,
        out: &mut *diff.out,
        parent: None,
        listed: InodeSet::default(),
        closed: InodeSet::default(),
        named: InodeSet::default(),
        done: InodeSet::default(),
        missing: Vec::new(),
    };
    while let Some(lines) = running.lines().map_err(Stop::Surprise)? {
        for line in lines {
            match line::parse(&line, diff.mountpoint) {
                Ok(Some(path)) => teller.changed(path)?,
                Ok(None) => {}
                Err(error) => return Err(Stop::Surprise(format!("a line could not be read: {error}"))),
            }
        }
    }
    teller.tell_gone()
}

struct Teller<'a, 'out> {
    tree: &'a Tree,
    known: &'a dyn Known,
    exclude: &'a FolderNames,
    out: &'a mut Out<'out>,
    /// The directory last looked into.
    parent: Option<(RelPath, OwnedFd)>,
    /// Directories read or tried.
    listed: InodeSet,
    /// Known directories whose known names count no more: read anew, gone, or now something else.
    closed: InodeSet,
    /// Objects that a directory read has.
    named: InodeSet,
    /// Objects told.
    done: InodeSet,
    /// Objects that a directory no longer has.
    missing: Vec<u64>,
}

impl Teller<'_, '_> {
    /// The type that a line tells may be the earlier object's; what is there now decides.
    fn changed(&mut self, path: RelPath) -> Answer<()> {
        if self.exclude.hides_place(&path) {
            return Ok(());
        }
        let (Some(folder), Some(name)) = (path.parent(), path.name()) else { return self.read(path) };
        let fd = match self.parent.take() {
            Some((parent, fd)) if parent == folder => fd,
            _ => match self.tree.open_folder(&folder) {
                Ok(fd) => fd,
                Err(error) => return self.closed_to_us(folder, error),
            },
        };
        let looked = self.tree.look(&fd, Some(&name));
        self.parent = Some((folder, fd));
        match looked {
            Ok((inode, meta)) if meta.kind == Kind::Directory && self.exclude.matches(&name) => {
                self.tell_closed(inode, meta)
            }
            Ok((_, meta)) if meta.kind == Kind::Directory => self.read(path),
            Ok((inode, meta)) => self.object(inode, meta),
            Err(errno) => self.closed_to_us(path.clone(), FileError::new(&path, errno)),
        }
    }

    /// Tells a directory that is not entered.
    fn tell_closed(&mut self, inode: u64, meta: Meta) -> Answer<()> {
        if !self.listed.insert(inode) {
            return Ok(());
        }
        self.object(inode, meta)?;
        self.out.change(Change::Directory { inode, entries: Vec::new() })?;
        self.close(inode, &HashSet::new())
    }

    fn object(&mut self, inode: u64, meta: Meta) -> Answer<()> {
        if !self.done.insert(inode) {
            return Ok(());
        }
        if meta.kind != Kind::Directory {
            self.was_directory(inode)?;
        }
        Ok(self.out.object(inode, meta)?)
    }

    /// A directory's inode may have come to something else.
    fn was_directory(&mut self, inode: u64) -> Answer<()> {
        let known = self.known.object(inode).map_err(FeedError::Known)?;
        if known.is_some_and(|known| known.kind == Kind::Directory) {
            self.close(inode, &HashSet::new())?;
        }
        Ok(())
    }

    /// What is known to be in a directory is there only as far as it is named `now`.
    fn close(&mut self, directory: u64, now: &HashSet<u64>) -> Answer<()> {
        self.closed.insert(directory);
        let before = self.known.children(directory).map_err(FeedError::Known)?;
        self.missing.extend(before.into_iter().map(|(_, inode)| inode).filter(|inode| !now.contains(inode)));
        Ok(())
    }

    /// Reads a directory, and what is new beneath it.
    fn read(&mut self, path: RelPath) -> Answer<()> {
        let mut queue = vec![path];
        while let Some(path) = queue.pop() {
            let folder = match self.tree.enter(&path) {
                Ok(folder) => folder,
                Err(error) => {
                    self.closed_to_us(path, error)?;
                    continue;
                }
            };
            if !self.listed.insert(folder.inode) {
                continue;
            }
            self.object(folder.inode, folder.meta.clone())?;
            self.out.change(Change::Directory { inode: folder.inode, entries: folder.entries() })?;
            folder.findings.iter().for_each(|finding| self.out.finding(finding.clone()));
            for entry in &folder.names {
                self.named.insert(entry.inode);
                self.entry(&path, &folder.fd, entry, &mut queue)?;
            }
            self.close(folder.inode, &folder.names.iter().map(|entry| entry.inode).collect())?;
        }
        Ok(())
    }

    /// Looks at an entry of a directory read if it is new; others have lines of their own.
    fn entry(&mut self, path: &RelPath, fd: &OwnedFd, entry: &Name, queue: &mut Vec<RelPath>) -> Answer<()> {
        if self.done.contains(entry.inode)
            || self.known.object(entry.inode).map_err(FeedError::Known)?.is_some()
        {
            return Ok(());
        }
        let below = path.join(&entry.name);
        let below = below.map_err(|error| Stop::Surprise(format!("a path is too deep: {error}")))?;
        let closed = self.exclude.matches(&entry.name);
        if entry.kind == Some(Kind::Directory) && !closed {
            queue.push(below);
            return Ok(());
        }
        match self.tree.look(fd, Some(&entry.name)) {
            Ok((inode, meta)) if meta.kind == Kind::Directory && closed => self.tell_closed(inode, meta)?,
            Ok((_, meta)) if meta.kind == Kind::Directory => queue.push(below),
            Ok((inode, meta)) => self.object(inode, meta)?,
            Err(errno) => self.closed_to_us(below.clone(), FileError::new(&below, errno))?,
        }
        Ok(())
    }

    /// What can't be read is a finding; what is not there means that the lines are not of this snapshot.
    fn closed_to_us(&mut self, path: RelPath, error: FileError) -> Answer<()> {
        if matches!(error, FileError::NotFound { .. } | FileError::NotAFolder { .. }) {
            return Err(Stop::Surprise(error.to_string()));
        }
        if matches!(&error, FileError::Io { errno: Errno::IO, .. }) && path.is_root() {
            return Err(error.into());
        }
        self.out.finding(Finding { path, error });
        Ok(())
    }

    fn tell_gone(mut self) -> Answer<()> {
        let mut gone = InodeSet::default();
        while let Some(inode) = self.missing.pop() {
            if inode == ROOT_INODE || self.named.contains(inode) || gone.contains(inode) {
                continue;
            }
            let links = self.known.links(inode).map_err(FeedError::Known)?;
            if !links.iter().all(|(parent, _)| self.closed.contains(*parent)) {
                continue;
            }
            gone.insert(inode);
            self.out.gone(inode)?;
            self.was_directory(inode)?;
        }
        Ok(())
    }
}
