//! Looks at what a restore would meet, and says what it would do. Changes nothing.

use std::collections::HashSet;

use nasman_core::{
    DatasetName, Guid, RelPath,
    restore::{Action, InTheWay, Refused, decide},
};
use nasman_zfs::{
    Dataset, KeyStatus, Zfs, ZfsError,
    files::{self, Preview, Put, Root},
};
use serde::{Deserialize, Serialize};

use super::model::{Existing, Method, PlanAction, PlanItem, RestorePlan, RestoreRequest};
use crate::{
    http::error::{ApiError, ApiResult, Code},
    routes::moment::{CreatedCache, Moment, resolve},
};

/// Most paths in one request.
const MAX_PATHS: usize = 100;

/// A plan, as it is shown and as the job needs it.
pub struct Planned {
    /// For the client.
    pub view: RestorePlan,
    /// For the job.
    pub items: Vec<PlannedItem>,
    /// The target.
    pub target: DatasetName,
    /// Why the first item that can't be done is refused.
    pub refusal: Option<ApiError>,
}

/// One file that the job will restore or leave out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlannedItem {
    /// In the snapshot.
    pub from: RelPath,
    /// In the target dataset.
    pub to: RelPath,
    /// What will be done.
    pub action: PlanAction,
    /// Beside or in place of what is there; absent when skipped.
    pub put: Option<Put>,
    /// Folders that will be made.
    pub missing_folders: Vec<RelPath>,
    /// Bytes.
    pub size: u64,
}

/// Makes the plan. Blocks.
///
/// # Errors
/// When the snapshot or the target can't be used at all. What concerns single files is in the plan.
pub fn plan(zfs: &dyn Zfs, cache: &CreatedCache, request: &RestoreRequest) -> ApiResult<Planned> {
    check(request)?;
    let source = zfs.dataset(&request.dataset)?;
    let moment = resolve(zfs, cache, &request.dataset, &request.at)?;
    let target_name = request.to.as_ref().map_or(&request.dataset, |to| &to.dataset);
    let target = zfs.dataset(target_name)?;
    if target.readonly {
        let detail = format!("the dataset {target_name} is read-only (readonly=on); restore to another one");
        return Err(ApiError::new(Code::ReadOnly, detail));
    }
    let mut planner = Planner {
        method: method(&source, &target),
        source: Root::open(&zfs.snapshot_folder(&moment.snapshot)?)?,
        root: Root::open(&zfs.live_folder(target_name)?)?,
        label: moment.created.strftime("%Y-%m-%d %H.%M").to_string(),
        request,
        target: target_name,
        chosen: HashSet::new(),
        available: u64::MAX,
        items: Vec::new(),
        refusal: None,
    };
    let views = request.paths.iter().map(|path| planner.item(path)).collect::<ApiResult<Vec<_>>>()?;
    Ok(planner.finish(moment, views))
}

fn check(request: &RestoreRequest) -> ApiResult<()> {
    let wrong = |detail: &str| Err(ApiError::field(Code::InvalidRequest, "paths", detail));
    match request.paths.len() {
        0 => wrong("name at least one file"),
        n if n > MAX_PATHS => wrong(&format!("{n} files are more than the {MAX_PATHS} allowed at once")),
        _ if request.paths.iter().any(RelPath::is_root) => {
            wrong("the dataset's root is no file; name files in it")
        }
        _ => Ok(()),
    }
}

/// ZFS shares blocks inside a pool, but not between datasets with keys of their own.
fn method(source: &Dataset, target: &Dataset) -> Method {
    let same = source.name == target.name;
    let plain = source.key_status == KeyStatus::None && target.key_status == KeyStatus::None;
    if source.name.pool() == target.name.pool() && (same || plain) { Method::Clone } else { Method::Copy }
}

struct Planner<'a> {
    request: &'a RestoreRequest,
    target: &'a DatasetName,
    source: Root,
    root: Root,
    label: String,
    method: Method,
    /// Places given to earlier items of this plan.
    chosen: HashSet<RelPath>,
    available: u64,
    items: Vec<PlannedItem>,
    refusal: Option<ApiError>,
}

