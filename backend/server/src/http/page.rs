//! Lists: `{items, next}` with seek cursors.

use serde::Serialize;
use utoipa::ToSchema;

use super::error::{ApiError, ApiResult, Code};

/// Items in a page when the client does not say.
pub const DEFAULT_LIMIT: u32 = 100;
/// Most items in a page.
pub const MAX_LIMIT: u32 = 1000;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// This page's items.
    pub items: Vec<T>,
    /// Give it as `cursor` to get the next page; null on the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A list that is short by nature.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// # Errors
/// When the limit is 0 or more than a page may hold.
pub fn checked_limit(limit: Option<u32>) -> ApiResult<u32> {
    limit_within(limit, DEFAULT_LIMIT, MAX_LIMIT)
}

/// A limit where pages are of another size than those of plain lists.
///
/// # Errors
/// When it is 0 or more than `most`.
pub fn limit_within(limit: Option<u32>, default: u32, most: u32) -> ApiResult<u32> {
    let limit = limit.unwrap_or(default);
    if (1..=most).contains(&limit) {
        return Ok(limit);
    }
    Err(ApiError::field(Code::InvalidRequest, "limit", format!("{limit} is not between 1 and {most}")))
}

/// The refusal of a cursor that this list never gave.
#[must_use]
pub fn bad_cursor() -> ApiError {
    ApiError::field(Code::InvalidRequest, "cursor", "this list gave no such cursor; begin without one")
}
