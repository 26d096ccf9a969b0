//! Looks at what a restore would meet, and says what it would do. Changes nothing.

mod look;
mod tally;

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::Timestamp;
use nasman_core::{DatasetName, EntryName, RelPath, restore::AddedSince};
use nasman_zfs::{
    Dataset, KeyStatus, Zfs,
    files::{
        Kind, Root,
        tree::{self, Look as Depth},
    },
};

use self::{
    look::{Look, Top},
    tally::Tally,
};
use super::{
    model::{Method, PlanAction, PlanItem, RestorePlan},
    order::{Order, OrderItem},
    request::RestoreRequest,
    rules::Rules,
};
use crate::{
    browse::live_root,
    http::error::{ApiError, ApiResult, Code},
    routes::moment::{CreatedCache, Moment, resolve},
};

/// A plan, as it is shown and as the job needs it.
pub struct Planned {
    /// For the client.
    pub view: RestorePlan,
    /// For the job.
    pub order: Order,
    /// Why the first of the entries asked for that can't be restored is refused.
    pub refusal: Option<ApiError>,
}

/// The wish that a plan should not be made to its end: nobody waits for it any more. Every clone is the same wish.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Whether to stop.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Wishes so when this is dropped.
    #[must_use]
    pub fn when_dropped(&self) -> StopWhenDropped {
        StopWhenDropped(self.clone())
    }
}

/// Stops a plan when it is dropped.
#[derive(Debug)]
pub struct StopWhenDropped(Stop);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// Makes the plan. Blocks, for as long as it takes to look at all that is asked for. `thorough`: whether to look for what
/// will be lacking, too, which does not change what the plan is.
///
/// # Errors
/// When the snapshot or the target can't be used at all, and [`Code::Canceled`]. What concerns single files is in the plan.
pub fn plan(
    zfs: &dyn Zfs,
    cache: &CreatedCache,
    request: &RestoreRequest,
    thorough: bool,
    stop: &Stop,
) -> ApiResult<Planned> {
    request.check()?;
    let planned_at = Timestamp::now();
    let source = zfs.dataset(&request.dataset)?;
    let moment = resolve(zfs, cache, &request.dataset, &request.at)?;
    let target = zfs.dataset(request.target())?;
    if target.readonly {
        let detail =
            format!("the dataset {} is read-only (readonly=on); restore to another one", target.name);
        return Err(ApiError::new(Code::ReadOnly, detail));
    }
    let roots = (Root::open(&zfs.snapshot_folder(&moment.snapshot)?)?, live_root(zfs, &target.name)?);
    let planner = Planner {
        request,
        policies: &request.policies(),
        label: moment.created.strftime("%Y-%m-%d %H.%M").to_string(),
        method: method(&source, &target),
        target: &target,
        source: &roots.0,
        root: &roots.1,
        depth: Depth { added: false, not_kept: thorough, keep_setid: request.keep_setid },
        stop,
    };
    planner.all(moment, planned_at)
}

/// ZFS shares blocks inside a pool, but not between datasets with keys of their own.
fn method(source: &Dataset, target: &Dataset) -> Method {
    let same = source.name == target.name;
    let plain = source.key_status == KeyStatus::None && target.key_status == KeyStatus::None;
    if source.name.pool() == target.name.pool() && (same || plain) { Method::Clone } else { Method::Copy }
}

struct Planner<'a> {
    request: &'a RestoreRequest,
    policies: &'a nasman_core::restore::Policies,
    label: String,
    method: Method,
    target: &'a Dataset,
    source: &'a Root,
    root: &'a Root,
    depth: Depth,
    stop: &'a Stop,
}

