//! Where files are, and why not.

use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt as _, path::PathBuf};

use nasman_core::{DatasetName, SnapshotName};
use nasman_zfs::{Unreachable, ZfsError};

use super::{Fixture, at, below, list_cases};

list_cases!(
    a_snapshot_shows_what_was,
    each_snapshot_shows_its_own,
    names_are_bytes,
    an_unmounted_one,
    a_legacy_one,
    one_without_a_mountpoint,
    one_whose_key_is_not_loaded,
    one_mounted_elsewhere,
    a_volume,
    snapshots_that_are_disabled,
    an_unknown_snapshot_is_named_whatever_else,
    one_that_was_left_can_be_entered_again,
);

fn live(fixture: &dyn Fixture, dataset: &DatasetName) -> PathBuf {
    fixture.zfs().live_folder(dataset).unwrap()
}

fn take(fixture: &dyn Fixture, dataset: &DatasetName, tag: &str) -> SnapshotName {
    fixture.zfs().create_snapshot(&at(dataset, tag), false).unwrap().name
}

/// Neither the live files nor those of a snapshot, and the listing says why.
fn assert_unreachable(fixture: &dyn Fixture, snapshot: &SnapshotName, reason: Unreachable) {
    let zfs = fixture.zfs();
    let dataset = &snapshot.dataset;
    let why = |name: String| ZfsError::Unreachable { name, reason };
    assert_eq!(zfs.live_folder(dataset), Err(why(dataset.to_string())));
    assert_eq!(zfs.snapshot_folder(snapshot), Err(why(snapshot.to_string())));
    assert_eq!(zfs.dataset(dataset).unwrap().unreachable, Some(reason));
    let listed = zfs.datasets().unwrap().into_iter().find(|listed| listed.name == *dataset).unwrap();
    assert_eq!(listed.unreachable, Some(reason));
}

fn a_snapshot_shows_what_was(fixture: &dyn Fixture) {
    let home = fixture.home();
    let folder = live(fixture, &home);
    fs::create_dir(folder.join("docs")).unwrap();
    fs::write(folder.join("docs/letter"), "old").unwrap();
    std::os::unix::fs::symlink("docs/letter", folder.join("link")).unwrap();
    let written = fs::metadata(folder.join("docs/letter")).unwrap().modified().unwrap();
    let snapshot = take(fixture, &home, "before");
    fs::write(folder.join("docs/letter"), "new").unwrap();
    fs::write(folder.join("later"), "").unwrap();

    let then = fixture.zfs().snapshot_folder(&snapshot).unwrap();
    assert_eq!(fs::read(then.join("docs/letter")).unwrap(), b"old");
    assert_eq!(fs::read_link(then.join("link")).unwrap().to_str(), Some("docs/letter"));
    assert_eq!(fs::metadata(then.join("docs/letter")).unwrap().modified().unwrap(), written);
    assert!(!then.join("later").exists());
    assert_eq!(fs::read(live(fixture, &home).join("docs/letter")).unwrap(), b"new");
    // Asked again, it is the same.
    assert_eq!(fixture.zfs().snapshot_folder(&snapshot).unwrap(), then);
}

fn each_snapshot_shows_its_own(fixture: &dyn Fixture) {
    let (home, child) = (fixture.home(), below(&fixture.home(), "child"));
    fixture.add_filesystem(&child);
    for (dataset, text) in [(&home, "parent's"), (&child, "child's")] {
        fs::write(live(fixture, dataset).join("whose"), text).unwrap();
    }
    fixture.zfs().create_snapshot(&at(&home, "both"), true).unwrap();
    fs::remove_file(live(fixture, &child).join("whose")).unwrap();
    take(fixture, &child, "after");
    let read =
        |snapshot| fs::read_to_string(fixture.zfs().snapshot_folder(&snapshot).unwrap().join("whose")).ok();
    assert_eq!(read(at(&home, "both")).as_deref(), Some("parent's"));
    assert_eq!(read(at(&child, "both")).as_deref(), Some("child's"));
    assert_eq!(read(at(&child, "after")), None);
}

fn names_are_bytes(fixture: &dyn Fixture) {
    let home = fixture.home();
    let long = [b'n'; 255];
    let names: [&[u8]; 4] = [b"caf\xe9", b"new\nline\ttab", b"back\\slash \"quote\"", &long];
    for name in names {
        fs::write(live(fixture, &home).join(OsStr::from_bytes(name)), name).unwrap();
    }
    let then = fixture.zfs().snapshot_folder(&take(fixture, &home, "odd")).unwrap();
    for name in names {
        assert_eq!(fs::read(then.join(OsStr::from_bytes(name))).unwrap(), name);
    }
    assert_eq!(fs::read_dir(then).unwrap().count(), names.len());
}

