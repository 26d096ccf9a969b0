//! The job that undoes a restore: what was made goes, what was replaced comes back from the guard snapshot, what was moved
//! aside is moved back. What changed since is left and told.

mod back;
mod state;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use nasman_catalog::{Catalog, Job, RestoreItem};
use nasman_core::{DatasetName, Guid, HoldTag, RelPath, restore::Undone};
use nasman_zfs::{
    Zfs,
    files::{
        Expected, Root,
        tree::{self, Trees},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use state::{UndoState, UndoView, undo_state};

use self::back::Back;
use super::{
    model::PlanAction,
    order::{Order, by_guid},
    result::{RestoredItem, UndoResult},
    work::{MOST_STARTS, SHOWN, clear_up, hold_tag, is_gone, release, release_at_last, temp_name},
};
use crate::{
    browse::live_root,
    http::error::{ApiError, ApiResult, Code},
    index::Index,
    jobs::{Context, Failure, Progress, Unit, Work},
};

/// Items read at once.
const PAGE: u32 = 500;
/// Outcomes are stored when there are so many,
const BATCH: usize = 200;
/// or when so much time has passed.
const EVERY: Duration = Duration::from_millis(200);

/// What the job needs to know; stored with it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UndoOrder {
    /// The job that restored.
    pub restore: String,
}

/// What is left for the next process, should this one die.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Marks {
    hold: HoldTag,
    starts: u32,
    /// The hidden folder with what is incomplete.
    staging: Option<RelPath>,
    /// What may be put back by now: which item, and how it would be there.
    placing: Option<(i64, RelPath, Expected)>,
}

/// Undoes restores.
pub struct UndoWork {
    zfs: Arc<dyn Zfs>,
    catalog: Catalog,
    index: Arc<Index>,
}

impl UndoWork {
    /// The word that such jobs are stored under.
    pub const KIND: &'static str = "undo_restore";

    /// Undoes restores by way of this ZFS and the record of what they made, and lets the index know.
    #[must_use]
    pub fn new(zfs: Arc<dyn Zfs>, catalog: Catalog, index: Arc<Index>) -> Self {
        Self { zfs, catalog, index }
    }

    fn scene(&self, job: &Job) -> ApiResult<Scene> {
        scene(&*self.zfs, &self.catalog, job)
    }
}

fn scene(zfs: &dyn Zfs, catalog: &Catalog, job: &Job) -> ApiResult<Scene> {
    let order: UndoOrder = serde_json::from_value(job.request.clone())
        .map_err(|error| ApiError::new(Code::Internal, format!("the job's order can't be read: {error}")))?;
    let restore = Order::of(&catalog.job(&order.restore)?)?;
    let gone = || ApiError::new(Code::Conflict, "what this restore made is not recorded any more");
    let record = catalog.restore_record(&order.restore)?.ok_or_else(gone)?;
    let target = restore.target(zfs)?.name;
    Ok(Scene { target, id: record.id, guard: record.guard.map(|(_, guid)| guid) })
}

/// What is to be undone where.
struct Scene {
    target: DatasetName,
    /// Of the record.
    id: i64,
    guard: Option<Guid>,
}

fn marks(job: &Job) -> Option<Marks> {
    serde_json::from_value(job.marks.clone()).ok()
}

impl Work for UndoWork {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    fn run(&self, job: &Job, context: &Context<'_>) -> Result<Value, Failure> {
        let scene = self.scene(job)?;
        let before = marks(job);
        let hold = hold_tag(job)?;
        let starts = before.as_ref().map_or(0, |marks| marks.starts) + 1;
        let left = Marks { hold: hold.clone(), starts, staging: None, placing: None };
        let marks = before.map_or(left, |marks| Marks { starts, ..marks });
        context.mark(&json!(marks))?;
        let mut run = Run {
            zfs: &*self.zfs,
            catalog: &self.catalog,
            scene: &scene,
            job,
            context,
            marks,
            waiting: Vec::new(),
            stored_at: Instant::now(),
            done: 0,
            total: 0,
            first_failure: None,
        };
        let outcome = run.all(&hold);
        let stops =
            outcome.as_ref().is_err_and(|error| error.code == Code::Canceled) && context.server_stops();
        if let Some(guard) = scene.guard.filter(|_| !stops)
            && let Err(error) = release_at_last(&*self.zfs, &scene.target, guard, &hold)
        {
            context.log("warn", &format!("the hold {hold} could not be released: {}", error.detail));
        }
        self.index.note_change(scene.target.clone());
        let result = result(&self.catalog, scene.id, &scene.target);
        match outcome {
            Ok(()) => Ok(json!(result?)),
            Err(error) => Err(Failure { error, result: result.ok().map(|result| json!(result)) }),
        }
    }

