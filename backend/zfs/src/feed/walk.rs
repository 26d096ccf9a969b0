//! The whole snapshot, read by several threads.

use std::{
    collections::BTreeSet,
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use nasman_core::{Change, Kind, Known, Meta, ROOT_INODE, RelPath};

use super::{
    FeedError, FolderNames,
    inodes::InodeSet,
    out::Out,
    read::{Folder, Tree},
};
use crate::files::{FileError, Finding};

/// Changes sent at once; a directory's names count as one.
const BATCH: usize = 256;
/// Batches that may wait for the receiver; then the readers wait.
const WAITING: usize = 8;
/// Objects asked for at once.
const PAGE: usize = 4096;
/// So many directories may wait to be read before their number must not grow.
const MANY: usize = 100_000;

/// What a reader tells.
#[derive(Default)]
struct Batch {
    changes: Vec<Change>,
    findings: Vec<Finding>,
    /// Objects that exist but of which nothing could be told.
    unseen: Vec<u64>,
    /// Directories that exist, and what is beneath is unknown.
    unread: Vec<u64>,
}

/// Tells everything in the snapshot. With `known`, also which of the objects known are gone.
pub(super) fn walk(
    tree: &Tree,
    known: Option<&dyn Known>,
    exclude: &FolderNames,
    threads: usize,
    out: &mut Out<'_>,
) -> Result<(), FeedError> {
    let todo = Todo::new();
    let mut seen = Seen { known, all: InodeSet::default(), unread: Vec::new() };
    thread::scope(|scope| {
        let (send, receive) = sync_channel(WAITING);
        for number in 0..threads.max(1) {
            let (send, todo) = (send.clone(), &todo);
            thread::Builder::new()
                .name(format!("zfs-walk-{number}"))
                .spawn_scoped(scope, move || {
                    Reader { tree, exclude, todo, send, batch: Batch::default() }.run();
                })
                .map_err(|error| FeedError::Thread(error.to_string()))?;
        }
        drop(send);
        // Dropped when this returns early; then the readers find nobody listening and end.
        take(receive, &mut seen, out).inspect_err(|_| todo.stop())
    })?;
    seen.tell_gone(out)
}

fn take(receive: Receiver<Batch>, seen: &mut Seen<'_>, out: &mut Out<'_>) -> Result<(), FeedError> {
    for batch in receive {
        for change in batch.changes {
            if let Change::Object { inode, .. } = &change {
                seen.add(*inode);
            }
            out.change(change)?;
        }
        batch.unseen.into_iter().for_each(|inode| seen.add(inode));
        seen.unread.extend(batch.unread);
        batch.findings.into_iter().for_each(|finding| out.finding(finding));
    }
    Ok(())
}

/// What was found, to tell what was not.
struct Seen<'a> {
    known: Option<&'a dyn Known>,
    all: InodeSet,
    unread: Vec<u64>,
}

impl Seen<'_> {
    fn add(&mut self, inode: u64) {
        if self.known.is_some() {
            self.all.insert(inode);
        }
    }

    fn tell_gone(mut self, out: &mut Out<'_>) -> Result<(), FeedError> {
        let Some(known) = self.known else { return Ok(()) };
        // Of what lies in a directory that could not be read nobody can say that it is gone.
        while let Some(directory) = self.unread.pop() {
            for (_, inode) in known.children(directory).map_err(FeedError::Known)? {
                if self.all.insert(inode) {
                    self.unread.push(inode);
                }
            }
        }
        let mut first = ROOT_INODE + 1;
        loop {
            let page = known.objects_in(first, i64::MAX.unsigned_abs(), PAGE).map_err(FeedError::Known)?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            first = last + 1;
            for (inode, _) in page {
                if !self.all.contains(inode) {
                    out.gone(inode)?;
                }
            }
        }
    }
}

/// Directories still to be read. The one with the lowest number first: numbers are given in the order of making, so that
/// what is told of goes to the end of the catalog's tables, whose pages are then written once and not three times, and disks
/// are read forwards. Where very many wait, the one with the highest number, which is mostly a child of the last one: that
/// keeps their number small.
struct Todo {
    state: Mutex<State>,
    more: Condvar,
}

struct State {
    waiting: BTreeSet<(u64, RelPath)>,
    /// Readers at work, who may still add some.
    busy: usize,
    stopped: bool,
}

