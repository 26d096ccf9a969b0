//! What the catalog knows of a dataset, as of the moment that a client means.

use jiff::Timestamp;
use nasman_catalog::{At, Catalog, CatalogError, Dataset, Snapshot};
use nasman_core::{DatasetName, Guid};

use crate::{http::error::ApiResult, routes::moment::Moment};

/// A state of a dataset in the catalog.
pub(super) struct Known {
    pub(super) dataset: Dataset,
    pub(super) at: At,
    /// The snapshot; absent for live.
    pub(super) moment: Option<Moment>,
    /// Whether its files are known.
    pub(super) indexed: bool,
}

impl Known {
    /// Finds the state that `at` means: a snapshot's own name, else its guid, else a time, which means the newest
    /// snapshot at or before it; absent: live. Absent where the catalog has no such dataset or snapshot; ZFS may
    /// have it all the same.
    pub(super) fn find(
        catalog: &Catalog,
        name: &DatasetName,
        at: Option<&str>,
    ) -> Result<Option<Self>, CatalogError> {
        let Some(dataset) = catalog.dataset_by_name(name)? else { return Ok(None) };
        let Some(at) = at else {
            let indexed = dataset.position.is_some();
            return Ok(Some(Self { dataset, at: At::Live, moment: None, indexed }));
        };
        let Some(snapshot) = snapshot(catalog, &dataset, at)? else { return Ok(None) };
        let Ok(full) = name.snapshot(snapshot.tag.clone()) else { return Ok(None) };
        let moment = Moment {
            snapshot: full,
            tag: snapshot.tag.to_string(),
            guid: snapshot.guid,
            created: snapshot.created_at,
        };
        let (at, indexed) = (At::Snapshot(snapshot.txg), snapshot.indexed);
        Ok(Some(Self { dataset, at, moment: Some(moment), indexed }))
    }

    /// When the files were so.
    pub(super) fn as_of(&self) -> Option<Timestamp> {
        self.moment.as_ref().map_or(self.dataset.position_at, |moment| Some(moment.created))
    }
}

fn snapshot(catalog: &Catalog, dataset: &Dataset, at: &str) -> Result<Option<Snapshot>, CatalogError> {
    if let Ok(tag) = at.parse()
        && let Some(found) = catalog.snapshot_by_tag(dataset.id, &tag)?
    {
        return Ok(Some(found));
    }
    if let Ok(guid) = at.parse::<Guid>() {
        return match catalog.snapshot(dataset.id, guid) {
            Err(CatalogError::NotFound) => Ok(None),
            found => found.map(Some),
        };
    }
    match at.parse::<Timestamp>() {
        Ok(time) => catalog.snapshot_at_or_before(dataset.id, time),
        Err(_) => Ok(None),
    }
}

/// What a catalog does not know is an absence rather than an error.
pub(super) fn known<T>(answer: Result<T, CatalogError>) -> ApiResult<Option<T>> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(CatalogError::NotFound | CatalogError::NotIndexed) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
