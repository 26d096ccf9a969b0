//! Putting files back, and taking that back.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpResponse, get, http::header, post, web};
use nasman_catalog::{ItemCursor, Job, NewJob, RestoreRecord};
use nasman_core::{RelPath, restore::Outcome};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::{App, blocking},
    audit::{self, Action, Note},
    auth::{Access, Restorer, Viewer},
    http::{
        body::Body,
        error::{ApiError, ApiResult, Code, Problem},
        page::{Page, bad_cursor, checked_limit},
        query::{Query, number},
    },
    jobs::JobView,
    restore::{
        Counts, Order, Planned, RestorePlan, RestoreRequest, RestoreWork, RestoredItem, Stop, UndoOrder,
        UndoState, UndoView, UndoWork, plan, undo_state,
    },
};

/// Looking at millions of files takes minutes.
const PLANNING: Duration = Duration::from_secs(900);

/// The plan for a request. Ends when nobody waits for it any more.
async fn planned(
    app: &web::Data<App>,
    request: RestoreRequest,
    thorough: bool,
) -> ApiResult<(RestoreRequest, Planned)> {
    let stop = Stop::default();
    let _stopped = stop.when_dropped();
    let worker = app.clone();
    blocking(PLANNING, move || {
        let planned = plan(&*worker.zfs, &worker.created, &request, thorough, &stop)?;
        Ok((request, planned))
    })
    .await
}

/// Plans a restore: what would be done with each entry. Changes nothing.
#[utoipa::path(tag = "recovery", request_body = RestoreRequest, responses(
    (status = 200, description = "The plan", body = RestorePlan),
    (status = 400, description = "`invalid_request`, `invalid_path`, `invalid_name`", body = Problem),
    (status = 403, description = "`forbidden`: no grant allows it", body = Problem),
    (status = 404, description = "`dataset_not_found`, `snapshot_not_found`", body = Problem),
    (status = 409, description = "`files_unreachable`, `read_only`", body = Problem),
))]
#[post("/restores/plan")]
pub async fn plan_restore(
    app: web::Data<App>,
    user: Restorer,
    body: Body<RestoreRequest>,
) -> ApiResult<web::Json<RestorePlan>> {
    user.0.access.restore(&body.0.dataset, body.0.target())?;
    Ok(web::Json(planned(&app, body.0, true).await?.1.view))
}

/// Restores files and folders, as a job.
#[utoipa::path(tag = "recovery", request_body = RestoreRequest, responses(
    (status = 202, description = "The job; `Location` has its address", body = JobView),
    (status = 400, description = "`invalid_request`, `invalid_path`, `invalid_name`", body = Problem),
    (status = 403, description = "`forbidden`: no grant allows it", body = Problem),
    (status = 404, description = "`dataset_not_found`, `snapshot_not_found`, `file_not_found`", body = Problem),
    (status = 409, description = "`plan_stale`, `conflict`, `files_unreachable`, `read_only`, `not_a_file`", body = Problem),
))]
#[post("/restores")]
pub async fn create_restore(
    app: web::Data<App>,
    user: Restorer,
    body: Body<RestoreRequest>,
) -> ApiResult<HttpResponse> {
    user.0.access.restore(&body.0.dataset, body.0.target())?;
    let (request, planned) = planned(&app, body.0, false).await?;
    if request.plan.as_ref().is_some_and(|plan| *plan != planned.view.plan) {
        let detail = "what the plan was made for has changed since; look at a new plan";
        return Err(ApiError::field(Code::PlanStale, "plan", detail));
    }
    if let Some(refusal) = planned.refusal {
        return Err(refusal);
    }
    let title = title(&planned);
    let note = note(&request, &planned);
    let order = stored(&planned.order)?;
    let jobs = app.jobs.clone();
    let caller = user.0.user.clone();
    let job = app
        .catalog(move |_| {
            jobs.enqueue(&NewJob {
                kind: RestoreWork::KIND,
                title: &title,
                user_id: caller.id,
                user_name: &caller.name,
                request: &order,
            })
        })
        .await?;
    audit::note(&app, &user.0, note.job(&job.id)).await;
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, format!("/api/v1/jobs/{}", job.id)))
        .json(JobView::brief(&job)))
}