impl Todo {
    fn new() -> Self {
        let waiting = BTreeSet::from([(ROOT_INODE, RelPath::root())]);
        let state = State { waiting, busy: 0, stopped: false };
        Self { state: Mutex::new(state), more: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next directory, which is to be answered by [`Self::done`]; absent when all are read.
    fn next(&self) -> Option<(u64, RelPath)> {
        let mut state = self.lock();
        loop {
            if state.stopped || (state.waiting.is_empty() && state.busy == 0) {
                self.more.notify_all();
                return None;
            }
            let next =
                if state.waiting.len() < MANY { state.waiting.pop_first() } else { state.waiting.pop_last() };
            if let Some(next) = next {
                state.busy += 1;
                return Some(next);
            }
            state = self.more.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn done(&self, found: Vec<(u64, RelPath)>) {
        let mut state = self.lock();
        state.busy -= 1;
        state.waiting.extend(found);
        drop(state);
        self.more.notify_all();
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.more.notify_all();
    }
}

/// One thread's work.
struct Reader<'a> {
    tree: &'a Tree,
    exclude: &'a FolderNames,
    todo: &'a Todo,
    send: SyncSender<Batch>,
    batch: Batch,
}

/// Nobody listens any more.
struct Stopped;

impl Reader<'_> {
    fn run(mut self) {
        while let Some((inode, path)) = self.todo.next() {
            let read = self.read(&path, inode);
            let stopped = read.is_err();
            self.todo.done(read.unwrap_or_default());
            if stopped {
                return self.todo.stop();
            }
        }
        let _ = self.send.send(self.batch);
    }

    /// Tells a directory and what is in it; the directories in it are returned.
    fn read(&mut self, path: &RelPath, inode: u64) -> Result<Vec<(u64, RelPath)>, Stopped> {
        let folder = match self.tree.enter(path) {
            Ok(folder) => folder,
            Err(error) => {
                self.closed(path, inode, error)?;
                return Ok(Vec::new());
            }
        };
        self.batch.findings.extend_from_slice(&folder.findings);
        self.object(inode, folder.meta.clone())?;
        let mut found = Vec::new();
        for at in 0..folder.names.len() {
            self.entry(path, &folder, at, &mut found)?;
        }
        let entries = folder.names.into_iter().map(|name| (name.name, name.inode)).collect();
        self.change(Change::Directory { inode, entries })?;
        Ok(found)
    }

    fn entry(
        &mut self,
        path: &RelPath,
        folder: &Folder,
        at: usize,
        found: &mut Vec<(u64, RelPath)>,
    ) -> Result<(), Stopped> {
        let entry = &folder.names[at];
        let below = match path.join(&entry.name) {
            Ok(below) => below,
            Err(reason) => {
                let error = FileError::Name { folder: path.clone(), reason };
                self.batch.findings.push(Finding { path: path.clone(), error });
                if entry.kind == Some(Kind::Directory) {
                    self.batch.unread.push(entry.inode);
                }
                path.clone()
            }
        };
        let closed = self.exclude.matches(&entry.name);
        if entry.kind == Some(Kind::Directory) && below != *path && !closed {
            found.push((entry.inode, below));
            return Ok(());
        }
        match self.tree.look(&folder.fd, Some(&entry.name)) {
            Ok((_, meta)) if meta.kind == Kind::Directory && closed => {
                self.object(entry.inode, meta)?;
                self.change(Change::Directory { inode: entry.inode, entries: Vec::new() })?;
            }
            // Only where the directory does not tell kinds.
            Ok((_, meta)) if meta.kind == Kind::Directory && entry.kind.is_none() => {
                found.push((entry.inode, below));
            }
            Ok((_, meta)) => self.object(entry.inode, meta)?,
            Err(errno) => {
                self.batch.unseen.push(entry.inode);
                self.batch.findings.push(Finding { error: FileError::new(&below, errno), path: below });
            }
        }
        Ok(())
    }

    /// A directory that can't be read: what is known of what is in it stays.
    fn closed(&mut self, path: &RelPath, inode: u64, error: FileError) -> Result<(), Stopped> {
        self.batch.findings.push(Finding { path: path.clone(), error });
        self.batch.unread.push(inode);
        match self.tree.look_from_outside(path) {
            Some(meta) => self.object(inode, meta),
            None => {
                self.batch.unseen.push(inode);
                Ok(())
            }
        }
    }

    fn object(&mut self, inode: u64, meta: Meta) -> Result<(), Stopped> {
        self.change(Change::Object { inode, meta: Some(meta) })
    }

    fn change(&mut self, change: Change) -> Result<(), Stopped> {
        self.batch.changes.push(change);
        if self.batch.changes.len() < BATCH {
            return Ok(());
        }
        self.send.send(std::mem::take(&mut self.batch)).map_err(|_| Stopped)
    }
}