impl Planner<'_> {
    fn all(&self, moment: Moment, planned_at: Timestamp) -> ApiResult<Planned> {
        let mut tally = Tally::begin(moment.guid, self.target.guid);
        let (mut views, mut items, mut refusal) = (Vec::new(), Vec::new(), None);
        let mut chosen = HashSet::new();
        for (number, from) in self.request.paths.iter().enumerate() {
            let top = match self.request.part_of(number) {
                Some(whole) => {
                    let why = format!("it comes with '{}', which is asked for, too", whole.display());
                    Top::skipped(from.clone(), from.clone(), why)
                }
                None => self.one(from, &mut tally, &chosen)?,
            };
            let (view, item) = self.seen(top, &mut tally, &mut refusal);
            if item.action != PlanAction::Refused {
                chosen.insert(item.to.clone());
                chosen.extend(item.aside.clone());
                items.push(item);
            }
            views.push(view);
        }
        Ok(self.finish(moment, planned_at, tally, (views, items, refusal)))
    }

    /// Looks at one of the entries asked for, and all that is in it.
    fn one(&self, from: &RelPath, tally: &mut Tally, chosen: &HashSet<RelPath>) -> ApiResult<Top> {
        let to = self.request.place(from)?;
        let depth = Depth { added: self.request.in_place(), ..self.depth };
        let mut look = Look {
            rules: Rules { policies: self.policies, label: &self.label },
            method: self.method,
            target: &self.target.name,
            move_aside: self.request.added_since == AddedSince::MoveAside,
            tally,
            chosen,
            top: Top::new(from.clone(), to.clone()),
            stop: self.stop,
        };
        tree::survey(self.source, from, self.root, &to, depth, &mut look)?;
        let mut top = look.top;
        if top.action == PlanAction::Merge
            && top.added > 0
            && self.request.added_since == AddedSince::MoveAside
        {
            top.aside = Some(self.aside(&top.to, chosen)?);
        }
        Ok(top)
    }

    /// A free name beside a folder (in it, where it is the dataset's root) for what was added to it since.
    fn aside(&self, folder: &RelPath, chosen: &HashSet<RelPath>) -> ApiResult<RelPath> {
        let parent = folder.parent().unwrap_or_default();
        let name = folder.name().map_or_else(|| EntryName::new(*b"Moved aside"), Ok)?;
        let label = format!("added since {}", self.label);
        let taken = |name: &EntryName| {
            // What can't be looked at counts as free: moving never replaces it.
            parent.join(name).is_ok_and(|path| chosen.contains(&path) || self.root.stat(&path).is_ok())
        };
        let name = nasman_core::restore::beside(&name, &label, taken)
            .map_err(|error| ApiError::new(Code::Conflict, error.to_string()))?;
        Ok(parent.join(&name)?)
    }

    fn seen(&self, top: Top, tally: &mut Tally, refusal: &mut Option<ApiError>) -> (PlanItem, OrderItem) {
        let item = OrderItem {
            from: top.from.clone(),
            to: top.to.clone(),
            action: top.action,
            detail: top.detail.clone(),
            replaces: top.replaces,
            aside: top.aside.clone(),
        };
        if let Some(aside) = &top.aside {
            tally.guard = true;
            tally.deed(&top.from, PlanAction::MoveAside, aside, None);
        }
        let folder = top.kind == Some(Kind::Directory);
        let view = PlanItem {
            path: top.from,
            target_dataset: self.target.name.clone(),
            target_name: top.to.name().map(|name| name.display()).unwrap_or_default(),
            target_path: top.to,
            kind: top.kind,
            size: if folder { top.contents.bytes } else { top.size },
            modified: top.modified,
            action: top.action,
            detail: top.detail,
            existing: top.existing,
            method: self.method,
            not_kept: top.not_kept,
            contents: folder.then_some(top.contents),
            aside: top.aside,
        };
        if let Some(error) = top.refusal {
            tally.deed(&item.from, PlanAction::Refused, &item.to, None);
            refusal.get_or_insert(error);
        }
        (view, item)
    }

    fn finish(
        &self,
        moment: Moment,
        planned_at: Timestamp,
        tally: Tally,
        (views, items, refusal): (Vec<PlanItem>, Vec<OrderItem>, Option<ApiError>),
    ) -> Planned {
        let (cloned, copied) = match self.method {
            Method::Clone => (tally.bytes, 0),
            Method::Copy => (0, tally.bytes),
        };
        let mut warnings = Vec::new();
        if copied > self.target.available {
            warnings.push(format!(
                "{} has {} bytes free, which is less than the {copied} to copy",
                self.target.name, self.target.available
            ));
        }
        let order = Order {
            dataset: self.request.dataset.clone(),
            snapshot: moment.guid,
            target: self.target.name.clone(),
            target_guid: self.target.guid,
            items,
            on_conflict: self.request.on_conflict,
            choices: self.request.choices.clone(),
            keep_setid: self.request.keep_setid,
            label: self.label.clone(),
            planned_at,
            guard: tally.guard,
            bytes: tally.bytes,
            entries: tally.files + tally.folders,
        };
        let view = RestorePlan {
            plan: tally.fingerprint(self.request.keep_setid),
            snapshot: moment,
            items: views,
            files: tally.files,
            folders: tally.folders,
            bytes: tally.bytes,
            clone_bytes: cloned,
            copy_bytes: copied,
            available: self.target.available,
            conflicts: tally.conflicts,
            conflict_items: tally.conflict_items,
            unchanged: tally.unchanged,
            added_since: tally.added,
            refused: tally.refused,
            not_kept: tally.not_kept,
            guard_snapshot: tally.guard,
            warnings,
        };
        Planned { view, order, refusal }
    }
}

/// The name, for people.
fn shown(target: &DatasetName, path: &RelPath) -> String {
    path.name().map_or_else(|| target.to_string(), |name| name.display())
}
