//! Changes, as they happen.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpResponse, get, http::header, web};
use futures_util::stream;
use serde_json::json;
use tokio::sync::{
    broadcast::{self, error::RecvError},
    watch,
};

use crate::{
    app::App,
    auth::{Caller, Viewer},
    jobs::JobView,
};

/// A comment is sent after this long without news, so that proxies don't cut the line.
const PING: Duration = Duration::from_secs(20);

struct Feed {
    app: web::Data<App>,
    caller: Caller,
    begun: bool,
    changes: broadcast::Receiver<Arc<JobView>>,
    stopping: watch::Receiver<bool>,
}

/// Streams changes as server-sent events.
///
/// `hello` first; `job` with a job for each change of it; `behind` when the listener was too slow and should look anew. Comments
/// keep the line open.
#[utoipa::path(tag = "jobs", responses(
    (status = 200, description = "Events until the client or the server ends it", body = String, content_type = "text/event-stream"),
))]
#[get("/events")]
pub async fn stream_events(app: web::Data<App>, user: Viewer) -> HttpResponse {
    let (changes, stopping) = (app.jobs.listen(), app.stopping.clone());
    let feed = Feed { app, caller: user.0, begun: false, changes, stopping };
    let events = stream::unfold(feed, |mut feed| async {
        next(&mut feed).await.map(|text| (Ok::<_, std::convert::Infallible>(web::Bytes::from(text)), feed))
    });
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        // Compression would hold events back until a block is full; so would a proxy's buffer.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .content_type("text/event-stream")
        .streaming(events)
}

async fn next(feed: &mut Feed) -> Option<String> {
    if !std::mem::replace(&mut feed.begun, true) {
        return Some(event("hello", &json!({ "version": env!("CARGO_PKG_VERSION") })));
    }
    if *feed.stopping.borrow() {
        return None;
    }
    loop {
        let change = tokio::select! {
            change = feed.changes.recv() => Some(change),
            _ = feed.stopping.changed() => return None,
            () = tokio::time::sleep(PING) => None,
        };
        // Who has signed out or was disabled meanwhile hears no more, and nobody hears of what they may not see now.
        feed.caller = feed.caller.clone().renewed(&feed.app).await?;
        match change {
            Some(Ok(job)) if !feed.caller.access.sees_jobs_of(job.user_id) => {}
            Some(Ok(job)) => return Some(event("job", &json!(*job))),
            Some(Err(RecvError::Lagged(missed))) => {
                return Some(event("behind", &json!({ "missed": missed })));
            }
            Some(Err(RecvError::Closed)) => return None,
            None => return Some(": still here\n\n".into()),
        }
    }
}

/// JSON has no raw line breaks, so it is one `data` line.
fn event(name: &str, data: &serde_json::Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}
