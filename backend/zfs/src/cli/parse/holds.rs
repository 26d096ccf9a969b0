//! Holds of a snapshot.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::{Malformed, Parsed, rows};
use crate::Hold;

/// `zfs holds -Hp SNAPSHOT`, whose times are seconds since 1970; or, before 2.2, `zfs holds -H SNAPSHOT`, whose times
/// are text of the C locale. A tag that NASMan could not have set, and could not name to release it, is listed by the
/// snapshot's count of holds alone.
pub(crate) fn holds(text: &str) -> Parsed<Vec<Hold>> {
    let mut holds = Vec::new();
    for row in rows(text, &["name", "tag", "placed"])? {
        let placed = placed(row.text("placed")?)?;
        let tag = row.text("tag")?;
        match tag.parse() {
            Ok(tag) => holds.push(Hold { tag, placed }),
            Err(error) => tracing::warn!(tag, %error, "a hold was passed over"),
        }
    }
    Ok(holds)
}

fn placed(text: &str) -> Parsed<Timestamp> {
    let malformed = |error: jiff::Error| Malformed(format!("a hold's time is {text:?}: {error}"));
    if let Ok(seconds) = text.parse() {
        return Timestamp::from_second(seconds).map_err(malformed);
    }
    let moment = DateTime::strptime("%a %b %e %H:%M %Y", text).map_err(malformed)?;
    TimeZone::UTC.to_timestamp(moment).map_err(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_number_and_as_text() {
        let new = holds("tank@a\tother tag\t1795454760\n").unwrap();
        assert_eq!(new[0].tag.as_str(), "other tag");
        assert_eq!(new, holds("tank@a\tother tag\tMon Nov 23 17:26 2026\n").unwrap());
    }

    #[test]
    fn as_real_ones_tell_them() {
        for capture in ["2.1/zfs-holds-text", "2.3/zfs-holds"] {
            let path = format!("{}/tests/fixtures/{capture}.out", env!("CARGO_MANIFEST_DIR"));
            let holds = holds(&std::fs::read_to_string(path).unwrap()).unwrap();
            let mut tags: Vec<_> = holds.iter().map(|hold| hold.tag.as_str()).collect();
            tags.sort_unstable();
            assert_eq!(tags, ["keep", "other tag"], "{capture}");
        }
    }

    #[test]
    fn malformed() {
        assert!(holds("tank@a\tkeep\n").is_err());
        assert!(holds("tank@a\tkeep\tyesterday\n").is_err());
        assert_eq!(holds("").unwrap(), []);
        assert_eq!(holds("tank@a\tw\u{e4}g\t1\n").unwrap(), []);
    }
}
