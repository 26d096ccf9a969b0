//! Listing, looking and reading.

use std::{
    fs,
    io::Read as _,
    os::unix::{ffi::OsStrExt as _, fs::symlink},
};

use nasman_core::{EntryName, RelPath};
use nasman_zfs::files::{FileError, Kind, Owners, Root, Way};
use rustix::fs::{CWD, Timespec, Timestamps, utimensat};

use crate::common::{Bench, Tmpfs, name, odd_names, path};

#[test]
fn lists_folders_first_then_by_bytes() {
    let bench = Bench::with("b.txt", "12345");
    fs::create_dir(bench.at("source/z")).unwrap();
    fs::create_dir(bench.at("source/a")).unwrap();
    bench.write("source/B.txt", "");
    symlink("/etc/passwd", bench.at("source/c")).unwrap();

    let listing = bench.source.list(&RelPath::root(), None, 100).unwrap();
    let names: Vec<_> = listing.entries.iter().map(|entry| entry.name.display()).collect();
    assert_eq!(names, ["a", "z", "B.txt", "b.txt", "c"]);
    assert_eq!(listing.total, 5);
    assert_eq!((listing.next, listing.findings), (None, vec![]));
    let [a, _, _, b, c] = &listing.entries[..] else { panic!() };
    assert_eq!((a.stat.kind, b.stat.kind, c.stat.kind), (Kind::Directory, Kind::File, Kind::Symlink));
    assert_eq!((b.stat.size, b.stat.nlink, b.stat.mountpoint), (5, 1, false));
    assert_eq!(c.target.as_deref(), Some(&b"/etc/passwd"[..]));
    assert_eq!(b.target, None);
}

#[test]
fn pages_go_on_where_the_last_one_ended() {
    let bench = Bench::new();
    let expected: Vec<String> = (0..50).map(|n| format!("file-{n:02}")).collect();
    for file in &expected {
        bench.write(&format!("source/{file}"), "");
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let listing = bench.source.list(&RelPath::root(), after.as_ref(), 7).unwrap();
        assert!(listing.entries.len() <= 7);
        seen.extend(listing.entries.iter().map(|entry| entry.name.display()));
        // The page's last entry vanishes; the place in the order stays.
        let Some(next) = listing.next else { break };
        fs::remove_file(bench.at("source").join(next.name.as_os_str())).unwrap();
        after = Some(next);
    }
    assert_eq!(seen, expected);
    assert_eq!(bench.source.list(&RelPath::root(), None, 0).unwrap().next, None, "no page, no next page");
}

#[test]
fn two_hundred_thousand_names() {
    // In memory where there is room: making them is what takes long elsewhere.
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let folder = fs::File::open(dir.path()).unwrap();
    for n in 0..200_000 {
        let (kind, mode) = (rustix::fs::FileType::RegularFile, rustix::fs::Mode::RUSR);
        rustix::fs::mknodat(&folder, format!("a-rather-usual-name-{n:06}.jpg"), kind, mode, 0).unwrap();
    }
    let root = Root::open(dir.path()).unwrap();
    let first = root.list(&RelPath::root(), None, 100).unwrap();
    assert_eq!((first.total, first.entries.len()), (200_000, 100));
    let second = root.list(&RelPath::root(), first.next.as_ref(), 1).unwrap();
    assert_eq!(second.entries[0].name.display(), "a-rather-usual-name-000100.jpg");
}

#[test]
fn a_vanished_entry_is_a_finding_and_the_rest_is_listed() {
    let found = (0..200).any(|_| {
        let bench = Bench::new();
        let files: Vec<_> = (0..2000).map(|n| bench.at(&format!("source/{n:04}"))).collect();
        files.iter().for_each(|file| fs::write(file, "").unwrap());
        let listing = std::thread::scope(|scope| {
            scope.spawn(|| files.iter().rev().for_each(|file| fs::remove_file(file).unwrap()));
            bench.source.list(&RelPath::root(), None, usize::MAX).unwrap()
        });
        assert_eq!(listing.entries.len() + listing.findings.len(), listing.total);
        for finding in &listing.findings {
            assert_eq!(finding.error, FileError::NotFound { path: finding.path.clone() });
        }
        !listing.findings.is_empty()
    });
    assert!(found, "files removed while they were listed were never noticed");
}

