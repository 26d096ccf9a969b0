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

/// Runs until the server stops. First cleans up after a process that died: its running jobs become failed ones.
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
            let cleaned =
                kinds.iter().find(|k| k.kind() == job.kind).map_or(Ok(()), |kind| kind.recover(&job));
            let detail = match cleaned {
                Ok(()) => {
                    "the server stopped while this job ran; what it had begun was cleaned up; start it again"
                        .into()
                }
                Err(error) => {
                    format!("the server stopped while this job ran, and cleaning up failed: {}", error.detail)
                }
            };
            tracing::warn!(job = job.id, detail, "found an interrupted job");
            jobs.finish(&job.id, JobState::Failed, None, Some(&ApiError::new(Code::Interrupted, detail)));
        }
        Ok::<_, nasman_catalog::CatalogError>(())
    });
    match cleaned.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "interrupted jobs can't be read"),
        Err(error) => tracing::error!(%error, "cleaning up after interrupted jobs was lost"),
    }
}

/// Answers whether the queue may go on at once; if not, the job still waits in it.
async fn run_one(
    jobs: &Arc<Jobs>,
    kinds: &Arc<Vec<Box<dyn Work>>>,
    job: Job,
    stopping: &mut watch::Receiver<bool>,
) -> bool {
    let stop = Arc::new(AtomicBool::new(false));
    jobs.running().insert(job.id.clone(), Arc::clone(&stop));
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
    let outcome = match kinds.iter().find(|kind| kind.kind() == job.kind) {
        Some(kind) => catch_unwind(AssertUnwindSafe(|| kind.run(job, &context))).unwrap_or_else(|_| {
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
        Ok(result) => jobs.finish(&job.id, JobState::Succeeded, Some(&result), None),
        Err(Failure { mut error, result }) => {
            if error.code == Code::Canceled && jobs.stopping.load(Ordering::Relaxed) {
                error = ApiError::new(
                    Code::Interrupted,
                    "the server was stopped while this job ran; start it again",
                );
            }
            let state = if error.code == Code::Canceled { JobState::Canceled } else { JobState::Failed };
            context.log("error", &error.detail);
            jobs.finish(&job.id, state, result.as_ref(), Some(&error));
        }
    }
    true
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
