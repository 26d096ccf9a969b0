//! Putting files back.

use actix_web::{HttpResponse, http::header, post, web};
use nasman_catalog::NewJob;
use nasman_core::DatasetName;

use crate::{
    app::App,
    audit::{self, Action, Note},
    auth::Restorer,
    http::{
        body::Body,
        error::{ApiError, ApiResult, Code, Problem},
    },
    jobs::JobView,
    restore::{Order, Planned, RestorePlan, RestoreRequest, RestoreWork, plan},
};

async fn planned(app: &web::Data<App>, request: RestoreRequest) -> ApiResult<(RestoreRequest, Planned)> {
    let worker = app.clone();
    app.files(move |zfs| {
        let planned = plan(zfs, &worker.created, &request)?;
        Ok((request, planned))
    })
    .await
}

/// Plans a restore: what would be done with each file. Changes nothing.
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
    user.0.access.restore(&body.0.dataset, target(&body.0))?;
    Ok(web::Json(planned(&app, body.0).await?.1.view))
}

/// Restores files, as a job.
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
    user.0.access.restore(&body.0.dataset, target(&body.0))?;
    let (request, planned) = planned(&app, body.0).await?;
    if request.plan.as_ref().is_some_and(|plan| *plan != planned.view.plan) {
        let detail = "what the plan was made for has changed since; look at a new plan";
        return Err(ApiError::field(Code::PlanStale, "plan", detail));
    }
    if let Some(refusal) = planned.refusal {
        return Err(refusal);
    }
    let title = title(&planned);
    let note = note(&request, &planned);
    let order = Order {
        dataset: request.dataset,
        snapshot: planned.view.snapshot.guid,
        target: planned.target,
        items: planned.items,
    };
    let order = serde_json::to_value(order)
        .map_err(|error| ApiError::new(Code::Internal, format!("the order can't be stored: {error}")))?;
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

/// Into which dataset files come.
fn target(request: &RestoreRequest) -> &DatasetName {
    request.to.as_ref().map_or(&request.dataset, |to| &to.dataset)
}

/// For the audit log.
fn note(request: &RestoreRequest, planned: &Planned) -> Note {
    let snapshot = Some(planned.view.snapshot.tag.as_str());
    let note = Note::of(Action::Restore).from(&request.dataset, &request.paths, snapshot);
    note.to(target(request), request.to.as_ref().map(|to| &to.path))
}

fn title(planned: &Planned) -> String {
    let from = &planned.view.snapshot.snapshot;
    match planned.items.as_slice() {
        [one] => {
            let name = one.from.name().map(|name| name.display()).unwrap_or_default();
            format!("Restore {name} from {from}")
        }
        items => format!("Restore {} files from {from}", items.len()),
    }
}
