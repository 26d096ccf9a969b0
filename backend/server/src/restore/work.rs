//! The job that carries out a restore's plan.
//!
//! Before each deed it stores what would have to be undone. Killed at any point, the next start releases the
//! hold and removes the one temporary file; files already restored stay, and so does the guard snapshot.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use jiff::Timestamp;
use nasman_catalog::Job;
use nasman_core::{DatasetName, EntryName, Guid, HoldTag, RelPath, SnapshotTag};
use nasman_zfs::{
    Zfs, ZfsError,
    files::{Restore, RestoreError, Root, remove_temp, restore_file},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    PlannedItem, RestoreResult,
    model::{MeansView, Outcome, PlanAction, RestoredItem},
    plan::by_guid,
};
use crate::{
    http::error::{ApiError, Code},
    index::Index,
    jobs::{Context, Failure, Progress, Unit, Work},
};

/// Between tries to release a hold.
const RELEASE_PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

/// What the job needs to know; stored with it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    /// Where the files were.
    pub dataset: DatasetName,
    /// From when.
    pub snapshot: Guid,
    /// Where they go.
    pub target: DatasetName,
    /// One by one.
    pub items: Vec<PlannedItem>,
}

/// What must be undone if the process dies.
#[derive(Debug, Serialize, Deserialize)]
struct Marks {
    hold: HoldTag,
    temp: Option<TempMark>,
}

#[derive(Debug, Serialize, Deserialize)]
struct TempMark {
    to: RelPath,
    /// The temporary file's name, in the text form of a path.
    name: RelPath,
    made: Vec<RelPath>,
}

/// Restores files.
pub struct RestoreWork {
    zfs: Arc<dyn Zfs>,
    index: Arc<Index>,
}

impl RestoreWork {
    /// The word that restore jobs are stored under.
    pub const KIND: &'static str = "restore";

    /// Restores files by way of this ZFS, and lets the index know.
    #[must_use]
    pub fn new(zfs: Arc<dyn Zfs>, index: Arc<Index>) -> Self {
        Self { zfs, index }
    }
}

impl Work for RestoreWork {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    fn run(&self, job: &Job, context: &Context<'_>) -> Result<Value, Failure> {
        let order = order(job)?;
        let zfs = &*self.zfs;
        let hold = hold_tag(job)?;
        let snapshot = by_guid(zfs, &order.dataset, order.snapshot)?;
        context.mark(&json!(Marks { hold: hold.clone(), temp: None }))?;
        let mut run = Run {
            zfs,
            job,
            order: &order,
            hold: &hold,
            context,
            result: RestoreResult::default(),
            failures: Vec::new(),
        };
        let held = zfs.hold(&snapshot, &hold).map_err(ApiError::from);
        let outcome = held.and_then(|()| run.restore_all(&snapshot));
        let result = run.result;
        // Only now: the files are closed, so releasing leaves nothing that keeps the snapshot busy. Also where the
        // hold failed: one that was not confirmed in time may be there all the same.
        if let Err(error) = self.release_at_last(&order, &hold) {
            let detail = error.detail;
            context.log("warn", &format!("the hold {hold} on {snapshot} could not be released: {detail}"));
        }
        self.index.note_change(order.target.clone());
        match outcome {
            Ok(()) => Ok(json!(result)),
            Err(error) => Err(Failure { error, result: Some(json!(result)) }),
        }
    }

    fn recover(&self, job: &Job) -> Result<(), ApiError> {
        // No marks: it had not begun.
        let Ok(marks) = serde_json::from_value::<Marks>(job.marks.clone()) else { return Ok(()) };
        let order = order(job)?;
        let cleared = marks.temp.map_or(Ok(()), |temp| self.clear(&order, &temp));
        // Whatever became of the file: nothing reads the snapshot any more.
        let released = self.release(&order, &marks.hold);
        cleared.and(released)
    }
}

impl RestoreWork {
    /// Removes what a killed restore left in the target. A target that is gone has nothing left.
    fn clear(&self, order: &Order, temp: &TempMark) -> Result<(), ApiError> {
        let folder = match self.zfs.live_folder(&order.target) {
            Err(ZfsError::DatasetNotFound(_)) => return Ok(()),
            folder => folder?,
        };
        let name = temp.name.name().ok_or_else(|| ApiError::new(Code::Internal, "a mark has no name"))?;
        Ok(remove_temp(&Root::open(&folder)?, &temp.to, &name, &temp.made)?)
    }

    /// Releases the hold; where ZFS is too busy just now, tries again a little later.
    fn release_at_last(&self, order: &Order, hold: &HoldTag) -> Result<(), ApiError> {
        for pause in RELEASE_PAUSES {
            match self.release(order, hold) {
                Ok(()) => return Ok(()),
                Err(error) => tracing::warn!(%error, %hold, "a hold could not be released; trying again"),
            }
            std::thread::sleep(pause);
        }
        self.release(order, hold)
    }

    /// Releases the hold, by the snapshot's identity: it may have been renamed. One that is gone holds nothing.
    fn release(&self, order: &Order, hold: &HoldTag) -> Result<(), ApiError> {
        let released = by_guid(&*self.zfs, &order.dataset, order.snapshot)
            .and_then(|snapshot| Ok(self.zfs.release(&snapshot, hold)?));
        match released {
            Err(error) if error.code == Code::SnapshotNotFound => Ok(()),
            released => released,
        }
    }
}

