use jiff::{Timestamp, ZonedDateTime, tz::TimeZone};

use super::{Condition, Parsed, parse};

mod filters;
mod found;
mod pasted;
mod plain;
mod printed;

/// In Berlin, Monday 4 May 2026, 10:30.
fn now() -> ZonedDateTime {
    let zone = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    at("2026-05-04T08:30:00Z").to_zoned_datetime(zone)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn read(text: &str) -> Parsed {
    parse(text, &now())
}

/// The only condition of a text that has no problems.
#[track_caller]
fn only(text: &str) -> Condition {
    let parsed = read(text);
    assert_eq!(parsed.problems, [], "{text}");
    let [clause] = &parsed.query.clauses[..] else { panic!("{text}: {:?}", parsed.query) };
    assert!(!clause.negated, "{text}");
    assert_eq!(clause.span, 0..text.len(), "{text}");
    clause.condition.clone()
}

/// What the one problem of a text is about, and what it says.
#[track_caller]
fn refused(text: &str) -> (String, String) {
    let parsed = read(text);
    let [problem] = &parsed.problems[..] else { panic!("{text}: {parsed:?}") };
    assert!(problem.fatal, "{text}");
    assert_eq!(parsed.fatal(), Some(problem));
    (text[problem.span.clone()].to_owned(), problem.detail.clone())
}

/// The same where it is only a hint.
#[track_caller]
fn noted(text: &str) -> (String, String) {
    let parsed = read(text);
    let [problem] = &parsed.problems[..] else { panic!("{text}: {parsed:?}") };
    assert!(!problem.fatal, "{text}");
    assert_eq!(parsed.fatal(), None);
    (text[problem.span.clone()].to_owned(), problem.detail.clone())
}

fn words(all: &[&str], prefix: bool) -> Condition {
    Condition::Words { words: all.iter().map(ToString::to_string).collect(), prefix }
}

fn phrase(all: &[&str]) -> Condition {
    Condition::Phrase(all.iter().map(ToString::to_string).collect())
}

/// All conditions as they are printed.
fn printed(text: &str) -> Vec<String> {
    read(text).query.clauses.iter().map(ToString::to_string).collect()
}
