//! Filesystems and volumes.

use actix_web::{get, web};
use jiff::Timestamp;
use nasman_core::{DatasetName, Guid, PoolName, SnapshotName};
use nasman_zfs::{Dataset, DatasetKind, KeyStatus, Unreachable};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::named;
use crate::{
    app::App,
    auth::{Access, Viewer},
    http::{
        error::{ApiResult, Problem},
        page::{Page, bad_cursor, checked_limit},
        query::{Query, number},
    },
};

/// A filesystem or volume. Sizes are bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = Dataset)]
pub struct DatasetView {
    /// Full name.
    #[schema(value_type = String, example = "tank/home")]
    name: DatasetName,
    /// Its identity.
    #[schema(value_type = String)]
    guid: Guid,
    /// The pool it lies in.
    #[schema(value_type = String, example = "tank")]
    pool: PoolName,
    /// Files or blocks.
    kind: DatasetKind,
    /// Used by it, its snapshots and descendants.
    used: u64,
    /// May still be written.
    available: u64,
    /// Referred to by its live state.
    referenced: u64,
    /// Kept by snapshots only.
    used_by_snapshots: u64,
    /// The property, verbatim; null for volumes.
    mountpoint: Option<String>,
    /// Whether ZFS says it is mounted.
    mounted: bool,
    /// `readonly=on`.
    readonly: bool,
    /// Encryption key.
    key_status: KeyStatus,
    /// The snapshot it was cloned from.
    #[schema(value_type = Option<String>)]
    origin: Option<SnapshotName>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
    /// Whether its live files can be reached, and why not.
    files: Reach,
}

/// Whether files can be reached.
#[derive(Serialize, ToSchema)]
pub struct Reach {
    /// They can.
    reachable: bool,
    /// Why not, as a word for programs.
    reason: Option<Unreachable>,
    /// Why not, and what to do, for people.
    detail: Option<String>,
}

impl From<Dataset> for DatasetView {
    fn from(dataset: Dataset) -> Self {
        Self {
            pool: dataset.name.pool(),
            name: dataset.name,
            guid: dataset.guid,
            kind: dataset.kind,
            used: dataset.used,
            available: dataset.available,
            referenced: dataset.referenced,
            used_by_snapshots: dataset.used_by_snapshots,
            mountpoint: dataset.mountpoint,
            mounted: dataset.mounted,
            readonly: dataset.readonly,
            key_status: dataset.key_status,
            origin: dataset.origin,
            created: dataset.created,
            files: Reach {
                reachable: dataset.unreachable.is_none(),
                reason: dataset.unreachable,
                detail: dataset.unreachable.map(|reason| reason.to_string()),
            },
        }
    }
}

impl DatasetView {
    /// Without the names of others that the caller may not see.
    fn shown(dataset: Dataset, access: &Access) -> Self {
        let view = Self::from(dataset);
        Self { origin: view.origin.filter(|origin| access.sees(&origin.dataset)), ..view }
    }
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Items in the page, 1 to 1000.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// The last page's `next`.
    #[serde(default)]
    cursor: Option<String>,
}

/// Lists the filesystems and volumes.
#[utoipa::path(tag = "storage", params(ListQuery), responses(
    (status = 200, description = "By name", body = Page<DatasetView>),
    (status = 503, description = "`zfs_unavailable`", body = Problem),
))]
#[get("/datasets")]
pub async fn list_datasets(
    app: web::Data<App>,
    user: Viewer,
    query: Query<ListQuery>,
) -> ApiResult<web::Json<Page<DatasetView>>> {
    let limit = checked_limit(query.0.limit)? as usize;
    let after =
        query.0.cursor.map(|cursor| cursor.parse::<DatasetName>()).transpose().map_err(|_| bad_cursor())?;
    let mut datasets = app.zfs(|zfs| zfs.datasets()).await?;
    let access = user.0.access;
    datasets.retain(|dataset| access.sees(&dataset.name));
    datasets.sort_by(|a, b| a.name.cmp(&b.name));
    if let Some(after) = after {
        datasets.retain(|dataset| dataset.name > after);
    }
    let more = datasets.len() > limit;
    datasets.truncate(limit);
    let next = datasets.last().filter(|_| more).map(|dataset| dataset.name.to_string());
    Ok(web::Json(Page {
        items: datasets.into_iter().map(|dataset| DatasetView::shown(dataset, &access)).collect(),
        next,
    }))
}

/// One filesystem or volume.
#[utoipa::path(tag = "storage", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment")), responses(
    (status = 200, description = "The dataset", body = DatasetView),
    (status = 404, description = "`dataset_not_found`", body = Problem),
))]
#[get("/datasets/{dataset}")]
pub async fn get_dataset(
    app: web::Data<App>,
    user: Viewer,
    dataset: web::Path<String>,
) -> ApiResult<web::Json<DatasetView>> {
    let name: DatasetName = named("dataset", &dataset)?;
    let access = user.0.access;
    access.browse(&name)?;
    let found = app.zfs(move |zfs| zfs.dataset(&name)).await?;
    Ok(web::Json(DatasetView::shown(found, &access)))
}
