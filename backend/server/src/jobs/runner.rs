//! Takes jobs off the queue: one lane for each kind of work, in each one job after the other.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use nasman_catalog::{Job, JobState};
use tokio::sync::watch;

use super::{Context, Failure, Jobs, Work};
use crate::http::error::{ApiError, Code};

/// After the database failed.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// Runs until the server stops. First takes care of what a process that died left: its running jobs wait again where their
/// kind can go on, and become failed ones where not.
/// One job of a kind at a time, since they compete for the same disks; but nobody waits with a restore for the hours
/// that a first index may take.
pub async fn run(jobs: Arc<Jobs>, kinds: Arc<Vec<Box<dyn Work>>>, stopping: watch::Receiver<bool>) {
    recover(&jobs, &kinds).await;
    let lanes = (0..kinds.len()).map(|number| lane(&jobs, &kinds, number, stopping.clone()));
    futures_util::future::join_all(lanes).await;
}

/// Which lane a job belongs to. The first one also takes what nobody knows, to end it with an error.
fn lane_of(kinds: &[Box<dyn Work>], job: &Job) -> usize {
    kinds.iter().position(|kind| kind.kind() == job.kind).unwrap_or_default()
}

async fn lane(
    jobs: &Arc<Jobs>,
    kinds: &Arc<Vec<Box<dyn Work>>>,
    number: usize,
    mut stopping: watch::Receiver<bool>,
) {
    let mut wakeup = jobs.wakeup.subscribe();
    while !*stopping.borrow() {
        wakeup.borrow_and_update();
        let waiting = jobs.catalog.jobs_in(JobState::Enqueued);
        let next = waiting.map(|waiting| waiting.into_iter().find(|job| lane_of(kinds, job) == number));
        match next {
            Ok(Some(job)) => {
                if !run_one(jobs, kinds, job, &mut stopping).await {
                    pause(&mut stopping).await;
                }
            }
            Ok(None) => {
                tokio::select! {
                    _ = wakeup.changed() => {}
                    _ = stopping.changed() => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "the queue can't be read; trying again soon");
                pause(&mut stopping).await;
            }
        }
    }
}

async fn pause(stopping: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = tokio::time::sleep(TRY_AGAIN) => {}
        _ = stopping.changed() => {}
    }
}

async fn recover(jobs: &Arc<Jobs>, kinds: &Arc<Vec<Box<dyn Work>>>) {
    let (jobs, kinds) = (Arc::clone(jobs), Arc::clone(kinds));
    let cleaned = tokio::task::spawn_blocking(move || {
        for job in jobs.catalog.jobs_in(JobState::Processing)? {
            recover_one(&jobs, &kinds, &job)?;
        }
        kinds.iter().for_each(|kind| kind.clear_up());
        Ok::<_, nasman_catalog::CatalogError>(())
    });
    match cleaned.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "interrupted jobs can't be read"),
        Err(error) => tracing::error!(%error, "cleaning up after interrupted jobs was lost"),
    }
}

fn recover_one(jobs: &Jobs, kinds: &[Box<dyn Work>], job: &Job) -> Result<(), nasman_catalog::CatalogError> {
    let kind = kinds.iter().find(|kind| kind.kind() == job.kind).map(|kind| &**kind);
    if kind.is_some_and(|kind| kind.goes_on(job)) {
        return go_on_later(jobs, job);
    }
    let detail = match kind.map_or(Ok(()), |kind| kind.recover(job)) {
        Ok(()) => {
            "the server stopped while this job ran; what it had begun was cleaned up; start it again".into()
        }
        Err(error) => {
            format!("the server stopped while this job ran, and cleaning up failed: {}", error.detail)
        }
    };
    tracing::warn!(job = job.id, detail, "found an interrupted job");
    let error = ApiError::new(Code::Interrupted, detail);
    jobs.finish(&job.id, kind, JobState::Failed, (None, Some(&error)));
    Ok(())
}

/// The job waits again, and goes on where it was.
fn go_on_later(jobs: &Jobs, job: &Job) -> Result<(), nasman_catalog::CatalogError> {
    tracing::info!(job = job.id, "an interrupted job will go on");
    jobs.catalog.requeue_job(&job.id)?;
    jobs.catalog.log_job(
        &job.id,
        "warn",
        "the server stopped while this job ran; it goes on",
        Timestamp::now(),
    )?;
    jobs.tell_anew(&job.id);
    Ok(())
}

