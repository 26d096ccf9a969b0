//! Property names, checked before they stand in front of a `=` on a command line.

use crate::{Result, ZfsError};

/// Longest property name ZFS takes, bytes.
const MAX_LEN: usize = 256;

/// Refuses what could not be a property's name, native or the user's own (`module:name`).
pub(crate) fn check_property_name(name: &str) -> Result<()> {
    let allowed =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, ':' | '-' | '_' | '.' | '@');
    let fine =
        !name.is_empty() && name.len() <= MAX_LEN && !name.starts_with('-') && name.chars().all(allowed);
    if fine {
        return Ok(());
    }
    let detail = format!("{name:?} is no property's name: small letters, digits and : - _ . make one");
    Err(ZfsError::Failed { verb: "zfs set", detail })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_be_something_else() {
        for good in ["snapdir", "org.nasman:keep-1", "userquota@ann"] {
            assert!(check_property_name(good).is_ok(), "{good}");
        }
        for bad in ["", "-o", "a=b", "Snapdir", "a b", "a\n", &"a".repeat(257)] {
            assert!(check_property_name(bad).is_err(), "{bad:?}");
        }
    }
}
