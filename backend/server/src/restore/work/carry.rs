//! Listens to the restore of trees: decides, marks, records, and tells how far it is.

use std::{
    collections::HashMap,
    ops::ControlFlow,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use nasman_core::{
    RelPath,
    restore::{Left, Policies},
};
use nasman_zfs::files::{
    RestoreError,
    tree::{Carry, Decide, Deed, Done, Mark, Met},
};

use super::{
    super::{
        model::PlanAction,
        order::{Order, OrderItem},
        rules::{Decided, Rules},
    },
    guard::Guard,
    marks::Place,
    record::Record,
};
use crate::{
    http::error::{ApiError, ApiResult, Code},
    jobs::{Context, Progress, Unit},
};

/// Progress is told at most this often.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// Why an entry is not restored, until it is told of.
pub(super) enum Why {
    /// An earlier run of this job restored it.
    Known,
    /// The rules leave it.
    Left(Left),
    /// It can't be done.
    Refused(ApiError),
}

/// One run of a restore.
pub(super) struct Carrier<'a> {
    pub(super) order: &'a Order,
    pub(super) policies: &'a Policies,
    pub(super) context: &'a Context<'a>,
    pub(super) record: Record<'a>,
    pub(super) guard: Guard<'a>,
    /// Whether an earlier run of this job was interrupted.
    pub(super) resumed: bool,
    /// The entry asked for that is being restored.
    pub(super) top: Option<&'a OrderItem>,
    pub(super) why: HashMap<RelPath, Why>,
    /// What makes going on pointless, and is not about any file.
    pub(super) fault: Option<ApiError>,
    /// The first of those that failed, and how many did.
    pub(super) failures: (Option<ApiError>, usize),
    pub(super) unchanged: u64,
    /// Bytes of content that were carried.
    done: u64,
    /// Entries that were.
    pub(super) entries: u64,
    began: Timestamp,
    /// What was last told of that, and when.
    told: (u64, Option<Instant>),
}

impl<'a> Carrier<'a> {
    pub(super) fn new(
        order: &'a Order,
        policies: &'a Policies,
        context: &'a Context<'a>,
        record: Record<'a>,
        guard: Guard<'a>,
        (resumed, done, entries): (bool, u64, u64),
    ) -> Self {
        Self {
            order,
            policies,
            context,
            record,
            guard,
            resumed,
            top: None,
            why: HashMap::new(),
            fault: None,
            failures: (None, 0),
            unchanged: 0,
            done,
            entries,
            began: Timestamp::now(),
            told: (0, None),
        }
    }

    /// What was planned for an entry that was asked for.
    fn planned(&self, met: &Met<'_>) -> Option<Deed> {
        let top = self.top.filter(|top| top.from == *met.from)?;
        Some(match (top.action, top.replaces) {
            (PlanAction::Replace, Some(expected)) => Deed::Replace(expected),
            (PlanAction::Merge, _) if met.there.is_some() => {
                Deed::Merge { like_source: self.policies.of(met.from).folders_as_they_were() }
            }
            _ => Deed::Create,
        })
    }

    /// What is there was not there, or not so, when the plan was made: then it is left alone.
    fn later(&self, met: &Met<'_>) -> Option<ApiError> {
        let there = met.there?;
        let changed = self.order.is_later(there.ctime) && !self.guard.explains(met.to, there);
        (changed || !self.order.guard).then(|| RestoreError::Changed { path: met.to.clone() }.into())
    }

    fn leave(&mut self, from: &RelPath, why: Why) -> Deed {
        self.why.insert(from.clone(), why);
        Deed::Skip
    }

    /// Keeps the first fault; the next call of [`Carry::progress`] ends the run.
    pub(super) fn noted(&mut self, done: ApiResult<()>) {
        if let Err(error) = done {
            self.fault.get_or_insert(error);
        }
    }

    /// Tells how far it is, five times a second, and when all is done.
    fn tell_progress(&mut self, name: impl FnOnce() -> Option<String>) {
        let (done, total, unit) = if self.order.bytes > 0 {
            (self.done, self.order.bytes, Unit::Bytes)
        } else {
            (self.entries, self.order.entries, Unit::Files)
        };
        let complete = done >= total && self.told.0 < total;
        if self.told.1.is_some_and(|at| at.elapsed() < TELL_EVERY) && !complete {
            return;
        }
        self.told = (done, Some(Instant::now()));
        let since = self.resumed.then_some(self.began);
        self.context.progress(&Progress { done, total: total.max(done), unit, message: name(), since });
    }
}

impl Decide for Carrier<'_> {
    fn decide(&mut self, met: &Met<'_>) -> Deed {
        if self.resumed {
            match self.record.restored_as(met.from, met.to) {
                Ok(None) => {}
                Ok(Some(place)) => {
                    let skip = self.leave(met.from, Why::Known);
                    return place.name().map_or(skip, Deed::Stands);
                }
                Err(error) => {
                    self.fault.get_or_insert(error);
                    return self.leave(met.from, Why::Known);
                }
            }
        }
        if let Some(deed) = self.planned(met) {
            return deed;
        }
        let rules = Rules { policies: self.policies, label: &self.order.label };
        match rules.decide(met, |_| false) {
            Decided::Do(deed @ Deed::Replace(_)) => match self.later(met) {
                Some(error) => self.leave(met.from, Why::Refused(error)),
                None => deed,
            },
            // Without a guard snapshot nothing that is there is changed.
            Decided::Do(Deed::Merge { .. }) if !self.order.guard => Deed::Merge { like_source: false },
            Decided::Do(deed) => deed,
            Decided::Leave(left) => self.leave(met.from, Why::Left(left)),
            Decided::Refuse(refused) => {
                let error = ApiError::new(
                    Code::Conflict,
                    format!("'{}': {refused}", met.to.display().escape_debug()),
                );
                self.leave(met.from, Why::Refused(error))
            }
        }
    }
}

impl Carry for Carrier<'_> {
    fn mark(&mut self, mark: &Mark<'_>) -> Result<(), RestoreError> {
        let stored = match mark {
            Mark::Staging(path) => {
                self.record.marks.staging = Some((*path).clone());
                self.record.mark()
            }
            Mark::Placing(placing) => self.record.mark_placing(placing.iter().map(Place::from).collect()),
        };
        stored.map_err(|error| {
            self.fault.get_or_insert(error);
            RestoreError::Canceled
        })
    }

    fn done(&mut self, done: Done) {
        self.came(&done);
        self.tell_progress(|| done.to.name().map(|name| name.display()));
    }

    fn undone(&mut self, to: &RelPath) {
        let forgotten = self.record.forget(to);
        self.noted(forgotten);
    }

    fn progress(&mut self, bytes: u64) -> ControlFlow<()> {
        self.done += bytes;
        let stored = self.record.tick();
        self.noted(stored);
        let top = self.top;
        self.tell_progress(|| top?.to.name().map(|name| name.display()));
        if self.fault.is_some() || self.context.should_stop() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
