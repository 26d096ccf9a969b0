//! Slow work: persisted, visible, cancelable, and honest about a restart.

mod runner;
mod view;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use nasman_catalog::{Catalog, CatalogError, Job, JobState, NewJob};
use serde_json::Value;
use tokio::sync::{broadcast, watch};

pub use runner::run;
pub use view::{JobError, JobLogLine, JobView, Progress, State, Unit};

use crate::http::error::ApiError;

/// Changes kept for a slow listener; one that falls further behind is told to look anew.
const BACKLOG: usize = 256;
/// Progress is stored and told at most this often.
const PROGRESS_EVERY: Duration = Duration::from_millis(200);

/// A kind of work.
pub trait Work: Send + Sync + 'static {
    /// The word that jobs of this kind are stored under.
    fn kind(&self) -> &'static str;

    /// Does it; blocks. Progress, log, marks and the wish to stop go through `context`.
    ///
    /// # Errors
    /// Why it was not done, or not all; with what was done all the same.
    fn run(&self, job: &Job, context: &Context<'_>) -> Result<Value, Failure>;

    /// Cleans up after a process that died in the midst of it, by the marks it left. Must be safe to repeat.
    ///
    /// # Errors
    /// What could not be cleaned up.
    fn recover(&self, job: &Job) -> Result<(), ApiError>;

    /// Of a job that ends: marks of what could not be cleared away, if there is any such thing.
    fn left(&self, _job: &Job) -> Option<Value> {
        None
    }

    /// Clears away, as far as it can be by now, what jobs left that have ended. Called at the start and before each job.
    fn clear_up(&self) {}

    /// Whether a job that a stop or a kill interrupted is run again, and goes on by the marks it left. Else it is cleaned up
    /// and fails.
    fn goes_on(&self, _job: &Job) -> bool {
        false
    }
}

/// Work that failed.
#[derive(Debug)]
pub struct Failure {
    /// Why.
    pub error: ApiError,
    /// What was done all the same.
    pub result: Option<Value>,
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self { error, result: None }
    }
}

/// The queue, and who listens to it.
pub struct Jobs {
    catalog: Catalog,
    changes: broadcast::Sender<Arc<JobView>>,
    /// Tells every lane that work was added.
    wakeup: watch::Sender<()>,
    running: Mutex<HashMap<String, Arc<AtomicBool>>>,
    /// The wish to stop comes from the server's own end, not from a user.
    stopping: AtomicBool,
}

impl Jobs {
    /// The queue that this catalog remembers.
    #[must_use]
    pub fn new(catalog: Catalog) -> Self {
        Self {
            catalog,
            changes: broadcast::channel(BACKLOG).0,
            wakeup: watch::channel(()).0,
            running: Mutex::default(),
            stopping: AtomicBool::new(false),
        }
    }

    /// Adds work to the queue. Blocks on the database.
    ///
    /// # Errors
    /// When the database fails: then nothing will be done.
    pub fn enqueue(&self, job: &NewJob<'_>) -> Result<Job, CatalogError> {
        let job = self.catalog.add_job(job, Timestamp::now())?;
        self.tell(&job);
        self.wakeup.send_replace(());
        Ok(job)
    }

    /// Asks a job to stop: at once if it waits, at its next step if it runs, and at its first one if it waits to go on with what
    /// it had begun. Blocks on the database.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`].
    pub fn cancel(&self, id: &str) -> Result<Job, CatalogError> {
        if !self.catalog.cancel_waiting_job(id, Timestamp::now())? && !self.catalog.job(id)?.state.ended() {
            self.flag(id).store(true, Ordering::Relaxed);
        }
        let job = self.catalog.job(id)?;
        self.tell(&job);
        Ok(job)
    }

    /// The catalog that remembers them.
    pub(crate) const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Every change from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<JobView>> {
        self.changes.subscribe()
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<AtomicBool>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The wish that this job should stop.
    fn flag(&self, id: &str) -> Arc<AtomicBool> {
        Arc::clone(self.running().entry(id.to_owned()).or_default())
    }

    fn tell(&self, job: &Job) {
        // Nobody listening is no fault.
        let _ = self.changes.send(Arc::new(JobView::brief(job)));
    }

    fn tell_anew(&self, id: &str) {
        match self.catalog.job(id) {
            Ok(job) => self.tell(&job),
            Err(error) => tracing::warn!(%error, job = id, "a job's change could not be told"),
        }
    }

    fn finish(
        &self,
        id: &str,
        kind: Option<&dyn Work>,
        state: JobState,
        (result, error): (Option<&Value>, Option<&ApiError>),
    ) {
        let problem = error.map(|error| serde_json::json!(JobError::from(error)));
        let left = kind.and_then(|kind| kind.left(&self.catalog.job(id).ok()?));
        let came = (result, problem.as_ref());
        let done = self.catalog.finish_job(id, state, came, left.as_ref(), Timestamp::now());
        if let Err(error) = done {
            // The next start finds it as interrupted, cleans up and says so.
            tracing::error!(%error, job = id, "a job's end could not be stored");
        }
        self.tell_anew(id);
    }
}

/// What running work may say and ask.
pub struct Context<'a> {
    jobs: &'a Jobs,
    id: &'a str,
    stop: &'a AtomicBool,
    told: Mutex<Option<Instant>>,
}

impl Context<'_> {
    /// Whether the user asked for a stop, or the server is stopping.
    #[must_use]
    pub fn should_stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether the server is stopping: then work that can go on later leaves what it needs for that.
    #[must_use]
    pub fn server_stops(&self) -> bool {
        self.jobs.stopping.load(Ordering::Relaxed)
    }

    /// Says how far the work is. Stored and told at most five times a second.
    pub fn progress(&self, progress: &Progress) {
        {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.is_some_and(|at| at.elapsed() < PROGRESS_EVERY) && progress.done < progress.total {
                return;
            }
            *told = Some(Instant::now());
        }
        if let Err(error) = self.jobs.catalog.progress_job(self.id, &serde_json::json!(progress)) {
            tracing::warn!(%error, job = self.id, "progress could not be stored");
        }
        self.jobs.tell_anew(self.id);
    }

    /// Adds a line to the job's log.
    pub fn log(&self, level: &str, text: &str) {
        tracing::info!(job = self.id, level, text, "job");
        if let Err(error) = self.jobs.catalog.log_job(self.id, level, text, Timestamp::now()) {
            tracing::warn!(%error, job = self.id, "a log line could not be stored");
        }
    }

    /// Stores what must be cleaned up if the process dies now. Call it before the deed.
    ///
    /// # Errors
    /// When it could not be stored: then don't do the deed.
    pub fn mark(&self, marks: &Value) -> Result<(), ApiError> {
        Ok(self.jobs.catalog.mark_job(self.id, marks)?)
    }
}
