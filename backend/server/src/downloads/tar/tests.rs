use std::collections::BTreeMap;

use ::tar::Archive as Reader;

use super::*;
use crate::downloads::testing::{Broken, collect, file};

const MEGABYTE: u64 = 1 << 20;

type Entries = BTreeMap<Vec<u8>, (u64, Vec<u8>)>;

/// Mode and content by path, read back.
fn archive(fill: impl FnOnce(&mut Tar<'_>) + Send) -> Entries {
    let owners = Owners::default();
    let bytes = collect(Vec::new(), |sink| {
        let mut tar = Tar::new(sink, &owners).unwrap();
        fill(&mut tar);
        Box::new(tar).finish().unwrap();
    });
    let mut reader = Reader::new(zstd::Decoder::new(&bytes[..]).unwrap());
    let entries = reader.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.path_bytes().into_owned(), (entry.header().uid().unwrap(), content))
    });
    entries.collect()
}

fn add(tar: &mut Tar<'_>, name: &str, size: u64, reader: &mut dyn Read) -> Added {
    tar.add(name.as_bytes(), &file(size), What::File(reader)).unwrap()
}

#[test]
fn an_entry_has_the_length_it_said_whatever_is_read() {
    let long = vec![b'x'; 5 * MEGABYTE as usize];
    let entries = archive(|tar| {
        assert!(matches!(add(tar, "at once", 9, &mut Broken(3)), Added::LeftOut(_)));
        let later = add(tar, "later", 9 * MEGABYTE, &mut Broken(3 * MEGABYTE));
        assert!(matches!(later, Added::Cut(n, _) if n == 3 * MEGABYTE));
        assert!(matches!(add(tar, "short", 9, &mut &b"123"[..]), Added::Shrunk(3)));
        assert!(
            matches!(add(tar, "shorter", 9 * MEGABYTE, &mut &long[..]), Added::Shrunk(n) if n == 5 * MEGABYTE)
        );
        assert!(matches!(add(tar, "grown", 3, &mut &b"12345"[..]), Added::Grew));
        assert!(matches!(add(tar, "longer", 4 * MEGABYTE, &mut &long[..]), Added::Grew));
        assert!(matches!(add(tar, "good", 2, &mut &b"ok"[..]), Added::Whole));
    });
    let content = |name: &str| &entries[name.as_bytes()].1;
    assert_eq!(entries.len(), 6);
    let (read, zeros) = content("later").split_at(3 << 20);
    assert!(read.iter().all(|byte| *byte == b'x') && zeros.iter().all(|byte| *byte == 0));
    assert_eq!(zeros.len(), 6 << 20);
    assert_eq!((&content("short")[..], content("shorter").len()), (&b"123"[..], 9 << 20));
    assert_eq!((&content("grown")[..], content("longer").len()), (&b"123"[..], 4 << 20));
    assert_eq!(content("good"), b"ok");
}

#[test]
fn numbers_and_names_beyond_the_header_are_told_beside_it() {
    let long = [vec![b'd'; 255], vec![0xE9; 255]].join(&b'/');
    let stat = Stat { uid: u32::MAX - 1, gid: 3_000_000, ..file(0) };
    let entries = archive(|tar| {
        tar.add(&long, &stat, What::Folder).unwrap();
        tar.add(b"link", &stat, What::Symlink(&long)).unwrap();
    });
    assert_eq!(entries[&[&long[..], b"/"].concat()].0, u64::from(stat.uid));
    assert_eq!(entries.len(), 2);
    let told: BTreeMap<_, _> = records(&long, &stat, b"", ELEVEN_DIGITS + 1).into_iter().collect();
    assert_eq!(told["hdrcharset"], b"BINARY");
    assert_eq!(told["path"], long);
    assert_eq!((&told["uid"][..], &told["gid"][..]), (&b"4294967294"[..], &b"3000000"[..]));
    assert_eq!((&told["size"][..], told.len()), (&b"8589934592"[..], 6));
}

#[test]
fn times_before_1970_are_right() {
    for (seconds, nanos, text) in [
        (0, 0, "0.000000000"),
        (5, 1, "5.000000001"),
        (-1, 500_000_000, "-0.500000000"),
        (-2, 250_000_000, "-1.750000000"),
        (-2, 0, "-2.000000000"),
    ] {
        assert_eq!(decimal(FileTime { seconds, nanos }), text);
    }
}
