//! The catalog against the naive way, one row per file per state: random histories, told in random ways.

mod check;
mod compare;
mod model;
mod search;

use jiff::Timestamp;
use nasman_core::{Change, Guid, Kind, Txg};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};

use self::{
    model::{History, Op, Tree, op},
    search::Mirror,
};
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

    /// What a state may be told against: nothing, what is known last, or any snapshot.
    fn base(&self, seed: u64) -> Option<(Txg, Tree)> {
        let snapshots = &self.history.snapshots;
        let pick = usize::try_from(seed >> 8).unwrap_or_default();
        match seed % 8 {
            0 => None,
            1..5 if !snapshots.is_empty() => {
                let (_, txg, tree) = snapshots[pick % snapshots.len()].clone();
                Some((txg, tree))
            }
            _ => self.history.live.clone(),
        }
    }

    fn changes(&self, base: Option<&(Txg, Tree)>, seed: u64) -> Vec<Change> {
        self.tree.changes_since(base.map(|(_, tree)| tree), seed)
    }

    fn apply(&self, state: State, seed: u64) {
        let base = self.base(seed);
        let changes = self.changes(base.as_ref(), seed);
        self.catalog.apply(self.dataset, state, base.map(|(txg, _)| txg), changes).unwrap();
    }

    fn look(&mut self, seed: u64) {
        self.apply(State::Live { txg: self.txg(), at: Timestamp::UNIX_EPOCH }, seed);
        self.history.live = Some((self.txg(), self.tree.clone()));
    }

    fn step(&mut self, op: &Op) {
        self.clock += 1;
        match op {
            Op::Snapshot { seed } => {
                let (guid, state) = self.snapshot(self.txg());
                self.apply(state, *seed);
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
            Op::Live { seed } => self.look(*seed),
            Op::Late { seed } => {
                let (now, tree) = (self.txg(), self.tree.clone());
                let (guid, state) = self.snapshot(now);
                let mut snapshots = self.history.snapshots.iter().map(|(_, txg, tree)| (*txg, tree.clone()));
                let base = snapshots.next_back().filter(|_| seed % 4 > 0);
                self.clock += 1;
                self.tree.act(&Op::Write(0), self.clock);
                self.tree.act(&Op::Remove(1), self.clock);
                self.look(*seed);
                let changes = tree.changes_since(base.as_ref().map(|(_, tree)| tree), *seed);
                self.catalog.apply(self.dataset, state, base.map(|(txg, _)| txg), changes).unwrap();
                self.history.snapshots.push((guid, now, tree.clone()));
                self.history.live = Some((now, tree));
            }
            Op::Killed { seed, after } => {
                let state = State::Live { txg: self.txg(), at: Timestamp::UNIX_EPOCH };
                let base = self.base(*seed);
                let changes = self.changes(base.as_ref(), *seed);
                let base = base.map(|(txg, _)| txg);
                let mut apply = self.catalog.begin_apply(self.dataset, state, base).unwrap();
                for change in changes.into_iter().take(*after) {
                    apply.push(change).unwrap();
                }
                // The base may be destroyed while something is told against it.
                let destroyed = self.history.snapshots.iter().position(|(_, txg, _)| Some(*txg) == base);
                if let Some(place) = destroyed.filter(|_| seed % 2 == 0) {
                    let (guid, ..) = self.history.snapshots.remove(place);
                    self.catalog.forget_snapshot(self.dataset, guid).unwrap();
                    if seed % 4 == 0 {
                        for change in self.tree.changes_since(None, *seed) {
                            apply.push(change).unwrap();
                        }
                        apply.finish().unwrap();
                        self.history.live = Some((self.txg(), self.tree.clone()));
                    }
                }
            }
            Op::Unnoticed(pick) if !self.history.snapshots.is_empty() => {
                let (_, back, tree) = self.history.snapshots[pick % self.history.snapshots.len()].clone();
                for (guid, ..) in self.history.snapshots.extract_if(.., |(_, txg, _)| *txg > back) {
                    self.catalog.forget_snapshot(self.dataset, guid).unwrap();
                }
                self.tree = tree;
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

impl World<'_> {
    fn live_through(&mut self, ops: &[Op], guid: Guid) -> Result<(), TestCaseError> {
        let mut mirror = Mirror::default();
        for op in ops {
            self.step(op);
            // Not after each: what several steps noted must come together, too.
            if matches!(op, Op::Snapshot { seed } | Op::Live { seed } if seed % 2 == 0) {
                mirror.follow(self.catalog, guid);
            }
            if matches!(
                op,
                Op::Destroy(_) | Op::Rollback(_) | Op::SnapshotAgain | Op::Killed { .. } | Op::Late { .. }
            ) {
                self.check_states()?;
                self.check_search(guid, &mut mirror)?;
            }
        }
        self.step(&Op::Live { seed: guid.0 });
        self.check(guid)?;
        self.check_search(guid, &mut mirror)
    }
}

/// Tells a story of a dataset of its own.
fn tell(catalog: &Catalog, guid: u64, ops: &[Op]) -> Result<(), TestCaseError> {
    let name = "tank/a".parse().unwrap();
    let dataset = catalog.note_dataset(Guid(guid), &name, Timestamp::UNIX_EPOCH).unwrap();
    let (tree, history) = (Tree::new(), History::default());
    let outcome = World { catalog, dataset, tree, history, clock: 1 }.live_through(ops, Guid(guid));
    // Also where it failed: what is left would mislead the search for a shorter story.
    catalog.forget_dataset(dataset).unwrap();
    outcome
}

#[test]
fn every_state_answers_as_the_naive_way_does() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(folder.path()).unwrap();
    let guids = std::cell::Cell::new(0);
    let history = prop::collection::vec(op(), 1..60);
    let answer =
        TestRunner::new(Config { failure_persistence: None, ..Config::default() }).run(&history, |ops| {
            guids.set(guids.get() + 1);
            tell(&catalog, guids.get(), &ops)
        });
    answer.unwrap();
}

/// Two folders are in each other, one after the other. It takes thousands of stories to come upon this one.
#[test]
fn names_that_lead_in_circles_over_time_are_followed() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(folder.path()).unwrap();
    let create = |dir, name, kind| Op::Create { dir, name, kind };
    let story = [
        create(9_621_584_339_089_326_726, 2, Kind::File),
        create(16_787_920_956_251_115_783, 3, Kind::Directory),
        create(1_362_976_563_230_902_083, 0, Kind::Directory),
        Op::Move { from: 3_935_166_608_755_196_140, dir: 4_089_616_861_166_116_520, name: 0 },
        create(14_789_565_308_689_320_096, 0, Kind::Directory),
        create(7_584_888_453_527_531_298, 2, Kind::File),
        create(2_594_376_826_696_793_103, 3, Kind::Symlink),
        Op::Remove(16_283_577_644_251_685_668),
        Op::Snapshot { seed: 4_013_718_801_022_194_997 },
        Op::Move { from: 1_510_616_264_177_752_072, dir: 8_297_452_273_543_257_192, name: 0 },
        create(7_384_038_329_167_246_578, 0, Kind::Directory),
        create(18_414_477_687_097_783_006, 1, Kind::Directory),
        Op::Move { from: 4_359_118_690_687_782_583, dir: 5_549_820_095_077_702_195, name: 2 },
        Op::SnapshotAgain,
    ];
    // What is looked up first depends on the order of a hash map.
    (1..=40).try_for_each(|guid| tell(&catalog, guid, &story)).unwrap();
}
