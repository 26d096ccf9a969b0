//! Days and hours of the story, in UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Seconds of an hour.
pub const HOUR: i64 = 3600;
/// Seconds of a day.
pub const DAY: i64 = 24 * HOUR;

fn civil(at: i64) -> DateTime {
    TimeZone::UTC.to_datetime(Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// Midnight at the start of the day that holds `at`.
#[must_use]
pub fn midnight(at: i64) -> i64 {
    at - at.rem_euclid(DAY)
}

/// Seconds since 1970 of a calendar day's midnight; 0 for a day that no calendar has.
#[must_use]
pub fn on(year: i16, month: i8, day: i8) -> i64 {
    jiff::civil::Date::new(year, month, day)
        .and_then(|date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)))
        .map_or(0, Timestamp::as_second)
}

/// `at` written by a `strftime` pattern.
#[must_use]
pub fn format(at: i64, pattern: &str) -> String {
    civil(at).strftime(pattern).to_string()
}

/// The name of the day's snapshot, `daily-2026-11-02`.
#[must_use]
pub fn daily(at: i64) -> String {
    format(at, "daily-%Y-%m-%d")
}

/// The name of the hour's snapshot, `hourly-2026-11-02-1700`.
#[must_use]
pub fn hourly(at: i64) -> String {
    format(at, "hourly-%Y-%m-%d-%H00")
}
