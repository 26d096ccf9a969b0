//! Files over time: their versions, and what is different between two moments.

use actix_web::{get, web};
use nasman_core::{DatasetName, RelPath};
use serde::Deserialize;
use utoipa::IntoParams;

use super::named;
use crate::{
    app::App,
    auth::Viewer,
    browse::{self, After, ChangesView, SummaryView, TimeLineView, VersionsView},
    http::{
        error::{ApiResult, Problem},
        page::{bad_cursor, checked_limit},
        query::{Query, number},
    },
};

/// Which path, and which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VersionsQuery {
    /// The file or folder; it need not be there any more.
    #[param(value_type = String, example = "anna/Documents/Thesis.md")]
    path: RelPath,
    /// Items in the page, 1 to 1000.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// The last page's `next`.
    #[serde(default)]
    cursor: Option<String>,
}

/// Lists all versions of what is, or ever was, at a path, each once: also from when it, or a folder above it, had
/// another name.
#[utoipa::path(tag = "files", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment"), VersionsQuery), responses(
    (status = 200, description = "A page of the versions", body = VersionsView),
    (status = 404, description = "`file_not_found`: no snapshot nor live has had the path", body = Problem),
    (status = 409, description = "`not_indexed`", body = Problem),
))]
#[get("/datasets/{dataset}/versions")]
pub async fn list_versions(
    app: web::Data<App>,
    user: Viewer,
    dataset: web::Path<String>,
    query: Query<VersionsQuery>,
) -> ApiResult<web::Json<VersionsView>> {
    let dataset: DatasetName = named("dataset", &dataset)?;
    user.0.access.browse(&dataset)?;
    let VersionsQuery { path, limit, cursor } = query.0;
    let limit = checked_limit(limit)?;
    let after = cursor.map(|cursor| cursor.parse::<After>()).transpose().map_err(|_| bad_cursor())?;
    let worker = app.clone();
    let found = app.files(move |_| browse::versions(&worker, &dataset, &path, after, limit));
    Ok(web::Json(found.await?))
}

/// Between which moments, where, and which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DiffQuery {
    /// The earlier moment: a snapshot's name, its guid, or a time (the newest snapshot at or before it).
    from: String,
    /// The later moment, likewise; absent: live.
    #[serde(default)]
    to: Option<String>,
    /// In and below which folder; absent or empty: the dataset's root.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "anna/Documents")]
    path: RelPath,
    /// Items in the page, 1 to 1000.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// The last page's `next`.
    #[serde(default)]
    cursor: Option<String>,
}

/// Lists what is different in a folder between two moments. A folder that was moved is one difference, whatever is
/// below it.
#[utoipa::path(tag = "files", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment"), DiffQuery), responses(
    (status = 200, description = "A page of the differences", body = ChangesView),
    (status = 400, description = "`invalid_request`: such as a beginning later than the end", body = Problem),
    (status = 404, description = "`snapshot_not_found`, `file_not_found`: neither moment has the path", body = Problem),
    (status = 409, description = "`not_indexed`", body = Problem),
))]
#[get("/datasets/{dataset}/diff")]
pub async fn list_changes(
    app: web::Data<App>,
    user: Viewer,
    dataset: web::Path<String>,
    query: Query<DiffQuery>,
) -> ApiResult<web::Json<ChangesView>> {
    let dataset: DatasetName = named("dataset", &dataset)?;
    user.0.access.browse(&dataset)?;
    let DiffQuery { from, to, path, limit, cursor } = query.0;
    let limit = checked_limit(limit)?;
    let after = cursor.map(|cursor| RelPath::decode(&cursor)).transpose().map_err(|_| bad_cursor())?;
    let worker = app.clone();
    let found = app.files(move |_| {
        browse::changes(&worker, &dataset, (&from, to.as_deref()), &path, after.as_ref(), limit)
    });
    Ok(web::Json(found.await?))
}

/// Between which moments, and where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SummaryQuery {
    /// The earlier moment: a snapshot's name, its guid, or a time (the newest snapshot at or before it).
    from: String,
    /// The later moment, likewise; absent: live.
    #[serde(default)]
    to: Option<String>,
    /// In and below which folder; absent or empty: the dataset's root.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "anna/Documents")]
    path: RelPath,
}

/// Counts what is different in a folder between two moments.
#[utoipa::path(tag = "files", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment"), SummaryQuery), responses(
    (status = 200, description = "How many differ, and how", body = SummaryView),
    (status = 400, description = "`invalid_request`: such as a beginning later than the end", body = Problem),
    (status = 404, description = "`snapshot_not_found`, `file_not_found`: neither moment has the path", body = Problem),
    (status = 409, description = "`not_indexed`", body = Problem),
))]
#[get("/datasets/{dataset}/diff/summary")]
pub async fn get_changes_summary(
    app: web::Data<App>,
    user: Viewer,
    dataset: web::Path<String>,
    query: Query<SummaryQuery>,
) -> ApiResult<web::Json<SummaryView>> {
    let dataset: DatasetName = named("dataset", &dataset)?;
    user.0.access.browse(&dataset)?;
    let SummaryQuery { from, to, path } = query.0;
    let worker = app.clone();
    let found = app.files(move |_| browse::changes_summary(&worker, &dataset, (&from, to.as_deref()), &path));
    Ok(web::Json(found.await?))
}

/// Lists every snapshot of a dataset in one answer, oldest first, with how much changed in each: what a time line
/// draws.
#[utoipa::path(tag = "files", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment")), responses(
    (status = 200, description = "All of them", body = TimeLineView),
    (status = 404, description = "`dataset_not_found`", body = Problem),
))]
#[get("/datasets/{dataset}/moments")]
pub async fn list_moments(
    app: web::Data<App>,
    user: Viewer,
    dataset: web::Path<String>,
) -> ApiResult<web::Json<TimeLineView>> {
    let dataset: DatasetName = named("dataset", &dataset)?;
    user.0.access.browse(&dataset)?;
    let worker = app.clone();
    Ok(web::Json(app.files(move |zfs| browse::moments(&worker, zfs, &dataset)).await?))
}
