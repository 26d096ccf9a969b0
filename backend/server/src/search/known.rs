//! What answers need of the catalog beside the hits, remembered for a moment: each search would ask the same.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use nasman_catalog::{Catalog, CatalogError, Dataset, Snapshot};
use nasman_core::{Guid, Lifetime};
use nasman_search::Scope;

use crate::{app::App, auth::Access, http::error::ApiResult};

/// What is remembered is at most so old.
const FRESH: Duration = Duration::from_secs(1);

/// Datasets with their snapshots, as they were a moment ago.
pub(super) struct Known {
    at: Instant,
    catalog: Catalog,
    pub datasets: HashMap<Guid, KnownDataset>,
}

pub(super) struct KnownDataset {
    pub dataset: Dataset,
    /// Snapshots that wait to be indexed.
    pub snapshots_waiting: u64,
    /// Loaded when they are asked for; indexed ones only, oldest first.
    snapshots: OnceLock<Vec<Snapshot>>,
}

/// What a caller may find. Blocks.
///
/// # Errors
/// When the database fails.
pub fn scope(app: &App, access: &Access) -> ApiResult<Scope> {
    if !access.is_restricted() {
        return Ok(Scope::All);
    }
    let known = app.search_known.get(&app.catalog)?;
    let all = || known.datasets.values().map(|known| &known.dataset);
    // Of several that were last called the same, the others are gone or have another name by now.
    let latest = |dataset: &&Dataset| {
        let key = |other: &Dataset| (other.last_seen, other.id);
        all().all(|other| other.name != dataset.name || key(other) <= key(dataset))
    };
    let seen = all().filter(|dataset| access.sees(&dataset.name)).filter(latest);
    Ok(Scope::Datasets(seen.map(|dataset| dataset.guid).collect()))
}

/// The last picture.
#[derive(Default)]
pub struct KnownCache(Mutex<Option<Arc<Known>>>);

impl KnownCache {
    /// A picture that is fresh enough. Blocks.
    pub(super) fn get(&self, catalog: &Catalog) -> Result<Arc<Known>, CatalogError> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last.as_ref().filter(|known| known.at.elapsed() < FRESH) {
            return Ok(Arc::clone(known));
        }
        let known = Arc::new(Known::load(catalog)?);
        *last = Some(Arc::clone(&known));
        Ok(known)
    }
}

impl Known {
    fn load(catalog: &Catalog) -> Result<Self, CatalogError> {
        let datasets = catalog.datasets()?.into_iter();
        let coverage: HashMap<_, _> = catalog.coverage()?.into_iter().collect();
        let waiting = |counts: &nasman_catalog::Coverage| counts.total - counts.indexed - counts.failed;
        Ok(Self {
            at: Instant::now(),
            catalog: catalog.clone(),
            datasets: datasets
                .map(|dataset| {
                    let snapshots_waiting = coverage.get(&dataset.id).map_or(0, waiting);
                    (dataset.guid, KnownDataset { dataset, snapshots_waiting, snapshots: OnceLock::new() })
                })
                .collect(),
        })
    }

    /// The datasets in a scope.
    pub(super) fn within(&self, scope: &Scope) -> impl Iterator<Item = &KnownDataset> {
        let within = move |guid| match scope {
            Scope::All => true,
            Scope::Datasets(datasets) => datasets.contains(&guid),
        };
        self.datasets.values().filter(move |known| within(known.dataset.guid))
    }

    /// A dataset's indexed snapshots, oldest first; none where they can't be read, which the next picture may mend.
    fn snapshots(&self, guid: Guid) -> &[Snapshot] {
        let Some(known) = self.datasets.get(&guid) else { return &[] };
        known.snapshots.get_or_init(|| {
            let all = self.catalog.snapshots(known.dataset.id).unwrap_or_default();
            all.into_iter().filter(|snapshot| snapshot.indexed).collect()
        })
    }

    /// The first and the last snapshot that hold a version.
    pub(super) fn holders(&self, guid: Guid, life: &Lifetime) -> (Option<&Snapshot>, Option<&Snapshot>) {
        let snapshots = self.snapshots(guid);
        let begin = snapshots.partition_point(|snapshot| snapshot.txg < life.born);
        let end = life
            .died
            .map_or(snapshots.len(), |died| snapshots.partition_point(|snapshot| snapshot.txg < died));
        let within = snapshots.get(begin..end).unwrap_or_default();
        (within.first(), within.last())
    }

    /// When a version that died was first seen to be gone: in a snapshot, or by the last look at live.
    pub(super) fn seen_gone(&self, guid: Guid, life: &Lifetime) -> Option<Timestamp> {
        let died = life.died?;
        let snapshots = self.snapshots(guid);
        let next = snapshots.get(snapshots.partition_point(|snapshot| snapshot.txg < died));
        next.map(|snapshot| snapshot.created_at).or_else(|| self.datasets.get(&guid)?.dataset.position_at)
    }
}
