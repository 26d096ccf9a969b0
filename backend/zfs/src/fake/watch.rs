//! Hints about the fake.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use nasman_core::{DatasetName, SnapshotName, SnapshotTag};

use crate::watch::{Hint, Tell, Watch, is_own};

/// Who wants hints. They are called in the middle of what changes the fake, which may be asked by them.
#[derive(Default)]
pub(super) struct Watchers(Mutex<Vec<Weak<Tell>>>);

impl Watchers {
    pub(super) fn add(&self, tell: Tell) -> Watch {
        let tell = Arc::new(tell);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&tell));
        Watch::new(tell)
    }

    /// The state must not be locked.
    pub(super) fn tell(&self, dataset: Option<&DatasetName>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|watcher| watcher.strong_count() > 0);
        let now: Vec<Arc<Tell>> = all.iter().filter_map(Weak::upgrade).collect();
        drop(all);
        now.iter().for_each(|tell| tell(Hint { dataset: dataset.cloned() }));
    }

    /// Something happened to a snapshot.
    pub(super) fn tell_of_snapshot(&self, dataset: &DatasetName, tag: &SnapshotTag) {
        if !is_own(&SnapshotName { dataset: dataset.clone(), tag: tag.clone() }) {
            self.tell(Some(dataset));
        }
    }
}
