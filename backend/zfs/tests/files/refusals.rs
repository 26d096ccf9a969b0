//! A restore that can't be, or may not be, leaves all as it was.

use std::{
    fs::{self, File},
    io::Write as _,
    ops::ControlFlow,
};

use nasman_core::RelPath;
use nasman_zfs::files::{FileError, Kind, Put, Restore, RestoreError, Root, preview, restore_file};

use crate::common::{Bench, Tmpfs, go_on, name, path};

/// Big enough for several steps.
const BIG: usize = 150 << 20;

#[test]
fn canceled_leaves_nothing() {
    let bench = Bench::with("a/b/file", vec![1; BIG]);
    for stop_at in [1, 2, 3, 4] {
        let mut calls = 0;
        let error = bench
            .restore_watched("a/b/file", "a/b/file", Put::New, &mut |_| {
                calls += 1;
                if calls == stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .unwrap_err();
        assert_eq!((error, calls), (RestoreError::Canceled, stop_at));
        assert_eq!(bench.names("target"), Vec::<String>::new());
    }
}

#[test]
fn new_never_replaces() {
    let bench = Bench::with("file", "restored");
    bench.write("target/there", "mine");
    let error = bench.restore("file", "there", Put::New).unwrap_err();
    assert_eq!(error, RestoreError::Exists { path: path("there") });
    assert_eq!(bench.read("target/there"), "mine");
    assert_eq!(bench.names("target"), ["there"]);
}

#[test]
fn replace_only_what_the_plan_saw() {
    let bench = Bench::with("file", "restored");
    bench.write("target/there", "mine");
    let expected = bench.expected("there");
    bench.write("target/there", "mine, edited since");
    let changed = RestoreError::Changed { path: path("there") };
    assert_eq!(bench.restore("file", "there", Put::Replace(expected)).unwrap_err(), changed);
    assert_eq!(bench.read("target/there"), "mine, edited since");

    fs::remove_file(bench.at("target/there")).unwrap();
    assert_eq!(bench.restore("file", "there", Put::Replace(expected)).unwrap_err(), changed);
    assert_eq!(bench.names("target"), Vec::<String>::new());
}

#[test]
fn what_appears_or_changes_meanwhile_is_left_alone() {
    let bench = Bench::with("file", vec![1; BIG]);
    let write = |content: &'static str| {
        let bench = &bench;
        move |_| {
            bench.write("target/there", content);
            ControlFlow::Continue(())
        }
    };
    let error = bench.restore_watched("file", "there", Put::New, &mut write("new")).unwrap_err();
    assert_eq!(error, RestoreError::Exists { path: path("there") });
    assert_eq!(bench.read("target/there"), "new");

    let put = Put::Replace(bench.expected("there"));
    let error = bench.restore_watched("file", "there", put, &mut write("edited")).unwrap_err();
    assert_eq!(error, RestoreError::Changed { path: path("there") });
    assert_eq!(bench.read("target/there"), "edited");
    assert_eq!(bench.names("target"), ["there"]);
}

#[test]
fn a_source_that_changes_gives_no_mixed_file() {
    let bench = Bench::with("file", vec![1; BIG]);
    for change in [true, false] {
        let error = bench
            .restore_watched("file", "file", Put::New, &mut |_| {
                let mut file = File::options().append(true).open(bench.at("source/file")).unwrap();
                if change {
                    file.write_all(b"more").unwrap();
                } else {
                    file.set_len(10).unwrap();
                }
                ControlFlow::Continue(())
            })
            .unwrap_err();
        assert_eq!(error, RestoreError::SourceChanged { path: path("file") });
        assert_eq!(bench.names("target"), Vec::<String>::new());
    }
}

#[test]
fn a_source_that_is_gone() {
    let bench = Bench::new();
    let error = bench.restore("gone", "a/b/file", Put::New).unwrap_err();
    assert_eq!(error, RestoreError::Source(FileError::NotFound { path: path("gone") }));
    assert_eq!(error.to_string(), "the file to restore: there is no 'gone' (any more)");
    assert_eq!(bench.names("target"), Vec::<String>::new());
}

#[test]
fn a_folder_in_the_way_stays() {
    let bench = Bench::with("file", "");
    fs::create_dir(bench.at("target/folder")).unwrap();
    let put = Put::Replace(bench.expected("folder"));
    let error = bench.restore("file", "folder", put).unwrap_err();
    assert_eq!(error, RestoreError::InTheWay { path: path("folder"), kind: Kind::Directory });
    assert!(bench.at("target/folder").is_dir());
    assert_eq!(bench.restore("file", "", Put::New).unwrap_err(), RestoreError::NoName);
}

#[test]
fn a_file_where_a_folder_is_needed() {
    let bench = Bench::with("file", "");
    bench.write("target/file", "mine");
    let error = bench.restore("file", "file/below", Put::New).unwrap_err();
    assert_eq!(error, RestoreError::Target(FileError::NotAFolder { path: path("file") }));
    assert_eq!(bench.read("target/file"), "mine");
}

#[test]
fn a_leftover_temporary_file_is_told_and_not_touched() {
    let bench = Bench::with("file", "restored");
    bench.write("target/.nasman-restore-1-0", "half");
    let error = bench.restore("file", "file", Put::New).unwrap_err();
    assert_eq!(error, RestoreError::TempExists { path: path(".nasman-restore-1-0") });
    assert_eq!(bench.read("target/.nasman-restore-1-0"), "half");
}

fn restore_to(bench: &Bench, target: &Root) -> Result<(), RestoreError> {
    let (from, to, temp_name) = (path("file"), path("a/file"), name(".temp"));
    let what = Restore {
        source: &bench.source,
        from: &from,
        target,
        to: &to,
        put: Put::New,
        temp_name: &temp_name,
        keep_setid: false,
    };
    restore_file(&what, &mut go_on).map(|_| ())
}

#[test]
fn a_full_filesystem_is_told_and_left_as_it_was() {
    let bench = Bench::with("file", vec![1; 4 << 20]);
    let Some(_small) = Tmpfs::mount(&bench.at("small"), "size=1m") else { return };
    let small = Root::open(&bench.at("small")).unwrap();
    let error = restore_to(&bench, &small).unwrap_err();
    assert_eq!(error, RestoreError::NoSpace { path: path("a/file") });
    assert_eq!(small.list(&RelPath::root(), None, 10).unwrap().total, 0);
}

#[test]
fn a_read_only_filesystem_is_told() {
    let bench = Bench::with("file", "content");
    let Some(mounted) = Tmpfs::mount(&bench.at("small"), "size=1m") else { return };
    mounted.remount("ro");
    let target = Root::open(&bench.at("small")).unwrap();
    assert_eq!(restore_to(&bench, &target).unwrap_err(), RestoreError::ReadOnly { path: path("a") });
    let seen = preview(&bench.source, &path("file"), &target, &path("b"), false).unwrap();
    assert_eq!(seen.obstacle, Some(RestoreError::ReadOnly { path: path("b") }));
}

#[test]
fn a_filesystem_mounted_on_the_way_is_not_entered() {
    let bench = Bench::with("file", "content");
    let Some(_mounted) = Tmpfs::mount(&bench.at("target/a"), "size=1m") else { return };
    let error = restore_to(&bench, &bench.target).unwrap_err();
    assert!(matches!(error, RestoreError::Target(FileError::Escapes { .. })), "{error}");
    assert_eq!(bench.names("target/a"), Vec::<String>::new());
}
