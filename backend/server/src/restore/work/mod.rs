//! The job that carries out a restore's plan.
//!
//! Before each deed it stores what the next process needs to know of it. Killed at any point, the next start finds out what
//! was made, removes what was not complete, and goes on with the rest.

mod aside;
mod carry;
mod guard;
mod hold;
mod left;
mod marks;
mod record;
mod resume;
mod tell;

use std::sync::Arc;

use nasman_catalog::{Catalog, Job, NewRestoreItem};
use nasman_core::{DatasetName, EntryName, HoldTag, RelPath, SnapshotName, restore::Outcome};
use nasman_zfs::{
    Dataset, Zfs,
    files::{Root, tree::Trees},
};
use serde_json::{Value, json};

use self::{
    carry::Carrier,
    guard::Guard,
    marks::Marks,
    record::{Record, because, item},
};
pub(super) use self::{
    hold::{hold_tag, release, release_at_last},
    left::{clear_up, is_gone},
};
use super::{
    model::PlanAction,
    order::{Order, OrderItem, by_guid},
    result::{RestoreResult, RestoredItem},
};
use crate::{
    browse::live_root,
    http::error::{ApiError, ApiResult, Code},
    index::Index,
    jobs::{Context, Failure, Work},
};

/// A job that was killed so often is not begun again: it may be what kills the server.
pub(super) const MOST_STARTS: u32 = 5;
/// Items that a job's result shows.
pub(super) const SHOWN: u32 = 1000;

/// Restores files.
pub struct RestoreWork {
    zfs: Arc<dyn Zfs>,
    catalog: Catalog,
    index: Arc<Index>,
}

impl RestoreWork {
    /// The word that restore jobs are stored under.
    pub const KIND: &'static str = "restore";

    /// Restores files by way of this ZFS, remembers what was made, and lets the index know.
    #[must_use]
    pub fn new(zfs: Arc<dyn Zfs>, catalog: Catalog, index: Arc<Index>) -> Self {
        Self { zfs, catalog, index }
    }
}

impl Work for RestoreWork {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    fn run(&self, job: &Job, context: &Context<'_>) -> Result<Value, Failure> {
        let order = Order::of(job)?;
        let before = marks(job);
        let resumed = before.is_some();
        let hold = hold_tag(job)?;
        let mut marks = before.unwrap_or_else(|| Marks::new(hold.clone(), 0));
        marks.starts += 1;
        context.mark(&json!(marks))?;
        let id = self.catalog.begin_restore(&job.id).map_err(ApiError::from)?.id;
        let mut run = Run {
            zfs: &*self.zfs,
            job,
            order: &order,
            context,
            record: Some(Record::new(&self.catalog, &job.id, id, marks)),
            resumed,
            guard: None,
            unchanged: 0,
        };
        let outcome = run.all(&hold);
        let (guard, unchanged) = (run.guard.map(|guard| guard.to_string()), run.unchanged);
        if outcome.as_ref().is_err_and(|error| error.code == Code::Canceled) && context.server_stops() {
            self.leave_for_later(&job.id, context);
        } else {
            self.let_go(&order, &hold, context);
        }
        self.index.note_change(order.target.clone());
        let result = result(&self.catalog, id, &order.target, guard, unchanged);
        match outcome {
            Ok(()) => Ok(json!(result?)),
            Err(error) => Err(Failure { error, result: result.ok().map(|result| json!(result)) }),
        }
    }

    fn recover(&self, job: &Job) -> Result<(), ApiError> {
        // No marks: it had not begun.
        let Some(marks) = marks(job) else { return Ok(()) };
        let order = Order::of(job)?;
        let hold = marks.hold.clone();
        let settled = left::settle(&*self.zfs, &self.catalog, job, &order, marks);
        // Whatever became of the files: nothing reads the snapshot any more.
        let released = release(&*self.zfs, &order.dataset, order.snapshot, &hold);
        settled.and(released)
    }

