//! Signing in and out.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use jiff::{SignedDuration, Timestamp};
use nasman_catalog::UserChange;
use nasman_core::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    grants::{GrantView, granted},
    users::UserView,
};
use crate::{
    app::{App, blocking},
    audit::{self, Action, Note, Who},
    auth::{Via, Viewer},
    http::{
        body::Body,
        error::{ApiError, ApiResult, Code, Problem},
    },
};

/// The same for an unknown name, so that nobody learns which names there are.
const WRONG: &str = "the name or the password is wrong";

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The user's name.
    #[schema(example = "admin")]
    name: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
}

/// A session that has begun.
#[derive(Serialize, ToSchema)]
pub struct SessionInfo {
    /// Who signed in.
    user: UserView,
    /// When one has to sign in again at the latest.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Who is asking, and whom they ask.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The user.
    user: UserView,
    /// What this request may do: less than the user may, with a lesser token.
    role: Role,
    /// Whether some datasets only may be seen, those of `grants`.
    restricted: bool,
    /// What is granted; empty where everything may be seen.
    grants: Vec<GrantView>,
    /// Whether anything may be restored at all: as operator, or by a grant.
    may_restore: bool,
    /// `session` or `token`.
    via: &'static str,
    /// When that ends; null: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// This server's version.
    version: &'static str,
    /// This server's host name.
    host: String,
}

/// Signs a browser in.
///
/// Sets an HttpOnly cookie that is renewed while in use. Scripts use a token instead. After five failures in a row,
/// each further one makes the account and the address wait longer.
#[utoipa::path(tag = "session", security(()), request_body = Credentials, responses(
    (status = 200, description = "Signed in", body = SessionInfo),
    (status = 401, description = "`wrong_credentials`", body = Problem),
    (status = 429, description = "`too_many_attempts`: wait as long as `Retry-After` says", body = Problem),
))]
#[post("/session")]
pub async fn create_session(
    app: web::Data<App>,
    request: HttpRequest,
    body: Body<Credentials>,
) -> ApiResult<HttpResponse> {
    let Credentials { name, password } = body.0;
    let wanted = name.clone();
    let user = app.catalog(move |catalog| catalog.user_by_name(&wanted)).await?.filter(|user| !user.disabled);
    let stored = user.as_ref().map(|user| user.password_hash.clone());
    let address = client_address(&app, &request);
    if let Err(error) = prove(&app, &name, address, password, stored).await {
        if error.code == Code::WrongCredentials {
            let who = Who::unproved(user.as_ref().map(|user| (user.id, user.name.as_str())));
            let note = Note::of(Action::SignInFailed).detail(format!("from {address}"));
            audit::note(&app, who, note).await;
        }
        return Err(error);
    }
    let wrong = || ApiError::new(Code::WrongCredentials, WRONG);
    let user = user.ok_or_else(wrong)?;
    let now = app.now();
    let life = SignedDuration::try_from(app.config.session_life).unwrap_or(SignedDuration::MAX);
    let until = now.checked_add(life).unwrap_or(Timestamp::MAX);
    let id = user.id;
    let session = app
        .catalog(move |catalog| {
            catalog.note_login(id, now)?;
            catalog.add_session(id, now, until)
        })
        .await?;
    let note = Note::of(Action::SignIn).detail(format!("from {address}"));
    audit::note(&app, Who::signed_in(user.id, &user.name), note).await;
    let cookie = app.cookie_key.issue(&session, now)?;
    let info = SessionInfo { user: user.into(), expires_at: session.expires_at };
    Ok(HttpResponse::Ok().cookie(cookie).json(info))
}

/// Checks a password, as often as failures before it allow. Without a stored hash it is wrong, and takes as long.
async fn prove(
    app: &App,
    name: &str,
    address: IpAddr,
    password: String,
    stored: Option<String>,
) -> ApiResult<()> {
    not_too_often(app, name, address)?;
    // Those tried at the same time take turns, so that each meets the failures before it.
    let turn = app.sign_ins.acquire().await;
    let _turn = turn.map_err(|_| ApiError::new(Code::Internal, "passwords are not checked any more"))?;
    not_too_often(app, name, address)?;
    let passwords = app.passwords.clone();
    let verify = move || Ok(passwords.verify(&password, stored.as_deref()));
    if blocking(app.config.zfs_timeout, verify).await? {
        app.throttle.succeeded(name);
        return Ok(());
    }
    app.throttle.failed(name, address, app.now());
    tracing::warn!(%address, "a password was wrong");
    Err(ApiError::new(Code::WrongCredentials, WRONG))
}

