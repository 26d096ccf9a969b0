//! What a catalog must do so that it knows the snapshots that there are.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{Guid, SnapshotTag, Txg};

/// A snapshot that a catalog has noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedSnapshot {
    /// Identity in its dataset.
    pub guid: Guid,
    /// What it was last called.
    pub tag: SnapshotTag,
    /// Its order.
    pub txg: Txg,
    /// How far the catalog is with it.
    pub noted: Noted,
}

/// How far a catalog is with a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// Its files are known.
    Indexed,
    /// Its files could not be read; it is passed over.
    Failed,
    /// Its files are still to be read.
    Waiting,
}

/// A snapshot that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSnapshot {
    /// Identity in its dataset.
    pub guid: Guid,
    /// What it is called.
    pub tag: SnapshotTag,
    /// Its order.
    pub txg: Txg,
}

/// What is to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// Snapshots that are gone.
    pub forget: Vec<Guid>,
    /// Snapshots that are new or have another name.
    pub note: Vec<FoundSnapshot>,
    /// Snapshots whose files are to be read, oldest first.
    pub index: Vec<FoundSnapshot>,
    /// The newest indexed snapshot is among those that are gone, as after a rollback.
    pub forgets_newest: bool,
    /// Some of them are older than one that is indexed (a promoted clone brings such), so that all must be read anew,
    /// from the oldest on: `index` has them all.
    pub anew: bool,
}

impl Reconciliation {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.forget.is_empty() && self.note.is_empty() && self.index.is_empty()
    }

    /// Compares what is noted with what there is.
    #[must_use]
    pub fn between(noted: &[NotedSnapshot], found: &[FoundSnapshot]) -> Self {
        let by_guid: HashMap<Guid, &NotedSnapshot> = noted.iter().map(|s| (s.guid, s)).collect();
        let there: BTreeMap<(Txg, Guid), &FoundSnapshot> =
            found.iter().map(|s| ((s.txg, s.guid), s)).collect();
        let exists: HashSet<Guid> = found.iter().map(|s| s.guid).collect();
        let state = |s: &FoundSnapshot| by_guid.get(&s.guid).map(|noted| noted.noted);
        let mut plan = Self {
            forget: noted.iter().map(|s| s.guid).filter(|guid| !exists.contains(guid)).collect(),
            ..Self::default()
        };
        for snapshot in there.values() {
            if by_guid.get(&snapshot.guid).is_none_or(|noted| noted.tag != snapshot.tag) {
                plan.note.push((*snapshot).clone());
            }
        }
        let indexed = noted.iter().filter(|s| s.noted == Noted::Indexed);
        let last = indexed.max_by_key(|s| s.txg);
        plan.forgets_newest = last.is_some_and(|last| !exists.contains(&last.guid));
        let newest = there.values().filter(|s| state(s) == Some(Noted::Indexed)).map(|s| s.txg).next_back();
        let waits = |s: &FoundSnapshot| !matches!(state(s), Some(Noted::Indexed | Noted::Failed));
        plan.anew = there.values().any(|s| waits(s) && newest.is_some_and(|newest| s.txg < newest));
        let wanted = there.values().filter(|s| plan.anew || waits(s));
        plan.index = wanted.map(|s| (*s).clone()).collect();
        plan
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(number: u64) -> FoundSnapshot {
        FoundSnapshot {
            guid: Guid(number),
            tag: format!("s{number}").parse().unwrap(),
            txg: Txg(number * 10),
        }
    }

    fn noted(number: u64, noted: Noted) -> NotedSnapshot {
        let FoundSnapshot { guid, tag, txg } = found(number);
        NotedSnapshot { guid, tag, txg, noted }
    }

    #[test]
    fn nothing_happened() {
        let plan = Reconciliation::between(
            &[noted(1, Noted::Indexed), noted(2, Noted::Failed)],
            &[found(1), found(2)],
        );
        assert!(plan.is_empty() && !plan.anew, "{plan:?}");
    }

    #[test]
    fn comes_goes_and_changes_its_name() {
        let renamed = FoundSnapshot { tag: "other".parse().unwrap(), ..found(2) };
        let known = [noted(1, Noted::Indexed), noted(2, Noted::Indexed), noted(3, Noted::Waiting)];
        let plan = Reconciliation::between(&known, &[found(4), found(3), renamed.clone()]);
        assert_eq!(plan.forget, [Guid(1)]);
        assert_eq!(plan.note, [renamed, found(4)]);
        assert_eq!(plan.index, [found(3), found(4)]);
        assert!(!plan.anew && !plan.forgets_newest);
    }

    #[test]
    fn older_ones_that_turn_up_later_mean_all_anew() {
        let plan = Reconciliation::between(&[noted(5, Noted::Indexed)], &[found(1), found(5)]);
        assert!(plan.anew);
        assert_eq!(plan.index, [found(1), found(5)]);
    }

    #[test]
    fn one_that_failed_is_passed_over_until_all_is_read_anew() {
        let known = [noted(1, Noted::Indexed), noted(2, Noted::Failed), noted(3, Noted::Indexed)];
        let there = [found(1), found(2), found(3), found(4)];
        assert_eq!(Reconciliation::between(&known, &there).index, [found(4)]);
        // After a rollback the newest indexed one is gone; the failed one is none that waits.
        let back = Reconciliation::between(&known, &there[..2]);
        assert!(back.index.is_empty() && back.forgets_newest, "{back:?}");
    }
}