    fn goes_on(&self, job: &Job) -> bool {
        marks(job).is_none_or(|marks| marks.starts < MOST_STARTS)
    }

    fn left(&self, job: &Job) -> Option<Value> {
        marks(job).filter(Marks::tell_of_something).map(|marks| json!(marks))
    }

    fn clear_up(&self) {
        clear_up(&*self.zfs, &self.catalog);
    }
}

impl RestoreWork {
    /// Only now: the files are closed, so releasing leaves nothing that keeps the snapshot busy. Also where the hold failed:
    /// one that was not confirmed in time may be there all the same.
    fn let_go(&self, order: &Order, hold: &HoldTag, context: &Context<'_>) {
        if let Err(error) = release_at_last(&*self.zfs, &order.dataset, order.snapshot, hold) {
            let text =
                format!("the hold {hold} of {} could not be released: {}", order.dataset, error.detail);
            context.log("warn", &text);
        }
    }

    /// The job goes on when the server starts again: hold and marks stay. Only kills count against it.
    fn leave_for_later(&self, job: &str, context: &Context<'_>) {
        let left = self.catalog.job(job).ok().and_then(|job| marks(&job));
        let Some(left) = left else { return };
        if let Err(error) = context.mark(&json!(Marks { starts: 0, ..left })) {
            context.log(
                "warn",
                &format!("what is left for the next start could not be stored: {}", error.detail),
            );
        }
    }
}

fn marks(job: &Job) -> Option<Marks> {
    serde_json::from_value(job.marks.clone()).ok()
}

/// What the names of hidden folders begin with.
const HIDDEN: &str = ".nasman-restore-";

/// Whether it is the hidden folder of a job, which comes and goes by itself.
pub(super) fn is_hidden(path: &RelPath) -> bool {
    path.name().is_some_and(|name| name.as_bytes().starts_with(HIDDEN.as_bytes()))
}

/// The hidden folder of a job.
pub(super) fn temp_name(job: &Job) -> ApiResult<EntryName> {
    Ok(EntryName::new(format!("{HIDDEN}{}", job.id))?)
}

fn result(
    catalog: &Catalog,
    id: i64,
    target: &DatasetName,
    guard_snapshot: Option<String>,
    unchanged: u64,
) -> ApiResult<RestoreResult> {
    let counts = catalog.restore_counts(id)?;
    let items = catalog.restored_items(id, None, None, SHOWN)?;
    Ok(RestoreResult {
        restored: counts.restored,
        skipped: counts.skipped,
        failed: counts.failed,
        unchanged,
        bytes: counts.bytes,
        guard_snapshot,
        items: items.into_iter().map(|item| RestoredItem::of(item, target)).collect(),
    })
}

struct Run<'a> {
    zfs: &'a dyn Zfs,
    job: &'a Job,
    order: &'a Order,
    context: &'a Context<'a>,
    record: Option<Record<'a>>,
    resumed: bool,
    guard: Option<SnapshotName>,
    unchanged: u64,
}

