//! Walks through trees.

use std::{
    fs,
    os::unix::{ffi::OsStrExt as _, fs::symlink, net::UnixListener},
};

use nasman_core::RelPath;
use nasman_zfs::files::{FileError, Kind, Root, Way};

use crate::common::{Bench, Tmpfs, odd_names, path};

/// What a walk meets and what it can't, in its order.
fn walked(root: &Root, from: &str) -> (Vec<(String, Kind)>, Vec<FileError>) {
    let (mut met, mut findings) = (Vec::new(), Vec::new());
    for step in root.walk(path(from)) {
        match step {
            Ok(entry) => met.push((entry.path.display(), entry.stat.kind)),
            Err(finding) => findings.push(finding.error),
        }
    }
    (met, findings)
}

fn tree() -> Bench {
    let bench = Bench::with("b/file", "12345");
    bench.write("source/b/a/deep", "");
    bench.write("source/b c", "");
    fs::create_dir(bench.at("source/empty")).unwrap();
    bench.write("outside/secret", "");
    symlink(bench.at("outside"), bench.at("source/link")).unwrap();
    bench
}

#[test]
fn a_folder_comes_before_what_it_holds_and_no_link_is_followed() {
    let bench = tree();
    let _socket = UnixListener::bind(bench.at("source/socket")).unwrap();
    let (met, findings) = walked(&bench.source, "");
    let expected = [
        ("", Kind::Directory),
        ("b", Kind::Directory),
        ("b/a", Kind::Directory),
        ("b/a/deep", Kind::File),
        ("b/file", Kind::File),
        ("b c", Kind::File),
        ("empty", Kind::Directory),
        ("link", Kind::Symlink),
        ("socket", Kind::Socket),
    ];
    assert_eq!(met, expected.map(|(path, kind)| (path.to_owned(), kind)));
    assert_eq!(findings, []);
    let link = bench.source.walk(path("link")).next().unwrap().unwrap();
    assert_eq!(link.target.unwrap(), bench.at("outside").as_os_str().as_bytes());
}

#[test]
fn begins_anywhere_and_says_where_nothing_is() {
    let bench = tree();
    assert_eq!(walked(&bench.source, "b/file").0, [("b/file".to_owned(), Kind::File)]);
    assert_eq!(walked(&bench.source, "b/a").0.len(), 2);
    let gone = FileError::NotFound { path: path("b/gone") };
    assert_eq!(walked(&bench.source, "b/gone"), (Vec::new(), vec![gone]));
    let (met, findings) = walked(&bench.source, "link/secret");
    assert!(
        met.is_empty()
            && matches!(
                findings[..],
                [FileError::Escapes { way: Way::Link, .. } | FileError::NotAFolder { .. }]
            ),
        "{findings:?}"
    );
}

#[test]
fn any_name_and_any_depth() {
    let bench = Bench::new();
    for name in odd_names() {
        fs::write(bench.at("source").join(std::ffi::OsStr::from_bytes(&name)), "").unwrap();
    }
    let deep: Vec<_> = std::iter::repeat_n("d", 1500).collect();
    fs::create_dir_all(bench.at("source/deep")).unwrap();
    let mut folder = fs::File::open(bench.at("source/deep")).unwrap();
    for name in deep {
        rustix::fs::mkdirat(&folder, name, rustix::fs::Mode::RWXU).unwrap();
        let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::DIRECTORY;
        folder = rustix::fs::openat(&folder, name, flags, rustix::fs::Mode::empty()).unwrap().into();
    }
    let (met, findings) = walked(&bench.source, "");
    assert_eq!((met.len(), findings), (1 + odd_names().len() + 1 + 1500, vec![]));
}

#[test]
fn what_vanishes_on_the_way_is_a_finding_and_the_rest_is_met() {
    let bench = Bench::new();
    for name in ["a", "b", "c"] {
        bench.write(&format!("source/{name}"), "");
    }
    let mut walk = bench.source.walk(RelPath::root());
    walk.next().unwrap().unwrap();
    fs::remove_file(bench.at("source/b")).unwrap();
    assert_eq!(walk.next().unwrap().unwrap().path, path("a"));
    assert_eq!(walk.next().unwrap().unwrap_err().error, FileError::NotFound { path: path("b") });
    assert_eq!(walk.next().unwrap().unwrap().path, path("c"));
    assert_eq!(walk.next(), None);
}

#[test]
fn a_folder_swapped_for_a_link_is_not_followed() {
    let bench = tree();
    let mut walk = bench.source.walk(RelPath::root());
    walk.next().unwrap().unwrap();
    fs::rename(bench.at("source/b"), bench.at("elsewhere")).unwrap();
    symlink(bench.at("outside"), bench.at("source/b")).unwrap();
    assert_eq!(walk.next().unwrap().unwrap().stat.kind, Kind::Symlink);
    assert!(walk.flatten().all(|met| !met.path.display().contains("secret")));
}

#[test]
fn no_other_filesystem_is_entered() {
    let bench = tree();
    let Some(_mounted) = Tmpfs::mount(&bench.at("source/child"), "size=64k") else { return };
    bench.write("source/child/file", "of another dataset");
    let (met, findings) = walked(&bench.source, "");
    assert!(met.iter().all(|(path, _)| !path.starts_with("child")), "{met:?}");
    assert_eq!(findings, [FileError::Escapes { path: path("child"), way: Way::Mount }]);
}
