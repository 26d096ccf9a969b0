//! How far the catalog is: coverage, runs, and indexing on demand.

use std::collections::HashMap;

use actix_web::{HttpResponse, get, patch, post, web};
use jiff::Timestamp;
use nasman_catalog::{self as catalog, Job, JobState};
use nasman_core::{DatasetName, Guid, RelPath, SnapshotTag};
use nasman_zfs::Dataset;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::named;
use crate::{
    app::App,
    auth::{Operator, Viewer},
    http::{
        body::Body,
        error::{ApiError, ApiResult, Code, Problem},
    },
    index::{Order, order_of},
    jobs::JobView,
};

/// Runs shown of a dataset.
const RUNS: u32 = 50;
/// Live can't be looked at more often than this.
const SHORTEST: u32 = 30;

/// How far the catalog is.
#[derive(Serialize, ToSchema)]
#[schema(as = IndexStatus)]
pub struct IndexView {
    /// Whether anything is indexed without being asked (`index.enabled`).
    enabled: bool,
    /// Seconds between looks at live files, unless a dataset has its own; 0: off.
    live_interval: u32,
    /// Names of folders that are not entered.
    exclude: Vec<String>,
    /// Bytes of the catalog on the disk.
    bytes: u64,
    /// Over all datasets that are not left out.
    snapshots: Coverage,
    /// By name.
    datasets: Vec<IndexedDataset>,
}

/// Snapshots, and how many of them are known.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct Coverage {
    /// Snapshots that there are.
    total: u64,
    /// Of which the files are known.
    indexed: u64,
    /// That could not be read and are passed over.
    failed: u64,
}

/// How far the catalog is with a dataset.
#[derive(Serialize, ToSchema)]
pub struct IndexedDataset {
    /// Its name.
    #[schema(value_type = String, example = "tank/home")]
    dataset: DatasetName,
    /// Its identity.
    #[schema(value_type = String)]
    guid: Guid,
    /// Where it stands.
    state: IndexState,
    /// Why, and what to do, for people.
    detail: Option<String>,
    /// The job that indexes it, or will.
    job: Option<String>,
    /// Its snapshots.
    snapshots: Coverage,
    /// When the live files were as the catalog has them; null before the first look.
    #[schema(value_type = Option<String>, format = DateTime)]
    live_as_of: Option<Timestamp>,
    /// Its own seconds between looks at live files; 0: off; null: as all.
    live_interval: Option<u32>,
    /// Not indexed, on request.
    excluded: bool,
    /// The newest run.
    last_run: Option<RunView>,
}

/// Where a dataset stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum IndexState {
    /// All is known.
    Current,
    /// It is being read.
    Indexing,
    /// It will be read.
    Waiting,
    /// Its files can't be reached; what is known stays.
    Unreachable,
    /// It is left out on request.
    Excluded,
}

/// How far the catalog is with a dataset, with its latest runs.
#[derive(Serialize, ToSchema)]
#[schema(as = IndexedDatasetDetails)]
pub struct IndexedDatasetDetail {
    /// As in the list.
    #[serde(flatten)]
    dataset: IndexedDataset,
    /// Newest first, at most 50.
    runs: Vec<RunView>,
    /// Snapshots that could not be read.
    failed: Vec<FailedSnapshot>,
}

/// A snapshot that could not be read.
#[derive(Serialize, ToSchema)]
pub struct FailedSnapshot {
    /// Its own name within the dataset.
    #[schema(value_type = String)]
    snapshot: SnapshotTag,
    /// Why.
    reason: String,
}

/// One state that was read.
#[derive(Serialize, ToSchema)]
#[schema(as = IndexRun)]
pub struct RunView {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Which snapshot; null: live.
    #[schema(value_type = Option<String>)]
    snapshot: Option<SnapshotTag>,
    /// How the changes were found.
    means: IndexMeans,
    /// Cheaper means that could not be used.
    passed: Vec<PassedView>,
    /// Files, folders and others looked at.
    objects: u64,
    /// Folders read.
    directories: u64,
    /// Files, folders and others that were gone.
    gone: u64,
    /// Milliseconds.
    took_ms: u64,
    /// What could not be read, in all.
    findings_total: u64,
    /// The first of them.
    findings: Vec<RunFinding>,
    /// Why it failed.
    error: Option<String>,
}

/// How changes between two snapshots are found, cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IndexMeans {
    /// There are none.
    Nothing,
    /// The kernel's list of changed objects.
    Ioctl,
    /// `zfs diff`.
    ZfsDiff,
    /// A walk of all of the snapshot's files.
    Walk,
}

impl IndexMeans {
    fn of(word: &str) -> Self {
        serde_json::from_value(word.into()).unwrap_or(Self::Walk)
    }
}

/// A cheaper means, and why it could not be used.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = PassedMeans)]
pub struct PassedView {
    /// Which.
    means: IndexMeans,
    /// Why not.
    reason: String,
}

/// What could not be read.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct RunFinding {
    /// Percent-encoded.
    #[schema(value_type = String)]
    path: RelPath,
    /// What happened.
    detail: String,
}

impl From<catalog::Run> for RunView {
    fn from(run: catalog::Run) -> Self {
        Self {
            at: run.at,
            snapshot: run.snapshot,
            means: IndexMeans::of(&run.means),
            passed: serde_json::from_value(run.passed).unwrap_or_default(),
            objects: run.objects,
            directories: run.directories,
            gone: run.gone,
            took_ms: run.took_ms,
            findings_total: run.findings_total,
            findings: serde_json::from_value(run.findings).unwrap_or_default(),
            error: run.error,
        }
    }
}