impl Planner<'_> {
    fn item(&mut self, from: &RelPath) -> ApiResult<PlanItem> {
        let to = match (&self.request.to, from.name()) {
            (Some(to), Some(name)) => to.path.join(&name)?,
            _ => from.clone(),
        };
        match files::preview(&self.source, from, &self.root, &to, false) {
            Ok(preview) => self.decided(from, to, preview),
            Err(error) => Ok(self.refused(from, to, error.into())),
        }
    }

    fn decided(&mut self, from: &RelPath, to: RelPath, preview: Preview) -> ApiResult<PlanItem> {
        self.available = self.available.min(preview.available);
        if let Some(obstacle) = &preview.obstacle {
            return Ok(self.refused(from, to, obstacle.clone().into()));
        }
        let (Some(folder), Some(name)) = (to.parent(), to.name()) else {
            let detail = "the dataset's root is no place for a file";
            return Ok(self.refused(from, to, ApiError::field(Code::InvalidPath, "paths", detail)));
        };
        let there = if self.chosen.contains(&to) { InTheWay::Fixed } else { preview.in_the_way };
        let taken = |name: &nasman_core::EntryName| {
            folder.join(name).is_ok_and(|path| {
                // What can't be looked at counts as free: the restore itself never replaces it.
                self.chosen.contains(&path) || self.root.stat(&path).is_ok()
            })
        };
        let action = match decide(self.request.on_conflict, there, &name, &self.label, taken) {
            Ok(action) => action,
            Err(error @ (Refused::NotReplaceable | Refused::Name(_))) => {
                return Ok(self.refused(from, to, ApiError::new(Code::Conflict, error.to_string())));
            }
        };
        let existing = preview.there.as_ref().map(Existing::from);
        let (action, to, put) = match (action, &preview.there) {
            (Action::KeepBoth(name), _) => (PlanAction::KeepBoth, folder.join(&name)?, Some(Put::New)),
            (Action::Replace, Some(stat)) => (PlanAction::Replace, to, Some(Put::Replace(stat.into()))),
            (Action::Skip, _) => (PlanAction::Skip, to, None),
            (Action::Create | Action::Replace, _) => (PlanAction::Create, to, Some(Put::New)),
        };
        self.chosen.insert(to.clone());
        let item = PlannedItem {
            from: from.clone(),
            to,
            action,
            put,
            missing_folders: preview.missing_folders,
            size: preview.source.size,
        };
        let view = PlanItem {
            kind: Some(preview.source.kind),
            size: preview.source.size,
            modified: preview.source.mtime.timestamp(),
            existing,
            not_kept: preview.not_kept.into_iter().map(Into::into).collect(),
            ..self.view(&item, None)
        };
        self.items.push(item);
        Ok(view)
    }

    fn refused(&mut self, from: &RelPath, to: RelPath, error: ApiError) -> PlanItem {
        let item = PlannedItem {
            from: from.clone(),
            to,
            action: PlanAction::Refused,
            put: None,
            missing_folders: Vec::new(),
            size: 0,
        };
        let view = self.view(&item, Some(error.detail.clone()));
        self.refusal.get_or_insert(error);
        view
    }

    fn view(&self, item: &PlannedItem, detail: Option<String>) -> PlanItem {
        PlanItem {
            path: item.from.clone(),
            target_dataset: self.target.clone(),
            target_name: item.to.name().map(|name| name.display()).unwrap_or_default(),
            target_path: item.to.clone(),
            kind: None,
            size: item.size,
            modified: None,
            action: item.action,
            detail,
            existing: None,
            method: self.method,
            not_kept: Vec::new(),
        }
    }

    fn finish(self, moment: Moment, views: Vec<PlanItem>) -> Planned {
        let doing: Vec<_> = self.items.iter().filter(|item| item.put.is_some()).collect();
        let bytes = doing.iter().map(|item| item.size).sum();
        let guard_snapshot = doing.iter().any(|item| item.action == PlanAction::Replace);
        let mut warnings = Vec::new();
        if self.method == Method::Copy && bytes > self.available {
            warnings.push(format!(
                "{} has {} bytes free, which is less than the {bytes} to copy",
                self.target, self.available
            ));
        }
        let view = RestorePlan {
            plan: fingerprint(moment.guid, self.target, &self.items, &views),
            bytes,
            files: doing.len(),
            conflicts: views.iter().filter(|view| view.existing.is_some()).count(),
            guard_snapshot,
            warnings,
            snapshot: moment,
            items: views,
        };
        Planned { view, items: self.items, target: self.target.clone(), refusal: self.refusal }
    }
}

/// The same for the same deeds: source, target, and the state of what would be replaced.
fn fingerprint(snapshot: Guid, target: &DatasetName, items: &[PlannedItem], views: &[PlanItem]) -> String {
    let refused: Vec<_> = views.iter().filter(|v| v.action == PlanAction::Refused).map(|v| &v.path).collect();
    let deeds = serde_json::json!([snapshot, target, items, refused]);
    blake3::hash(deeds.to_string().as_bytes()).to_hex()[..32].to_owned()
}

/// The snapshot with this identity, whatever it is called now.
///
/// # Errors
/// [`Code::SnapshotNotFound`].
pub(super) fn by_guid(
    zfs: &dyn Zfs,
    dataset: &DatasetName,
    guid: Guid,
) -> ApiResult<nasman_core::SnapshotName> {
    let found = match zfs.snapshots(dataset) {
        Ok(snapshots) => snapshots.into_iter().find(|snapshot| snapshot.guid == guid),
        Err(ZfsError::DatasetNotFound(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let gone = || ApiError::new(Code::SnapshotNotFound, format!("the snapshot {guid} of {dataset} is gone"));
    Ok(found.ok_or_else(gone)?.name)
}
