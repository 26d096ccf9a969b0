//! Searching, and searches that users keep.

use actix_web::{HttpResponse, delete, get, post, web};
use jiff::Timestamp;
use nasman_catalog::SavedSearch;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::Viewer,
    http::{
        body::Body,
        error::{ApiError, ApiResult, Code, Problem},
        packed::{Packed, Packing},
        page::Page,
        query::Query,
    },
    search::{self, SearchQuery, SearchView, SuggestQuery, Suggestions},
};

/// Longest name of a kept search, in bytes, and of its parameters together.
const MAX_NAME: usize = 100;
const MAX_QUERY: usize = 4_000;
/// Searches that a user can keep.
const MAX_KEPT: usize = 200;

/// Finds files over all snapshots and live. The answer tells whether all that there is could be found.
#[utoipa::path(tag = "search", params(SearchQuery), responses(
    (status = 200, description = "A page of hits, with counts", body = SearchView),
    (status = 400, description = "`invalid_query` with its position, `invalid_request`", body = Problem),
    (status = 503, description = "`search_unavailable`", body = Problem),
))]
#[get("/search")]
pub async fn search_files(
    app: web::Data<App>,
    user: Viewer,
    query: Query<SearchQuery>,
    packing: Packing,
) -> ApiResult<Packed> {
    let worker = app.clone();
    let found = app.files(move |_| {
        let scope = search::scope(&worker, &user.0.access)?;
        packing.pack(&search::search(&worker, scope, &query.0)?)
    });
    found.await
}

/// What the box may go on with.
#[utoipa::path(tag = "search", params(SuggestQuery), responses(
    (status = 200, description = "The likeliest first", body = Suggestions),
    (status = 400, description = "`invalid_request`", body = Problem),
    (status = 503, description = "`search_unavailable`", body = Problem),
))]
#[get("/search/suggest")]
pub async fn suggest_search(
    app: web::Data<App>,
    user: Viewer,
    query: Query<SuggestQuery>,
) -> ApiResult<web::Json<Suggestions>> {
    let worker = app.clone();
    let found =
        app.files(move |_| search::suggest(&worker, search::scope(&worker, &user.0.access)?, &query.0));
    Ok(web::Json(found.await?))
}

/// A search that a user keeps.
#[derive(Serialize, ToSchema)]
#[schema(as = SavedSearch)]
pub struct SavedSearchView {
    /// Identity.
    id: i64,
    /// What the user calls it.
    name: String,
    /// The parameters of `GET /search`, by their names.
    query: BTreeMap<String, String>,
    /// When it was kept.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<SavedSearch> for SavedSearchView {
    fn from(saved: SavedSearch) -> Self {
        let query = serde_json::from_value(saved.query).unwrap_or_default();
        Self { id: saved.id, name: saved.name, query, created_at: saved.created_at }
    }
}

/// A search to keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSavedSearch {
    /// What to call it: 1 to 100 bytes.
    name: String,
    /// The parameters of `GET /search`, by their names.
    query: BTreeMap<String, String>,
}

/// Lists one's own searches by name.
#[utoipa::path(tag = "search", responses((status = 200, description = "By name", body = Page<SavedSearchView>)))]
#[get("/searches")]
pub async fn list_searches(app: web::Data<App>, user: Viewer) -> ApiResult<web::Json<Page<SavedSearchView>>> {
    let searches = app.catalog(move |catalog| catalog.searches(user.0.user.id)).await?;
    Ok(web::Json(Page::whole(searches.into_iter().map(Into::into).collect())))
}

/// Keeps a search for oneself.
#[utoipa::path(tag = "search", request_body = NewSavedSearch, responses(
    (status = 201, description = "Kept", body = SavedSearchView),
    (status = 400, description = "`invalid_request`", body = Problem),
    (status = 409, description = "`name_taken`, `conflict`: there are too many", body = Problem),
))]
#[post("/searches")]
pub async fn create_search(
    app: web::Data<App>,
    user: Viewer,
    body: Body<NewSavedSearch>,
) -> ApiResult<HttpResponse> {
    let NewSavedSearch { name, query } = body.0;
    if name.trim().is_empty() || name.len() > MAX_NAME {
        return Err(ApiError::field(Code::InvalidRequest, "name", format!("takes 1 to {MAX_NAME} bytes")));
    }
    if query.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_QUERY {
        return Err(ApiError::field(
            Code::InvalidRequest,
            "query",
            format!("takes at most {MAX_QUERY} bytes"),
        ));
    }
    // What could not be asked is not kept.
    let parameters = serde_json::json!(query);
    serde_path_to_error::deserialize::<_, SearchQuery>(parameters.clone())
        .map_err(|error| ApiError::refused("query", error))?;
    let (owner, now) = (user.0.user.id, app.now());
    let kept = app.catalog(move |catalog| {
        if catalog.searches(owner)?.len() >= MAX_KEPT {
            return Ok(None);
        }
        catalog.add_search(owner, name.trim(), &parameters, now).map(Some)
    });
    let detail = format!("{MAX_KEPT} searches are kept already; remove one first");
    let kept = kept.await?.ok_or_else(|| ApiError::new(Code::Conflict, detail))?;
    Ok(HttpResponse::Created().json(SavedSearchView::from(kept)))
}

/// Forgets one of one's own searches.
#[utoipa::path(tag = "search", params(("search" = i64, Path, description = "The search's id")), responses(
    (status = 204, description = "Forgotten"),
    (status = 404, description = "`not_found`", body = Problem),
))]
#[delete("/searches/{search}")]
pub async fn delete_search(
    app: web::Data<App>,
    user: Viewer,
    search: web::Path<i64>,
) -> ApiResult<HttpResponse> {
    let (owner, id) = (user.0.user.id, *search);
    app.catalog(move |catalog| catalog.remove_search(owner, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
