//! Looking at entries, many at a time: where the disk must be asked, its answers come beside each other.

use std::{os::fd::OwnedFd, rc::Rc, thread};

use nasman_core::{EntryName, Kind, Meta};
use rustix::io::Errno;

use super::{Answer, FileError, Finding, Look, Step, Stop};
use crate::feed::read::Tree;

/// Entries looked at together.
const MOST: usize = 2048;
/// Folders that they keep open.
const FOLDERS: usize = 64;
/// Fewer are not worth a thread.
const SHARE: usize = 64;

/// Entries to look at soon.
pub(super) struct Looks {
    waiting: Vec<Look>,
    /// How often the folder changes from one of them to the next.
    folders: usize,
    threads: usize,
}

type Seen = Result<(u64, Meta), Errno>;

impl Looks {
    pub(super) fn new(threads: usize) -> Self {
        Self { waiting: Vec::new(), folders: 0, threads: threads.max(1) }
    }

    /// True when it is time to look.
    fn add(&mut self, look: Look) -> bool {
        let same = self.waiting.last().is_some_and(|last| Rc::ptr_eq(&last.folder, &look.folder));
        self.folders += usize::from(!same);
        self.waiting.push(look);
        self.waiting.len() >= MOST || self.folders >= FOLDERS
    }

    fn take(&mut self) -> Vec<Look> {
        self.folders = 0;
        std::mem::take(&mut self.waiting)
    }
}

impl Step<'_, '_> {
    /// Looks at an entry and tells it, not necessarily at once.
    pub(super) fn look(&mut self, look: Look) -> Answer<()> {
        if self.looks.add(look) { self.look_at_waiting() } else { Ok(()) }
    }

    /// Looks at all that wait.
    pub(super) fn look_at_waiting(&mut self) -> Answer<()> {
        let waiting = self.looks.take();
        let asked: Vec<_> = waiting.iter().map(|look| (&look.folder.fd, &look.name)).collect();
        let seen = look_at(self.tree, &asked, self.looks.threads);
        waiting.iter().zip(seen).try_for_each(|(look, seen)| self.seen(look, seen))
    }

    fn seen(&mut self, look: &Look, seen: Seen) -> Answer<()> {
        let Look { folder, name, inode } = look;
        match seen {
            // Only where the directory did not tell.
            Ok((_, meta)) if meta.kind == Kind::Directory => self.locate(*inode, folder.inode, name),
            Ok((found, meta)) if found == *inode => self.out.object(*inode, meta)?,
            Ok((found, _)) => return Err(Stop::Surprise(format!("{found} is where {inode} must be"))),
            Err(Errno::NOENT) => return Err(Stop::Surprise(format!("{inode} is not where it must be"))),
            Err(errno) => {
                let path = folder.path.join(name).unwrap_or_else(|_| folder.path.clone());
                self.out.finding(Finding { error: FileError::new(&path, errno), path });
            }
        }
        Ok(())
    }
}

/// In the order asked.
fn look_at(tree: &Tree, asked: &[(&OwnedFd, &EntryName)], threads: usize) -> Vec<Seen> {
    let look = |part: &[(&OwnedFd, &EntryName)]| -> Vec<Seen> {
        part.iter().map(|(folder, name)| tree.look(folder, Some(name))).collect()
    };
    let share = asked.len().div_ceil(threads).max(SHARE);
    let mut parts = asked.chunks(share);
    // The last part is this thread's own.
    let own = parts.next_back().unwrap_or_default();
    thread::scope(|scope| {
        let others: Vec<_> = parts
            .map(|part| {
                (part, thread::Builder::new().name("zfs-look".into()).spawn_scoped(scope, || look(part)))
            })
            .collect();
        let last = look(own);
        // Without a thread, it is done here.
        let done = |(part, other): (&[_], std::io::Result<thread::ScopedJoinHandle<'_, Vec<Seen>>>)| {
            other.ok().and_then(|other| other.join().ok()).unwrap_or_else(|| look(part))
        };
        others.into_iter().flat_map(done).chain(last).collect()
    })
}
