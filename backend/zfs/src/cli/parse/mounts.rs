//! Where filesystems are mounted.

use std::{
    ffi::OsString,
    os::unix::ffi::OsStringExt as _,
    path::{Path, PathBuf},
};

use super::{Malformed, Parsed};

/// A ZFS mount of a whole dataset or snapshot, as this process sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    /// Dataset (`tank/home`) or snapshot (`tank/home@monday`).
    pub(crate) source: String,
    /// Where.
    pub(crate) point: PathBuf,
    /// The device number, as `stat` tells it of everything beneath: major, minor.
    pub(crate) device: (u32, u32),
    /// Whether it came here from another mount namespace, which keeps it when it is unmounted here.
    pub(crate) follows: bool,
}

/// `/proc/self/mountinfo` (proc(5)): fields split by a space, `-` ends the optional ones. Bytes that would break a line
/// are `\ooo`. Oldest mounts first. Left out: other filesystems, and binds of a folder within.
pub(crate) fn mounts(text: &[u8]) -> Parsed<Vec<Mount>> {
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.filter_map(|line| mount(line).transpose()).collect()
}

fn mount(line: &[u8]) -> Parsed<Option<Mount>> {
    let malformed = || Malformed(format!("a mount is {:?}", String::from_utf8_lossy(line)));
    let mut fields = line.split(|byte| *byte == b' ').skip(2);
    let mut field = || fields.next().ok_or_else(malformed);
    let (device, root, point) = (field()?, field()?, field()?);
    // The mount's options.
    field()?;
    let mut follows = false;
    loop {
        match field()? {
            b"-" => break,
            option => follows |= option.starts_with(b"master:"),
        }
    }
    let (kind, source) = (field()?, field()?);
    if kind != b"zfs" || root != b"/" {
        return Ok(None);
    }
    let device = std::str::from_utf8(device).ok().and_then(|text| text.split_once(':'));
    let device = device.and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    Ok(Some(Mount {
        source: String::from_utf8_lossy(&unescape(source)).into_owned(),
        point: Path::new(&OsString::from_vec(unescape(point))).to_owned(),
        device: device.ok_or_else(malformed)?,
        follows,
    }))
}

/// `\040` is a space, and so on; anything else stands for itself.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        let octal = after.get(..3).filter(|_| first == b'\\');
        let code = octal.and_then(|octal| u8::from_str_radix(std::str::from_utf8(octal).ok()?, 8).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    use super::*;

    #[test]
    fn those_of_a_real_machine() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/2.3/mountinfo.out");
        let mounts = mounts(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(mounts.len(), 9);
        let spaced = mounts.iter().find(|mount| mount.source == "tank/with space").unwrap();
        assert_eq!((spaced.point.as_path(), spaced.device), (Path::new("/tank/with space"), (0, 49)));
    }

    #[test]
    fn bytes_are_kept() {
        let line = b"49 25 0:45 / /srv/caf\xe9\\012\\134040 rw - zfs tank rw,xattr\n";
        let point = mounts(line).unwrap().remove(0).point;
        assert_eq!(point.as_os_str(), OsStr::from_bytes(b"/srv/caf\xe9\n\\040"));
    }

    #[test]
    fn only_whole_datasets() {
        let bind = b"49 25 0:45 /photos /srv/photos rw shared:1 master:2 - zfs tank rw\n";
        assert_eq!(mounts(bind).unwrap(), []);
        let snapshot = b"50 25 0:60 / /mnt ro - zfs tank/a@b ro\n";
        assert_eq!(mounts(snapshot).unwrap()[0].source, "tank/a@b");
    }

    #[test]
    fn whether_it_came_from_elsewhere() {
        let follows = |options: &str| {
            let line = format!("50 25 0:60 / /mnt ro{options} - zfs tank/a@b ro\n");
            mounts(line.as_bytes()).unwrap()[0].follows
        };
        assert!(
            !follows("") && !follows(" shared:7") && follows(" master:7") && follows(" shared:9 master:7")
        );
    }

    #[test]
    fn malformed() {
        for line in [
            "x",
            "49 25 0:45 / /tank rw",
            "49 25 0:45 / /tank rw - zfs",
            "49 25 045 / /tank rw - zfs tank rw",
        ] {
            assert!(mounts(line.as_bytes()).is_err(), "{line}");
        }
        assert_eq!(unescape(b"a\\04"), b"a\\04");
        assert_eq!(unescape(b"\\777"), b"\\777");
    }
}
