//! How far the catalog is: coverage, runs, and indexing on demand.

use actix_web::{HttpResponse, get, patch, post, web};
use nasman_catalog as catalog;
use nasman_core::DatasetName;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::named;
use crate::{
    app::App,
    auth::{Operator, Viewer},
    http::{
        body::Body,
        error::{ApiError, ApiResult, Code, Problem},
    },
    index::{IndexView, IndexedDataset, IndexedDatasetDetail, Order, Survey, underway},
    jobs::JobView,
};

/// Live can't be looked at more often than this.
const SHORTEST: u32 = 30;

/// How far the catalog is. Not for users who may see some datasets only.
#[utoipa::path(tag = "index", responses(
    (status = 200, description = "All datasets", body = IndexView),
    (status = 403, description = "`forbidden`", body = Problem),
))]
#[get("/index")]
pub async fn get_index(app: web::Data<App>, user: Viewer) -> ApiResult<web::Json<IndexView>> {
    user.0.access.everything()?;
    let worker = app.clone();
    let view = app.files(move |_| Survey::of(&worker)?.all());
    Ok(web::Json(view.await?))
}

/// How far the catalog is with one dataset, with its latest runs.
#[utoipa::path(tag = "index", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment")), responses(
    (status = 200, description = "The dataset", body = IndexedDatasetDetail),
    (status = 404, description = "`dataset_not_found`", body = Problem),
))]
#[get("/index/{dataset}")]
pub async fn get_indexed_dataset(
    app: web::Data<App>,
    user: Viewer,
    dataset: web::Path<String>,
) -> ApiResult<web::Json<IndexedDatasetDetail>> {
    let name: DatasetName = named("dataset", &dataset)?;
    user.0.access.browse(&name)?;
    let worker = app.clone();
    let view = app.files(move |_| Survey::of(&worker)?.detail(known_dataset(&worker, &name)?));
    Ok(web::Json(view.await?))
}

/// How to index.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexRequest {
    /// Whether to forget all that is known of the dataset's files first. Until it is done again, its snapshots are
    /// read from the file system.
    #[serde(default)]
    from_scratch: bool,
}

/// Indexes a dataset now: its snapshots, and the live files whatever their interval.
#[utoipa::path(tag = "index", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment")), request_body = IndexRequest, responses(
    (status = 202, description = "The job that does it", body = JobView),
    (status = 404, description = "`dataset_not_found`", body = Problem),
    (status = 409, description = "`conflict`: it is indexed already, or left out on request", body = Problem),
))]
#[post("/index/{dataset}")]
pub async fn index_dataset(
    app: web::Data<App>,
    user: Operator,
    dataset: web::Path<String>,
    body: Body<IndexRequest>,
) -> ApiResult<HttpResponse> {
    let name: DatasetName = named("dataset", &dataset)?;
    user.0.access.browse(&name)?;
    let IndexRequest { from_scratch } = body.0;
    let (worker, user) = (app.clone(), user.0.user);
    let job = app.files(move |zfs| {
        let dataset = zfs.dataset(&name)?;
        worker.catalog.note_dataset(dataset.guid, &name, worker.now())?;
        if worker.catalog.dataset(dataset.guid)?.excluded {
            let detail = format!("{name} is left out of the index; include it first");
            return Err(ApiError::new(Code::Conflict, detail));
        }
        if let Some(job) = underway(&worker.catalog)?.get(&dataset.guid) {
            let detail = format!("{name} is being indexed already, by the job {}", job.id);
            return Err(ApiError::new(Code::Conflict, detail));
        }
        let order = Order { dataset: dataset.guid, live: true, sure: true, from_scratch };
        Ok(worker.index.enqueue(&worker.jobs, &name, &order, Some((user.id, &user.name)))?)
    });
    let job = job.await?;
    tracing::info!(user = job.user_name, job = job.id, from_scratch, "asked to index");
    Ok(HttpResponse::Accepted()
        .insert_header(("location", format!("/api/v1/jobs/{}", job.id)))
        .json(JobView::brief(&job)))
}

/// What to change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IndexChange {
    /// Seconds between looks at the live files, at least 30; 0: off; null: as all.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>)]
    live_interval: Option<Option<u32>>,
    /// Whether to leave the dataset out. What is known of it stays until it is indexed from scratch.
    excluded: Option<bool>,
}

/// Tells null from absent.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u32>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Changes how a dataset is indexed.
#[utoipa::path(tag = "index", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment")), request_body = IndexChange, responses(
    (status = 200, description = "The dataset", body = IndexedDataset),
    (status = 400, description = "`invalid_request`", body = Problem),
    (status = 404, description = "`dataset_not_found`", body = Problem),
))]
#[patch("/index/{dataset}")]
pub async fn change_indexed_dataset(
    app: web::Data<App>,
    user: Operator,
    dataset: web::Path<String>,
    body: Body<IndexChange>,
) -> ApiResult<web::Json<IndexedDataset>> {
    let name: DatasetName = named("dataset", &dataset)?;
    user.0.access.browse(&name)?;
    let IndexChange { live_interval, excluded } = body.0;
    if let Some(Some(seconds @ 1..SHORTEST)) = live_interval {
        let detail = format!("{seconds} s is too often; 0 is off, {SHORTEST} the least");
        return Err(ApiError::field(Code::InvalidRequest, "live_interval", detail));
    }
    tracing::info!(user = user.0.user.name, %name, ?live_interval, ?excluded, "changed how a dataset is indexed");
    let worker = app.clone();
    let view = app.files(move |_| {
        let known = known_dataset(&worker, &name)?;
        if let Some(interval) = live_interval {
            worker.catalog.set_live_interval(known.id, interval)?;
        }
        if let Some(excluded) = excluded {
            worker.catalog.set_excluded(known.id, excluded)?;
        }
        worker.index.hint(None);
        Ok(Survey::of(&worker)?.one(worker.catalog.dataset(known.guid)?))
    });
    Ok(web::Json(view.await?))
}

/// A dataset by its name; one that ZFS has and nobody has looked at yet is noted.
fn known_dataset(app: &App, name: &DatasetName) -> ApiResult<catalog::Dataset> {
    if let Some(known) = app.catalog.dataset_by_name(name)? {
        return Ok(known);
    }
    let dataset = app.zfs.dataset(name)?;
    app.catalog.note_dataset(dataset.guid, name, app.now())?;
    Ok(app.catalog.dataset(dataset.guid)?)
}
