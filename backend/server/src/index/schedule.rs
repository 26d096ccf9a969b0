//! When to look whether there is something to index.

use std::{sync::Arc, time::Duration};

use actix_web::web;
use nasman_zfs::Watch;
use tokio::sync::broadcast::{self, error::RecvError};

use super::{Index, IndexWork, look, work::count_changes};
use crate::{
    app::{App, blocking},
    http::error::ApiError,
    jobs::JobView,
};

/// Between looks of its own accord. One costs a listing of the datasets, which ZFS answers from memory.
const EVERY: Duration = Duration::from_secs(30);
/// Events come in bursts: a recursive snapshot is one for each dataset.
const SETTLE: Duration = Duration::from_millis(300);

/// Looks at once, on every event, and now and then, until the server stops.
pub async fn run(app: web::Data<App>) {
    if !app.config.index_enabled {
        return;
    }
    let worker = app.clone();
    // Nobody waits for it: it takes a second for a million versions, once.
    drop(tokio::task::spawn_blocking(move || {
        for dataset in worker.catalog.datasets().unwrap_or_default() {
            count_changes(&worker.catalog, dataset.guid);
        }
    }));
    let mut stopping = app.stopping.clone();
    let mut wake = app.index.wake.subscribe();
    let mut jobs = app.jobs.listen();
    let watch = watch(&app).await;
    if let Err(error) = &watch {
        tracing::warn!(%error, "ZFS tells no events; looking every {} s", EVERY.as_secs());
    }
    while !*stopping.borrow() {
        wake.borrow_and_update();
        let worker = app.clone();
        let looked = blocking(app.config.zfs_timeout + EVERY, move || look(&worker, worker.now())).await;
        if let Err(error) = looked {
            tracing::warn!(%error, "whether there is something to index can't be seen; trying again soon");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = wake.changed() => tokio::time::sleep(SETTLE).await,
            () = made_way(&app.index, &mut jobs) => {}
            _ = stopping.changed() => {}
        }
    }
}

/// Waits until a job ended that may have stood in the way of what happened meanwhile.
async fn made_way(index: &Index, jobs: &mut broadcast::Receiver<Arc<JobView>>) {
    loop {
        let ended = match jobs.recv().await {
            Ok(job) => job.kind == IndexWork::KIND && job.finished_at.is_some(),
            Err(RecvError::Lagged(_)) => true,
            Err(RecvError::Closed) => return std::future::pending().await,
        };
        if ended && index.is_awaited() {
            return;
        }
    }
}

async fn watch(app: &web::Data<App>) -> Result<Watch, ApiError> {
    let (zfs, index) = (Arc::clone(&app.zfs), Arc::clone(&app.index));
    blocking(app.config.zfs_timeout, move || Ok(zfs.watch(Box::new(move |hint| index.hint(hint.dataset)))?))
        .await
}
