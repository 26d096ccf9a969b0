//! States by the names that people know them by.

use jiff::Timestamp;
use nasman_catalog::{Dataset, Snapshot};
use nasman_core::Txg;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::error::{ApiError, ApiResult, Code};

/// A state that shows something: a snapshot, or live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sighting {
    /// The snapshot's own name within the dataset; null: live.
    #[schema(example = "daily-2026-11-22")]
    pub snapshot: Option<String>,
    /// When the files were so.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// All states of a dataset that the catalog knows the files of.
pub(super) struct Sightings<'a> {
    dataset: &'a Dataset,
    /// Indexed ones, oldest first.
    snapshots: Vec<Snapshot>,
}

impl<'a> Sightings<'a> {
    pub(super) fn new(dataset: &'a Dataset, mut snapshots: Vec<Snapshot>) -> Self {
        snapshots.retain(|snapshot| snapshot.indexed);
        Self { dataset, snapshots }
    }

    /// What a state is called. Live as last looked at may be a snapshot, too, and then is that.
    pub(super) fn of(&self, txg: Txg) -> ApiResult<Sighting> {
        if let Ok(place) = self.snapshots.binary_search_by_key(&txg, |snapshot| snapshot.txg) {
            let snapshot = &self.snapshots[place];
            return Ok(Sighting { snapshot: Some(snapshot.tag.to_string()), at: snapshot.created_at });
        }
        match self.dataset.position_at {
            Some(at) if self.dataset.position == Some(txg) => Ok(Sighting { snapshot: None, at }),
            _ => Err(ApiError::new(Code::Conflict, "what is known changed just now; ask again")),
        }
    }

    /// The snapshots from `first` up to and including `last`: their number, and the newest of them.
    pub(super) fn between(&self, first: Txg, last: Txg) -> (u64, Option<Sighting>) {
        let begin = self.snapshots.partition_point(|snapshot| snapshot.txg < first);
        let end = self.snapshots.partition_point(|snapshot| snapshot.txg <= last);
        let held = self.snapshots.get(begin..end).unwrap_or_default();
        let newest = held
            .last()
            .map(|snapshot| Sighting { snapshot: Some(snapshot.tag.to_string()), at: snapshot.created_at });
        (held.len() as u64, newest)
    }
}