    fn recover(&self, job: &Job) -> Result<(), ApiError> {
        let Some(marks) = marks(job) else { return Ok(()) };
        let Some(scene) = scene_if_there(&*self.zfs, &self.catalog, job)? else { return Ok(()) };
        let cleared = settle_in(&*self.zfs, &self.catalog, &marks, &scene);
        let released =
            scene.guard.map_or(Ok(()), |guard| release(&*self.zfs, &scene.target, guard, &marks.hold));
        cleared.and(released)
    }

    fn goes_on(&self, job: &Job) -> bool {
        marks(job).is_none_or(|marks| marks.starts < MOST_STARTS)
    }

    fn left(&self, job: &Job) -> Option<Value> {
        marks(job).filter(|marks| marks.staging.is_some()).map(|marks| json!(marks))
    }

    fn clear_up(&self) {
        clear_up(&*self.zfs, &self.catalog);
    }
}

/// Clears away what a job that has ended left, as its marks tell.
pub(super) fn clear_away(zfs: &dyn Zfs, catalog: &Catalog, job: &Job) -> ApiResult<()> {
    let Some(marks) = marks(job) else { return Ok(()) };
    let scene = scene_if_there(zfs, catalog, job)?;
    scene.map_or(Ok(()), |scene| settle_in(zfs, catalog, &marks, &scene))
}

/// Absent where the target is gone, and all that was left in it.
fn scene_if_there(zfs: &dyn Zfs, catalog: &Catalog, job: &Job) -> ApiResult<Option<Scene>> {
    match scene(zfs, catalog, job) {
        Err(error) if error.code == Code::DatasetNotFound => Ok(None),
        scene => scene.map(Some),
    }
}

fn settle_in(zfs: &dyn Zfs, catalog: &Catalog, marks: &Marks, scene: &Scene) -> ApiResult<()> {
    settle(catalog, marks, &live_root(zfs, &scene.target)?)
}

/// After a kill: what was put back is noted so, and what was not complete goes.
fn settle(catalog: &Catalog, marks: &Marks, target: &Root) -> ApiResult<()> {
    if let Some(staging) = &marks.staging {
        tree::remove_staging(target, staging)?;
    }
    if let Some((id, path, made)) = &marks.placing
        && target.stat(path).is_ok_and(|there| Expected::from(&there) == *made)
    {
        catalog.note_undone(&[(*id, Undone::Undone, None)], None)?;
    }
    Ok(())
}

fn result(catalog: &Catalog, id: i64, target: &DatasetName) -> ApiResult<UndoResult> {
    let counts = catalog.restore_counts(id)?;
    let items = catalog.undone_items(id, SHOWN)?;
    Ok(UndoResult {
        undone: counts.undone,
        left: counts.left,
        failed: counts.not_undone,
        items: items.into_iter().map(|item| RestoredItem::of(item, target)).collect(),
    })
}

struct Run<'a> {
    zfs: &'a dyn Zfs,
    catalog: &'a Catalog,
    scene: &'a Scene,
    job: &'a Job,
    context: &'a Context<'a>,
    marks: Marks,
    waiting: Vec<(i64, Undone, Option<String>)>,
    stored_at: Instant,
    done: u64,
    total: u64,
    first_failure: Option<ApiError>,
}