/// For the audit log.
fn note(request: &RestoreRequest, planned: &Planned) -> Note {
    let snapshot = Some(planned.view.snapshot.tag.as_str());
    let note = Note::of(Action::Restore).from(&request.dataset, &request.paths, snapshot);
    note.to(request.target(), request.to.as_ref().map(|to| &to.path))
}

fn title(planned: &Planned) -> String {
    let from = &planned.view.snapshot.snapshot;
    match planned.order.items.as_slice() {
        [one] => format!("Restore {} from {from}", name_of(&one.from)),
        items => format!("Restore {} items from {from}", items.len()),
    }
}

fn name_of(path: &RelPath) -> String {
    path.name().map_or_else(|| "all".to_owned(), |name| name.display())
}

fn stored(order: &impl Serialize) -> ApiResult<serde_json::Value> {
    serde_json::to_value(order)
        .map_err(|error| ApiError::new(Code::Internal, format!("the order can't be stored: {error}")))
}

/// A restore: its job, what came of it, and whether it can be undone.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Restore)]
pub struct RestoreView {
    /// The job.
    pub job: JobView,
    /// What came of its items so far.
    pub counts: Counts,
    /// Whether it can be undone.
    pub undo: UndoView,
}

/// The job of a restore, with what it has on record. One that may not be seen is not there.
fn restore(app: &App, access: &Access, id: &str) -> ApiResult<(Job, Option<RestoreRecord>)> {
    let not_found = || ApiError::new(Code::JobNotFound, format!("no restore '{id}' exists"));
    match app.catalog.job(id) {
        Ok(job) if job.kind == RestoreWork::KIND && access.sees_jobs_of(job.user_id) => {
            Ok((job, app.catalog.restore_record(id)?))
        }
        Ok(_) | Err(nasman_catalog::CatalogError::NotFound) => Err(not_found()),
        Err(error) => Err(error.into()),
    }
}

/// One restore.
#[utoipa::path(tag = "recovery", params(("id" = String, Path, description = "The restore's job")), responses(
    (status = 200, description = "The restore", body = RestoreView),
    (status = 404, description = "`job_not_found`", body = Problem),
))]
#[get("/restores/{id}")]
pub async fn get_restore(
    app: web::Data<App>,
    user: Viewer,
    id: web::Path<String>,
) -> ApiResult<web::Json<RestoreView>> {
    let worker = app.clone();
    app.files(move |zfs| {
        let (job, record) = restore(&worker, &user.0.access, &id)?;
        let counts = record.as_ref().map(|record| worker.catalog.restore_counts(record.id)).transpose()?;
        let undo = undo_state(zfs, &worker.catalog, &job, record.as_ref())?;
        let log = worker.catalog.job_log(&job.id)?;
        let counts = counts.map(Counts::from).unwrap_or_default();
        Ok(web::Json(RestoreView { job: JobView::whole(&job, log), counts, undo }))
    })
    .await
}

/// Which items of a restore.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ItemsQuery {
    /// Only those that came to this.
    #[serde(default)]
    #[param(inline)]
    outcome: Option<Outcome>,
    /// Items in the page, 1 to 1000.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// The last page's `next`.
    #[serde(default)]
    cursor: Option<String>,
}

/// What became of each entry of a restore: failures first, then those restored, then those left out. What was left since the
/// same is there is only counted.
#[utoipa::path(tag = "recovery", params(("id" = String, Path, description = "The restore's job"), ItemsQuery), responses(
    (status = 200, description = "A page", body = Page<RestoredItem>),
    (status = 404, description = "`job_not_found`", body = Problem),
))]
#[get("/restores/{id}/items")]
pub async fn list_restored_items(
    app: web::Data<App>,
    user: Viewer,
    id: web::Path<String>,
    query: Query<ItemsQuery>,
) -> ApiResult<web::Json<Page<RestoredItem>>> {
    let ItemsQuery { outcome, limit, cursor } = query.0;
    let limit = checked_limit(limit)?;
    let after = cursor.as_deref().map(|text| read_cursor(text).ok_or_else(bad_cursor)).transpose()?;
    let worker = app.clone();
    app.files(move |_| {
        let (job, record) = restore(&worker, &user.0.access, &id)?;
        let Some(record) = record else { return Ok(web::Json(Page::whole(Vec::new()))) };
        let target = Order::of(&job)?.target;
        // One more than asked for tells whether there is a next page.
        let mut items = worker.catalog.restored_items(record.id, outcome, after, limit + 1)?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(|last| cursor_of(last.outcome, last.id));
        let items = items.into_iter().map(|item| RestoredItem::of(item, &target)).collect();
        Ok(web::Json(Page { items, next }))
    })
    .await
}

