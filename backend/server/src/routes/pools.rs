//! Pools and their devices.

use actix_web::{get, web};
use jiff::Timestamp;
use nasman_core::{Guid, PoolName};
use nasman_zfs::{Pool, PoolState, Scan, ScanKind, ScanState, Vdev, VdevState, ZfsError};
use serde::Serialize;
use utoipa::ToSchema;

use super::named;
use crate::{
    app::App,
    auth::Viewer,
    http::{
        error::{ApiResult, Problem},
        page::Page,
    },
};

/// A pool: state, space, devices. Sizes are bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = Pool)]
pub struct PoolView {
    /// Its name.
    #[schema(value_type = String, example = "tank")]
    name: PoolName,
    /// Its identity.
    #[schema(value_type = String)]
    guid: Guid,
    /// As a whole.
    state: PoolState,
    /// ZFS's sentence on what is wrong, where something is.
    status: Option<String>,
    /// ZFS's sentence on what to do about it.
    action: Option<String>,
    /// In all, before redundancy is taken off.
    size: u64,
    /// Allocated.
    allocated: u64,
    /// Free.
    free: u64,
    /// Share allocated, whole percent.
    capacity: u8,
    /// Fragmentation of the free space, whole percent.
    fragmentation: Option<u8>,
    /// The last or running scrub or resilver.
    scan: Option<ScanView>,
    /// Files with damaged data, as counted by ZFS.
    data_errors: u64,
    /// Devices, as a tree.
    vdevs: Vec<VdevView>,
}

/// A scrub or resilver.
#[derive(Serialize, ToSchema)]
#[schema(as = Scan)]
pub struct ScanView {
    /// Which kind.
    kind: ScanKind,
    /// How far.
    state: ScanState,
    /// When it began.
    #[schema(value_type = Option<String>, format = DateTime)]
    started: Option<Timestamp>,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended: Option<Timestamp>,
    /// Errors it could not mend.
    errors: u64,
    /// Share done, whole percent, while it runs.
    percent: Option<u8>,
}

/// A device or a group of devices.
#[derive(Serialize, ToSchema)]
#[schema(as = Vdev)]
pub struct VdevView {
    /// As `zpool status` names it.
    name: String,
    /// `mirror`, `raidz`, `disk`, `file`, `spare` …
    kind: String,
    /// What it is for: `normal`, `log`, `cache`, `spare`, `special`, `dedup`.
    class: String,
    /// Its own state.
    state: VdevState,
    /// Reads that failed.
    read_errors: u64,
    /// Writes that failed.
    write_errors: u64,
    /// Blocks whose checksum was wrong.
    checksum_errors: u64,
    /// The device's path, where known.
    path: Option<String>,
    /// Its members.
    #[schema(no_recursion)]
    children: Vec<Self>,
}

impl From<Pool> for PoolView {
    fn from(pool: Pool) -> Self {
        Self {
            name: pool.name,
            guid: pool.guid,
            state: pool.state,
            status: pool.status,
            action: pool.action,
            size: pool.size,
            allocated: pool.allocated,
            free: pool.free,
            capacity: pool.capacity,
            fragmentation: pool.fragmentation,
            scan: pool.scan.map(Into::into),
            data_errors: pool.data_errors,
            vdevs: pool.vdevs.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Scan> for ScanView {
    fn from(scan: Scan) -> Self {
        Self {
            kind: scan.kind,
            state: scan.state,
            started: scan.started,
            ended: scan.ended,
            errors: scan.errors,
            percent: scan.percent,
        }
    }
}

impl From<Vdev> for VdevView {
    fn from(vdev: Vdev) -> Self {
        Self {
            name: vdev.name,
            kind: vdev.kind,
            class: vdev.class,
            state: vdev.state,
            read_errors: vdev.read_errors,
            write_errors: vdev.write_errors,
            checksum_errors: vdev.checksum_errors,
            path: vdev.path,
            children: vdev.children.into_iter().map(Into::into).collect(),
        }
    }
}

/// Lists the imported pools: none to users who may see some datasets only, since a pool is about all of them.
#[utoipa::path(tag = "storage", responses(
    (status = 200, description = "All pools, by name", body = Page<PoolView>),
    (status = 503, description = "`zfs_unavailable`: ZFS is not installed or not loaded", body = Problem),
))]
#[get("/pools")]
pub async fn list_pools(app: web::Data<App>, user: Viewer) -> ApiResult<web::Json<Page<PoolView>>> {
    if user.0.access.is_restricted() {
        return Ok(web::Json(Page::whole(Vec::new())));
    }
    let pools = app.zfs(|zfs| zfs.pools()).await?;
    Ok(web::Json(Page::whole(pools.into_iter().map(Into::into).collect())))
}

/// One pool.
#[utoipa::path(tag = "storage", params(("pool" = String, Path, description = "Its name")), responses(
    (status = 200, description = "The pool", body = PoolView),
    (status = 404, description = "`pool_not_found`", body = Problem),
))]
#[get("/pools/{pool}")]
pub async fn get_pool(
    app: web::Data<App>,
    user: Viewer,
    pool: web::Path<String>,
) -> ApiResult<web::Json<PoolView>> {
    let name: PoolName = named("pool", &pool)?;
    if user.0.access.is_restricted() {
        return Err(ZfsError::PoolNotFound(name).into());
    }
    Ok(web::Json(app.zfs(move |zfs| zfs.pool(&name)).await?.into()))
}
