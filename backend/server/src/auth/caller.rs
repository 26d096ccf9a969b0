//! Finds out who asks, as an argument of handlers.

use std::future::{Ready, ready};

use actix_web::{
    Error, FromRequest, HttpMessage as _, HttpRequest,
    body::MessageBody,
    cookie::Cookie,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
    web,
};
use jiff::Timestamp;
use nasman_catalog::{Catalog, CatalogError, StoredGrant, User};
use nasman_core::Role;

use super::{Access, COOKIE, CookieKey, hash_token};
use crate::{
    app::App,
    http::error::{ApiError, ApiResult, Code},
};

/// Present on requests that change something, when the cookie is what proves the caller: another site can make a
/// browser send the cookie, but not this header.
const OWN_PAGE_HEADER: &str = "x-requested-with";

/// Put among the request's extensions when the answer should carry a fresh cookie.
pub struct RenewedCookie(pub Cookie<'static>);

/// How the caller proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// Cookie; the session's id.
    Session(String),
    /// Bearer token; its id.
    Token(i64),
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user.
    pub user: User,
    /// What this request may do: the user's role, or less with a lesser token.
    pub role: Role,
    /// Which datasets it may see and restore.
    pub access: Access,
    /// How it was proved.
    pub via: Via,
    /// When that ends; absent: never.
    pub expires_at: Option<Timestamp>,
}

/// What [`know_caller`] found out.
struct Known(ApiResult<Caller>);

/// Finds out who asks before any argument of a handler is read. Arguments are read side by side, so that otherwise
/// a body that can't be read would be answered to somebody who may not even ask.
pub async fn know_caller<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    // Browsers send the cookie for every script and picture of the frontend, too, which are anybody's.
    if request.path().starts_with("/api/") || request.path() == "/metrics" {
        let known = identify(request.request()).await;
        request.extensions_mut().insert(Known(known));
    }
    next.call(request).await
}

macro_rules! access {
    ($(#[$doc:meta])* $name:ident, $enough:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Caller);

        impl FromRequest for $name {
            type Error = ApiError;
            type Future = Ready<ApiResult<Self>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready(known(request).and_then($enough).map(Self))
            }
        }
    };
}

access!(
    /// Anybody who is signed in.
    Viewer,
    |caller| caller.at_least(Role::Viewer)
);
access!(
    /// May take snapshots and restore files.
    Operator,
    |caller| caller.at_least(Role::Operator)
);
access!(
    /// May do everything.
    Admin,
    |caller| caller.at_least(Role::Admin)
);
access!(
    /// May restore something: an operator, or anybody with a grant to restore. Of what is asked for, `access` tells.
    Restorer,
    |caller| if caller.access.may_restore_something() { Ok(caller) } else { caller.at_least(Role::Operator) }
);

impl Caller {
    /// The same caller as of now; absent where what was proved does not hold any more: for a session or token that has
    /// ended, and for a user who was disabled or removed meanwhile. For answers that go on and on.
    pub async fn renewed(self, app: &App) -> Option<Self> {
        let now = app.now();
        let asked = app.catalog(move |catalog| {
            let found = match &self.via {
                Via::Session(id) => catalog.session_user(id, now)?.map(|(_, user)| (user.role, user)),
                Via::Token(id) => {
                    let user = catalog.user(self.user.id)?;
                    let alive = |end: Option<Timestamp>| end.is_none_or(|end| end > now);
                    let mut tokens = catalog.tokens(Some(user.id))?.into_iter();
                    let token = tokens.find(|token| token.id == *id && alive(token.expires_at));
                    token.filter(|_| !user.disabled).map(|token| (token.role.min(user.role), user))
                }
            };
            let Some((role, user)) = found else { return Ok(None) };
            let access = Access::of(&user, role, grants(catalog, &user)?);
            Ok(Some(Self { user, role, access, ..self }))
        });
        asked.await.unwrap_or_default()
    }

    fn at_least(self, needed: Role) -> ApiResult<Self> {
        if self.role >= needed {
            return Ok(self);
        }
        let detail = format!("this takes the role {needed}; '{}' acts as {} here", self.user.name, self.role);
        Err(ApiError::new(Code::Forbidden, detail))
    }
}

fn known(request: &HttpRequest) -> ApiResult<Caller> {
    let extensions = request.extensions();
    let nobody = || Err(unauthenticated("nobody is signed in at this address"));
    extensions.get::<Known>().map_or_else(nobody, |known| known.0.clone())
}

async fn identify(request: &HttpRequest) -> ApiResult<Caller> {
    let app = request
        .app_data::<web::Data<App>>()
        .cloned()
        .ok_or_else(|| ApiError::new(Code::Internal, "the application is not set up"))?;
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        let secret =
            value.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).ok_or_else(|| {
                unauthenticated("the Authorization header is not of the form 'Bearer <token>'")
            })?;
        return by_token(&app, secret.trim()).await;
    }
    match request.cookie(COOKIE) {
        Some(cookie) => by_cookie(&app, request, cookie.value()).await,
        None => Err(unauthenticated("sign in, or send a token as 'Authorization: Bearer <token>'")),
    }
}

fn unauthenticated(detail: &str) -> ApiError {
    ApiError::new(Code::Unauthenticated, detail)
}

async fn by_token(app: &App, secret: &str) -> ApiResult<Caller> {
    let hash = hash_token(secret);
    let now = app.now();
    let (token, user, grants) = app
        .catalog(move |catalog| {
            let Some((token, user)) = catalog.token_user(&hash, now)? else { return Ok(None) };
            let grants = grants(catalog, &user)?;
            Ok(Some((token, user, grants)))
        })
        .await?
        .ok_or_else(|| unauthenticated("the token is unknown, revoked or has expired; make a new one"))?;
    let role = token.role.min(user.role);
    Ok(Caller {
        role,
        access: Access::of(&user, role, grants),
        via: Via::Token(token.id),
        expires_at: token.expires_at,
        user,
    })
}

async fn by_cookie(app: &App, request: &HttpRequest, value: &str) -> ApiResult<Caller> {
    let now = app.now();
    let over = || unauthenticated("the session has ended; sign in again");
    let claims = app.cookie_key.read(value, now).ok_or_else(over)?;
    if !matches!(*request.method(), Method::GET | Method::HEAD)
        && !request.headers().contains_key(OWN_PAGE_HEADER)
    {
        let detail =
            "a change asked for by cookie needs the header 'X-Requested-With'; scripts use a token instead";
        return Err(ApiError::new(Code::ForeignRequest, detail));
    }
    let id = claims.sid.clone();
    let asked = app.catalog(move |catalog| {
        let Some((session, user)) = catalog.session_user(&id, now)? else { return Ok(None) };
        let grants = grants(catalog, &user)?;
        Ok(Some((session, user, grants)))
    });
    let (session, user, grants) = asked.await?.ok_or_else(over)?;
    if CookieKey::wants_renewal(&claims, now) {
        request.extensions_mut().insert(RenewedCookie(app.cookie_key.issue(&session, now)?));
    }
    Ok(Caller {
        role: user.role,
        access: Access::of(&user, user.role, grants),
        via: Via::Session(session.id),
        expires_at: Some(session.expires_at),
        user,
    })
}

/// What is granted to a user; most may see everything, of whom nothing is asked.
fn grants(catalog: &Catalog, user: &User) -> Result<Vec<StoredGrant>, CatalogError> {
    if user.restricted { catalog.grants(user.id) } else { Ok(Vec::new()) }
}