fn cursor_of(outcome: Outcome, id: i64) -> String {
    let word = match outcome {
        Outcome::Failed => "f",
        Outcome::Restored => "r",
        Outcome::Skipped => "s",
    };
    format!("{word}{id}")
}

fn read_cursor(text: &str) -> Option<ItemCursor> {
    let outcome = match text.get(..1)? {
        "f" => Outcome::Failed,
        "r" => Outcome::Restored,
        "s" => Outcome::Skipped,
        _ => return None,
    };
    Some(ItemCursor { outcome, id: text.get(1..)?.parse().ok()? })
}

/// Undoes a restore, as a job: what was made is removed if it is still that, what was replaced comes back from the guard
/// snapshot, what was moved aside is moved back.
#[utoipa::path(tag = "recovery", params(("id" = String, Path, description = "The restore's job")), responses(
    (status = 202, description = "The job, of kind `undo_restore`; `Location` has its address", body = JobView),
    (status = 404, description = "`job_not_found`", body = Problem),
    (status = 409, description = "`conflict`: it can't be undone, or not again; the text tells why", body = Problem),
))]
#[post("/restores/{id}/undo")]
pub async fn undo_restore(
    app: web::Data<App>,
    user: Restorer,
    id: web::Path<String>,
) -> ApiResult<HttpResponse> {
    let (worker, caller) = (app.clone(), user.0.clone());
    let (job, note) = app
        .files(move |zfs| {
            let (job, record) = restore(&worker, &caller.access, &id)?;
            let undone = Order::of(&job)?;
            caller.access.restore(&undone.dataset, &undone.target)?;
            let undo = undo_state(zfs, &worker.catalog, &job, record.as_ref())?;
            let Some(record) = record.filter(|_| undo.state == UndoState::Possible) else {
                return Err(ApiError::new(Code::Conflict, why_not(&undo)));
            };
            let order = stored(&UndoOrder { restore: job.id.clone() })?;
            let title = format!("Undo: {}", job.title);
            let new = NewJob {
                kind: UndoWork::KIND,
                title: &title,
                user_id: caller.user.id,
                user_name: &caller.user.name,
                request: &order,
            };
            let job = begin_undo(&worker, &record, &new)?;
            let note = Note::of(Action::Undo).to(&undone.target, None).detail(title.as_str()).job(&job.id);
            Ok((job, note))
        })
        .await?;
    audit::note(&app, &user.0, note).await;
    Ok(HttpResponse::Accepted()
        .insert_header((header::LOCATION, format!("/api/v1/jobs/{}", job.id)))
        .json(JobView::brief(&job)))
}

/// Of two who ask at the same time, one is refused.
fn begin_undo(app: &App, record: &RestoreRecord, new: &NewJob<'_>) -> ApiResult<Job> {
    let jobs = Arc::clone(&app.jobs);
    let job = jobs.enqueue(new)?;
    if app.catalog.note_restore_undo(record.id, record.undo_job.as_deref(), &job.id)? {
        return Ok(job);
    }
    jobs.cancel(&job.id)?;
    Err(ApiError::new(Code::Conflict, "somebody else has just asked for the same"))
}

fn why_not(undo: &UndoView) -> String {
    match undo.state {
        UndoState::Running => "it is being undone already".to_owned(),
        UndoState::Done => "it was undone already".to_owned(),
        UndoState::Possible | UndoState::Impossible => {
            format!("it can't be undone: {}", undo.why.as_deref().unwrap_or("the cause is unknown"))
        }
    }
}
