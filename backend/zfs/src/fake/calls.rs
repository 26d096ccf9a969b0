//! What was asked of the fake, and which verbs it was told to fail.

use std::collections::BTreeMap;

use crate::{Result, ZfsError};

/// The methods of [`crate::Zfs`], one each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "each is named after the method it stands for")]
pub enum Verb {
    Version,
    Pools,
    Pool,
    Datasets,
    Dataset,
    Snapshots,
    SnapshotDetails,
    CreateSnapshot,
    DestroyPlan,
    DestroySnapshot,
    Holds,
    Hold,
    Release,
    Properties,
    SetProperty,
    LiveFolder,
    SnapshotFolder,
    LeaveSnapshot,
    Watch,
}

#[derive(Debug)]
struct Failure {
    error: ZfsError,
    always: bool,
}

/// Counters and failures, by verb.
#[derive(Debug, Default)]
pub(super) struct Calls {
    counts: BTreeMap<Verb, usize>,
    failures: BTreeMap<Verb, Failure>,
    /// Names for which details were asked, in all.
    pub(super) details_asked: usize,
}

impl Calls {
    /// Notes a call; answers with the failure if the verb was told to fail.
    pub(super) fn enter(&mut self, verb: Verb) -> Result<()> {
        *self.counts.entry(verb).or_default() += 1;
        match self.failures.get(&verb) {
            None => Ok(()),
            Some(failure) => {
                let error = failure.error.clone();
                if !failure.always {
                    self.failures.remove(&verb);
                }
                Err(error)
            }
        }
    }

    pub(super) fn count(&self, verb: Verb) -> usize {
        self.counts.get(&verb).copied().unwrap_or(0)
    }

    pub(super) fn fail(&mut self, verb: Verb, error: ZfsError, always: bool) {
        self.failures.insert(verb, Failure { error, always });
    }

    pub(super) fn heal(&mut self, verb: Verb) {
        self.failures.remove(&verb);
    }

    pub(super) fn reset(&mut self) {
        self.counts.clear();
        self.details_asked = 0;
    }
}