fn order(job: &Job) -> Result<Order, ApiError> {
    serde_json::from_value(job.request.clone())
        .map_err(|e| ApiError::new(Code::Internal, format!("the job's order can't be read: {e}")))
}

fn hold_tag(job: &Job) -> Result<HoldTag, ApiError> {
    Ok(format!("nasman-{}", job.id).parse()?)
}

struct Run<'a> {
    zfs: &'a dyn Zfs,
    job: &'a Job,
    order: &'a Order,
    hold: &'a HoldTag,
    context: &'a Context<'a>,
    result: RestoreResult,
    failures: Vec<ApiError>,
}

impl Run<'_> {
    fn restore_all(&mut self, snapshot: &nasman_core::SnapshotName) -> Result<(), ApiError> {
        let source = Root::open(&self.zfs.snapshot_folder(snapshot)?)?;
        let target = Root::open(&self.zfs.live_folder(&self.order.target)?)?;
        if self.order.items.iter().any(|item| item.action == PlanAction::Replace) {
            self.take_guard()?;
        }
        let total = self.order.items.iter().filter(|item| item.put.is_some()).map(|item| item.size).sum();
        for (number, item) in self.order.items.iter().enumerate() {
            if self.context.should_stop() {
                return Err(ApiError::new(Code::Canceled, "stopped before all files were restored"));
            }
            let outcome = self.restore_one(&source, &target, item, number, total)?;
            self.result.bytes += outcome.bytes;
            self.result.items.push(outcome);
        }
        self.verdict()
    }

    /// A snapshot of the target, so that whatever is replaced can be had again.
    fn take_guard(&mut self) -> Result<(), ApiError> {
        let now = Timestamp::now().strftime("%Y-%m-%dT%H.%M.%S").to_string();
        // The job's id ends in random digits: two restores in one second don't collide.
        let end = self.job.id.get(self.job.id.len().saturating_sub(6)..).unwrap_or_default();
        let tag: SnapshotTag = format!("nasman-guard-{now}-{end}").parse()?;
        let guard = self.order.target.snapshot(tag)?;
        self.zfs.create_snapshot(&guard, false).map_err(|error: ZfsError| {
            let cause = ApiError::from(error);
            let detail =
                format!("no guard snapshot could be taken, so nothing was replaced: {}", cause.detail);
            ApiError::new(cause.code, detail)
        })?;
        self.context.log("info", &format!("took the guard snapshot {guard}"));
        self.result.guard_snapshot = Some(guard.to_string());
        Ok(())
    }

    fn restore_one(
        &mut self,
        source: &Root,
        target: &Root,
        item: &PlannedItem,
        number: usize,
        total: u64,
    ) -> Result<RestoredItem, ApiError> {
        let mut outcome = RestoredItem {
            path: item.from.clone(),
            target_dataset: self.order.target.clone(),
            target_path: item.to.clone(),
            target_name: item.to.name().map(|name| name.display()).unwrap_or_default(),
            outcome: Outcome::Skipped,
            action: item.action,
            bytes: 0,
            means: MeansView::None,
            not_kept: Vec::new(),
            error: None,
        };
        let Some(put) = item.put else { return Ok(outcome) };
        let temp_name = EntryName::new(format!(".nasman-restore-{}-{number}", self.job.id))?;
        let temp = TempMark {
            to: item.to.clone(),
            name: RelPath::root().join(&temp_name)?,
            made: item.missing_folders.clone(),
        };
        self.context.mark(&json!(Marks { hold: self.hold.clone(), temp: Some(temp) }))?;
        let restore = Restore {
            source,
            from: &item.from,
            target,
            to: &item.to,
            put,
            temp_name: &temp_name,
            keep_setid: false,
        };
        let before = self.result.bytes;
        let restored = restore_file(&restore, &mut |done| {
            let message = item.from.name().map(|name| name.display());
            self.context.progress(&Progress {
                done: before + done,
                total,
                unit: Unit::Bytes,
                message,
                since: None,
            });
            if self.context.should_stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match restored {
            Ok(restored) => {
                outcome.outcome = Outcome::Restored;
                outcome.bytes = restored.bytes;
                outcome.means = restored.means.into();
                outcome.not_kept = restored.not_kept.into_iter().map(Into::into).collect();
                self.context.log("info", &format!("restored {}", item.to.display().escape_debug()));
            }
            Err(RestoreError::Canceled) => return Err(RestoreError::Canceled.into()),
            Err(error) => {
                let error = ApiError::from(error);
                outcome.outcome = Outcome::Failed;
                outcome.error = Some(error.detail.clone());
                self.failures.push(error);
            }
        }
        Ok(outcome)
    }

    /// One bad file does not stop the others, but the job says so.
    fn verdict(&self) -> Result<(), ApiError> {
        match self.failures.as_slice() {
            [] => Ok(()),
            [one] => Err(one.clone()),
            [first, rest @ ..] => {
                let detail = format!("{} (and {} more; see each file's own error)", first.detail, rest.len());
                Err(ApiError::new(first.code, detail))
            }
        }
    }
}
