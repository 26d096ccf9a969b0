//! Who looked at what and changed what.

use actix_web::{get, web};
use jiff::Timestamp;
use nasman_catalog::{Audit, AuditFilter};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    audit::Action,
    auth::Admin,
    http::{
        error::{ApiError, ApiResult, Code, Problem},
        page::{Page, bad_cursor, checked_limit},
        query::{Query, number},
    },
};

/// Longest text to look for, in bytes.
const MOST_TEXT: usize = 500;

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its number; later ones are greater.
    id: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who, by the name at that time; empty where a sign-in failed under a name that nobody has.
    user: String,
    /// The user's number; null likewise.
    user_id: Option<i64>,
    /// How they proved it: `session`, `token`, or `none` before signing in.
    via: &'static str,
    /// Which token.
    token: Option<i64>,
    /// What was done, as [`Action`] tells.
    #[schema(value_type = Action)]
    action: String,
    /// In which dataset.
    dataset: Option<String>,
    /// To which path, percent-encoded; the first one of several.
    path: Option<String>,
    /// As of which snapshot; null: live.
    snapshot: Option<String>,
    /// Into which dataset.
    to_dataset: Option<String>,
    /// Into which folder, percent-encoded; null: to where each was.
    to_path: Option<String>,
    /// The job that did it.
    job: Option<String>,
    /// By which request; finds it in the server's log.
    request_id: String,
    /// `done`, `failed`; of a job `started` until it ends, or `canceled`.
    outcome: String,
    /// More, for people.
    detail: Option<String>,
}

impl From<Audit> for AuditEntry {
    fn from(entry: Audit) -> Self {
        let via = match entry.token_id {
            Some(_) => "token",
            None if entry.action == Action::SignInFailed.as_str() => "none",
            None => "session",
        };
        Self {
            id: entry.id,
            at: entry.at,
            user: entry.user_name,
            user_id: entry.user_id,
            via,
            token: entry.token_id,
            action: entry.action,
            dataset: entry.dataset,
            path: entry.path,
            snapshot: entry.snapshot,
            to_dataset: entry.to_dataset,
            to_path: entry.to_path,
            job: entry.job,
            request_id: entry.request_id,
            outcome: entry.outcome,
            detail: entry.detail,
        }
    }
}

/// Which entries, and which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Of the user of this name, also one that was removed.
    #[serde(default)]
    user: Option<String>,
    /// Of this kind.
    #[serde(default)]
    #[param(inline)]
    action: Option<Action>,
    /// From or into this dataset.
    #[serde(default)]
    dataset: Option<String>,
    /// With all of these words in a path, name, detail or id, whatever the case of their letters.
    #[serde(default)]
    q: Option<String>,
    /// At or after this time.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before this time.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Items in the page, 1 to 1000.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// The last page's `next`.
    #[serde(default)]
    cursor: Option<String>,
}

/// Lists who looked at what and changed what. Entries are kept for 365 days.
#[utoipa::path(tag = "audit", params(AuditQuery), responses(
    (status = 200, description = "A page, newest first", body = Page<AuditEntry>),
    (status = 400, description = "`invalid_request`", body = Problem),
))]
#[get("/audit")]
pub async fn list_audit(
    app: web::Data<App>,
    _user: Admin,
    query: Query<AuditQuery>,
) -> ApiResult<web::Json<Page<AuditEntry>>> {
    let AuditQuery { user, action, dataset, q, from, to, limit, cursor } = query.0;
    let limit = checked_limit(limit)?;
    if q.as_ref().is_some_and(|text| text.len() > MOST_TEXT) {
        return Err(ApiError::field(Code::InvalidRequest, "q", format!("takes at most {MOST_TEXT} bytes")));
    }
    let filter = AuditFilter {
        user,
        action: action.map(|action| action.as_str().to_owned()),
        dataset,
        text: q,
        from,
        until: to,
        before: cursor.map(|cursor| cursor.parse()).transpose().map_err(|_| bad_cursor())?,
    };
    // One more than asked for tells whether there is a next page.
    let mut entries = app.catalog(move |catalog| catalog.audit(&filter, limit + 1)).await?;
    let more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let next = entries.last().filter(|_| more).map(|entry| entry.id.to_string());
    Ok(web::Json(Page { items: entries.into_iter().map(Into::into).collect(), next }))
}
