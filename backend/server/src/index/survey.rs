//! How far the catalog is, put together from ZFS, the catalog and the queue.

use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;
use nasman_catalog::{self as catalog, Job, JobState};
use nasman_core::{DatasetName, Guid, RelPath, SnapshotTag};
use nasman_zfs::Dataset;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::underway;
use crate::{app::App, http::error::ApiResult, search::SearchStatusView};

/// Runs shown of a dataset.
const RUNS: u32 = 50;

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
    /// How far search is with what is indexed.
    search: SearchStatusView,
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

/// What the answers are made of, asked once for all datasets.
pub struct Survey<'a> {
    app: &'a App,
    /// Absent when ZFS does not answer.
    found: Option<HashMap<Guid, Dataset>>,
    coverage: HashMap<catalog::DatasetId, Coverage>,
    runs: HashMap<catalog::DatasetId, catalog::Run>,
    jobs: HashMap<Guid, Job>,
}

impl<'a> Survey<'a> {
    /// Asks once. Blocks.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(app: &'a App) -> ApiResult<Self> {
        let found = app.zfs.datasets().map(|found| found.into_iter().map(|d| (d.guid, d)).collect());
        if let Err(error) = &found {
            tracing::warn!(%error, "whether datasets can be reached is not known");
        }
        let coverage = app.catalog.coverage()?.into_iter().map(|(id, counted)| {
            let catalog::Coverage { total, indexed, failed } = counted;
            (id, Coverage { total, indexed, failed })
        });
        Ok(Self {
            app,
            found: found.ok(),
            coverage: coverage.collect(),
            runs: app.catalog.last_runs()?.into_iter().collect(),
            jobs: underway(&app.catalog)?,
        })
    }

    /// All datasets.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(mut self) -> ApiResult<IndexView> {
        let (app, known) = (self.app, self.app.catalog.datasets()?);
        let datasets: Vec<IndexedDataset> = known.into_iter().map(|known| self.one(known)).collect();
        let wanted = datasets.iter().filter(|dataset| !dataset.excluded);
        let snapshots = wanted.fold(Coverage::default(), |sum, d| Coverage {
            total: sum.total + d.snapshots.total,
            indexed: sum.indexed + d.snapshots.indexed,
            failed: sum.failed + d.snapshots.failed,
        });
        Ok(IndexView {
            enabled: app.config.index_enabled,
            live_interval: app.config.live_interval,
            exclude: app.config.index_exclude.patterns().to_vec(),
            bytes: app.catalog.bytes(),
            snapshots,
            search: app.search.status(),
            datasets,
        })
    }

    /// One dataset, with its runs.
    ///
    /// # Errors
    /// When the database fails.
    pub fn detail(mut self, known: catalog::Dataset) -> ApiResult<IndexedDatasetDetail> {
        let runs = self.app.catalog.runs(known.id, RUNS)?.into_iter().map(Into::into).collect();
        let snapshots = self.app.catalog.snapshots(known.id)?;
        let failed = snapshots
            .into_iter()
            .filter_map(|s| Some(FailedSnapshot { snapshot: s.tag, reason: s.failed? }))
            .collect();
        Ok(IndexedDatasetDetail { dataset: self.one(known), runs, failed })
    }

    /// One dataset.
    pub fn one(&mut self, known: catalog::Dataset) -> IndexedDataset {
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
            return (IndexState::Waiting, self.app.index.paused(known.guid).map(why_paused));
        }
        (IndexState::Current, None)
    }
}

fn why_paused(left: Duration) -> String {
    let minutes = left.as_secs().div_ceil(60).max(1);
    format!(
        "The last job failed and tells why; the next one begins in {minutes} min, or when it is asked for."
    )
}