fn an_unmounted_one(fixture: &dyn Fixture) {
    let snapshot = take(fixture, &fixture.home(), "one");
    fixture.set_mounted(&snapshot.dataset, false);
    assert_unreachable(fixture, &snapshot, Unreachable::Unmounted);
    fixture.set_mounted(&snapshot.dataset, true);
    assert!(fixture.zfs().live_folder(&snapshot.dataset).is_ok());
    assert!(fixture.zfs().snapshot_folder(&snapshot).is_ok());
}

fn a_legacy_one(fixture: &dyn Fixture) {
    let snapshot = take(fixture, &fixture.home(), "one");
    fixture.zfs().set_property(&snapshot.dataset, "mountpoint", "legacy").unwrap();
    assert_unreachable(fixture, &snapshot, Unreachable::LegacyMountpoint);
}

fn one_without_a_mountpoint(fixture: &dyn Fixture) {
    let snapshot = take(fixture, &fixture.home(), "one");
    fixture.zfs().set_property(&snapshot.dataset, "mountpoint", "none").unwrap();
    assert_unreachable(fixture, &snapshot, Unreachable::NoMountpoint);
}

fn one_whose_key_is_not_loaded(fixture: &dyn Fixture) {
    let secret = below(&fixture.home(), "secret");
    fixture.add_encrypted(&secret);
    fs::write(live(fixture, &secret).join("file"), "secret").unwrap();
    let snapshot = take(fixture, &secret, "one");
    fixture.unload_key(&secret);
    assert_unreachable(fixture, &snapshot, Unreachable::KeyNotLoaded);
}

fn one_mounted_elsewhere(fixture: &dyn Fixture) {
    let snapshot = take(fixture, &fixture.home(), "one");
    let elsewhere = fixture.mount_elsewhere(&snapshot.dataset);
    assert_unreachable(fixture, &snapshot, Unreachable::OtherNamespace);
    drop(elsewhere);
}

fn a_volume(fixture: &dyn Fixture) {
    let volume = below(&fixture.home(), "volume");
    fixture.add_volume(&volume);
    assert_unreachable(fixture, &take(fixture, &volume, "one"), Unreachable::Volume);
}

fn snapshots_that_are_disabled(fixture: &dyn Fixture) {
    let snapshot = take(fixture, &fixture.home(), "one");
    let zfs = fixture.zfs();
    if let Err(refused) = zfs.set_property(&snapshot.dataset, "snapdir", "disabled") {
        // Versions before 2.3 have no such value.
        assert!(refused.to_string().contains("must be one of"), "{refused}");
        return;
    }
    // Live files are as reachable as ever, even a real folder of this name.
    let live = zfs.live_folder(&snapshot.dataset).unwrap();
    let reason = Unreachable::SnapdirDisabled;
    let closed = Err(ZfsError::Unreachable { name: snapshot.to_string(), reason });
    assert_eq!(zfs.snapshot_folder(&snapshot), closed);
    assert_eq!(zfs.dataset(&snapshot.dataset).unwrap().unreachable, None);
    // The kernel takes note when it is mounted anew.
    zfs.set_property(&snapshot.dataset, "snapdir", "hidden").unwrap();
    fixture.set_mounted(&snapshot.dataset, false);
    fixture.set_mounted(&snapshot.dataset, true);
    assert!(zfs.snapshot_folder(&snapshot).is_ok());
    assert_eq!(zfs.live_folder(&snapshot.dataset).unwrap(), live);
}

fn an_unknown_snapshot_is_named_whatever_else(fixture: &dyn Fixture) {
    let (home, zfs) = (fixture.home(), fixture.zfs());
    let unknown = [at(&home, "nothing"), at(&below(&home, "nothing"), "x"), "nosuchpool@x".parse().unwrap()];
    for name in unknown {
        assert_eq!(zfs.snapshot_folder(&name), Err(ZfsError::SnapshotNotFound(name)));
    }
    fixture.set_mounted(&home, false);
    let name = at(&home, "nothing");
    assert_eq!(zfs.snapshot_folder(&name), Err(ZfsError::SnapshotNotFound(name)));
}

fn one_that_was_left_can_be_entered_again(fixture: &dyn Fixture) {
    let (home, zfs) = (fixture.home(), fixture.zfs());
    fs::write(live(fixture, &home).join("file"), "kept").unwrap();
    let snapshot = zfs.create_snapshot(&at(&home, "one"), false).unwrap();
    zfs.leave_snapshot(&snapshot.name);
    for _ in 0..3 {
        let folder = zfs.snapshot_folder(&snapshot.name).unwrap();
        assert_eq!(fs::read(folder.join("file")).unwrap(), b"kept");
        zfs.leave_snapshot(&snapshot.name);
    }
    zfs.destroy_snapshot(&snapshot.name, snapshot.guid).unwrap();
    zfs.leave_snapshot(&snapshot.name);
}
