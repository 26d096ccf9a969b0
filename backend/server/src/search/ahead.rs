//! The first state of a dataset, told to search while it is walked.
//!
//! A first state is all there is, so what the catalog will say of it can be told before it is there. Read back from the
//! catalog after the walk, a million files took a quarter longer until they were found, on two processors.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    time::{Duration, Instant},
};

use nasman_catalog::PathVersion;
use nasman_core::{Change, Guid, Lifetime, Meta, Placing, RelPath, Txg};
use nasman_search::Engine;

use super::Search;

/// Changes handed over at a time, and how many such hands may wait.
const HAND: usize = 256;
const HANDS: usize = 32;
/// So long a walk waits for search to be done with something else, once.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between looks at whether to go on.
const LOOK: Duration = Duration::from_secs(1);

/// The end of a walk that tells search. Dropped before [`Ahead::end`], nothing of what it told is found.
pub struct Ahead {
    /// Absent when search is told nothing more.
    send: Option<SyncSender<Vec<Change>>>,
    /// Disconnected when somebody took up the other end, or threw it away.
    waiting: Receiver<()>,
    since: Instant,
    hand: Vec<Change>,
}

/// The end where search takes it in.
pub(super) struct Coming {
    pub dataset: Guid,
    txg: Txg,
    receive: Receiver<Vec<Change>>,
    waiting: Option<SyncSender<()>>,
}

impl Search {
    /// Begins to tell of the first state of a dataset, which is at `txg`. What is told is found when the catalog has all of
    /// it. Where search has other things to do, it is told nothing, and reads the catalog later.
    pub fn ahead(&self, dataset: Guid, txg: Txg) -> Ahead {
        let (send, receive) = sync_channel(HANDS);
        let (attend, waiting) = sync_channel(0);
        let mut ahead = Ahead { send: None, waiting, since: Instant::now(), hand: Vec::new() };
        // Another engine may show what it has before it is committed.
        if self.index.engine() == Engine::Embedded {
            ahead.send = Some(send);
            *self.coming() = Some(Coming { dataset, txg, receive, waiting: Some(attend) });
            self.hint();
        }
        ahead
    }
}

impl Ahead {
    /// Tells a change.
    pub fn tell(&mut self, change: &Change) {
        if self.send.is_some() {
            self.hand.push(change.clone());
            if self.hand.len() == HAND {
                let hand = std::mem::replace(&mut self.hand, Vec::with_capacity(HAND));
                self.pass(hand);
            }
        }
    }

    /// All was told, and the catalog has it. Answers whether all was passed on.
    pub fn end(mut self) -> bool {
        let hand = std::mem::take(&mut self.hand);
        if !hand.is_empty() {
            self.pass(hand);
        }
        self.pass(Vec::new());
        self.send.is_some()
    }

    fn pass(&mut self, hand: Vec<Change>) {
        let Some(send) = &self.send else { return };
        let passed = match send.try_send(hand) {
            Err(TrySendError::Full(hand)) => {
                let left = PATIENCE.saturating_sub(self.since.elapsed());
                let attended = self.waiting.recv_timeout(left) == Err(RecvTimeoutError::Disconnected);
                attended && send.send(hand).is_ok()
            }
            sent => sent.is_ok(),
        };
        if !passed {
            self.send = None;
        }
    }
}

impl Coming {
    /// What comes, as the catalog will tell it, until it ends or `goes_on` says no. `all` becomes true when it was told to
    /// its end.
    pub fn versions<'a>(
        mut self,
        goes_on: &'a dyn Fn() -> bool,
        all: &'a mut bool,
    ) -> impl Iterator<Item = PathVersion> + use<'a> {
        self.waiting = None;
        let (mut placing, mut looked) = (Placing::default(), Instant::now());
        let lifetime = Lifetime { born: self.txg, died: None };
        let hands = std::iter::from_fn(move || {
            loop {
                if looked.elapsed() >= LOOK {
                    looked = Instant::now();
                    if !goes_on() {
                        return None;
                    }
                }
                match self.receive.recv_timeout(LOOK) {
                    Ok(hand) if hand.is_empty() => {
                        *all = true;
                        return None;
                    }
                    Ok(hand) => {
                        let mut versions = Vec::with_capacity(hand.len());
                        let mut place = |path, inode, meta: &Meta| {
                            versions.push(version(path, inode, meta, lifetime));
                        };
                        hand.into_iter().for_each(|change| placing.tell(change, &mut place));
                        return Some(versions);
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return None,
                }
            }
        });
        hands.flatten()
    }
}

fn version(path: RelPath, inode: u64, meta: &Meta, lifetime: Lifetime) -> PathVersion {
    PathVersion {
        inode,
        path,
        kind: meta.kind,
        size: meta.size,
        modified: meta.mtime.seconds,
        owner: meta.uid,
        lifetime,
        latest: true,
        versions: 1,
    }
}
