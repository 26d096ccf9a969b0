//! Snapshots: listed, taken, destroyed by plan.

use actix_web::{HttpResponse, delete, get, post, web};
use jiff::Timestamp;
use nasman_core::{DatasetName, Guid, SnapshotName, SnapshotTag, Txg};
use nasman_zfs::{Blocker, DestroyPlan, Snapshot, SnapshotDetail, Zfs};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{moment::resolve, named};
use crate::{
    app::App,
    audit::{self, Action, Note},
    auth::{Access, Admin, Operator, Viewer},
    http::{
        body::Body,
        error::{ApiError, ApiResult, Code, Problem},
        page::{bad_cursor, checked_limit},
        query::{Query, number},
    },
};

/// A snapshot. Sizes are bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = Snapshot)]
pub struct SnapshotView {
    /// Full name.
    #[schema(value_type = String, example = "tank/home@daily-2026-11-22")]
    name: SnapshotName,
    /// Its own name within the dataset.
    #[schema(value_type = String, example = "daily-2026-11-22")]
    tag: SnapshotTag,
    /// What was snapshotted.
    #[schema(value_type = String, example = "tank/home")]
    dataset: DatasetName,
    /// Its identity.
    #[schema(value_type = String)]
    guid: Guid,
    /// Its place in the order of all snapshots of the pool.
    #[schema(value_type = u64)]
    createtxg: Txg,
    /// When it was taken.
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
    /// Kept by this snapshot alone.
    used: u64,
    /// Referred to by it.
    referenced: u64,
    /// Written between the snapshot before and this one.
    written: u64,
    /// Number of user holds.
    holds: u64,
    /// Clones grown from it.
    #[schema(value_type = Vec<String>)]
    clones: Vec<DatasetName>,
}

/// A page of a dataset's snapshots.
#[derive(Serialize, ToSchema)]
pub struct SnapshotPage {
    /// This page's snapshots.
    items: Vec<SnapshotView>,
    /// Give it as `cursor` to get the next page; null on the last one.
    next: Option<String>,
    /// How many there are in all.
    total: usize,
}

fn view(snapshot: Snapshot, detail: SnapshotDetail, access: &Access) -> SnapshotView {
    SnapshotView {
        tag: snapshot.name.tag.clone(),
        dataset: snapshot.name.dataset.clone(),
        name: snapshot.name,
        guid: snapshot.guid,
        createtxg: snapshot.createtxg,
        created: detail.created,
        used: detail.used,
        referenced: detail.referenced,
        written: detail.written,
        holds: detail.holds,
        clones: detail.clones.into_iter().filter(|clone| access.sees(clone)).collect(),
    }
}

/// Joins the fast columns with the costly ones, asked for these snapshots alone. One that vanished between the two
/// questions is left out.
fn with_details(
    app: &App,
    zfs: &dyn Zfs,
    access: &Access,
    snapshots: Vec<Snapshot>,
) -> ApiResult<Vec<SnapshotView>> {
    let names: Vec<_> = snapshots.iter().map(|snapshot| snapshot.name.clone()).collect();
    let mut details = zfs.snapshot_details(&names)?.into_iter().peekable();
    let mut views = Vec::with_capacity(snapshots.len());
    for snapshot in snapshots {
        if let Some(detail) = details.next_if(|detail| detail.name == snapshot.name)
            && detail.guid == snapshot.guid
        {
            app.created.note(snapshot.guid, detail.created);
            views.push(view(snapshot, detail, access));
        }
    }
    Ok(views)
}

fn one(
    app: &App,
    zfs: &dyn Zfs,
    access: &Access,
    dataset: &DatasetName,
    at: &str,
) -> ApiResult<SnapshotView> {
    let snapshot = find(app, zfs, dataset, at)?;
    let gone = || {
        ApiError::new(Code::SnapshotNotFound, format!("no snapshot {} exists here any more", snapshot.name))
    };
    with_details(app, zfs, access, vec![snapshot.clone()])?.pop().ok_or_else(gone)
}