#[test]
fn odd_names_are_names() {
    let bench = Bench::new();
    let mut names = odd_names();
    for name in &names {
        fs::write(bench.at("source").join(std::ffi::OsStr::from_bytes(name)), name).unwrap();
    }
    names.sort();
    let listing = bench.source.list(&RelPath::root(), None, 100).unwrap();
    let listed: Vec<_> = listing.entries.iter().map(|entry| entry.name.as_bytes().to_vec()).collect();
    assert_eq!(listed, names);
    for entry in &listing.entries {
        let path = RelPath::root().join(&entry.name).unwrap();
        let mut content = Vec::new();
        bench.source.open_file(&path).unwrap().read_to_end(&mut content).unwrap();
        assert_eq!(content, entry.name.as_bytes());
    }
}

#[test]
fn errors_tell_the_path_in_one_line() {
    let bench = Bench::with("file", "");
    let error = bench.source.stat(&path("gone\nforged line")).unwrap_err();
    assert_eq!(error.to_string(), "there is no 'gone\\nforged line' (any more)");
    let below_file = path("file/below");
    assert_eq!(bench.source.stat(&below_file).unwrap_err(), FileError::NotAFolder { path: path("file") });
    assert_eq!(
        bench.source.list(&path("file"), None, 1).unwrap_err(),
        FileError::NotAFolder { path: path("file") }
    );
    let folder = bench.at("nowhere");
    assert!(matches!(Root::open(&folder).unwrap_err(), FileError::Root { .. }));
}

#[test]
fn times_are_told_to_the_nanosecond() {
    let bench = Bench::with("old", "");
    let time = |tv_sec, tv_nsec| Timespec { tv_sec, tv_nsec };
    let times = Timestamps { last_access: time(7, 1), last_modification: time(-3, 999_999_999) };
    utimensat(CWD, bench.at("source/old"), &times, rustix::fs::AtFlags::empty()).unwrap();
    let stat = bench.source.stat(&path("old")).unwrap();
    assert_eq!((stat.mtime.seconds, stat.mtime.nanos), (-3, 999_999_999));
    assert_eq!((stat.atime.seconds, stat.atime.nanos), (7, 1));
    assert!(stat.ctime.seconds > 1_700_000_000);
}

#[test]
fn a_filesystem_mounted_below_is_marked_and_not_entered() {
    let bench = Bench::new();
    let Some(_mounted) = Tmpfs::mount(&bench.at("source/child"), "size=64k") else { return };
    bench.write("source/child/file", "of another dataset");

    assert!(bench.source.stat(&path("child")).unwrap().mountpoint);
    assert!(!bench.source.stat(&RelPath::root()).unwrap().mountpoint);
    let listing = bench.source.list(&RelPath::root(), None, 10).unwrap();
    assert_eq!(listing.entries[0].name, name("child"));
    assert!(listing.entries[0].stat.mountpoint);
    let outside = FileError::Escapes { path: path("child"), way: Way::Mount };
    assert_eq!(bench.source.list(&path("child"), None, 10).unwrap_err(), outside);
    assert_eq!(bench.source.stat(&path("child/file")).unwrap_err(), outside);
    assert!(matches!(bench.source.open_file(&path("child/file")), Err(FileError::Escapes { .. })));
}

#[test]
fn an_ordinary_folder_named_dot_zfs_is_one() {
    let bench = Bench::with(".zfs/file", "");
    let listing = bench.source.list(&RelPath::root(), None, 10).unwrap();
    assert_eq!(listing.entries[0].name, EntryName::new(".zfs").unwrap());
    assert_eq!(bench.source.stat(&path(".zfs/file")).unwrap().kind, Kind::File);
}

#[test]
fn owners_have_names() {
    let owners = Owners::default();
    assert_eq!(owners.user(0).as_deref(), Some("root"));
    assert_eq!(owners.group(0).as_deref(), Some("root"));
    assert_eq!(owners.user(3_999_999_999), None);
}
