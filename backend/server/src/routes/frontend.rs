//! The single-page application: built into the binary, or from a folder.

use actix_web::{
    HttpRequest, HttpResponse, ResponseError as _,
    http::{Method, header},
    web,
};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::{
    app::App,
    http::error::{ApiError, Code},
};

#[derive(RustEmbed)]
#[folder = "../../frontend/dist"]
#[allow_missing = true]
struct Built;

/// Answers every address that no handler takes: a file of the frontend, or its start page, which reads the rest of
/// the address itself; below the API's, a refusal.
pub async fn frontend(app: web::Data<App>, request: HttpRequest) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return super::not_found(request).await;
    }
    let path = request.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return super::not_found(request).await;
    }
    let named = match path {
        "docs" => "docs.html",
        "" => "index.html",
        path => path,
    };
    // Only below assets/ must a file be there: elsewhere a dot may belong to a dataset's or a file's name, and the
    // address is a page of the application.
    match load(&app, named) {
        Some(file) => answer(named, file),
        None if named.starts_with("assets/") => super::not_found(request).await,
        None => match load(&app, "index.html") {
            Some(file) => answer("index.html", file),
            None => not_built(),
        },
    }
}

fn not_built() -> HttpResponse {
    let detail =
        "this server was built without its frontend; the API is at /api/v1, described at /openapi.json";
    ApiError::new(Code::NotFound, detail).error_response()
}

fn load(app: &App, name: &str) -> Option<Vec<u8>> {
    let Some(folder) = &app.config.frontend_dir else {
        return Built::get(name).map(|EmbeddedFile { data, .. }| data.into_owned());
    };
    let path = nasman_core::RelPath::from_bytes(name.as_bytes()).ok()?;
    std::fs::read(folder.join(path.as_path())).ok()
}

fn answer(name: &str, file: Vec<u8>) -> HttpResponse {
    // Files below assets/ have their content's hash in their names; the pages that name them must be fresh.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    HttpResponse::Ok()
        .content_type(mime_guess::from_path(name).first_or_octet_stream())
        .insert_header((header::CACHE_CONTROL, cache))
        .body(file)
}
