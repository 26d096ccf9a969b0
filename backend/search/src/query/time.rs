//! `modified:2024-05..2024-06`.

use std::ops::Bound::{self, Excluded, Included, Unbounded};

use jiff::{Span, Timestamp, ToSpan, ZonedDateTime, civil::Date};

const RIGHT: &str = "right is modified:2024, modified:2024-05-03, modified:2024-05..2024-06, modified:>2024-05, \
                     modified:today or modified:7d";

/// From its first to its last second.
#[derive(Debug, Clone, Copy)]
struct Moment {
    first: i64,
    last: i64,
    /// Whether it is so long ago; alone, it means since then.
    ago: bool,
}

/// The seconds between which a moment must be.
///
/// # Errors
/// What would be right.
pub(super) fn range(value: &str, now: &ZonedDateTime) -> Result<(Bound<i64>, Bound<i64>), String> {
    let value = value.to_ascii_lowercase();
    let moment = |text: &str| moment(text.trim(), now).ok_or_else(|| format!("{text:?} is no date; {RIGHT}"));
    if let Some((from, to)) = value.split_once("..") {
        let from = if from.trim().is_empty() { None } else { Some(moment(from)?.first) };
        let to = if to.trim().is_empty() { None } else { Some(moment(to)?.last) };
        return match (from, to) {
            (None, None) => Err(format!("no date; {RIGHT}")),
            (Some(from), Some(to)) if from > to => Err(format!("the range ends before it begins; {RIGHT}")),
            _ => Ok((from.map_or(Unbounded, Included), to.map_or(Unbounded, Included))),
        };
    }
    if let Some(from) = value.strip_prefix(">=") {
        return Ok((Included(moment(from)?.first), Unbounded));
    }
    if let Some(to) = value.strip_prefix("<=") {
        return Ok((Unbounded, Included(moment(to)?.last)));
    }
    if let Some(after) = value.strip_prefix('>') {
        return Ok((Excluded(moment(after)?.last), Unbounded));
    }
    if let Some(before) = value.strip_prefix('<') {
        return Ok((Unbounded, Excluded(moment(before)?.first)));
    }
    let moment = moment(value.strip_prefix('=').unwrap_or(&value))?;
    Ok((Included(moment.first), if moment.ago { Unbounded } else { Included(moment.last) }))
}

fn moment(text: &str, now: &ZonedDateTime) -> Option<Moment> {
    match text {
        "today" => calendar(now.date(), (0, 0, 0), 1.day(), now),
        "yesterday" => calendar(now.date().yesterday().ok()?, (0, 0, 0), 1.day(), now),
        _ => ago(text, now).or_else(|| exact(text)).or_else(|| date(text, now)),
    }
}

/// `7d`.
fn ago(text: &str, now: &ZonedDateTime) -> Option<Moment> {
    let unit = text.chars().next_back()?;
    let number: i64 = text.strip_suffix(unit).and_then(digits)?;
    let span = Span::new();
    let span = match unit {
        'h' => span.try_hours(number),
        'd' => span.try_days(number),
        'w' => span.try_weeks(number),
        'm' => span.try_months(number),
        'y' => span.try_years(number),
        _ => return None,
    };
    let at = now.checked_sub(span.ok()?).ok()?.timestamp().as_second();
    Some(Moment { first: at, last: at, ago: true })
}

/// `2024-05-03T14:05:00Z`, in whichever zone it says.
fn exact(text: &str) -> Option<Moment> {
    let at = text.to_ascii_uppercase().parse::<Timestamp>().ok()?.as_second();
    Some(Moment { first: at, last: at, ago: false })
}

/// `2024`, `2024-05`, `2024-05-03`, `2024-05-03 14:05`.
fn date(text: &str, now: &ZonedDateTime) -> Option<Moment> {
    let (date, time) = text.split_once(['t', ' ']).map_or((text, None), |(date, time)| (date, Some(time)));
    let parts: Vec<&str> = date.split('-').collect();
    if parts[0].len() != 4 || parts[1..].iter().any(|part| part.len() > 2) {
        return None;
    }
    let (day, long) = match parts[..] {
        [year] => (Date::new(digits(year)?, 1, 1), 1.year()),
        [year, month] => (Date::new(digits(year)?, digits(month)?, 1), 1.month()),
        [year, month, day] => (Date::new(digits(year)?, digits(month)?, digits(day)?), 1.day()),
        _ => return None,
    };
    let Some(time) = time else {
        return calendar(day.ok()?, (0, 0, 0), long, now);
    };
    let clock: Vec<&str> = time.trim().split(':').collect();
    if parts.len() != 3 || clock.iter().any(|part| part.len() > 2) {
        return None;
    }
    let (clock, long) = match clock[..] {
        [hour] => ((digits(hour)?, 0, 0), 1.hour()),
        [hour, minute] => ((digits(hour)?, digits(minute)?, 0), 1.minute()),
        [hour, minute, second] => ((digits(hour)?, digits(minute)?, digits(second)?), 1.second()),
        _ => return None,
    };
    calendar(day.ok()?, clock, long, now)
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// From a moment on the wall's clock up to the last second of its unit.
fn calendar(
    day: Date,
    (hour, minute, second): (i8, i8, i8),
    long: Span,
    now: &ZonedDateTime,
) -> Option<Moment> {
    let begin = jiff::civil::Time::new(hour, minute, second, 0).ok()?;
    let begin = day.to_datetime(begin);
    let end = begin.checked_add(long).ok()?;
    let at = |moment| Some(now.time_zone().to_timestamp(moment).ok()?.as_second());
    let first = at(begin)?;
    // An hour that the clock leaves out begins after it ends.
    Some(Moment { first, last: (at(end)? - 1).max(first), ago: false })
}

/// So that it is understood as the same everywhere.
pub(super) fn print(second: i64) -> String {
    let nearest = second.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(nearest).unwrap_or_default().to_string()
}
