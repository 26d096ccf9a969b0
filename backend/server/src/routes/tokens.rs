//! Tokens for scripts.

use actix_web::{HttpResponse, delete, get, post, web};
use jiff::{SignedDuration, Timestamp};
use nasman_catalog::{NewToken, Token};
use nasman_core::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    audit::{self, Action, Note},
    auth::{Viewer, hash_token, new_secret},
    http::{
        body::Body,
        error::{ApiError, ApiResult, Code, Problem},
        page::Page,
    },
};

/// Longest name of a token, in bytes.
const MAX_NAME: usize = 100;
/// Longest life of a token, in days: ten years.
const MAX_DAYS: u32 = 3650;

/// A token, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenView {
    /// Identity.
    id: i64,
    /// What it is for.
    #[schema(example = "home assistant")]
    name: String,
    /// Whose.
    user: String,
    /// At most what it may do.
    role: Role,
    /// When made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it ends; null: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// Last use, to the minute; null: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
}

impl From<Token> for TokenView {
    fn from(token: Token) -> Self {
        Self {
            id: token.id,
            name: token.name,
            user: token.user,
            role: token.role,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}

/// A token to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTokenBody {
    /// What it is for: 1 to 100 bytes.
    #[schema(example = "home assistant")]
    name: String,
    /// At most what it may do; not more than its user may.
    role: Role,
    /// Days until it ends, 1 to 3650; absent or null: never.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3650)]
    expires_in_days: Option<u32>,
}

/// A new token with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = NewToken)]
pub struct NewTokenView {
    /// The token.
    token: TokenView,
    /// Send it as `Authorization: Bearer <secret>`. It can't be shown again.
    secret: String,
}

/// Lists one's own tokens; administrators see everybody's.
#[utoipa::path(tag = "tokens", responses((status = 200, description = "Newest first", body = Page<TokenView>)))]
#[get("/tokens")]
pub async fn list_tokens(app: web::Data<App>, user: Viewer) -> ApiResult<web::Json<Page<TokenView>>> {
    let owner = owner(&user);
    let tokens = app.catalog(move |catalog| catalog.tokens(owner)).await?;
    Ok(web::Json(Page::whole(tokens.into_iter().map(Into::into).collect())))
}

/// Whose tokens the caller may see and revoke; absent: everybody's.
fn owner(user: &Viewer) -> Option<i64> {
    (user.0.role < Role::Admin).then_some(user.0.user.id)
}

/// Makes a token for oneself.
#[utoipa::path(tag = "tokens", request_body = NewTokenBody, responses(
    (status = 201, description = "Made; the secret is shown this once", body = NewTokenView),
    (status = 400, description = "`invalid_request`", body = Problem),
    (status = 403, description = "`forbidden`: its role would be above the caller's", body = Problem),
))]
#[post("/tokens")]
pub async fn create_token(
    app: web::Data<App>,
    user: Viewer,
    body: Body<NewTokenBody>,
) -> ApiResult<HttpResponse> {
    let NewTokenBody { name, role, expires_in_days } = body.0;
    let caller = user.0;
    let told = format!("{}, {role}", name.trim());
    if name.trim().is_empty() || name.len() > MAX_NAME {
        return Err(ApiError::field(Code::InvalidRequest, "name", format!("takes 1 to {MAX_NAME} bytes")));
    }
    if role > caller.role {
        let detail = format!("a token's role can't be above one's own, which is {} here", caller.role);
        return Err(ApiError::field(Code::Forbidden, "role", detail));
    }
    let now = app.now();
    let expires_at = expires_in_days.map(|days| end(now, days)).transpose()?;
    let secret = new_secret().map_err(|error| {
        tracing::error!(%error, "no randomness");
        ApiError::new(Code::Internal, "the system gave no randomness for a secret")
    })?;
    let hash = hash_token(&secret);
    let user_id = caller.user.id;
    let token = app
        .catalog(move |catalog| {
            catalog.add_token(&NewToken { user_id, name: name.trim(), hash: &hash, role, expires_at }, now)
        })
        .await?;
    audit::note(&app, &caller, Note::of(Action::TokenCreate).detail(told)).await;
    Ok(HttpResponse::Created().json(NewTokenView { token: token.into(), secret }))
}

fn end(now: Timestamp, days: u32) -> ApiResult<Timestamp> {
    if !(1..=MAX_DAYS).contains(&days) {
        let rule = format!("takes 1 to {MAX_DAYS}");
        return Err(ApiError::field(Code::InvalidRequest, "expires_in_days", rule));
    }
    Ok(now.saturating_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX))
}

/// Revokes a token: one's own, or as administrator anybody's.
#[utoipa::path(tag = "tokens", params(("id" = i64, Path, description = "The token")), responses(
    (status = 204, description = "Revoked"),
    (status = 404, description = "`token_not_found`", body = Problem),
))]
#[delete("/tokens/{id}")]
pub async fn delete_token(app: web::Data<App>, user: Viewer, id: web::Path<i64>) -> ApiResult<HttpResponse> {
    let id = id.into_inner();
    let owner = owner(&user);
    app.catalog(move |catalog| catalog.remove_token(id, owner)).await.map_err(|error| match error.code {
        Code::NotFound => ApiError::new(Code::TokenNotFound, format!("no token {id} of yours exists")),
        _ => error,
    })?;
    audit::note(&app, &user.0, Note::of(Action::TokenRevoke).detail(format!("token {id}"))).await;
    Ok(HttpResponse::NoContent().finish())
}