/// Answers whether the queue may go on at once; if not, the job still waits in it.
async fn run_one(
    jobs: &Arc<Jobs>,
    kinds: &Arc<Vec<Box<dyn Work>>>,
    job: Job,
    stopping: &mut watch::Receiver<bool>,
) -> bool {
    let stop = jobs.flag(&job.id);
    let id = job.id.clone();
    let mut work = tokio::task::spawn_blocking({
        let (jobs, kinds, stop) = (Arc::clone(jobs), Arc::clone(kinds), Arc::clone(&stop));
        move || work_on(&jobs, &kinds, &job, &stop)
    });
    let ended = tokio::select! {
        ended = &mut work => ended,
        _ = stopping.changed() => {
            jobs.stopping.store(true, Ordering::Relaxed);
            stop.store(true, Ordering::Relaxed);
            work.await
        }
    };
    jobs.running().remove(&id);
    ended.unwrap_or_else(|error| {
        tracing::error!(%error, job = id, "a job's thread was lost");
        true
    })
}

fn work_on(jobs: &Jobs, kinds: &[Box<dyn Work>], job: &Job, stop: &AtomicBool) -> bool {
    match jobs.catalog.start_job(&job.id, Timestamp::now()) {
        Ok(true) => {}
        // Canceled in the meantime.
        Ok(false) => return true,
        Err(error) => {
            // Its failure could not be stored either: the disk is full, most often.
            tracing::error!(%error, job = job.id, "a job could not be begun; trying again soon");
            return false;
        }
    }
    jobs.tell_anew(&job.id);
    let context = Context { jobs, id: &job.id, stop, told: Mutex::new(None) };
    let kind = kinds.iter().find(|kind| kind.kind() == job.kind).map(|kind| &**kind);
    let run = |kind: &dyn Work| {
        kind.clear_up();
        kind.run(job, &context)
    };
    let outcome = match kind {
        Some(kind) => catch_unwind(AssertUnwindSafe(|| run(kind))).unwrap_or_else(|_| {
            // As after a kill, by the marks that it stored meanwhile.
            let marked = jobs.catalog.job(&job.id).map_err(ApiError::from);
            let cleaned =
                marked.and_then(|job| kind.recover(&job)).err().map(|e| e.detail).unwrap_or_default();
            Err(ApiError::new(
                Code::Internal,
                format!("the job hit a fault in NASMan; see the log. {cleaned}"),
            )
            .into())
        }),
        None => Err(ApiError::new(Code::Internal, format!("no work of kind '{}' is known", job.kind)).into()),
    };
    match outcome {
        Ok(result) => jobs.finish(&job.id, kind, JobState::Succeeded, (Some(&result), None)),
        Err(Failure { mut error, result }) => {
            if error.code == Code::Canceled && jobs.stopping.load(Ordering::Relaxed) {
                if go_on_after_stop(jobs, kinds, job) {
                    return true;
                }
                error = ApiError::new(
                    Code::Interrupted,
                    "the server was stopped while this job ran; start it again",
                );
            }
            let state = if error.code == Code::Canceled { JobState::Canceled } else { JobState::Failed };
            context.log("error", &error.detail);
            jobs.finish(&job.id, kind, state, (result.as_ref(), Some(&error)));
        }
    }
    true
}

