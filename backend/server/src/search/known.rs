//! What answers need of the catalog beside the hits, remembered for a moment: each search would ask the same.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use nasman_catalog::{Catalog, CatalogError, Dataset, Snapshot};
use nasman_core::{Guid, Lifetime};

/// What is remembered is at most so old.
const FRESH: Duration = Duration::from_secs(1);

/// Datasets with their snapshots, as they were a moment ago.
pub(super) struct Known {
    at: Instant,
    catalog: Catalog,
    pub datasets: HashMap<Guid, KnownDataset>,
    /// Snapshots that wait to be indexed.
    pub snapshots_waiting: u64,
}

pub(super) struct KnownDataset {
    pub dataset: Dataset,
    /// Loaded when they are asked for; indexed ones only, oldest first.
    snapshots: OnceLock<Vec<Snapshot>>,
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
        let waiting = |counts: &nasman_catalog::Coverage| counts.total - counts.indexed - counts.failed;
        Ok(Self {
            at: Instant::now(),
            catalog: catalog.clone(),
            datasets: datasets
                .map(|dataset| (dataset.guid, KnownDataset { dataset, snapshots: OnceLock::new() }))
                .collect(),
            snapshots_waiting: catalog.coverage()?.iter().map(|(_, counts)| waiting(counts)).sum(),
        })
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