fn find(app: &App, zfs: &dyn Zfs, dataset: &DatasetName, at: &str) -> ApiResult<Snapshot> {
    let moment = resolve(zfs, &app.created, dataset, at)?;
    let found = zfs.snapshots(dataset)?.into_iter().find(|snapshot| snapshot.guid == moment.guid);
    found.ok_or_else(|| {
        ApiError::new(Code::SnapshotNotFound, format!("no snapshot {} exists any more", moment.snapshot))
    })
}

/// Which order to list in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Latest first.
    #[default]
    Newest,
    /// Earliest first.
    Oldest,
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Items in the page, 1 to 1000.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// The last page's `next`.
    #[serde(default)]
    cursor: Option<String>,
    /// Latest or earliest first.
    #[serde(default)]
    #[param(inline)]
    order: Order,
}

/// Lists a dataset's snapshots.
///
/// The columns for which ZFS must open a snapshot are read for this page alone.
#[utoipa::path(tag = "snapshots", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment"), ListQuery), responses(
    (status = 200, description = "A page", body = SnapshotPage),
    (status = 404, description = "`dataset_not_found`", body = Problem),
))]
#[get("/datasets/{dataset}/snapshots")]
pub async fn list_snapshots(
    app: web::Data<App>,
    user: Viewer,
    dataset: web::Path<String>,
    query: Query<ListQuery>,
) -> ApiResult<web::Json<SnapshotPage>> {
    let dataset: DatasetName = named("dataset", &dataset)?;
    let access = user.0.access;
    access.browse(&dataset)?;
    let ListQuery { limit, cursor, order } = query.0;
    let limit = checked_limit(limit)? as usize;
    let after = cursor.map(|cursor| parse_cursor(&cursor).ok_or_else(bad_cursor)).transpose()?;
    let worker = app.clone();
    let page = app.files(move |zfs| {
        let mut snapshots = zfs.snapshots(&dataset)?;
        let total = snapshots.len();
        if order == Order::Newest {
            snapshots.reverse();
        }
        if let Some(after) = after {
            snapshots.retain(|s| if order == Order::Newest { key(s) < after } else { key(s) > after });
        }
        let more = snapshots.len() > limit;
        snapshots.truncate(limit);
        let next = snapshots.last().filter(|_| more).map(|last| format!("{}-{}", last.createtxg, last.guid));
        Ok(SnapshotPage { items: with_details(&worker, zfs, &access, snapshots)?, next, total })
    });
    Ok(web::Json(page.await?))
}

/// Snapshots taken by one command share their transaction group; the guid tells them apart.
fn key(snapshot: &Snapshot) -> (Txg, Guid) {
    (snapshot.createtxg, snapshot.guid)
}

fn parse_cursor(text: &str) -> Option<(Txg, Guid)> {
    let (txg, guid) = text.split_once('-')?;
    Some((Txg(txg.parse().ok()?), guid.parse().ok()?))
}

/// A snapshot to take.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSnapshot {
    /// Its own name; absent: `manual-` and the time.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "before-upgrade")]
    tag: Option<String>,
    /// One of each dataset below too, all at the same instant.
    #[serde(default)]
    recursive: bool,
}

