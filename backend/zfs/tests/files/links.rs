//! Links and special files: nothing leads outside, nothing blocks.

use std::{
    fs,
    os::unix::{fs::symlink, net::UnixListener},
};

use nasman_zfs::files::{FileError, Kind, Put, RestoreError, Way};
use rustix::fs::{CWD, FileType, Mode, makedev, mkfifoat, mknodat};

use crate::common::{Bench, is_root, path};

/// A link in the source, and one in the target, that leads out by each way there is.
fn planted() -> Bench {
    let bench = Bench::with("real/file", "inside");
    bench.write("outside/secret", "secret");
    let outside = bench.at("outside");
    for folder in ["source", "target"] {
        symlink(&outside, bench.at(&format!("{folder}/absolute"))).unwrap();
        symlink("../outside", bench.at(&format!("{folder}/upwards"))).unwrap();
        symlink("/proc/self/root", bench.at(&format!("{folder}/magic"))).unwrap();
        symlink("real", bench.at(&format!("{folder}/inside"))).unwrap();
    }
    symlink(outside.join("secret"), bench.at("source/link")).unwrap();
    bench
}

const LINKS: [&str; 4] = ["absolute", "upwards", "magic", "inside"];

#[test]
fn links_are_never_followed() {
    let bench = planted();
    for link in LINKS {
        let outside = FileError::Escapes { path: path(link), way: Way::Link };
        let below = path(&format!("{link}/secret"));
        assert_eq!(bench.source.list(&path(link), None, 10).unwrap_err(), outside, "{link}");
        assert_eq!(bench.source.stat(&below).unwrap_err(), outside, "{link}");
        assert!(matches!(bench.source.open_file(&below), Err(FileError::Escapes { .. })), "{link}");
        assert!(matches!(bench.source.link_target(&below), Err(FileError::Escapes { .. })), "{link}");
    }
    let link = path("link");
    assert_eq!(bench.source.stat(&link).unwrap().kind, Kind::Symlink);
    let not_a_file = FileError::NotAFile { path: link, kind: Kind::Symlink };
    assert_eq!(bench.source.open_file(&path("link")).unwrap_err(), not_a_file);
}

#[test]
fn nothing_is_restored_through_a_link() {
    let bench = planted();
    for link in LINKS {
        for to in [format!("{link}/new"), format!("{link}/deep/new")] {
            let error = bench.restore("real/file", &to, Put::New).unwrap_err();
            assert!(
                matches!(error, RestoreError::Target(FileError::Escapes { way: Way::Link, .. })),
                "{error}"
            );
        }
        let error = bench.restore(&format!("{link}/secret"), "got", Put::New).unwrap_err();
        assert!(matches!(error, RestoreError::Source(FileError::Escapes { .. })), "{error}");
    }
    assert_eq!(bench.names("outside"), ["secret"]);
    assert_eq!(bench.names("target"), ["absolute", "inside", "magic", "upwards"]);
}

#[test]
fn a_link_is_restored_as_a_link() {
    let bench = planted();
    let before = bench.source.stat(&path("link")).unwrap();
    let restored = bench.restore("link", "link", Put::New).unwrap();
    assert_eq!((restored.bytes, restored.means), (0, None));
    assert_eq!(restored.not_kept, []);
    let target = fs::read_link(bench.at("target/link")).unwrap();
    assert_eq!(target, bench.at("outside/secret"));
    let after = bench.target.stat(&path("link")).unwrap();
    assert_eq!((after.mtime, after.uid, after.gid), (before.mtime, before.uid, before.gid));
    assert_eq!(bench.read("outside/secret"), "secret");
}

#[test]
fn replacing_a_link_leaves_alone_what_it_points_to() {
    let bench = planted();
    symlink(bench.at("outside/secret"), bench.at("target/there")).unwrap();
    bench.restore("real/file", "there", Put::Replace(bench.expected("there"))).unwrap();
    assert_eq!(bench.read("target/there"), "inside");
    assert!(fs::symlink_metadata(bench.at("target/there")).unwrap().is_file());
    assert_eq!(bench.read("outside/secret"), "secret");
}

#[test]
fn special_files_neither_block_nor_restore() {
    let bench = Bench::new();
    mkfifoat(CWD, bench.at("source/fifo"), Mode::RUSR | Mode::WUSR).unwrap();
    let _listening = UnixListener::bind(bench.at("source/socket")).unwrap();
    let mut special = vec![("fifo", Kind::Fifo), ("socket", Kind::Socket)];
    if is_root() {
        let device = bench.at("source/device");
        mknodat(CWD, device, FileType::CharacterDevice, Mode::RUSR, makedev(1, 3)).unwrap();
        special.push(("device", Kind::Char));
    }
    fs::create_dir(bench.at("source/folder")).unwrap();
    special.push(("folder", Kind::Directory));
    for (name, kind) in special {
        assert_eq!(bench.source.stat(&path(name)).unwrap().kind, kind);
        let refused = FileError::NotAFile { path: path(name), kind };
        assert_eq!(bench.source.open_file(&path(name)).unwrap_err(), refused);
        let refused = RestoreError::Kind { path: path(name), kind };
        assert_eq!(bench.restore(name, "there", Put::New).unwrap_err(), refused);
    }
    assert_eq!(bench.names("target"), Vec::<String>::new());
}