impl Run<'_> {
    fn all(&mut self, hold: &HoldTag) -> ApiResult<()> {
        let guard = match self.scene.guard {
            Some(guard) if self.catalog.restore_has(self.scene.id, &state::FROM_GUARD)? => {
                let name = by_guid(self.zfs, &self.scene.target, guard)?;
                self.zfs.hold(&name, hold)?;
                Some((Root::open(&self.zfs.snapshot_folder(&name)?)?, name))
            }
            _ => None,
        };
        let done = self.undo(guard.as_ref().map(|(root, _)| root));
        if let Some((root, name)) = guard {
            drop(root);
            self.zfs.leave_snapshot(&name);
        }
        done?;
        self.first_failure.take().map_or(Ok(()), Err)
    }

    /// Undoes all, with the guard snapshot where something has to come from it.
    fn undo(&mut self, guard: Option<&Root>) -> ApiResult<()> {
        let target = live_root(self.zfs, &self.scene.target)?;
        settle(self.catalog, &self.marks, &target)?;
        (self.marks.staging, self.marks.placing) = (None, None);
        let counts = self.catalog.restore_counts(self.scene.id)?;
        self.total = counts.restored - counts.undone - counts.left;
        let temp_name = temp_name(self.job)?;
        // What was there comes back as it was, with all its rights. Without a guard snapshot nothing comes from it.
        let mut trees = Trees::new(guard.unwrap_or(&target), &target, &temp_name, true);
        let done = self.pass(&target, &mut trees);
        let finished = trees.finish().map_err(ApiError::from);
        if self.marks.staging.as_ref().is_some_and(|staging| is_gone(&target, staging)) {
            self.marks.staging = None;
        }
        let stored = self.flush(true);
        done.and(finished).and(stored)
    }

    /// All but folders that were merged, what is in a folder before it; then those, the innermost first, since their times
    /// change with what is in them.
    fn pass(&mut self, target: &Root, trees: &mut Trees<'_>) -> ApiResult<()> {
        for merged in [false, true] {
            let mut from = None;
            loop {
                let page = self.page(merged, from)?;
                let Some(last) = page.last() else { break };
                from = Some(last.id);
                page.iter().try_for_each(|item| self.item(item, target, trees))?;
            }
        }
        Ok(())
    }

    fn page(&self, merged: bool, from: Option<i64>) -> ApiResult<Vec<RestoreItem>> {
        let (id, merge) = (self.scene.id, PlanAction::Merge.as_str());
        Ok(if merged {
            self.catalog.restored_by(id, merge, from, PAGE)?
        } else {
            self.catalog.restored_but(id, merge, from, PAGE)?
        })
    }

    fn item(&mut self, item: &RestoreItem, target: &Root, trees: &mut Trees<'_>) -> ApiResult<()> {
        if self.context.should_stop() {
            let detail = "stopped before all was undone; what is left can be undone later";
            return Err(ApiError::new(Code::Canceled, detail));
        }
        let (undone, why) = Back { run: &mut *self, item, target }.undo(trees)?;
        if undone == Undone::Failed {
            let detail = why.clone().unwrap_or_default();
            self.context.log("warn", &detail);
            self.first_failure.get_or_insert(ApiError::new(Code::FileIo, detail));
        }
        self.waiting.push((item.id, undone, why));
        self.done += 1;
        self.context.progress(&Progress {
            done: self.done,
            total: self.total.max(self.done),
            unit: Unit::Files,
            message: item.target.name().map(|name| name.display()),
            since: None,
        });
        let due = self.waiting.len() >= BATCH || self.stored_at.elapsed() >= EVERY;
        if due { self.flush(false) } else { Ok(()) }
    }

    /// Stores outcomes, and with them the marks where they changed.
    fn flush(&mut self, marked: bool) -> ApiResult<()> {
        if self.waiting.is_empty() && !marked {
            return Ok(());
        }
        let marks = json!(self.marks);
        self.catalog.note_undone(&self.waiting, marked.then_some((self.job.id.as_str(), &marks)))?;
        self.waiting.clear();
        self.stored_at = Instant::now();
        Ok(())
    }
}
