//! The API's own description.

use actix_web::{HttpResponse, web};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_actix_web::AppExt as _;

use crate::auth::COOKIE;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "NASMan",
        description = "Gets files back from ZFS snapshots. Errors are problem details (RFC 9457) with a stable `code`. Paths are \
                       percent-encoded, relative to the dataset's root. Lists are `{items, next}`. Slow work is a job.",
    ),
    tags(
        (name = "session", description = "Signing in and out"),
        (name = "users", description = "Who may sign in"),
        (name = "audit", description = "Who looked at what and changed what"),
        (name = "tokens", description = "Tokens for scripts"),
        (name = "storage", description = "Pools and datasets"),
        (name = "snapshots", description = "Listed, taken, destroyed by plan"),
        (name = "files", description = "Folders and contents, live or as of a snapshot"),
        (name = "search", description = "Where a file is, or was"),
        (name = "recovery", description = "Putting files back"),
        (name = "jobs", description = "Slow work and its progress"),
        (name = "system", description = "For whoever runs the server"),
    ),
    security(("cookie" = []), ("bearer" = [])),
    modifiers(&Schemes),
)]
struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            COOKIE,
            "Set by POST /api/v1/session. Requests that change something also need the header X-Requested-With.",
        ));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token made by POST /api/v1/tokens."))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// The empty document that registering the routes fills.
#[must_use]
pub fn base() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// The whole document, as JSON with a line break at its end.
///
/// # Errors
/// When it can't be written as JSON.
pub fn document() -> Result<String, serde_json::Error> {
    let (_, document) = actix_web::App::new()
        .into_utoipa_app()
        .openapi(base())
        .configure(crate::serve::routes)
        .split_for_parts();
    document.to_pretty_json().map(|json| json + "\n")
}

/// Answers the document.
pub async fn get_document(document: web::Data<utoipa::openapi::OpenApi>) -> HttpResponse {
    HttpResponse::Ok().json(document.get_ref())
}
