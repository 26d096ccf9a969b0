//! Destroying snapshots, and what stands in the way.

use std::fs;

use nasman_core::{DatasetName, Guid};
use nasman_zfs::{Blocker, Snapshot, ZfsError};

use super::{Fixture, at, below, eventually, list_cases, noise, tag};

list_cases!(
    a_plan_tells_what_comes_back,
    the_planned_one_goes_and_no_other,
    another_guid_is_another_snapshot,
    an_unknown_snapshot_is_named,
    holds_are_in_the_way,
    clones_are_in_the_way,
    holds_and_clones_are_both_told,
    a_reader_is_in_the_way,
);

fn take(fixture: &dyn Fixture, dataset: &DatasetName, tag: &str) -> Snapshot {
    fixture.zfs().create_snapshot(&at(dataset, tag), false).unwrap()
}

fn assert_blocked(fixture: &dyn Fixture, snapshot: &Snapshot, expected: &[Blocker]) {
    let plan = fixture.zfs().destroy_plan(&snapshot.name).unwrap();
    assert_eq!(plan.blockers, expected);
    let error = fixture.zfs().destroy_snapshot(&snapshot.name, snapshot.guid).unwrap_err();
    assert_eq!(error, ZfsError::SnapshotBusy { name: snapshot.name.clone(), blockers: expected.to_vec() });
    assert!(fixture.zfs().snapshots(&snapshot.name.dataset).unwrap().contains(snapshot));
}

fn a_plan_tells_what_comes_back(fixture: &dyn Fixture) {
    let (home, zfs) = (fixture.home(), fixture.zfs());
    let file = zfs.live_folder(&home).unwrap().join("big");
    fs::write(&file, noise(1 << 20)).unwrap();
    let snapshot = take(fixture, &home, "one");
    fs::remove_file(&file).unwrap();
    eventually("the file would come back", || zfs.destroy_plan(&snapshot.name).unwrap().reclaims >= 1 << 20);
    let plan = zfs.destroy_plan(&snapshot.name).unwrap();
    assert_eq!((plan.name, plan.guid, plan.blockers), (snapshot.name.clone(), snapshot.guid, Vec::new()));
    assert_eq!(zfs.snapshots(&home).unwrap(), std::slice::from_ref(&snapshot));
    // What is held would give back as much.
    zfs.hold(&snapshot.name, &tag("keep")).unwrap();
    assert!(zfs.destroy_plan(&snapshot.name).unwrap().reclaims >= 1 << 20);
    zfs.release(&snapshot.name, &tag("keep")).unwrap();
}

fn the_planned_one_goes_and_no_other(fixture: &dyn Fixture) {
    let home = fixture.home();
    let [before, planned, after] = ["one", "two", "three"].map(|tag| take(fixture, &home, tag));
    fixture.zfs().destroy_snapshot(&planned.name, planned.guid).unwrap();
    assert_eq!(fixture.zfs().snapshots(&home).unwrap(), [before, after]);
}

fn another_guid_is_another_snapshot(fixture: &dyn Fixture) {
    let snapshot = take(fixture, &fixture.home(), "one");
    let error = fixture.zfs().destroy_snapshot(&snapshot.name, Guid(snapshot.guid.0 ^ 1)).unwrap_err();
    assert_eq!(error, ZfsError::SnapshotNotFound(snapshot.name.clone()));
    assert_eq!(fixture.zfs().snapshots(&snapshot.name.dataset).unwrap(), [snapshot]);
}

fn an_unknown_snapshot_is_named(fixture: &dyn Fixture) {
    let home = fixture.home();
    for name in [at(&home, "nothing"), at(&below(&home, "nothing"), "x"), "nosuchpool@x".parse().unwrap()] {
        let (zfs, missing) = (fixture.zfs(), ZfsError::SnapshotNotFound(name.clone()));
        assert_eq!(zfs.destroy_plan(&name), Err(missing.clone()));
        assert_eq!(zfs.destroy_snapshot(&name, Guid(1)), Err(missing));
    }
}

fn holds_are_in_the_way(fixture: &dyn Fixture) {
    let snapshot = take(fixture, &fixture.home(), "held");
    for name in ["two", "one"] {
        fixture.zfs().hold(&snapshot.name, &tag(name)).unwrap();
    }
    assert_blocked(fixture, &snapshot, &[Blocker::Hold(tag("one")), Blocker::Hold(tag("two"))]);
    fixture.zfs().release(&snapshot.name, &tag("one")).unwrap();
    assert_blocked(fixture, &snapshot, &[Blocker::Hold(tag("two"))]);
    fixture.zfs().release(&snapshot.name, &tag("two")).unwrap();
    fixture.zfs().destroy_snapshot(&snapshot.name, snapshot.guid).unwrap();
}

fn clones_are_in_the_way(fixture: &dyn Fixture) {
    let (home, clone) = (fixture.home(), below(&fixture.home(), "a clone"));
    let snapshot = take(fixture, &home, "base");
    fixture.add_clone(&snapshot.name, &clone);
    assert_blocked(fixture, &snapshot, &[Blocker::Clone(clone.clone())]);
    assert_eq!(fixture.zfs().destroy_plan(&snapshot.name).unwrap().reclaims, 0);
    assert!(fixture.zfs().dataset(&clone).is_ok());
    fixture.remove(&clone);
    fixture.zfs().destroy_snapshot(&snapshot.name, snapshot.guid).unwrap();
}

fn holds_and_clones_are_both_told(fixture: &dyn Fixture) {
    let (home, clone) = (fixture.home(), below(&fixture.home(), "clone"));
    let snapshot = take(fixture, &home, "base");
    fixture.add_clone(&snapshot.name, &clone);
    fixture.zfs().hold(&snapshot.name, &tag("keep")).unwrap();
    assert_blocked(fixture, &snapshot, &[Blocker::Hold(tag("keep")), Blocker::Clone(clone)]);
}

fn a_reader_is_in_the_way(fixture: &dyn Fixture) {
    let home = fixture.home();
    fs::write(fixture.zfs().live_folder(&home).unwrap().join("file"), "read").unwrap();
    let snapshot = take(fixture, &home, "read");
    let reader = fixture.read_on(&snapshot.name);
    let error = fixture.zfs().destroy_snapshot(&snapshot.name, snapshot.guid).unwrap_err();
    assert_eq!(error, ZfsError::SnapshotBusy { name: snapshot.name.clone(), blockers: vec![Blocker::InUse] });
    drop(reader);
    fixture.zfs().destroy_snapshot(&snapshot.name, snapshot.guid).unwrap();
}
