//! Compares ZFS with the catalog, and enqueues what is to be done. Where nothing happened this is one listing of
//! the datasets.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use nasman_catalog::{self as catalog, Catalog, CatalogError, Job};
use nasman_core::{Guid, PoolName};
use nasman_zfs::{Dataset, DatasetKind, feed::FolderNames};

use super::{
    Order,
    notes::{carry_out, compare},
    seen::Seen,
    underway,
};
use crate::{app::App, http::error::ApiResult};

/// Looks once. Blocks.
///
/// # Errors
/// When ZFS or the database does not answer. One dataset's trouble does not keep the others from being looked at.
pub fn look(app: &App, now: Timestamp) -> ApiResult<()> {
    let found: Vec<Dataset> = app.zfs.datasets()?;
    let busy = underway(&app.catalog)?;
    let known = note_datasets(app, &found, &busy, now)?;
    note_stirred(app, &found, now);
    for dataset in found.iter().filter(|dataset| dataset.kind == DatasetKind::Filesystem) {
        let Some(known) = known.get(&dataset.guid) else { continue };
        if known.excluded || busy.contains_key(&dataset.guid) {
            continue;
        }
        let looked = match dataset.unreachable {
            None => due(app, dataset, known, now),
            Some(_) => note_unreachable(app, dataset, known).map(|()| None),
        };
        match looked {
            Ok(Some(order)) => drop(app.index.enqueue(&app.jobs, &dataset.name, &order, None)?),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, dataset = %dataset.name, "can't be looked at"),
        }
    }
    Ok(())
}

/// After other folders are left out than before, all must be read anew: the past, too. Called before any job runs.
///
/// # Errors
/// When the database fails.
pub fn follow_excludes(catalog: &Catalog, exclude: &FolderNames) -> Result<(), CatalogError> {
    const KEY: &str = "index_exclude";
    let now = serde_json::json!(exclude.patterns()).to_string();
    if catalog.setting_or(KEY, || now.clone())? == now {
        return Ok(());
    }
    tracing::info!(exclude = now, "other folders are left out than before; all is indexed anew");
    for dataset in catalog.datasets()? {
        catalog.reset_dataset(dataset.id)?;
    }
    catalog.set_setting(KEY, &now)
}

/// Notes what is new or has another name, forgets what is gone. A pool of which nothing is found may only be
/// exported: what is known of it stays. Nothing is forgotten that a job still writes about.
fn note_datasets(
    app: &App,
    found: &[Dataset],
    busy: &HashMap<Guid, Job>,
    now: Timestamp,
) -> ApiResult<HashMap<Guid, catalog::Dataset>> {
    let known = app.catalog.datasets()?;
    let pools: HashSet<PoolName> = found.iter().map(|dataset| dataset.name.pool()).collect();
    let there: HashSet<Guid> = found.iter().map(|dataset| dataset.guid).collect();
    let mut same: HashMap<Guid, catalog::Dataset> = HashMap::new();
    for dataset in known {
        let gone = !there.contains(&dataset.guid) && pools.contains(&dataset.name.pool());
        if !gone || busy.contains_key(&dataset.guid) {
            same.insert(dataset.guid, dataset);
        } else {
            tracing::info!(dataset = %dataset.name, "is gone; forgetting its files");
            app.catalog.forget_dataset(dataset.id)?;
        }
    }
    let mut news = false;
    for dataset in found.iter().filter(|dataset| dataset.kind == DatasetKind::Filesystem) {
        if same.get(&dataset.guid).is_none_or(|known| known.name != dataset.name) {
            app.catalog.note_dataset(dataset.guid, &dataset.name, now)?;
            news = true;
        }
    }
    if news {
        same = app.catalog.datasets()?.into_iter().map(|dataset| (dataset.guid, dataset)).collect();
    }
    Ok(same)
}

/// Notes in which pools something was written since the last look.
fn note_stirred(app: &App, found: &[Dataset], at: Timestamp) {
    let mut shared = app.index.shared();
    let now: HashMap<_, _> = found.iter().map(|d| (d.guid, (d.written, d.referenced))).collect();
    let before = std::mem::replace(&mut shared.written, now);
    for dataset in found {
        let now = (dataset.written, dataset.referenced);
        if before.get(&dataset.guid).is_some_and(|before| *before != now) {
            shared.stirred.insert(dataset.name.pool(), at);
        }
    }
}

/// What is to be done for a dataset; absent when nothing is.
fn due(app: &App, dataset: &Dataset, known: &catalog::Dataset, now: Timestamp) -> ApiResult<Option<Order>> {
    // While it pauses, hints are kept for its end.
    if app.index.paused(dataset.guid).is_some() && !app.index.shared().stale.contains(&dataset.name) {
        return Ok(None);
    }
    let (hinted, stale, stirred) = {
        let mut shared = app.index.shared();
        let stirred = shared.stirred.get(&dataset.name.pool()).copied();
        (shared.hinted.remove(&dataset.name), shared.stale.remove(&dataset.name), stirred)
    };
    let seen = Seen::read(known.seen.as_deref());
    let interval = known.live_interval.unwrap_or(app.config.live_interval);
    let live_due = seen.as_ref().is_none_or(|seen| seen.live_is_due(dataset, now, interval, stirred));
    let unproved = seen.as_ref().is_none_or(|seen| seen.snapshots_may_differ(dataset, now));
    let plan = match hinted || unproved {
        false => None,
        true => {
            Some(compare(&*app.zfs, &app.catalog, known.id, &dataset.name)?).filter(|plan| !plan.is_empty())
        }
    };
    // A rollback, most often: live is as it was then.
    let back = plan.as_ref().is_some_and(|plan| plan.forgets_newest);
    let live = stale || (interval > 0 && (live_due || back));
    if live || plan.is_some() {
        return Ok(Some(Order { dataset: dataset.guid, live, sure: stale || back, from_scratch: false }));
    }
    if unproved {
        let seen = Seen {
            snapshots_changed: dataset.snapshots_changed,
            origin: dataset.origin.clone(),
            listed_at: now,
            live: seen.and_then(|seen| seen.live),
        };
        seen.store(&app.catalog, known.id)?;
    }
    Ok(None)
}

/// Notes the snapshots of a dataset whose files can't be reached: they are waited for, and counted.
fn note_unreachable(app: &App, dataset: &Dataset, known: &catalog::Dataset) -> ApiResult<()> {
    let changed = dataset.snapshots_changed;
    let mut marks = app.index.shared();
    if changed.is_some() && marks.unreachable.insert(dataset.guid, changed) == Some(changed) {
        return Ok(());
    }
    drop(marks);
    let plan = compare(&*app.zfs, &app.catalog, known.id, &dataset.name)?;
    carry_out(&*app.zfs, &app.catalog, known.id, &dataset.name, &plan)
}
