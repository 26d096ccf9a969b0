//! The catalog against the naive way, one row per file per state: random histories, told in random ways.

mod check;
mod model;

use jiff::Timestamp;
use nasman_core::{Guid, Txg};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};

use self::model::{History, Op, Tree, op};
use super::{DatasetId, NewSnapshot, State};
use crate::Catalog;

struct World<'a> {
    catalog: &'a Catalog,
    dataset: DatasetId,
    tree: Tree,
    history: History,
    clock: i64,
}

impl World<'_> {
    fn txg(&self) -> Txg {
        Txg(self.clock.cast_unsigned() * 10)
    }

    fn snapshot(&self, txg: Txg) -> (Guid, State) {
        let guid = Guid(u64::MAX - self.clock.cast_unsigned());
        let tag = format!("s{}", self.clock).parse().unwrap();
        (guid, State::Snapshot(NewSnapshot { guid, tag, txg, created_at: Timestamp::UNIX_EPOCH }))
    }

    /// What changes are told against: live as last looked at, or the newest snapshot, or nothing.
    fn base(&self, seed: u64) -> (Option<Txg>, Option<&Tree>) {
        let live = self.history.live.as_ref().map(|(txg, tree)| (*txg, tree));
        let newest = self.history.snapshots.last().map(|(_, txg, tree)| (*txg, tree));
        let base = match seed % 4 {
            0 => live,
            1 => None,
            _ => newest,
        };
        (base.map(|(txg, _)| txg), base.map(|(_, tree)| tree))
    }

    /// Killed after its first batch, an apply against a snapshot leaves live as that snapshot was.
    fn after_a_kill(&mut self) {
        let all = self.catalog.datasets().unwrap();
        let position = all.iter().find(|dataset| dataset.id == self.dataset).unwrap().position;
        if self.history.live.as_ref().map(|(txg, _)| *txg) != position {
            let back = self.history.snapshots.iter().find(|(_, txg, _)| Some(*txg) == position);
            self.history.live = back.map(|(_, txg, tree)| (*txg, tree.clone()));
            assert_eq!(self.history.live.is_some(), position.is_some());
        }
    }

    fn step(&mut self, op: &Op) {
        self.clock += 1;
        match op {
            Op::Snapshot { seed } => {
                let (guid, state) = self.snapshot(self.txg());
                let (base, before) = self.base(*seed);
                let changes = self.tree.changes_since(before, *seed);
                self.catalog.apply(self.dataset, state, base, changes).unwrap();
                self.history.snapshots.push((guid, self.txg(), self.tree.clone()));
                self.history.live = Some((self.txg(), self.tree.clone()));
            }
            Op::SnapshotAgain => {
                if let Some((txg, tree)) = self.history.live.clone() {
                    let (guid, state) = self.snapshot(txg);
                    self.catalog.apply(self.dataset, state, Some(txg), []).unwrap();
                    self.history.snapshots.push((guid, txg, tree));
                }
            }
            Op::Live { seed } => {
                let state = State::Live { txg: self.txg(), at: Timestamp::UNIX_EPOCH };
                let (base, before) = self.base(*seed);
                let changes = self.tree.changes_since(before, *seed);
                self.catalog.apply(self.dataset, state, base, changes).unwrap();
                self.history.live = Some((self.txg(), self.tree.clone()));
            }
            Op::Killed { seed, after } => {
                let state = State::Live { txg: self.txg(), at: Timestamp::UNIX_EPOCH };
                let (base, before) = self.base(*seed);
                let changes = self.tree.changes_since(before, *seed);
                let mut apply = self.catalog.begin_apply(self.dataset, state, base).unwrap();
                for change in changes.into_iter().take(*after) {
                    apply.push(change).unwrap();
                }
                drop(apply);
                self.after_a_kill();
            }
            Op::Destroy(pick) if !self.history.snapshots.is_empty() => {
                let (guid, ..) = self.history.snapshots.remove(pick % self.history.snapshots.len());
                self.catalog.forget_snapshot(self.dataset, guid).unwrap();
            }
            Op::Rollback(pick) if !self.history.snapshots.is_empty() => {
                let (_, txg, tree) = self.history.snapshots[pick % self.history.snapshots.len()].clone();
                self.catalog.rollback(self.dataset, txg).unwrap();
                self.history.snapshots.retain(|(_, later, _)| *later <= txg);
                self.tree = tree.clone();
                self.history.live = Some((txg, tree));
            }
            files => self.tree.act(files, self.clock),
        }
    }
}

#[test]
fn every_state_answers_as_the_naive_way_does() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(folder.path()).unwrap();
    let guids = std::cell::Cell::new(0);
    let history = prop::collection::vec(op(), 1..60);
    let answer =
        TestRunner::new(Config { failure_persistence: None, ..Config::default() }).run(&history, |ops| {
            let guid = guids.get() + 1;
            guids.set(guid);
            let dataset =
                catalog.note_dataset(Guid(guid), &"tank/a".parse().unwrap(), Timestamp::UNIX_EPOCH).unwrap();
            let mut world = World {
                catalog: &catalog,
                dataset,
                tree: Tree::new(),
                history: History::default(),
                clock: 1,
            };
            for op in &ops {
                world.step(op);
                if matches!(op, Op::Destroy(_) | Op::Rollback(_) | Op::SnapshotAgain | Op::Killed { .. }) {
                    world.check_states()?;
                }
            }
            world.step(&Op::Live { seed: guid });
            world.check()?;
            catalog.forget_dataset(dataset).unwrap();
            Ok::<(), TestCaseError>(())
        });
    answer.unwrap();
}
