//! Collects steps while keeping the trees that they lead to.

use fastrand::Rng;

use super::dates::{DAY, HOUR, midnight};
use super::{Action, Op, Plan, Settings, Step};

/// Steps may be told in any order; what is done at one time keeps the order of telling.
pub(crate) struct Builder {
    pub(crate) rng: Rng,
    pub(crate) settings: Settings,
    steps: Vec<Step>,
}

impl Builder {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { rng: Rng::with_seed(settings.seed), settings, steps: Vec::new() }
    }

    /// The first day's morning, when all the older files are already there.
    pub(crate) fn start(&self) -> i64 {
        self.day(0) + 7 * HOUR
    }

    /// Midnight of day `n` of the story; day `days` is today.
    pub(crate) fn day(&self, n: u16) -> i64 {
        midnight(self.settings.now) - DAY * (i64::from(self.settings.days) - i64::from(n))
    }

    /// When the daily snapshot of day `n` is taken.
    pub(crate) fn evening(&self, n: u16) -> i64 {
        self.day(n) + 23 * HOUR
    }

    /// An hour of today's small hours or morning: after yesterday's snapshot and before now, however early it is.
    pub(crate) fn this_morning(&self) -> i64 {
        let (now, usual) = (self.settings.now, midnight(self.settings.now) + 8 * HOUR + 12 * 60);
        let yesterday = self.evening(self.settings.days - 1);
        if now > usual + HOUR / 2 { usual } else { yesterday + (now - yesterday) / 2 }
    }

    pub(crate) fn change(&mut self, at: i64, dataset: &'static str, ops: Vec<Op>) {
        if !ops.is_empty() {
            self.step(at, Action::Change(dataset, ops));
        }
    }

    pub(crate) fn step(&mut self, at: i64, action: Action) {
        self.steps.push(Step { at, action });
    }

    /// Everything told so far, in the order of time.
    pub(crate) fn told(&self) -> Vec<Step> {
        let mut steps = self.steps.clone();
        steps.sort_by_key(|step| step.at);
        steps
    }

    pub(crate) fn finish(mut self) -> Plan {
        self.steps.sort_by_key(|step| step.at);
        Plan { steps: self.steps }
    }
}
