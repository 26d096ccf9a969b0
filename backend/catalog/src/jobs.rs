//! Slow work, as it is remembered across restarts.

use std::str::FromStr;

use diesel::prelude::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _,
    Selectable, SelectableHelper as _,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Catalog, CatalogError, Result, audit,
    schema::{job_log, jobs},
    time,
};

/// What a job has marked that has done nothing yet, or has ended.
const NO_MARKS: &str = "[]";

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Waits for its turn.
    Enqueued,
    /// Runs.
    Processing,
    /// Did all it was asked.
    Succeeded,
    /// Did not, or not all; the error tells why.
    Failed,
    /// Stopped on request.
    Canceled,
}

impl JobState {
    /// The word in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enqueued => "enqueued",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// Nothing more will happen.
    #[must_use]
    pub const fn ended(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Canceled)
    }
}

impl FromStr for JobState {
    type Err = CatalogError;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Enqueued, Self::Processing, Self::Succeeded, Self::Failed, Self::Canceled]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| CatalogError::Database(format!("'{text}' is no job state")))
    }
}

/// A job, as stored. The JSON values belong to the job's kind.
#[derive(Debug, Clone)]
pub struct Job {
    /// Identity: a UUID of version 7, which sorts by time.
    pub id: String,
    /// Which kind of work.
    pub kind: String,
    /// What it does, for people.
    pub title: String,
    /// Who asked for it; 0 where the server did itself.
    pub user_id: i64,
    /// Their name at that time.
    pub user_name: String,
    /// Where it stands.
    pub state: JobState,
    /// What was asked.
    pub request: Value,
    /// What must be undone or finished if the process dies; see [`Catalog::mark_job`].
    pub marks: Value,
    /// How far it is.
    pub progress: Option<Value>,
    /// What came of it.
    pub result: Option<Value>,
    /// Why it failed.
    pub error: Option<Value>,
    /// When asked.
    pub created_at: Timestamp,
    /// When begun.
    pub started_at: Option<Timestamp>,
    /// When ended.
    pub finished_at: Option<Timestamp>,
}

/// What a new job needs.
#[derive(Debug)]
pub struct NewJob<'a> {
    /// Which kind of work.
    pub kind: &'a str,
    /// What it does, for people.
    pub title: &'a str,
    /// Who asks; 0 where the server does itself.
    pub user_id: i64,
    /// Their name.
    pub user_name: &'a str,
    /// What is asked.
    pub request: &'a Value,
}

/// A line of a job's log.
#[derive(Debug, Clone)]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// `info`, `warn` or `error`.
    pub level: String,
    /// What happened.
    pub text: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = jobs)]
struct Row {
    id: String,
    kind: String,
    title: String,
    user_id: i64,
    user_name: String,
    state: String,
    request: String,
    marks: String,
    progress: Option<String>,
    result: Option<String>,
    error: Option<String>,
    created_at: i64,
    started_at: Option<i64>,
    finished_at: Option<i64>,
}

impl TryFrom<Row> for Job {
    type Error = CatalogError;

    fn try_from(row: Row) -> Result<Self> {
        let optional = |text: Option<String>| text.map(|t| parse(&t)).transpose();
        Ok(Self {
            state: row.state.parse()?,
            request: parse(&row.request)?,
            marks: parse(&row.marks)?,
            progress: optional(row.progress)?,
            result: optional(row.result)?,
            error: optional(row.error)?,
            created_at: time::instant(row.created_at),
            started_at: row.started_at.map(time::instant),
            finished_at: row.finished_at.map(time::instant),
            id: row.id,
            kind: row.kind,
            title: row.title,
            user_id: row.user_id,
            user_name: row.user_name,
        })
    }
}

fn parse(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|e| CatalogError::Database(format!("a job's JSON is damaged: {e}")))
}

