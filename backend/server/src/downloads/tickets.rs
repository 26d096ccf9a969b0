//! Downloads that were asked for and may be fetched, and how many are being fetched.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use super::Selection;
use crate::auth::{Caller, Via};

/// How long one waits to be fetched, from when it was asked for or last fetched.
const LIFE: SignedDuration = SignedDuration::from_mins(10);
/// So many of a user wait at most; the one that waited longest makes room.
const WAITING: usize = 32;
/// So many of a user are streamed at once. Each has a thread, and reads from the pool's disks.
const AT_ONCE: usize = 4;

/// Whose a download is: a user's, or one token's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    user: i64,
    token: Option<i64>,
}

impl From<&Caller> for Owner {
    fn from(caller: &Caller) -> Self {
        let token = match caller.via {
            Via::Token(id) => Some(id),
            // Of any session: who signed in anew meanwhile is still the same.
            Via::Session(_) => None,
        };
        Self { user: caller.user.id, token }
    }
}

#[derive(Debug)]
struct Ticket {
    owner: Owner,
    selection: Arc<Selection>,
    expires_at: Timestamp,
}

#[derive(Debug, Default)]
struct Inner {
    tickets: HashMap<String, Ticket>,
    /// By user, none of them 0.
    running: HashMap<i64, usize>,
}

/// All of them, in memory: a restart forgets them.
#[derive(Debug, Default)]
pub struct Downloads(Mutex<Inner>);

impl Downloads {
    /// Keeps a selection to be fetched. Answers its id and when it is forgotten.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn issue(
        &self,
        owner: Owner,
        selection: Selection,
        now: Timestamp,
    ) -> Result<(String, Timestamp), getrandom::Error> {
        let mut random = [0u8; 16];
        getrandom::fill(&mut random)?;
        let id = format!("{:032x}", u128::from_be_bytes(random));
        let expires_at = end(now);
        self.forget_expired(now);
        let mut inner = self.inner();
        let of_user = inner.tickets.iter().filter(|(_, ticket)| ticket.owner.user == owner.user);
        if of_user.clone().count() >= WAITING {
            let oldest = of_user.min_by_key(|(_, ticket)| ticket.expires_at).map(|(id, _)| id.clone());
            if let Some(id) = oldest {
                inner.tickets.remove(&id);
            }
        }
        inner.tickets.insert(id.clone(), Ticket { owner, selection: Arc::new(selection), expires_at });
        Ok((id, expires_at))
    }

    /// The selection with this id, if it is the asker's and not expired; it waits anew from now on.
    #[must_use]
    pub fn find(&self, id: &str, owner: Owner, now: Timestamp) -> Option<Arc<Selection>> {
        let mut inner = self.inner();
        let ticket =
            inner.tickets.get_mut(id).filter(|ticket| ticket.owner == owner && ticket.expires_at > now)?;
        ticket.expires_at = end(now);
        Some(Arc::clone(&ticket.selection))
    }

    /// Forgets what nobody fetched in time.
    pub fn forget_expired(&self, now: Timestamp) {
        self.inner().tickets.retain(|_, ticket| ticket.expires_at > now);
    }

    /// Counts one more stream of the owner's user, until the answer is dropped; absent when there are enough.
    #[must_use]
    pub fn begin(self: &Arc<Self>, owner: Owner) -> Option<Running> {
        let mut inner = self.inner();
        let running = inner.running.entry(owner.user).or_default();
        if *running >= AT_ONCE {
            return None;
        }
        *running += 1;
        Some(Running { downloads: Arc::clone(self), user: owner.user })
    }

    /// How many are being streamed, everybody's together.
    #[must_use]
    pub fn running(&self) -> usize {
        self.inner().running.values().sum()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn end(now: Timestamp) -> Timestamp {
    now.saturating_add(LIFE).unwrap_or(Timestamp::MAX)
}

/// A stream that counts, until dropped.
#[derive(Debug)]
pub struct Running {
    downloads: Arc<Downloads>,
    user: i64,
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut inner = self.downloads.inner();
        let left = inner.running.remove(&self.user).unwrap_or_default().saturating_sub(1);
        if left > 0 {
            inner.running.insert(self.user, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::downloads::Format;

    const ANNA: Owner = Owner { user: 1, token: None };

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_second(minutes * 60).unwrap()
    }

    fn issue(downloads: &Downloads, owner: Owner, minutes: i64) -> String {
        let selection = Selection { format: Format::Zip, name: "a.zip".into(), parts: Vec::new() };
        downloads.issue(owner, selection, at(minutes)).unwrap().0
    }

    #[test]
    fn expires_unless_fetched_in_time() {
        let downloads = Downloads::default();
        let id = issue(&downloads, ANNA, 0);
        assert_eq!(id.len(), 32);
        assert!(downloads.find(&id, ANNA, at(9)).is_some());
        assert!(downloads.find(&id, ANNA, at(18)).is_some(), "fetched at 9, so it waits until 19");
        assert!(downloads.find(&id, ANNA, at(28)).is_none());
        issue(&downloads, ANNA, 28);
        assert_eq!(downloads.inner().tickets.len(), 1, "the other is forgotten");
    }

    #[test]
    fn is_nobody_elses() {
        let downloads = Downloads::default();
        let (id, token) = (issue(&downloads, ANNA, 0), Owner { token: Some(7), ..ANNA });
        for other in [Owner { user: 2, ..ANNA }, token, Owner { token: Some(8), ..token }] {
            assert!(downloads.find(&id, other, at(1)).is_none(), "{other:?}");
        }
        let of_token = issue(&downloads, token, 0);
        assert!(downloads.find(&of_token, token, at(1)).is_some());
        assert!(downloads.find(&of_token, ANNA, at(1)).is_none());
        assert!(downloads.find("", ANNA, at(1)).is_none());
    }

    #[test]
    fn one_user_cannot_fill_the_memory() {
        let downloads = Downloads::default();
        let other = issue(&downloads, Owner { user: 2, ..ANNA }, 0);
        let first = issue(&downloads, ANNA, 0);
        let ids: Vec<_> = (0..WAITING).map(|_| issue(&downloads, ANNA, 1)).collect();
        assert!(downloads.find(&first, ANNA, at(2)).is_none());
        assert!(ids.iter().all(|id| downloads.find(id, ANNA, at(2)).is_some()));
        assert!(downloads.find(&other, Owner { user: 2, ..ANNA }, at(2)).is_some());
    }

    #[test]
    fn streams_are_counted_by_user() {
        let downloads = Arc::new(Downloads::default());
        let mut running: Vec<_> = (0..AT_ONCE).map(|_| downloads.begin(ANNA).unwrap()).collect();
        assert!(downloads.begin(Owner { token: Some(1), ..ANNA }).is_none());
        assert!(downloads.begin(Owner { user: 2, ..ANNA }).is_some());
        running.pop();
        assert!(downloads.begin(ANNA).is_some());
        drop(running);
        assert_eq!((downloads.running(), downloads.inner().running.len()), (0, 0));
    }
}