fn not_too_often(app: &App, name: &str, address: IpAddr) -> ApiResult<()> {
    let Some(wait) = app.throttle.wait(name, address, app.now()) else { return Ok(()) };
    let seconds = wait.as_secs() + 1;
    let detail = format!("too many failed sign-ins; try again in {seconds} s");
    Err(ApiError { retry_after: Some(seconds), ..ApiError::new(Code::TooManyAttempts, detail) })
}

/// The address to slow down: of the proxy's client, if the proxy is one that is trusted.
fn client_address(app: &App, request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    if !app.config.trusted_proxies.contains(&peer) {
        return peer;
    }
    let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
    // The last entry is the one that the trusted proxy itself added.
    forwarded.and_then(|list| list.rsplit(',').next()?.trim().parse().ok()).unwrap_or(peer)
}

/// Signs this browser out.
#[utoipa::path(tag = "session", responses((status = 204, description = "Signed out")))]
#[delete("/session")]
pub async fn delete_session(app: web::Data<App>, user: Viewer) -> ApiResult<HttpResponse> {
    if let Via::Session(id) = user.0.via {
        app.catalog(move |catalog| catalog.end_session(&id)).await?;
    }
    Ok(HttpResponse::NoContent().cookie(app.cookie_key.removal()).finish())
}

/// Who is signed in.
#[utoipa::path(tag = "session", responses((status = 200, description = "The caller", body = Me)))]
#[get("/me")]
pub async fn get_me(user: Viewer) -> web::Json<Me> {
    let caller = user.0;
    web::Json(Me {
        role: caller.role,
        restricted: caller.access.is_restricted(),
        grants: granted(&caller.access),
        may_restore: caller.access.may_restore_something(),
        via: match caller.via {
            Via::Session(_) => "session",
            Via::Token(_) => "token",
        },
        expires_at: caller.expires_at,
        user: caller.user.into(),
        version: env!("CARGO_PKG_VERSION"),
        host: super::system::host_name(),
    })
}

/// A new password for oneself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password so far.
    #[schema(format = Password)]
    current: String,
    /// The new one: 8 characters or more.
    #[schema(format = Password)]
    new: String,
}

/// Changes one's own password, and signs one out everywhere.
#[utoipa::path(tag = "session", request_body = PasswordChange, responses(
    (status = 204, description = "Changed; sign in again"),
    (status = 400, description = "`invalid_request`: too short", body = Problem),
    (status = 401, description = "`wrong_credentials`: the password so far is wrong", body = Problem),
    (status = 429, description = "`too_many_attempts`: wait as long as `Retry-After` says", body = Problem),
))]
#[put("/me/password")]
pub async fn change_password(
    app: web::Data<App>,
    user: Viewer,
    request: HttpRequest,
    body: Body<PasswordChange>,
) -> ApiResult<HttpResponse> {
    let PasswordChange { current, new } = body.0;
    let caller = user.0;
    let user = caller.user.clone();
    let address = client_address(&app, &request);
    let proved = prove(&app, &user.name, address, current, Some(user.password_hash)).await;
    proved.map_err(|error| match error.code {
        Code::WrongCredentials => {
            ApiError::field(error.code, "current", "the password so far is not this one")
        }
        _ => error,
    })?;
    let passwords = app.passwords.clone();
    let hash = blocking(app.config.zfs_timeout, move || passwords.hash("new", &new)).await?;
    let change = UserChange { password_hash: Some(hash), ..UserChange::default() };
    app.catalog(move |catalog| catalog.change_user(user.id, change)).await?;
    audit::note(&app, &caller, Note::of(Action::PasswordChange)).await;
    Ok(HttpResponse::NoContent().cookie(app.cookie_key.removal()).finish())
}
