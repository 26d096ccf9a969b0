//! A file's content.

use std::fs::File;

use actix_files::NamedFile;
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{self, DispositionType, HeaderValue},
    web,
};
use mime_guess::{Mime, mime};
use nasman_core::{DatasetName, RelPath};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{files::open_at, named};
use crate::{
    app::App,
    audit::{self, Action, Note},
    auth::Viewer,
    http::{
        disposition::disposition,
        error::{ApiError, ApiResult, Code, Problem},
        query::{Query, flag},
    },
};

/// What the browser may do with a file that it shows: nothing. Files are anybody's work.
const FILE_POLICY: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'";

/// Which file, when.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContentQuery {
    /// The file.
    #[serde(default)]
    #[param(value_type = String, required = true, example = "anna/Documents/Tax%20return%202025.pdf")]
    path: RelPath,
    /// A snapshot's name, its guid, or a time (the newest snapshot at or before it); absent: live.
    #[serde(default)]
    at: Option<String>,
    /// Always as a download, also where a browser could show it.
    #[serde(default, deserialize_with = "flag")]
    #[param(default = false)]
    download: bool,
}

/// A file's content, live or as of a snapshot.
///
/// Ranges and conditional requests are honoured. Pictures (but SVG), audio, video, PDF and text may be shown in place; everything
/// else is a download. Text comes as `text/plain`, whatever it is.
#[utoipa::path(tag = "files", params(("dataset" = String, Path, description = "Full name, percent-encoded as one segment"), ContentQuery), responses(
    (status = 200, description = "The content", body = String, content_type = "application/octet-stream"),
    (status = 206, description = "The range asked for", body = String, content_type = "application/octet-stream"),
    (status = 304, description = "Unchanged"),
    (status = 404, description = "`file_not_found`", body = Problem),
    (status = 409, description = "`not_a_file`, `files_unreachable`, `outside_dataset`", body = Problem),
    (status = 412, description = "`precondition_failed`", body = Problem),
    (status = 416, description = "`range_not_satisfiable`", body = Problem),
))]
#[get("/datasets/{dataset}/content")]
pub async fn get_content(
    app: web::Data<App>,
    user: Viewer,
    request: HttpRequest,
    dataset: web::Path<String>,
    query: Query<ContentQuery>,
) -> ApiResult<HttpResponse> {
    let dataset: DatasetName = named("dataset", &dataset)?;
    user.0.access.browse(&dataset)?;
    let ContentQuery { path, at, download } = query.0;
    let worker = app.clone();
    let wanted = (dataset.clone(), path.clone());
    let (file, moment) = app
        .files(move |zfs| {
            let (root, moment) = open_at(zfs, &worker.created, &wanted.0, at.as_deref())?;
            Ok((root.open_file(&wanted.1)?, moment))
        })
        .await?;
    let response = answer(file, &path, download, &request)?;
    let shown = !download && path.name().is_some_and(|name| shown_as(&name.display()).is_some());
    let snapshot = moment.as_ref().map(|moment| moment.tag.as_str());
    let note = Note::of(if shown { Action::Preview } else { Action::Download });
    let note = note.from(&dataset, std::slice::from_ref(&path), snapshot);
    audit::note_look(&app, &user.0, note).await;
    Ok(response)
}

fn answer(file: File, path: &RelPath, download: bool, request: &HttpRequest) -> ApiResult<HttpResponse> {
    let name = path
        .name()
        .ok_or_else(|| ApiError::field(Code::InvalidPath, "path", "names the root, not a file"))?;
    let shown = shown_as(&name.display()).filter(|_| !download);
    let kind = if shown.is_some() { DispositionType::Inline } else { DispositionType::Attachment };
    let unreadable = |error: std::io::Error| {
        ApiError::new(Code::FileIo, format!("{} can't be read: {error}", path.display()))
    };
    let mut response = NamedFile::from_file(file, "file")
        .map_err(unreadable)?
        .set_content_type(shown.unwrap_or(mime::APPLICATION_OCTET_STREAM))
        .set_content_disposition(disposition(kind, &name.display()))
        .into_response(request);
    if response.status().is_client_error() {
        return Err(refused(&response, path));
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(FILE_POLICY));
    // Already compressed, most of it; and a range of a compressed body is not the file's range.
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    Ok(response)
}

/// The library's refusals have no body; ours have.
fn refused(response: &HttpResponse, path: &RelPath) -> ApiError {
    match response.status().as_u16() {
        412 => {
            let detail = format!("{} has changed since, or is another file", path.display());
            ApiError::new(Code::PreconditionFailed, detail)
        }
        416 => {
            let size = response.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
            let detail = format!("the file has no such range ({})", size.unwrap_or_default());
            ApiError::new(Code::RangeNotSatisfiable, detail)
        }
        _ => ApiError::new(Code::InvalidRequest, "the request's Range or conditions can't be read"),
    }
}

/// What a browser may show in place, and as what. SVG and HTML can carry scripts; SVG is a download, HTML shows as its
/// text.
fn shown_as(name: &str) -> Option<Mime> {
    let guess = mime_guess::from_path(name).first()?;
    let text = || "text/plain; charset=utf-8".parse().ok();
    match (guess.type_(), guess.subtype()) {
        (mime::IMAGE, mime::SVG) => None,
        (mime::IMAGE | mime::AUDIO | mime::VIDEO, _) | (mime::APPLICATION, mime::PDF) => Some(guess),
        (mime::TEXT, _) | (mime::APPLICATION, mime::JSON | mime::XML | mime::JAVASCRIPT) => text(),
        (mime::APPLICATION, other) if ["toml", "yaml", "x-sh", "x-yaml", "sql"].contains(&other.as_str()) => {
            text()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_safe_is_shown_in_place() {
        let shown = |name| shown_as(name).map(|mime| mime.to_string());
        assert_eq!(shown("a.jpg").as_deref(), Some("image/jpeg"));
        assert_eq!(shown("a.pdf").as_deref(), Some("application/pdf"));
        assert_eq!(shown("a.html").as_deref(), Some("text/plain; charset=utf-8"));
        assert_eq!(shown("a.js").as_deref(), Some("text/plain; charset=utf-8"));
        assert_eq!(shown("a.md").as_deref(), Some("text/plain; charset=utf-8"));
        for name in ["a.svg", "a.exe", "a.zip", "a", "a.xhtml", "a.swf"] {
            assert_eq!(shown(name), None, "{name}");
        }
    }
}