impl Run<'_> {
    fn all(&mut self, hold: &HoldTag) -> ApiResult<()> {
        let Some(mut record) = self.record.take() else { return Ok(()) };
        let target = self.target();
        // First of all: it has to go whatever else is there no more.
        if self.resumed
            && let Ok((_, target)) = &target
        {
            resume::settle(&mut record, target)?;
            record.catalog().forget_not_restored(record.id)?;
        }
        let snapshot = by_guid(self.zfs, &self.order.dataset, self.order.snapshot)?;
        self.zfs.hold(&snapshot, hold)?;
        let source = Root::open(&self.zfs.snapshot_folder(&snapshot)?)?;
        let (dataset, target) = target?;
        if self.context.should_stop() {
            return Err(ApiError::new(Code::Canceled, STOPPED));
        }
        if self.order.guard {
            self.guard = Some(self.take_guard(&mut record, &dataset.name)?);
        }
        let before = record.catalog().restore_counts(record.id)?;
        let policies = self.order.policies();
        let mut carrier = Carrier::new(
            self.order,
            &policies,
            self.context,
            record,
            Guard::new(self.zfs, self.guard.clone()),
            (self.resumed, before.bytes, before.restored),
        );
        let done = aside::move_all(&mut carrier, &source, &target)
            .and_then(|()| self.restore_all(&mut carrier, &source, &target));
        let stored = carrier.record.flush().and_then(|()| carrier.record.forget_staging(&target));
        self.unchanged = carrier.unchanged;
        done.and(stored)?;
        verdict(carrier.failures)
    }

    fn target(&self) -> ApiResult<(Dataset, Root)> {
        let dataset = self.order.target(self.zfs)?;
        let root = live_root(self.zfs, &dataset.name)?;
        Ok((dataset, root))
    }

    fn restore_all(&self, carrier: &mut Carrier<'_>, source: &Root, target: &Root) -> ApiResult<()> {
        let temp_name = temp_name(self.job)?;
        let mut trees = Trees::new(source, target, &temp_name, self.order.keep_setid);
        let order = carrier.order;
        let done = order.items.iter().try_for_each(|item| self.one(item, &mut trees, carrier));
        let finished = trees.finish().map_err(ApiError::from);
        done.and(finished)
    }

    fn one<'c>(
        &self,
        item: &'c OrderItem,
        trees: &mut Trees<'_>,
        carrier: &mut Carrier<'c>,
    ) -> ApiResult<()> {
        if self.context.should_stop() {
            return Err(ApiError::new(Code::Canceled, STOPPED));
        }
        if item.action == PlanAction::Skip {
            return carrier.record.note(skipped(item));
        }
        let failed = carrier.failures.1;
        carrier.top = Some(item);
        let restored = trees.restore(&item.from, &item.to, carrier);
        if let Some(fault) = carrier.fault.take() {
            return Err(fault);
        }
        restored.map_err(stopped)?;
        if carrier.failures.1 == failed {
            self.context.log("info", &format!("restored {}", item.to.display().escape_debug()));
        }
        Ok(())
    }

    /// A snapshot of the target, so that whatever is replaced can be had again. One that an earlier run took stays.
    fn take_guard(&self, record: &mut Record<'_>, target: &DatasetName) -> ApiResult<SnapshotName> {
        let name = match &record.marks.guard {
            Some(name) => name.clone(),
            None => guard::name(self.job, target)?,
        };
        record.marks.guard = Some(name.clone());
        record.mark()?;
        let known = if self.resumed { self.zfs.snapshots(target)? } else { Vec::new() };
        let guid = match known.into_iter().find(|snapshot| snapshot.name == name) {
            Some(known) => known.guid,
            None => self.zfs.create_snapshot(&name, false).map_err(guard::not_taken)?.guid,
        };
        record.catalog().note_restore_guard(record.id, &name.to_string(), guid)?;
        self.context.log("info", &format!("the guard snapshot is {name}"));
        Ok(name)
    }
}

const STOPPED: &str = "stopped before all was restored; what was restored stays, and can be undone";

fn stopped(error: nasman_zfs::files::RestoreError) -> ApiError {
    match ApiError::from(error) {
        error if error.code == Code::Canceled => ApiError::new(Code::Canceled, STOPPED),
        error => error,
    }
}

fn skipped(entry: &OrderItem) -> NewRestoreItem {
    let more = entry.detail.as_ref().and_then(|why| because(Code::Conflict, why));
    NewRestoreItem { more, ..item(&entry.from, &entry.to, PlanAction::Skip, Outcome::Skipped) }
}

/// One bad file does not stop the others, but the job says so.
fn verdict((first, count): (Option<ApiError>, usize)) -> ApiResult<()> {
    match first {
        None => Ok(()),
        Some(one) if count == 1 => Err(one),
        Some(first) => {
            let detail = format!("{} (and {} more; see each one's own error)", first.detail, count - 1);
            Err(ApiError::new(first.code, detail))
        }
    }
}