/// Takes a snapshot.
#[utoipa::path(tag = "snapshots", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment")), request_body = NewSnapshot, responses(
    (status = 201, description = "Taken", body = SnapshotView),
    (status = 400, description = "`invalid_name`", body = Problem),
    (status = 404, description = "`dataset_not_found`", body = Problem),
    (status = 409, description = "`snapshot_exists`", body = Problem),
    (status = 507, description = "`no_space`", body = Problem),
))]
#[post("/datasets/{dataset}/snapshots")]
pub async fn create_snapshot(
    app: web::Data<App>,
    user: Operator,
    dataset: web::Path<String>,
    body: Body<NewSnapshot>,
) -> ApiResult<HttpResponse> {
    let dataset: DatasetName = named("dataset", &dataset)?;
    user.0.access.browse(&dataset)?;
    let NewSnapshot { tag, recursive } = body.0;
    if recursive {
        user.0.access.browse_beneath(&dataset)?;
    }
    let tag = tag.unwrap_or_else(|| app.now().strftime("manual-%Y-%m-%dT%H.%M.%SZ").to_string());
    let name = dataset.snapshot(named("tag", &tag)?)?;
    let worker = app.clone();
    let caller = user.0.clone();
    let taken = app.files(move |zfs| {
        let snapshot = zfs.create_snapshot(&name, recursive)?;
        tracing::info!(user = caller.user.name, snapshot = %name, recursive, "took a snapshot");
        worker.index.hint((!recursive).then(|| name.dataset.clone()));
        one(&worker, zfs, &caller.access, &name.dataset, name.tag.as_str())
            .inspect(|view| debug_assert_eq!(view.guid, snapshot.guid))
    });
    let taken = taken.await?;
    let note = Note::of(Action::SnapshotCreate).from(&dataset, &[], Some(tag.as_str()));
    let beneath = if recursive { note.detail("and beneath") } else { note };
    audit::note(&app, &user.0, beneath).await;
    Ok(HttpResponse::Created().json(taken))
}

/// One snapshot.
#[utoipa::path(tag = "snapshots", params(
    ("dataset" = String, Path, description = "Full name, percent-encoded as one segment"),
    ("snapshot" = String, Path, description = "Its own name, or its guid"),
), responses(
    (status = 200, description = "The snapshot", body = SnapshotView),
    (status = 404, description = "`dataset_not_found`, `snapshot_not_found`", body = Problem),
))]
#[get("/datasets/{dataset}/snapshots/{snapshot}")]
pub async fn get_snapshot(
    app: web::Data<App>,
    user: Viewer,
    path: web::Path<(String, String)>,
) -> ApiResult<web::Json<SnapshotView>> {
    let (dataset, at) = path.into_inner();
    let dataset: DatasetName = named("dataset", &dataset)?;
    let access = user.0.access;
    access.browse(&dataset)?;
    let worker = app.clone();
    Ok(web::Json(app.files(move |zfs| one(&worker, zfs, &access, &dataset, &at)).await?))
}

/// What destroying a snapshot would do.
#[derive(Serialize, ToSchema)]
#[schema(as = DestroyPlan)]
pub struct DestroyPlanView {
    /// Full name.
    #[schema(value_type = String)]
    name: SnapshotName,
    /// The identity that the destruction is bound to.
    #[schema(value_type = String)]
    guid: Guid,
    /// Bytes that would come back.
    reclaims: u64,
    /// What stands in the way.
    blockers: Vec<BlockerView>,
    /// Nothing stands in the way.
    possible: bool,
}

/// What keeps a snapshot from being destroyed.
#[derive(Serialize, ToSchema)]
#[schema(as = Blocker)]
pub struct BlockerView {
    /// Which kind.
    kind: BlockerKind,
    /// The hold's tag, or the clone's name.
    name: Option<String>,
    /// What it is and what to do.
    detail: String,
}

/// What kind of thing keeps a snapshot.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockerKind {
    /// A user hold.
    Hold,
    /// A clone grown from it.
    Clone,
    /// Mounted elsewhere, or being sent.
    InUse,
}

impl BlockerView {
    /// Without the names of datasets that the caller may not see.
    fn shown(blocker: Blocker, access: &Access) -> Self {
        let detail = blocker.to_string();
        let (kind, name) = match blocker {
            Blocker::Clone(name) if !access.sees(&name) => {
                let detail = "a clone depends on it; ask an administrator".to_owned();
                return Self { kind: BlockerKind::Clone, name: None, detail };
            }
            Blocker::Hold(tag) => (BlockerKind::Hold, Some(tag.to_string())),
            Blocker::Clone(name) => (BlockerKind::Clone, Some(name.to_string())),
            Blocker::InUse => (BlockerKind::InUse, None),
        };
        Self { kind, name, detail }
    }
}

