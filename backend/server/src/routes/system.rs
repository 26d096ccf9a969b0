//! For whoever runs the server: is it alive, is it ready, how is it doing.

use actix_web::{FromRequest as _, HttpRequest, HttpResponse, dev::Payload, get, web};
use nasman_catalog::Coverage;
use nasman_zfs::PoolState;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::Viewer,
    http::error::{ApiError, ApiResult, Code, Problem},
};

/// Whether the server works.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    status: &'static str,
    /// This server's version.
    version: &'static str,
    /// Whether ZFS answered; in `/readyz` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    zfs: Option<String>,
}

const fn healthy(zfs: Option<String>) -> Health {
    Health { status: "ok", version: env!("CARGO_PKG_VERSION"), zfs }
}

/// The process answers.
#[utoipa::path(tag = "system", security(()), responses((status = 200, description = "It does", body = Health)))]
#[get("/healthz")]
pub async fn healthz() -> web::Json<Health> {
    web::Json(healthy(None))
}

/// The server can do its work: its state can be read and ZFS answers.
#[utoipa::path(tag = "system", security(()), responses(
    (status = 200, description = "It can", body = Health),
    (status = 503, description = "It can't: `zfs_unavailable`, `state_unavailable`", body = Problem),
))]
#[get("/readyz")]
pub async fn readyz(app: web::Data<App>) -> ApiResult<web::Json<Health>> {
    app.catalog(|catalog| catalog.ping()).await?;
    let version = app.zfs(|zfs| zfs.version()).await?;
    Ok(web::Json(healthy(Some(version.userland))))
}

/// Counters for Prometheus. Needs a token of a viewer, unless the setting `metrics.public` opens it.
#[utoipa::path(tag = "system", responses((status = 200, description = "In Prometheus's text form", body = String, content_type = "text/plain")))]
#[get("/metrics")]
pub async fn get_metrics(app: web::Data<App>, request: HttpRequest) -> ApiResult<HttpResponse> {
    if !app.config.metrics_public {
        let user = Viewer::from_request(&request, &mut Payload::None).await?;
        // Pools are named there, and everything is counted.
        user.0.access.everything()?;
    }
    measure(&app).await;
    let text = app.metrics.text().map_err(|error| {
        tracing::error!(%error, "the counters can't be written down");
        ApiError::new(Code::Internal, "the counters can't be written down")
    })?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text))
}

/// What is measured when asked. A part that can't be is left out and the rest still answered.
async fn measure(app: &App) {
    let metrics = &app.metrics;
    if let Ok(counts) = app.catalog(|catalog| catalog.job_counts()).await {
        metrics.jobs.reset();
        for (state, count) in counts {
            metrics.jobs.with_label_values(&[state.as_str()]).set(count);
        }
    }
    if let Ok(coverage) = app.catalog(|catalog| catalog.coverage()).await {
        let sum = |of: fn(&Coverage) -> u64| as_gauge(coverage.iter().map(|(_, one)| of(one)).sum());
        let (indexed, failed) = (sum(|one| one.indexed), sum(|one| one.failed));
        let waiting = sum(|one| one.total) - indexed - failed;
        for (state, count) in [("indexed", indexed), ("failed", failed), ("waiting", waiting)] {
            metrics.snapshots.with_label_values(&[state]).set(count);
        }
    }
    metrics.catalog_bytes.set(as_gauge(app.catalog.bytes()));
    let pools = app.zfs(|zfs| zfs.pools()).await;
    metrics.zfs_up.set(i64::from(pools.is_ok()));
    metrics.pool_state.reset();
    for pool in pools.unwrap_or_default() {
        let name = [pool.name.as_str()];
        metrics.pool_size.with_label_values(&name).set(as_gauge(pool.size));
        metrics.pool_allocated.with_label_values(&name).set(as_gauge(pool.allocated));
        metrics.pool_state.with_label_values(&[pool.name.as_str(), state_word(pool.state)]).set(1);
    }
}

fn as_gauge(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

const fn state_word(state: PoolState) -> &'static str {
    match state {
        PoolState::Online => "online",
        PoolState::Degraded => "degraded",
        PoolState::Faulted => "faulted",
        PoolState::Offline => "offline",
        PoolState::Unavail => "unavail",
        PoolState::Removed => "removed",
        PoolState::Suspended => "suspended",
        PoolState::Unknown => "unknown",
    }
}

/// The machine's name; `localhost` where it has none.
#[must_use]
pub fn host_name() -> String {
    std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map(|name| name.trim().to_owned())
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "localhost".into())
}
