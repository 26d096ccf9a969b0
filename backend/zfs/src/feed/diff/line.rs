//! What `zfs diff -FHt` prints, line by line.
//!
//! A line is tab-separated: time, change, type, path, and for renames the new path, for new or lost hard links their
//! number. Without `-h` every byte of a path that could be mistaken is printed as a backslash and four octal digits,
//! so nothing is lost and no tab or new line is part of a name.

use nasman_core::{PathError, RelPath};

/// What stands for the path of a file that was deleted while it was open.
const DELETED: &[u8] = b"(on_delete_queue)";

/// Why a line is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LineError {
    #[error("it has no {0}")]
    Missing(&'static str),
    #[error("the change '{0}' is unknown")]
    Change(String),
    #[error("a path has a backslash and no four octal digits after it")]
    Escape,
    #[error("a path is not beneath the dataset's mountpoint")]
    Elsewhere,
    #[error("a path can't be one: {0}")]
    Path(#[from] PathError),
}

/// The path in the later snapshot at which something may have changed; absent where a line tells only that something
/// is gone. The line comes without its end; `mountpoint` is the dataset's.
pub(super) fn parse(line: &[u8], mountpoint: &[u8]) -> Result<Option<RelPath>, LineError> {
    let mut fields = line.split(|&byte| byte == b'\t');
    let mut field = |what| fields.next().ok_or(LineError::Missing(what));
    field("time")?;
    let change = field("change")?;
    field("type")?;
    let path = field("path")?;
    let path = match change {
        b"-" => return Ok(None),
        b"+" | b"M" => path,
        b"R" => field("new path")?,
        other => return Err(LineError::Change(String::from_utf8_lossy(other).into_owned())),
    };
    let path = unescape(path)?;
    let path = path.strip_prefix(mountpoint.strip_suffix(b"/").unwrap_or(mountpoint));
    match path.ok_or(LineError::Elsewhere)? {
        DELETED => Ok(None),
        path if path.is_empty() || path.starts_with(b"/") => Ok(Some(RelPath::from_bytes(path)?)),
        _ => Err(LineError::Elsewhere),
    }
}

fn unescape(text: &[u8]) -> Result<Vec<u8>, LineError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'\\' {
            bytes.push(byte);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(4).ok_or(LineError::Escape)?;
        let value = digits.iter().try_fold(0_u16, |value, digit| match digit {
            b'0'..=b'7' => Some(value * 8 + u16::from(digit - b'0')),
            _ => None,
        });
        bytes.push(value.and_then(|value| value.try_into().ok()).ok_or(LineError::Escape)?);
        rest = after;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDED: [&[u8]; 2] = [
        include_bytes!("../../../tests/fixtures/2.3/zfs-diff.out"),
        include_bytes!("../../../tests/fixtures/2.1/zfs-diff.out"),
    ];

    fn changed(path: &[u8]) -> Option<RelPath> {
        Some(RelPath::from_bytes(path).unwrap())
    }

    #[test]
    fn reads_what_was_recorded() {
        for recorded in RECORDED {
            let lines = recorded.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
            let mut read: Vec<_> = lines.map(|line| parse(line, b"/tank/home").unwrap()).collect();
            read.sort();
            let wanted = [None, changed(b""), changed(b"renamed.txt")];
            assert_eq!(read[..3], wanted);
            assert_eq!(read[3], changed(b"with tab\tnewline\nbackslash\\ and gr\xc3\xbcn"));
        }
    }

    #[test]
    fn reads_links_and_the_delete_queue() {
        let parse = |line: &[u8]| parse(line, b"/a b/");
        assert_eq!(parse(b"1.0\tM\tF\t/a\\0040b/f\t(+1)").unwrap(), changed(b"f"));
        assert_eq!(parse(b"1.0\tM\tF\t/a\\0040b(on_delete_queue)\t(-1)").unwrap(), None);
        assert_eq!(parse(b"1.0\tR\t/\t/a\\0040b/x\t/a\\0040b/y/z").unwrap(), changed(b"y/z"));
        assert_eq!(super::parse(b"1.0\t+\t@\t/link", b"/").unwrap(), changed(b"link"));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        let parse = |line: &[u8]| parse(line, b"/t").unwrap_err();
        assert_eq!(parse(b"1.0\tM\tF"), LineError::Missing("path"));
        assert_eq!(parse(b"1.0\tR\tF\t/t/a"), LineError::Missing("new path"));
        assert_eq!(parse(b"1.0\tX\tF\t/t/a"), LineError::Change("X".into()));
        assert_eq!(parse(b"1.0\tM\tF\t/u/a"), LineError::Elsewhere);
        assert_eq!(parse(b"1.0\tM\tF\t/tail"), LineError::Elsewhere);
        assert_eq!(parse(b"1.0\tM\tF\t/t/a\\040"), LineError::Escape);
        assert_eq!(parse(b"1.0\tM\tF\t/t/a\\0777"), LineError::Escape);
        assert_eq!(parse(b"1.0\tM\tF\t/t/../a"), LineError::Path(PathError::Dots));
    }
}
