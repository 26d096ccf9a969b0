//! Keeping the catalog up with ZFS: which snapshots there are, what they hold, and how live looks.
//!
//! [`schedule`] notices that something is to be done and enqueues a job for a dataset; [`IndexWork`] does it. Events
//! only wake the schedule: what there is to do is found by comparing the catalog with ZFS.

mod live;
mod look;
mod notes;
mod schedule;
mod seen;
mod step;
mod survey;
mod work;

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use nasman_catalog::{Catalog, CatalogError, Job, JobState, NewJob};
use nasman_core::{DatasetName, Guid, PoolName};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::watch;

pub use live::is_own;
pub use look::{follow_excludes, look};
pub use schedule::run;
pub use survey::{
    Coverage, FailedSnapshot, IndexMeans, IndexState, IndexView, IndexedDataset, IndexedDatasetDetail,
    PassedView, RunFinding, RunView, Survey,
};
pub use work::{IndexResult, IndexWork};

use crate::jobs::Jobs;

/// After a job failed, the next one of its own accord waits this long, twice as long after each further failure.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
/// And no longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Jobs looked through for earlier ones.
const LOOK_BACK: u32 = 1000;

/// Who asks for work that nobody asked for.
const NOBODY: (i64, &str) = (0, "NASMan");

/// What a job of indexing is about; stored with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Which dataset.
    pub dataset: Guid,
    /// Whether to look at live, too.
    pub live: bool,
    /// Whether to do so even where ZFS's figures say that nothing changed; they lag by some seconds.
    pub sure: bool,
    /// Whether to forget all that is known first.
    pub from_scratch: bool,
}

/// What the schedule, the jobs and the routes tell each other.
pub struct Index {
    wake: watch::Sender<()>,
    shared: Mutex<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Datasets that an event named: their snapshots are listed whatever ZFS's own marks say.
    hinted: HashSet<DatasetName>,
    /// Datasets whose live files are known to have changed.
    stale: HashSet<DatasetName>,
    pauses: HashMap<Guid, Pause>,
    /// ZFS's mark of datasets that can't be reached, when their snapshots were last listed.
    unreachable: HashMap<Guid, Option<Timestamp>>,
    /// What [`look`] last saw of each dataset: tells whether anything in a pool was written.
    written: HashMap<Guid, (Option<u64>, u64)>,
    /// When it last saw that something was.
    stirred: HashMap<PoolName, Timestamp>,
}

struct Pause {
    failures: u32,
    until: Instant,
}

impl Default for Index {
    fn default() -> Self {
        Self { wake: watch::channel(()).0, shared: Mutex::default() }
    }
}

impl Index {
    /// Something happened to the snapshots of a dataset, or of any.
    pub fn hint(&self, dataset: Option<DatasetName>) {
        self.shared().hinted.extend(dataset);
        self.wake.send_replace(());
    }

    /// The live files of a dataset changed: looks at them soon, whatever its interval says.
    pub fn note_change(&self, dataset: DatasetName) {
        self.shared().stale.insert(dataset);
        self.wake.send_replace(());
    }

    /// Enqueues a job for a dataset. `user` is its number and name; absent when nobody asked. Blocks.
    ///
    /// # Errors
    /// When the database fails.
    pub fn enqueue(
        &self,
        jobs: &Jobs,
        name: &DatasetName,
        order: &Order,
        user: Option<(i64, &str)>,
    ) -> Result<Job, CatalogError> {
        let (user_id, user_name) = user.unwrap_or(NOBODY);
        if user.is_none() {
            Self::drop_earlier(jobs, order.dataset)?;
        }
        let (title, request) = (format!("Index {name}"), json!(order));
        let kind = IndexWork::KIND;
        jobs.enqueue(&NewJob { kind, title: &title, user_id, user_name, request: &request })
    }

    /// Live is looked at every few minutes: of what nobody asked for, only the latest job of a dataset is kept.
    fn drop_earlier(jobs: &Jobs, dataset: Guid) -> Result<(), CatalogError> {
        let catalog = jobs.catalog();
        let recent = catalog.jobs(None, Some(IndexWork::KIND), None, LOOK_BACK)?;
        for job in recent.iter().filter(|job| job.state.ended() && job.user_id == NOBODY.0) {
            if order_of(job).is_some_and(|order| order.dataset == dataset) {
                catalog.delete_job(&job.id)?;
            }
        }
        Ok(())
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_success(&self, dataset: Guid) {
        self.shared().pauses.remove(&dataset);
    }

    fn note_failure(&self, dataset: Guid) {
        let mut shared = self.shared();
        let failures = shared.pauses.get(&dataset).map_or(0, |pause| pause.failures);
        let pause = FIRST_PAUSE.saturating_mul(1 << failures.min(6)).min(LONGEST_PAUSE);
        let until = Instant::now() + pause;
        shared.pauses.insert(dataset, Pause { failures: failures.saturating_add(1), until });
    }

    /// How long nothing is tried of its own accord, after a failure; absent where nothing stands in the way.
    fn paused(&self, dataset: Guid) -> Option<Duration> {
        let until = self.shared().pauses.get(&dataset)?.until;
        until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }

    /// Whether something happened that no look has taken up yet, since a job stood in the way.
    fn is_awaited(&self) -> bool {
        let shared = self.shared();
        !(shared.hinted.is_empty() && shared.stale.is_empty())
    }
}

/// The order of a job of this kind; absent where it can't be read.
#[must_use]
pub fn order_of(job: &Job) -> Option<Order> {
    (job.kind == IndexWork::KIND).then(|| serde_json::from_value(job.request.clone()).ok()).flatten()
}

/// The jobs that are about a dataset or will be, each by its dataset. Blocks.
///
/// # Errors
/// When the database fails.
pub fn underway(catalog: &Catalog) -> Result<HashMap<Guid, Job>, CatalogError> {
    let mut jobs = catalog.jobs_in(JobState::Enqueued)?;
    jobs.extend(catalog.jobs_in(JobState::Processing)?);
    Ok(jobs.into_iter().filter_map(|job| Some((order_of(&job)?.dataset, job))).collect())
}
