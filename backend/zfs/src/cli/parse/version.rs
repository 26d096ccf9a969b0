//! Which ZFS it is.

use super::{Malformed, Parsed};
use crate::Version;

/// `zfs version`: a line `zfs-…` for the commands, a line `zfs-kmod-…` for the module where it is loaded.
pub(crate) fn version(text: &str) -> Parsed<Version> {
    let (mut userland, mut kernel) = (None, None);
    for line in text.lines() {
        if let Some(version) = line.strip_prefix("zfs-kmod-") {
            kernel = Some(version.to_owned());
        } else if let Some(version) = line.strip_prefix("zfs-") {
            userland = Some(version.to_owned());
        }
    }
    let userland = userland.ok_or_else(|| Malformed(format!("expected zfs-…, found {text:?}")))?;
    Ok(Version { userland, kernel })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lines() {
        let found = version("zfs-2.3.9-0+deb13u1\nzfs-kmod-2.3.4-1\n").unwrap();
        assert_eq!((found.userland.as_str(), found.kernel.as_deref()), ("2.3.9-0+deb13u1", Some("2.3.4-1")));
        assert_eq!(version("zfs-2.1.11-1\n").unwrap().kernel, None);
        assert!(version("").is_err());
    }
}
