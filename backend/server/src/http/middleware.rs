//! What surrounds every request: its id, one log line, metrics, security headers, the renewed cookie.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};

use actix_web::{
    Error, HttpMessage as _,
    body::{BodySize, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use tracing::Instrument as _;

use crate::{app::App, auth::RenewedCookie};

tokio::task_local! {
    static REQUEST_ID: String;
}

const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// Own scripts, styles and pictures only; inline styles since the component library sets sizes that way.
const CONTENT_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
                              media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; \
                              frame-ancestors 'self'; frame-src 'self' blob:";

/// The id of the request being answered; empty outside of one.
#[must_use]
pub fn current_request_id() -> String {
    REQUEST_ID.try_with(Clone::clone).unwrap_or_default()
}

/// Wraps everything. A client's own `X-Request-Id` is kept when it is short and plain.
pub async fn surround<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, Unsent>>, Error> {
    let id = request
        .headers()
        .get(REQUEST_ID_HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
        .map_or_else(new_id, str::to_owned);
    // Every line that is logged meanwhile carries the id.
    let span = tracing::error_span!("request", %id);
    REQUEST_ID.scope(id.clone(), answer(request, next, id)).instrument(span).await
}

fn new_id() -> String {
    let mut bytes = [0u8; 8];
    // Without randomness ids would repeat, which harms nothing but the reading of the log.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn answer<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
    id: String,
) -> Result<ServiceResponse<EitherBody<B, Unsent>>, Error> {
    let started = Instant::now();
    let app = request.app_data::<web::Data<App>>().cloned();
    let method = request.method().clone();
    let path = request.path().to_owned();
    let head = method == Method::HEAD;
    if head {
        request.head_mut().method = Method::GET;
    }
    let mut response = next.call(request).await?;
    let status = response.status().as_u16();
    let took = started.elapsed();
    if let Some(app) = app {
        let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".into());
        app.metrics.observe_request(method_label(&method), &route, status, took);
    }
    // The path, but never the query: it may hold what people search for.
    tracing::info!(%method, %path, status, ms = took.as_millis(), "request");
    add_headers(&mut response, &id);
    Ok(response.map_body(
        |_, body| {
            if head { EitherBody::right(Unsent(body.size())) } else { EitherBody::left(body) }
        },
    ))
}

/// Stands for the body that a `HEAD` request would have got as `GET`: its length is told, nothing of it is read.
pub struct Unsent(BodySize);

impl MessageBody for Unsent {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.0
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<web::Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

/// A client may send any word as its method; each that is counted by itself takes memory for good.
fn method_label(method: &Method) -> &str {
    match *method {
        Method::GET | Method::HEAD | Method::POST | Method::PUT | Method::PATCH | Method::DELETE => {
            method.as_str()
        }
        _ => "other",
    }
}

fn add_headers<B>(response: &mut ServiceResponse<B>, id: &str) {
    let renewed = response.request().extensions_mut().remove::<RenewedCookie>();
    // One that the handler sets itself, such as the removal on signing out, stands.
    let own = response.headers().contains_key(header::SET_COOKIE);
    if let Some(RenewedCookie(cookie)) = renewed.filter(|_| !own) {
        // A cookie that can't be written as a header is one less renewal, and no more.
        let _ = response.response_mut().add_cookie(&cookie);
    }
    let under_api = response.request().path().starts_with("/api/");
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "SAMEORIGIN");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
    if under_api {
        set(header::CACHE_CONTROL, "no-store");
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID_HEADER, value);
    }
}
