//! The browser's cookie: a short-lived signed token that names a session.

use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite, time::Duration as CookieAge};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use nasman_catalog::Session;
use serde::{Deserialize, Serialize};

use crate::http::error::{ApiError, ApiResult, Code};

/// The cookie's name.
pub const COOKIE: &str = "nasman_session";

/// What the cookie says. Role and name are looked up with each request, so that a change takes effect at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    /// Session.
    pub(super) sid: String,
    /// Made, in seconds since 1970.
    pub(super) iat: i64,
    /// Ends, in seconds since 1970.
    pub(super) exp: i64,
}

/// Signs and checks cookies.
pub struct CookieKey {
    encoding: EncodingKey,
    decoding: DecodingKey,
    https: bool,
    renewal: Duration,
}

impl CookieKey {
    /// `secret` is kept in the state, so that a restart signs nobody out.
    #[must_use]
    pub fn new(secret: &str, https: bool, renewal: Duration) -> Self {
        Self {
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
            https,
            renewal,
        }
    }

    /// The cookie that keeps this session signed in for one renewal period.
    ///
    /// # Errors
    /// When signing fails.
    pub fn issue(&self, session: &Session, now: Timestamp) -> ApiResult<Cookie<'static>> {
        let renewal = i64::try_from(self.renewal.as_secs()).unwrap_or(i64::MAX);
        let end = now.as_second().saturating_add(renewal).min(session.expires_at.as_second());
        let claims = Claims { sid: session.id.clone(), iat: now.as_second(), exp: end };
        let value = encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).map_err(|error| {
            tracing::error!(%error, "signing a session failed");
            ApiError::new(Code::Internal, "the session could not be signed")
        })?;
        Ok(self.cookie(value, CookieAge::seconds(end - now.as_second())))
    }

    /// The cookie that makes the browser forget.
    #[must_use]
    pub fn removal(&self) -> Cookie<'static> {
        self.cookie(String::new(), CookieAge::ZERO)
    }

    fn cookie(&self, value: String, age: CookieAge) -> Cookie<'static> {
        Cookie::build(COOKIE, value)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(self.https)
            .max_age(age)
            .finish()
    }

    /// What a cookie says, if it was signed here and has not ended.
    pub(super) fn read(&self, value: &str, now: Timestamp) -> Option<Claims> {
        let mut rules = Validation::new(Algorithm::HS256);
        // Checked below, by the clock that is passed in.
        rules.validate_exp = false;
        rules.required_spec_claims.clear();
        let claims = decode::<Claims>(value, &self.decoding, &rules).ok()?.claims;
        (claims.exp > now.as_second()).then_some(claims)
    }

    /// Whether more than half of the cookie's life is over.
    pub(super) fn wants_renewal(claims: &Claims, now: Timestamp) -> bool {
        now.as_second() - claims.iat > (claims.exp - claims.iat) / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_cookie_lives_for_its_time_and_is_ours() {
        let key = CookieKey::new("secret", true, Duration::from_secs(100));
        let session = Session { id: "s".into(), expires_at: at(10_000) };
        let cookie = key.issue(&session, at(1000)).unwrap();
        assert!(cookie.http_only().unwrap() && cookie.secure().unwrap());
        let claims = key.read(cookie.value(), at(1099)).unwrap();
        assert_eq!(claims.sid, "s");
        assert!(CookieKey::wants_renewal(&claims, at(1051)) && !CookieKey::wants_renewal(&claims, at(1050)));
        assert_eq!(key.read(cookie.value(), at(1100)), None);
        let other = CookieKey::new("other", true, Duration::from_secs(100));
        assert_eq!(other.read(cookie.value(), at(1001)), None);
    }

    #[test]
    fn no_cookie_outlives_its_session() {
        let key = CookieKey::new("secret", false, Duration::from_secs(100));
        let session = Session { id: "s".into(), expires_at: at(1010) };
        let cookie = key.issue(&session, at(1000)).unwrap();
        assert_eq!(key.read(cookie.value(), at(1010)), None);
    }
}
