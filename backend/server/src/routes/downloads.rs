//! Selections as one archive.

use actix_web::{
    HttpResponse, get,
    http::header::{self, DispositionType},
    post, web,
};

use crate::{
    app::App,
    audit::{self, Action, Note},
    auth::Viewer,
    downloads::{self, Download, DownloadRequest, Owner},
    http::{
        body::Body,
        disposition::disposition,
        error::{ApiError, ApiResult, Code, Problem},
    },
};

/// Seconds after which to look whether another download has ended.
const RETRY_SECONDS: u64 = 30;

/// Prepares a selection to be downloaded as one archive.
///
/// Everything is looked for at once: if something is not there, nothing is prepared. The archive is written while it is fetched; of a
/// folder, what it holds then. Files that can't be read are left out and listed in a text at the archive's end.
#[utoipa::path(tag = "files", request_body = DownloadRequest, responses(
    (status = 201, description = "To be fetched from its address; `Location` has it, too", body = Download),
    (status = 400, description = "`invalid_request`, `invalid_path`, `invalid_name`", body = Problem),
    (status = 404, description = "`dataset_not_found`, `snapshot_not_found`, `file_not_found`", body = Problem),
    (status = 409, description = "`files_unreachable`, `outside_dataset`, `not_a_directory`", body = Problem),
))]
#[post("/downloads")]
pub async fn create_download(
    app: web::Data<App>,
    user: Viewer,
    body: Body<DownloadRequest>,
) -> ApiResult<HttpResponse> {
    body.0.items.iter().try_for_each(|item| user.0.access.browse(&item.dataset))?;
    let (worker, now) = (app.clone(), app.now());
    let selection = app.files(move |zfs| downloads::select(zfs, &worker.created, body.0, now)).await?;
    let name = selection.name.clone();
    let (id, expires_at) = app.downloads.issue(Owner::from(&user.0), selection, now).map_err(|error| {
        tracing::error!(%error, "no randomness");
        ApiError::new(Code::Internal, "the system gave no randomness for an id")
    })?;
    let address = format!("/api/v1/downloads/{id}");
    Ok(HttpResponse::Created().insert_header((header::LOCATION, address.clone())).json(Download {
        id,
        address,
        expires_at,
        name,
    }))
}

/// Streams a prepared archive.
///
/// Its length is not known beforehand. An answer that breaks off is not whole; the address can be fetched again.
#[utoipa::path(tag = "files", params(("id" = String, Path, description = "The download")), responses(
    (status = 200, description = "The archive", body = String, content_type = "application/zip"),
    (status = 404, description = "`download_not_found`, `dataset_not_found`, `snapshot_not_found`", body = Problem),
    (status = 409, description = "`files_unreachable`", body = Problem),
    (status = 429, description = "`too_many_downloads`", body = Problem),
))]
#[get("/downloads/{id}")]
pub async fn get_download(
    app: web::Data<App>,
    user: Viewer,
    id: web::Path<String>,
) -> ApiResult<HttpResponse> {
    let owner = Owner::from(&user.0);
    let selection = app.downloads.find(&id, owner, app.now()).ok_or_else(|| {
        let detail = "there is no such download of yours (any more); choose the files again";
        ApiError::new(Code::DownloadNotFound, detail)
    })?;
    // What was granted then may be taken back by now.
    selection.parts.iter().try_for_each(|part| user.0.access.browse(&part.dataset))?;
    let running = app.downloads.begin(owner).ok_or_else(|| {
        let detail = "as many downloads of yours as may run at once do; wait until one of them has ended";
        ApiError { retry_after: Some(RETRY_SECONDS), ..ApiError::new(Code::TooManyDownloads, detail) }
    })?;
    let (worker, wanted) = (app.clone(), selection.clone());
    let roots = app.files(move |zfs| downloads::open(zfs, &worker.created, &wanted)).await?;
    let outlet = downloads::start(app.clone(), selection.clone(), roots, running)
        .map_err(|error| ApiError::new(Code::Internal, format!("no thread for the download: {error}")))?;
    for part in &selection.parts {
        let snapshot = part.moment.as_ref().map(|moment| moment.tag.as_str());
        let note = Note::of(Action::Download).from(&part.dataset, &part.paths, snapshot);
        audit::note(&app, &user.0, note.detail(selection.name.as_str())).await;
    }
    Ok(HttpResponse::Ok()
        .content_type(selection.format.media_type())
        .insert_header(disposition(DispositionType::Attachment, &selection.name))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Compressed already, or meant not to be; and neither that nor a proxy shall hold it back.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(downloads::body(outlet, app.stopping.clone())))
}
