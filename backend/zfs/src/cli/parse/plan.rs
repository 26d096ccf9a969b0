//! What a destruction would free.

use super::{Malformed, Parsed};

/// `zfs destroy -nvp SNAPSHOT`: lines `destroy<TAB>NAME` and last `reclaim<TAB>BYTES`. A snapshot with clones has no
/// such last line: nothing would be freed.
pub(crate) fn reclaims(text: &str) -> Parsed<Option<u64>> {
    let mut found = None;
    for line in text.lines() {
        match line.split_once('\t') {
            Some(("destroy", _)) => {}
            Some(("reclaim", bytes)) => {
                let bad = |error| Malformed(format!("reclaim is {bytes:?}: {error}"));
                found = Some(bytes.parse().map_err(bad)?);
            }
            _ => return Err(Malformed(format!("expected destroy or reclaim, found {line:?}"))),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_or_none() {
        assert_eq!(reclaims("destroy\ttank/home@tuesday\nreclaim\t73728\n"), Ok(Some(73_728)));
        assert_eq!(reclaims("destroy\ttank/media@base\n"), Ok(None));
    }

    #[test]
    fn malformed() {
        assert!(reclaims("reclaim\t1.2M\n").is_err());
        assert!(reclaims("would destroy tank@a\n").is_err());
    }
}
