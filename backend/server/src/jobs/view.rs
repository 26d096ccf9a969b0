//! Jobs as clients see them.

use jiff::Timestamp;
use nasman_catalog::{Job, JobState, LogLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    http::error::ApiError,
    index::{IndexResult, IndexWork},
    restore::{RestoreResult, RestoreWork, UndoResult, UndoWork},
};

/// Items of a result that are told in lists and events.
const BRIEFLY: usize = 20;

/// A job: slow work with its progress and outcome.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobView {
    /// Identity; sorts by time.
    #[schema(example = "01936b1e-5a4f-7c3a-9f52-3d8a2c1b0e77")]
    pub id: String,
    /// Which kind of work.
    #[schema(example = "restore")]
    pub kind: String,
    /// What it does, for people.
    #[schema(example = "Restore Thesis.md from tank/home@daily-2026-11-22")]
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// How far it is; null before it begins.
    pub progress: Option<Progress>,
    /// Who asked for it.
    pub user: String,
    /// That user's number, for who may hear of it.
    #[serde(skip)]
    pub user_id: i64,
    /// When asked.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When begun.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    /// When ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub finished_at: Option<Timestamp>,
    /// Units done in a second, so far; null where nothing can be told yet.
    pub rate: Option<f64>,
    /// Seconds that the rest will take if it goes on like this.
    pub remaining: Option<u64>,
    /// What came of a restore, also of one that failed half way.
    pub result: Option<RestoreResult>,
    /// What came of undoing a restore, also where it failed half way.
    pub undo: Option<UndoResult>,
    /// What came of indexing, also where it failed half way.
    pub index: Option<IndexResult>,
    /// Why it failed.
    pub error: Option<JobError>,
    /// What happened, oldest line first; empty in lists and events.
    pub log: Vec<JobLogLine>,
    /// Whether asking it to stop makes sense.
    pub cancelable: bool,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = JobState)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Waits for its turn.
    Enqueued,
    /// Runs.
    Processing,
    /// Did all it was asked.
    Succeeded,
    /// Did not, or not all.
    Failed,
    /// Stopped on request.
    Canceled,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// Units done.
    pub done: u64,
    /// Units in all.
    pub total: u64,
    /// What is counted.
    pub unit: Unit,
    /// What is being done right now.
    pub message: Option<String>,
    /// When counting these units began; null: with the job.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
}

/// What progress counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Bytes of content.
    Bytes,
    /// Files, folders and others.
    Files,
    /// Snapshots, and live, which is seen through one.
    Snapshots,
}

/// Why a job failed: the same words as an error answer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct JobError {
    /// A stable word for programs.
    pub code: String,
    /// What the code means.
    pub title: String,
    /// What happened, to which thing, and what to do.
    pub detail: String,
}

impl From<&ApiError> for JobError {
    fn from(error: &ApiError) -> Self {
        Self {
            code: error.code.as_str().to_owned(),
            title: error.code.title().to_owned(),
            detail: error.detail.clone(),
        }
    }
}

/// A line of a job's log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JobLogLine {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `info`, `warn` or `error`.
    pub level: String,
    /// What happened.
    pub text: String,
}

impl JobView {
    /// Without the log and with few items, as in lists and events.
    #[must_use]
    pub fn brief(job: &Job) -> Self {
        let mut view = Self::long(job);
        if let Some(result) = &mut view.result {
            result.items.truncate(BRIEFLY);
        }
        if let Some(undo) = &mut view.undo {
            undo.items.truncate(BRIEFLY);
        }
        view
    }

    fn long(job: &Job) -> Self {
        let progress: Option<Progress> = job.progress.clone().and_then(readable);
        let pace = progress.as_ref().and_then(|progress| pace(job, progress, Timestamp::now()));
        Self {
            id: job.id.clone(),
            kind: job.kind.clone(),
            title: job.title.clone(),
            state: job.state.into(),
            progress,
            rate: pace.map(|(rate, _)| rate),
            remaining: pace.map(|(_, remaining)| remaining),
            user: job.user_name.clone(),
            user_id: job.user_id,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
            result: result_of(job, RestoreWork::KIND),
            undo: result_of(job, UndoWork::KIND),
            index: result_of(job, IndexWork::KIND),
            error: job.error.clone().and_then(readable),
            log: Vec::new(),
            cancelable: !job.state.ended(),
        }
    }

    /// With the log.
    #[must_use]
    pub fn whole(job: &Job, log: Vec<LogLine>) -> Self {
        let log = log.into_iter().map(|l| JobLogLine { at: l.at, level: l.level, text: l.text }).collect();
        Self { log, ..Self::long(job) }
    }
}

/// The result of a job of this kind.
fn result_of<T: serde::de::DeserializeOwned>(job: &Job, kind: &str) -> Option<T> {
    job.result.clone().filter(|_| job.kind == kind).and_then(readable)
}

/// Units a second since counting them began, and the seconds that the rest will take at that pace; absent when it does not
/// run, or nothing is done yet.
fn pace(job: &Job, progress: &Progress, now: Timestamp) -> Option<(f64, u64)> {
    if job.state != JobState::Processing || progress.done == 0 {
        return None;
    }
    let since = progress.since.or(job.started_at)?;
    let seconds = now.duration_since(since).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let (done, rest) = (progress.done as f64, progress.total.saturating_sub(progress.done) as f64);
    if seconds <= 0.0 {
        return None;
    }
    let rate = done / seconds;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "seconds, none of them negative"
    )]
    let remaining = (rest / rate).ceil() as u64;
    Some((rate, remaining))
}

/// What an older version stored in another form is left out rather than failing the whole list.
fn readable<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

impl From<JobState> for State {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Enqueued => Self::Enqueued,
            JobState::Processing => Self::Processing,
            JobState::Succeeded => Self::Succeeded,
            JobState::Failed => Self::Failed,
            JobState::Canceled => Self::Canceled,
        }
    }
}

impl From<State> for JobState {
    fn from(state: State) -> Self {
        match state {
            State::Enqueued => Self::Enqueued,
            State::Processing => Self::Processing,
            State::Succeeded => Self::Succeeded,
            State::Failed => Self::Failed,
            State::Canceled => Self::Canceled,
        }
    }
}