/// How far the catalog is.
#[utoipa::path(tag = "index", responses((status = 200, description = "All datasets", body = IndexView)))]
#[get("/index")]
pub async fn get_index(app: web::Data<App>, _user: Viewer) -> ApiResult<web::Json<IndexView>> {
    let worker = app.clone();
    let view = app.files(move |_| {
        let datasets = Survey::of(&worker)?.all()?;
        let wanted = datasets.iter().filter(|dataset| !dataset.excluded);
        let snapshots = wanted.fold(Coverage::default(), |sum, d| Coverage {
            total: sum.total + d.snapshots.total,
            indexed: sum.indexed + d.snapshots.indexed,
            failed: sum.failed + d.snapshots.failed,
        });
        Ok(IndexView {
            enabled: worker.config.index_enabled,
            live_interval: worker.config.live_interval,
            exclude: worker.config.index_exclude.patterns().to_vec(),
            bytes: worker.catalog.bytes(),
            snapshots,
            datasets,
        })
    });
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
    _user: Viewer,
    dataset: web::Path<String>,
) -> ApiResult<web::Json<IndexedDatasetDetail>> {
    let name: DatasetName = named("dataset", &dataset)?;
    let worker = app.clone();
    let view = app.files(move |_| {
        let known = known_dataset(&worker, &name)?;
        let runs = worker.catalog.runs(known.id, RUNS)?.into_iter().map(Into::into).collect();
        let snapshots = worker.catalog.snapshots(known.id)?;
        let failed = snapshots
            .into_iter()
            .filter_map(|s| Some(FailedSnapshot { snapshot: s.tag, reason: s.failed? }))
            .collect();
        Ok(IndexedDatasetDetail { dataset: Survey::of(&worker)?.one(known)?, runs, failed })
    });
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
    let IndexRequest { from_scratch } = body.0;
    let (worker, user) = (app.clone(), user.0.user);
    let job = app.files(move |zfs| {
        let dataset = zfs.dataset(&name)?;
        let known = worker.catalog.note_dataset(dataset.guid, &name, worker.now())?;
        if worker.catalog.dataset(dataset.guid)?.excluded {
            let detail = format!("{name} is left out of the index; include it first");
            return Err(ApiError::new(Code::Conflict, detail));
        }
        tracing::debug!(?known, "indexing on demand");
        if let Some(job) = Survey::of(&worker)?.jobs.get(&dataset.guid) {
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
        Survey::of(&worker)?.one(worker.catalog.dataset(known.guid)?)
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

/// What the answers are made of, asked once for all datasets.
struct Survey<'a> {
    app: &'a App,
    /// Absent when ZFS does not answer.
    found: Option<HashMap<Guid, Dataset>>,
    coverage: HashMap<catalog::DatasetId, Coverage>,
    runs: HashMap<catalog::DatasetId, catalog::Run>,
    jobs: HashMap<Guid, Job>,
}

impl<'a> Survey<'a> {
    fn of(app: &'a App) -> ApiResult<Self> {
        let found = app.zfs.datasets().map(|found| found.into_iter().map(|d| (d.guid, d)).collect());
        if let Err(error) = &found {
            tracing::warn!(%error, "whether datasets can be reached is not known");
        }
        let coverage = app.catalog.coverage()?.into_iter().map(|(id, counted)| {
            let catalog::Coverage { total, indexed, failed } = counted;
            (id, Coverage { total, indexed, failed })
        });
        let mut jobs = app.catalog.jobs_in(JobState::Enqueued)?;
        jobs.extend(app.catalog.jobs_in(JobState::Processing)?);
        Ok(Self {
            app,
            found: found.ok(),
            coverage: coverage.collect(),
            runs: app.catalog.last_runs()?.into_iter().collect(),
            jobs: jobs.into_iter().filter_map(|job| Some((order_of(&job)?.dataset, job))).collect(),
        })
    }

    fn all(mut self) -> ApiResult<Vec<IndexedDataset>> {
        let known = self.app.catalog.datasets()?;
        Ok(known.into_iter().map(|known| self.view(known)).collect())
    }

    fn one(mut self, known: catalog::Dataset) -> ApiResult<IndexedDataset> {
        Ok(self.view(known))
    }

    fn view(&mut self, known: catalog::Dataset) -> IndexedDataset {
        let snapshots = self.coverage.get(&known.id).copied().unwrap_or_default();
        let job = self.jobs.get(&known.guid);
        let (state, detail) = self.state(&known, snapshots, job);
        IndexedDataset {
            state,
            detail,
            job: job.map(|job| job.id.clone()),
            snapshots,
            live_as_of: known.position_at,
            live_interval: known.live_interval,
            excluded: known.excluded,
            last_run: self.runs.remove(&known.id).map(Into::into),
            dataset: known.name,
            guid: known.guid,
        }
    }

    fn state(
        &self,
        known: &catalog::Dataset,
        snapshots: Coverage,
        job: Option<&Job>,
    ) -> (IndexState, Option<String>) {
        if known.excluded {
            return (IndexState::Excluded, None);
        }
        match job.map(|job| job.state) {
            Some(JobState::Processing) => return (IndexState::Indexing, None),
            Some(_) => return (IndexState::Waiting, None),
            None => {}
        }
        let found = self.found.as_ref().map(|found| found.get(&known.guid));
        match found {
            None => return (IndexState::Unreachable, Some("ZFS does not answer.".to_owned())),
            Some(None) => {
                return (IndexState::Unreachable, Some("The pool is not imported.".to_owned()));
            }
            Some(Some(Dataset { unreachable: Some(reason), .. })) => {
                return (IndexState::Unreachable, Some(reason.to_string()));
            }
            Some(Some(_)) => {}
        }
        if snapshots.indexed + snapshots.failed < snapshots.total || known.position.is_none() {
            return (IndexState::Waiting, None);
        }
        (IndexState::Current, None)
    }
}