/// Whether the job goes on when the server starts again; then it waits.
fn go_on_after_stop(jobs: &Jobs, kinds: &[Box<dyn Work>], job: &Job) -> bool {
    let kind = kinds.iter().find(|kind| kind.kind() == job.kind);
    let marked = jobs.catalog.job(&job.id);
    match (kind, marked) {
        (Some(kind), Ok(job)) if kind.goes_on(&job) => go_on_later(jobs, &job).is_ok(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use nasman_catalog::{Catalog, NewJob};
    use serde_json::{Value, json};

    use super::*;

    /// Marks what it is about to do, and hits a fault.
    struct Faulty(Arc<Mutex<Vec<Value>>>);

    impl Work for Faulty {
        fn kind(&self) -> &'static str {
            "faulty"
        }

        fn run(&self, _: &Job, context: &Context<'_>) -> Result<Value, Failure> {
            context.mark(&json!("half done"))?;
            panic!("a fault")
        }

        fn recover(&self, job: &Job) -> Result<(), ApiError> {
            self.0.lock().unwrap().push(job.marks.clone());
            Ok(())
        }
    }

    /// Can go on, and stops when asked.
    struct Patient;

    impl Work for Patient {
        fn kind(&self) -> &'static str {
            "patient"
        }

        fn run(&self, job: &Job, context: &Context<'_>) -> Result<Value, Failure> {
            if context.should_stop() {
                return Err(ApiError::new(Code::Canceled, "stopped").into());
            }
            Ok(job.marks.clone())
        }

        fn recover(&self, _: &Job) -> Result<(), ApiError> {
            Ok(())
        }

        fn goes_on(&self, job: &Job) -> bool {
            job.marks == json!("half done")
        }
    }

    /// A queue, and a job of the patient kind that a process died at.
    fn with_interrupted(marks: &str) -> (tempfile::TempDir, Jobs, Job) {
        let folder = tempfile::tempdir().unwrap();
        let jobs = Jobs::new(Catalog::open(folder.path()).unwrap());
        let new = NewJob { kind: "patient", title: "x", user_id: 1, user_name: "x", request: &json!({}) };
        let job = jobs.enqueue(&new).unwrap();
        assert!(jobs.catalog.start_job(&job.id, Timestamp::now()).unwrap());
        jobs.catalog.mark_job(&job.id, &json!(marks)).unwrap();
        let kinds: Vec<Box<dyn Work>> = vec![Box::new(Patient)];
        recover_one(&jobs, &kinds, &jobs.catalog.job(&job.id).unwrap()).unwrap();
        let job = jobs.catalog.job(&job.id).unwrap();
        (folder, jobs, job)
    }

    fn run_again(jobs: &Jobs, job: &Job) -> Job {
        let kinds: Vec<Box<dyn Work>> = vec![Box::new(Patient)];
        assert!(work_on(jobs, &kinds, job, &jobs.flag(&job.id)));
        jobs.catalog.job(&job.id).unwrap()
    }

    #[test]
    fn an_interrupted_job_waits_again_with_its_marks() {
        let (_folder, jobs, job) = with_interrupted("half done");
        assert_eq!(job.state, JobState::Enqueued);
        let job = run_again(&jobs, &job);
        assert_eq!((job.state, job.result), (JobState::Succeeded, Some(json!("half done"))));
        let (_folder, _, job) = with_interrupted("too often");
        assert_eq!((job.state, &job.error.unwrap()["code"]), (JobState::Failed, &json!("interrupted")));
    }

    #[test]
    fn one_that_waits_to_go_on_is_canceled_by_its_own_work() {
        let (_folder, jobs, job) = with_interrupted("half done");
        assert_eq!(jobs.cancel(&job.id).unwrap().state, JobState::Enqueued, "it holds something yet");
        assert_eq!(run_again(&jobs, &job).state, JobState::Canceled);
    }

    #[test]
    fn a_server_that_stops_leaves_what_can_go_on() {
        let (_folder, jobs, job) = with_interrupted("half done");
        jobs.stopping.store(true, Ordering::Relaxed);
        jobs.flag(&job.id).store(true, Ordering::Relaxed);
        assert_eq!(run_again(&jobs, &job).state, JobState::Enqueued);
    }

    #[test]
    fn a_fault_is_cleaned_up_by_the_marks_made_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let jobs = Jobs::new(Catalog::open(folder.path()).unwrap());
        let new = NewJob { kind: "faulty", title: "x", user_id: 1, user_name: "x", request: &json!({}) };
        let job = jobs.enqueue(&new).unwrap();
        let recovered = Arc::default();
        let kinds: Vec<Box<dyn Work>> = vec![Box::new(Faulty(Arc::clone(&recovered)))];
        assert!(work_on(&jobs, &kinds, &job, &AtomicBool::new(false)));
        assert_eq!(*recovered.lock().unwrap(), [json!("half done")]);
        let job = jobs.catalog.job(&job.id).unwrap();
        assert_eq!((job.state, &job.error.unwrap()["code"]), (JobState::Failed, &json!("internal")));
    }
}