impl DestroyPlanView {
    fn shown(plan: DestroyPlan, access: &Access) -> Self {
        Self {
            name: plan.name,
            guid: plan.guid,
            reclaims: plan.reclaims,
            possible: plan.blockers.is_empty(),
            blockers: plan.blockers.into_iter().map(|blocker| BlockerView::shown(blocker, access)).collect(),
        }
    }
}

/// Plans the destruction of a snapshot: what would come back, what stands in the way.
#[utoipa::path(tag = "snapshots", params(
    ("dataset" = String, Path, description = "Full name, percent-encoded as one segment"),
    ("snapshot" = String, Path, description = "Its own name, or its guid"),
), responses(
    (status = 200, description = "The plan; nothing is changed", body = DestroyPlanView),
    (status = 404, description = "`snapshot_not_found`", body = Problem),
))]
#[get("/datasets/{dataset}/snapshots/{snapshot}/destroy-plan")]
pub async fn plan_snapshot_destruction(
    app: web::Data<App>,
    user: Viewer,
    path: web::Path<(String, String)>,
) -> ApiResult<web::Json<DestroyPlanView>> {
    let (dataset, at) = path.into_inner();
    let dataset: DatasetName = named("dataset", &dataset)?;
    let access = user.0.access;
    access.browse(&dataset)?;
    let worker = app.clone();
    let plan = app.files(move |zfs| Ok(zfs.destroy_plan(&find(&worker, zfs, &dataset, &at)?.name)?));
    Ok(web::Json(DestroyPlanView::shown(plan.await?, &access)))
}

/// Binds the destruction to the plan.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DestroyQuery {
    /// The plan's guid: refused as `plan_stale` when the name belongs to another snapshot by now.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    guid: Option<Guid>,
}

/// Destroys a snapshot. It can't be undone.
///
/// Never takes clones along and never defers: what stands in the way is an error that names it.
#[utoipa::path(tag = "snapshots", params(
    ("dataset" = String, Path, description = "Full name, percent-encoded as one segment"),
    ("snapshot" = String, Path, description = "Its own name, or its guid"),
    DestroyQuery,
), responses(
    (status = 204, description = "Destroyed"),
    (status = 404, description = "`snapshot_not_found`", body = Problem),
    (status = 409, description = "`snapshot_busy`, `plan_stale`", body = Problem),
))]
#[delete("/datasets/{dataset}/snapshots/{snapshot}")]
pub async fn destroy_snapshot(
    app: web::Data<App>,
    user: Admin,
    path: web::Path<(String, String)>,
    query: Query<DestroyQuery>,
) -> ApiResult<HttpResponse> {
    let (dataset, at) = path.into_inner();
    let dataset: DatasetName = named("dataset", &dataset)?;
    user.0.access.browse(&dataset)?;
    let worker = app.clone();
    let caller = user.0.clone();
    let destroyed = app.files(move |zfs| {
        // A time means whatever is there; that is no way to say what to destroy.
        let exact = zfs.snapshots(&dataset)?.into_iter().any(|s| s.name.tag.as_str() == at || s.guid.to_string() == at);
        if !exact {
            let detail = format!("{dataset} has no snapshot '{at}'; give its name or its guid");
            return Err(ApiError::new(Code::SnapshotNotFound, detail));
        }
        let snapshot = find(&worker, zfs, &dataset, &at)?;
        if query.0.guid.is_some_and(|guid| guid != snapshot.guid) {
            let detail = format!("{} is another snapshot than the one planned for; look at a new plan", snapshot.name);
            return Err(ApiError::new(Code::PlanStale, detail));
        }
        zfs.destroy_snapshot(&snapshot.name, snapshot.guid)?;
        tracing::info!(user = caller.user.name, snapshot = %snapshot.name, guid = %snapshot.guid, "destroyed a snapshot");
        Ok(snapshot)
    });
    let destroyed = destroyed.await?.name;
    let note = Note::of(Action::SnapshotDestroy).from(&destroyed.dataset, &[], Some(destroyed.tag.as_str()));
    audit::note(&app, &user.0, note).await;
    Ok(HttpResponse::NoContent().finish())
}
