//! Times as the database has them: milliseconds since 1970.

use jiff::Timestamp;

/// What a row's number means. A number outside the calendar (a damaged row) becomes the epoch.
pub(crate) fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What a row stores.
pub(crate) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}
