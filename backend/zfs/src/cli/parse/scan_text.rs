//! The scrub or resilver in `zpool status`'s text.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::{Malformed, Parsed};
use crate::{Scan, ScanKind, ScanState};

/// What follows `scan:` in `zpool status -p` with `TZ=UTC` and the C locale, such as
/// `scrub repaired 0B in 00:00:00 with 0 errors on Mon Nov 23 17:26:14 2026`.
pub(crate) fn scans(text: &str) -> Parsed<Option<Scan>> {
    let line = text.lines().next().unwrap_or_default().trim();
    let kind = match line.split_whitespace().next() {
        Some("scrub" | "error") => ScanKind::Scrub,
        Some("resilver" | "resilvered" | "rebuild") => ScanKind::Resilver,
        _ => return Ok(None),
    };
    let scan = |state, started, ended, errors, percent| {
        Ok(Some(Scan { kind, state, started, ended, errors, percent }))
    };
    if let Some((_, since)) = line.split_once(" in progress since ") {
        return scan(ScanState::Scanning, Some(moment(since)?), None, 0, percent(text)?);
    }
    if line.contains(" paused since ") {
        let started = text.lines().find_map(|line| line.trim().split_once(" started on "));
        let started = started.map(|(_, started)| moment(started)).transpose()?;
        return scan(ScanState::Scanning, started, None, 0, percent(text)?);
    }
    if let Some((_, on)) = line.split_once(" canceled on ") {
        return scan(ScanState::Canceled, None, Some(moment(on)?), 0, None);
    }
    let finished = line.split_once(" with ").and_then(|(_, rest)| rest.split_once(" errors on "));
    match finished {
        Some((errors, on)) => {
            let errors = errors.parse().map_err(|_| Malformed(format!("a scan's errors are {errors:?}")))?;
            scan(ScanState::Finished, None, Some(moment(on)?), errors, None)
        }
        None => Err(Malformed(format!("a scan is {line:?}"))),
    }
}

fn moment(text: &str) -> Parsed<Timestamp> {
    let malformed = |error: jiff::Error| Malformed(format!("a scan's time is {text:?}: {error}"));
    let moment = DateTime::strptime("%a %b %e %H:%M:%S %Y", text.trim()).map_err(malformed)?;
    TimeZone::UTC.to_timestamp(moment).map_err(malformed)
}

/// `…, 35.29% done, …`
fn percent(text: &str) -> Parsed<Option<u8>> {
    let Some((before, _)) = text.split_once("% done") else { return Ok(None) };
    let number = before.rsplit(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap_or_default();
    let whole = number.split('.').next().unwrap_or_default();
    whole.parse().map(Some).map_err(|_| Malformed(format!("a scan's progress is {number:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn finished() {
        let scan =
            scans(" scrub repaired 1.2M in 1 days 02:03:04 with 7 errors on Sun Jul  5 01:02:03 2026\n");
        let scan = scan.unwrap().unwrap();
        assert_eq!((scan.kind, scan.state, scan.errors), (ScanKind::Scrub, ScanState::Finished, 7));
        assert_eq!(scan.ended, at("2026-07-05T01:02:03Z"));
    }

    #[test]
    fn running() {
        let text = " resilver in progress since Mon Nov 23 17:26:18 2026\n\t1.41T / 3.99T scanned at 1.2G/s\n\
                    \t98.8G resilvered, 35.29% done, 01:02:03 to go\n";
        let scan = scans(text).unwrap().unwrap();
        assert_eq!(
            (scan.kind, scan.state, scan.percent),
            (ScanKind::Resilver, ScanState::Scanning, Some(35))
        );
        assert_eq!(scan.started, at("2026-11-23T17:26:18Z"));
    }

    #[test]
    fn none_yet() {
        assert_eq!(scans(" none requested\n"), Ok(None));
    }

    #[test]
    fn malformed() {
        for bad in [
            "scrub whatever",
            "scrub in progress since yesterday",
            "scrub canceled on 2026-07-05",
            "scrub repaired 0B in 00:00:00 with some errors on Mon Nov 23 17:26:14 2026",
        ] {
            assert!(scans(bad).is_err(), "{bad}");
        }
    }
}