impl Catalog {
    /// Adds a job that waits for its turn.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_job(&self, job: &NewJob<'_>, now: Timestamp) -> Result<Job> {
        let row = diesel::insert_into(jobs::table)
            .values((
                jobs::id.eq(Uuid::now_v7().to_string()),
                jobs::kind.eq(job.kind),
                jobs::title.eq(job.title),
                jobs::user_id.eq(job.user_id),
                jobs::user_name.eq(job.user_name),
                jobs::state.eq(JobState::Enqueued.as_str()),
                jobs::request.eq(job.request.to_string()),
                jobs::marks.eq(NO_MARKS),
                jobs::created_at.eq(time::ms(now)),
            ))
            .returning(Row::as_returning())
            .get_result::<Row>(&mut self.conn()?)?;
        row.try_into()
    }

    /// One job.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`].
    pub fn job(&self, id: &str) -> Result<Job> {
        jobs::table.find(id).select(Row::as_select()).first::<Row>(&mut self.conn()?)?.try_into()
    }

    /// Jobs, newest first: of one state, of one kind, older than the one named `before`, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn jobs(
        &self,
        state: Option<JobState>,
        kind: Option<&str>,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Job>> {
        self.jobs_of(None, state, kind, before, limit)
    }

    /// Likewise; of one user where one is given.
    ///
    /// # Errors
    /// When the database fails.
    pub fn jobs_of(
        &self,
        user: Option<i64>,
        state: Option<JobState>,
        kind: Option<&str>,
        before: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Job>> {
        let mut query =
            jobs::table.select(Row::as_select()).order(jobs::id.desc()).limit(limit.into()).into_boxed();
        if let Some(user) = user {
            query = query.filter(jobs::user_id.eq(user));
        }
        if let Some(state) = state {
            query = query.filter(jobs::state.eq(state.as_str()));
        }
        if let Some(kind) = kind {
            query = query.filter(jobs::kind.eq(kind));
        }
        if let Some(before) = before {
            query = query.filter(jobs::id.lt(before));
        }
        let rows: Vec<Row> = query.load(&mut self.conn()?)?;
        rows.into_iter().map(Job::try_from).collect()
    }

    /// All jobs in this state, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn jobs_in(&self, state: JobState) -> Result<Vec<Job>> {
        let rows: Vec<Row> = jobs::table
            .filter(jobs::state.eq(state.as_str()))
            .select(Row::as_select())
            .order(jobs::id)
            .load(&mut self.conn()?)?;
        rows.into_iter().map(Job::try_from).collect()
    }

    /// Begins a waiting job. Answers whether it did: it may have been canceled meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub fn start_job(&self, id: &str, now: Timestamp) -> Result<bool> {
        let begun = diesel::update(jobs::table.find(id))
            .filter(jobs::state.eq(JobState::Enqueued.as_str()))
            .set((jobs::state.eq(JobState::Processing.as_str()), jobs::started_at.eq(time::ms(now))))
            .execute(&mut self.conn()?)?;
        Ok(begun == 1)
    }

    /// Notes how far a running job is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn progress_job(&self, id: &str, progress: &Value) -> Result<()> {
        diesel::update(jobs::table.find(id))
            .set(jobs::progress.eq(progress.to_string()))
            .execute(&mut self.conn()?)?;
        Ok(())
    }

    /// Replaces what must be undone or finished if the process dies now. Written *before* the deed it is
    /// about, so that nothing a dead process left behind is unknown to the next one.
    ///
    /// # Errors
    /// When the database fails: then the deed must not be done.
    pub fn mark_job(&self, id: &str, marks: &Value) -> Result<()> {
        diesel::update(jobs::table.find(id))
            .set(jobs::marks.eq(marks.to_string()))
            .execute(&mut self.conn()?)?;
        Ok(())
    }

    /// Ends a job that has not ended yet. Answers whether it did. `left`: marks of what it could not clear away; see
    /// [`Self::jobs_that_left`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn finish_job(
        &self,
        id: &str,
        state: JobState,
        (result, error): (Option<&Value>, Option<&Value>),
        left: Option<&Value>,
        now: Timestamp,
    ) -> Result<bool> {
        let open = [JobState::Enqueued.as_str(), JobState::Processing.as_str()];
        self.write(|conn| {
            let ended = diesel::update(jobs::table.find(id))
                .filter(jobs::state.eq_any(open))
                .set((
                    jobs::state.eq(state.as_str()),
                    jobs::result.eq(result.map(ToString::to_string)),
                    jobs::error.eq(error.map(ToString::to_string)),
                    jobs::finished_at.eq(time::ms(now)),
                    jobs::marks.eq(left.map_or_else(|| NO_MARKS.to_owned(), ToString::to_string)),
                ))
                .execute(conn)?;
            if ended == 1 {
                audit::job_ended(conn, id, state)?;
            }
            Ok(ended == 1)
        })
    }

    /// Jobs of this kind that have ended and left something that is to be cleared away yet, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn jobs_that_left(&self, kind: &str) -> Result<Vec<Job>> {
        let open = [JobState::Enqueued.as_str(), JobState::Processing.as_str()];
        let rows: Vec<Row> = jobs::table
            .filter(jobs::kind.eq(kind).and(jobs::state.ne_all(open)).and(jobs::marks.ne(NO_MARKS)))
            .select(Row::as_select())
            .order(jobs::id)
            .load(&mut self.conn()?)?;
        rows.into_iter().map(Job::try_from).collect()
    }

    /// All that this job left is cleared away.
    ///
    /// # Errors
    /// When the database fails.
    pub fn left_nothing(&self, id: &str) -> Result<()> {
        diesel::update(jobs::table.find(id)).set(jobs::marks.eq(NO_MARKS)).execute(&mut self.conn()?)?;
        Ok(())
    }

    /// Lets a running job wait for its turn again, with its marks. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub fn requeue_job(&self, id: &str) -> Result<bool> {
        let waits = diesel::update(jobs::table.find(id))
            .filter(jobs::state.eq(JobState::Processing.as_str()))
            .set(jobs::state.eq(JobState::Enqueued.as_str()))
            .execute(&mut self.conn()?)?;
        Ok(waits == 1)
    }

    /// Cancels a job that still waits and has done nothing yet. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub fn cancel_waiting_job(&self, id: &str, now: Timestamp) -> Result<bool> {
        self.write(|conn| {
            let canceled = diesel::update(jobs::table.find(id))
                .filter(jobs::state.eq(JobState::Enqueued.as_str()))
                .filter(jobs::marks.eq(NO_MARKS))
                .set((jobs::state.eq(JobState::Canceled.as_str()), jobs::finished_at.eq(time::ms(now))))
                .execute(conn)?;
            if canceled == 1 {
                audit::job_ended(conn, id, JobState::Canceled)?;
            }
            Ok(canceled == 1)
        })
    }

    /// Removes a job that has ended, with its log. Answers whether it did.
    ///
    /// # Errors
    /// When the database fails.
    pub fn delete_job(&self, id: &str) -> Result<bool> {
        let open = [JobState::Enqueued.as_str(), JobState::Processing.as_str()];
        let gone = diesel::delete(jobs::table.find(id))
            .filter(jobs::state.ne_all(open))
            .execute(&mut self.conn()?)?;
        Ok(gone == 1)
    }

    /// Adds a line to a job's log.
    ///
    /// # Errors
    /// When the database fails.
    pub fn log_job(&self, id: &str, level: &str, text: &str, now: Timestamp) -> Result<()> {
        diesel::insert_into(job_log::table)
            .values((
                job_log::job_id.eq(id),
                job_log::at.eq(time::ms(now)),
                job_log::level.eq(level),
                job_log::text.eq(text),
            ))
            .execute(&mut self.conn()?)?;
        Ok(())
    }

    /// A job's log, oldest line first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn job_log(&self, id: &str) -> Result<Vec<LogLine>> {
        let rows: Vec<(i64, String, String)> = job_log::table
            .filter(job_log::job_id.eq(id))
            .select((job_log::at, job_log::level, job_log::text))
            .order(job_log::id)
            .load(&mut self.conn()?)?;
        Ok(rows.into_iter().map(|(at, level, text)| LogLine { at: time::instant(at), level, text }).collect())
    }

    /// How many jobs are in each state that occurs.
    ///
    /// # Errors
    /// When the database fails.
    pub fn job_counts(&self) -> Result<Vec<(JobState, i64)>> {
        let rows: Vec<(String, i64)> = jobs::table
            .group_by(jobs::state)
            .select((jobs::state, diesel::dsl::count_star()))
            .load(&mut self.conn()?)?;
        rows.into_iter().map(|(state, count)| Ok((state.parse()?, count))).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with_job() -> (tempfile::TempDir, Catalog, Job) {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        let job = add(&catalog, "first");
        (folder, catalog, job)
    }

    fn add(catalog: &Catalog, title: &str) -> Job {
        let new = NewJob { kind: "restore", title, user_id: 1, user_name: "anna", request: &json!({"a": 1}) };
        catalog.add_job(&new, Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn a_job_lives_and_ends_once() {
        let (_folder, catalog, job) = with_job();
        let now = Timestamp::UNIX_EPOCH;
        assert!(catalog.start_job(&job.id, now).unwrap());
        assert!(!catalog.start_job(&job.id, now).unwrap());
        assert!(!catalog.cancel_waiting_job(&job.id, now).unwrap());
        catalog.mark_job(&job.id, &json!(["held"])).unwrap();
        assert_eq!(catalog.job(&job.id).unwrap().marks, json!(["held"]));
        let result = json!({"bytes": 7});
        assert!(catalog.finish_job(&job.id, JobState::Succeeded, (Some(&result), None), None, now).unwrap());
        assert!(!catalog.finish_job(&job.id, JobState::Failed, (None, None), None, now).unwrap());
        let job = catalog.job(&job.id).unwrap();
        assert_eq!((job.state, job.result, job.marks), (JobState::Succeeded, Some(result), json!([])));
        assert_eq!(catalog.job_counts().unwrap(), [(JobState::Succeeded, 1)]);
    }

    #[test]
    fn a_job_that_waits_again_keeps_its_marks_and_is_not_canceled_unseen() {
        let (_folder, catalog, job) = with_job();
        let now = Timestamp::UNIX_EPOCH;
        assert!(!catalog.requeue_job(&job.id).unwrap(), "it waits already");
        assert!(catalog.start_job(&job.id, now).unwrap());
        catalog.mark_job(&job.id, &json!(["held"])).unwrap();
        assert!(catalog.requeue_job(&job.id).unwrap());
        assert!(!catalog.cancel_waiting_job(&job.id, now).unwrap(), "what it holds must be let go first");
        let job = catalog.job(&job.id).unwrap();
        assert_eq!((job.state, job.marks), (JobState::Enqueued, json!(["held"])));
    }

    #[test]
    fn pages_go_back_in_time() {
        let (_folder, catalog, first) = with_job();
        let second = add(&catalog, "second");
        let page = catalog.jobs(None, None, None, 1).unwrap();
        assert_eq!(page[0].id, second.id);
        let page = catalog.jobs(None, None, Some(&second.id), 10).unwrap();
        assert_eq!(page.iter().map(|j| &j.id).collect::<Vec<_>>(), [&first.id]);
        assert!(catalog.jobs(Some(JobState::Failed), None, None, 10).unwrap().is_empty());
    }

    #[test]
    fn logs_keep_their_order() {
        let (_folder, catalog, job) = with_job();
        for text in ["one", "two"] {
            catalog.log_job(&job.id, "info", text, Timestamp::UNIX_EPOCH).unwrap();
        }
        let log = catalog.job_log(&job.id).unwrap();
        assert_eq!(log.iter().map(|l| l.text.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    }
}
