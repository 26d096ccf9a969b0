//! Looking at many entries at once: most of a cold look is the kernel's work, which several threads share.

use std::{os::fd::OwnedFd, sync::Arc, thread};

use nasman_core::{EntryName, Meta, RelPath};
use rustix::io::Errno;

use super::read::Tree;

/// Fewer are not worth another thread.
const SHARE: usize = 64;

/// An opened directory.
pub(super) struct Opened {
    pub(super) inode: u64,
    pub(super) path: RelPath,
    pub(super) fd: OwnedFd,
}

/// An entry to look at.
pub(super) struct Look {
    pub(super) folder: Arc<Opened>,
    pub(super) name: EntryName,
    /// The object that must be there.
    pub(super) inode: u64,
}

type Found = Result<(u64, Meta), Errno>;

/// What is found at each, in order.
pub(super) fn look_all(tree: &Tree, looks: &[Look], threads: usize) -> Vec<Found> {
    let look = |look: &Look| tree.look(&look.folder.fd, Some(&look.name));
    let share = looks.len().div_ceil(threads.max(1)).max(SHARE);
    let (own, others) = looks.split_at(share.min(looks.len()));
    if others.is_empty() {
        return own.iter().map(look).collect();
    }
    thread::scope(|scope| {
        let others: Vec<_> = others
            .chunks(share)
            .map(|looks| {
                let all = move || looks.iter().map(look).collect::<Vec<_>>();
                // Without a thread it is done here, later.
                (looks, thread::Builder::new().name("zfs-look".into()).spawn_scoped(scope, all))
            })
            .collect();
        let mut found: Vec<_> = own.iter().map(look).collect();
        for (looks, thread) in others {
            match thread.map(thread::ScopedJoinHandle::join) {
                Ok(Ok(more)) => found.extend(more),
                Ok(Err(_)) | Err(_) => found.extend(looks.iter().map(look)),
            }
        }
        found
    })
}
