//! Slow work, listed and canceled.

use actix_web::{HttpResponse, delete, get, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    auth::{Restorer, Viewer, job_not_found},
    http::{
        error::{ApiError, ApiResult, Code, Problem},
        page::{Page, bad_cursor, checked_limit},
        query::{Query, number},
    },
    index::IndexWork,
    jobs::{JobView, State},
    restore::{RestoreWork, UndoWork},
};

/// Which jobs.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only those in this state.
    #[serde(default)]
    #[param(inline)]
    state: Option<State>,
    /// Only those of this kind: `restore`, `undo_restore` or `index`.
    #[serde(default)]
    #[param(inline)]
    kind: Option<Kind>,
    /// Items in the page, 1 to 1000.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// The last page's `next`.
    #[serde(default)]
    cursor: Option<String>,
}

/// Kinds of work.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Files are restored.
    Restore,
    /// A restore is undone.
    UndoRestore,
    /// A dataset is indexed.
    Index,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Restore => RestoreWork::KIND,
            Self::UndoRestore => UndoWork::KIND,
            Self::Index => IndexWork::KIND,
        }
    }
}

/// Lists jobs, newest first, without their logs.
#[utoipa::path(tag = "jobs", params(ListQuery), responses((status = 200, description = "A page", body = Page<JobView>)))]
#[get("/jobs")]
pub async fn list_jobs(
    app: web::Data<App>,
    user: Viewer,
    query: Query<ListQuery>,
) -> ApiResult<web::Json<Page<JobView>>> {
    let ListQuery { state, kind, limit, cursor } = query.0;
    let limit = checked_limit(limit)?;
    if cursor.as_deref().is_some_and(|cursor| !is_id(cursor)) {
        return Err(bad_cursor());
    }
    // One more than asked for tells whether there is a next page.
    let (state, kind) = (state.map(Into::into), kind.map(Kind::as_str));
    let whose = user.0.access.jobs_of();
    let mut jobs =
        app.catalog(move |catalog| catalog.jobs_of(whose, state, kind, cursor.as_deref(), limit + 1)).await?;
    let more = jobs.len() > limit as usize;
    jobs.truncate(limit as usize);
    let next = jobs.last().filter(|_| more).map(|job| job.id.clone());
    Ok(web::Json(Page { items: jobs.iter().map(JobView::brief).collect(), next }))
}

/// Whether it has the form of a job's id: digits in five groups.
fn is_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// One job, with its log.
#[utoipa::path(tag = "jobs", params(("id" = String, Path, description = "The job")), responses(
    (status = 200, description = "The job", body = JobView),
    (status = 404, description = "`job_not_found`", body = Problem),
))]
#[get("/jobs/{id}")]
pub async fn get_job(
    app: web::Data<App>,
    user: Viewer,
    id: web::Path<String>,
) -> ApiResult<web::Json<JobView>> {
    let id = id.into_inner();
    let wanted = id.clone();
    let (job, log) = app
        .catalog(move |catalog| Ok((catalog.job(&wanted)?, catalog.job_log(&wanted)?)))
        .await
        .map_err(|error| not_found(error, &id))?;
    user.0.access.job(&job)?;
    Ok(web::Json(JobView::whole(&job, log)))
}

fn not_found(error: ApiError, id: &str) -> ApiError {
    match error.code {
        Code::NotFound => job_not_found(id),
        _ => error,
    }
}

/// Asks a job to stop: at once if it waits, at its next step if it runs.
#[utoipa::path(tag = "jobs", params(("id" = String, Path, description = "The job")), responses(
    (status = 202, description = "Asked; the job as it is now", body = JobView),
    (status = 404, description = "`job_not_found`", body = Problem),
    (status = 409, description = "`conflict`: it has ended already", body = Problem),
))]
#[delete("/jobs/{id}")]
pub async fn cancel_job(
    app: web::Data<App>,
    user: Restorer,
    id: web::Path<String>,
) -> ApiResult<HttpResponse> {
    let id = id.into_inner();
    let wanted = id.clone();
    let before =
        app.catalog(move |catalog| catalog.job(&wanted)).await.map_err(|error| not_found(error, &id))?;
    user.0.access.job(&before)?;
    if before.state.ended() {
        let detail = format!("the job has ended already: it {}", before.state.as_str());
        return Err(ApiError::new(Code::Conflict, detail));
    }
    let jobs = app.jobs.clone();
    tracing::info!(user = user.0.user.name, job = id, "asked a job to stop");
    let job = app.catalog(move |_| jobs.cancel(&id)).await?;
    Ok(HttpResponse::Accepted().json(JobView::brief(&job)))
}
