//! The API, one file a resource. A handler extracts, calls, converts.

pub mod audit;
pub mod content;
pub mod datasets;
pub mod downloads;
pub mod errors;
pub mod events;
pub mod files;
pub mod frontend;
pub mod grants;
pub mod index;
pub mod jobs;
pub mod moment;
pub mod openapi;
pub mod pools;
pub mod restores;
pub mod search;
pub mod session;
pub mod snapshots;
pub mod system;
pub mod tokens;
pub mod users;
pub mod versions;

use actix_web::{HttpRequest, HttpResponse, ResponseError as _};
use nasman_core::NameError;

use crate::http::error::{ApiError, Code};

/// Reads a name out of the address.
fn named<T: std::str::FromStr<Err = NameError>>(field: &str, text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|error| ApiError::field(Code::InvalidName, field, error))
}

/// Everything of the API under `/api/v1`, registered once for the server and for its document.
pub fn api(config: &mut utoipa_actix_web::service_config::ServiceConfig<'_>) {
    config
        .service(session::create_session)
        .service(session::delete_session)
        .service(session::get_me)
        .service(session::change_password)
        .service(users::list_users)
        .service(users::create_user)
        .service(users::change_user)
        .service(users::delete_user)
        .service(grants::get_grants)
        .service(grants::change_grants)
        .service(audit::list_audit)
        .service(tokens::list_tokens)
        .service(tokens::create_token)
        .service(tokens::delete_token)
        .service(pools::list_pools)
        .service(pools::get_pool)
        .service(datasets::list_datasets)
        .service(datasets::get_dataset)
        .service(snapshots::list_snapshots)
        .service(snapshots::create_snapshot)
        .service(snapshots::get_snapshot)
        .service(snapshots::plan_snapshot_destruction)
        .service(snapshots::destroy_snapshot)
        .service(files::list_files)
        .service(files::get_entry)
        .service(content::get_content)
        .service(downloads::create_download)
        .service(downloads::get_download)
        .service(versions::list_versions)
        .service(versions::list_changes)
        .service(versions::get_changes_summary)
        .service(versions::list_moments)
        .service(search::search_files)
        .service(search::suggest_search)
        .service(search::list_searches)
        .service(search::create_search)
        .service(search::delete_search)
        .service(index::get_index)
        .service(index::get_indexed_dataset)
        .service(index::index_dataset)
        .service(index::change_indexed_dataset)
        .service(restores::plan_restore)
        .service(restores::create_restore)
        .service(restores::list_restored_items)
        .service(restores::undo_restore)
        .service(restores::get_restore)
        .service(jobs::list_jobs)
        .service(jobs::get_job)
        .service(jobs::cancel_job)
        .service(events::stream_events);
}

/// What is at no address.
pub async fn not_found(request: HttpRequest) -> HttpResponse {
    let detail = format!("{} {} is no address of this API; see /docs", request.method(), request.path());
    ApiError::new(Code::NotFound, detail).error_response()
}
