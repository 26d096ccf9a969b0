//! Taking and listing snapshots.

use std::fs;

use nasman_zfs::ZfsError;

use super::{Fixture, at, below, eventually, is_about_now, list_cases, noise, tag};

list_cases!(
    oldest_first_whatever_their_names,
    a_dataset_has_its_own_only,
    a_name_is_taken_once,
    recursive_ones_share_a_transaction_group,
    a_recursive_one_is_whole_or_not_at_all,
    a_name_used_again_is_another_snapshot,
    details_come_in_the_order_asked,
    details_tell_of_space_holds_and_clones,
    a_full_pool_takes_none,
);

fn oldest_first_whatever_their_names(fixture: &dyn Fixture) {
    let (home, zfs) = (fixture.home(), fixture.zfs());
    assert_eq!(zfs.snapshots(&home).unwrap(), []);
    let taken = ["zulu", "alpha", "mike"].map(|tag| zfs.create_snapshot(&at(&home, tag), false).unwrap());
    let listed = zfs.snapshots(&home).unwrap();
    assert_eq!(listed, taken);
    assert!(listed.windows(2).all(|pair| pair[0].createtxg < pair[1].createtxg), "{listed:?}");
    assert!(listed[0].guid != listed[1].guid && listed[1].guid != listed[2].guid);
}

fn a_dataset_has_its_own_only(fixture: &dyn Fixture) {
    let (home, child, zfs) = (fixture.home(), below(&fixture.home(), "child"), fixture.zfs());
    fixture.add_filesystem(&child);
    let parents = zfs.create_snapshot(&at(&home, "one"), false).unwrap();
    let childs = zfs.create_snapshot(&at(&child, "two"), false).unwrap();
    assert_eq!(zfs.snapshots(&home).unwrap(), [parents]);
    assert_eq!(zfs.snapshots(&child).unwrap(), [childs]);
}

fn a_name_is_taken_once(fixture: &dyn Fixture) {
    let (name, zfs) = (at(&fixture.home(), "once"), fixture.zfs());
    let first = zfs.create_snapshot(&name, false).unwrap();
    for recursive in [false, true] {
        assert_eq!(zfs.create_snapshot(&name, recursive), Err(ZfsError::SnapshotExists(name.clone())));
    }
    assert_eq!(zfs.snapshots(&name.dataset).unwrap(), [first]);
}

fn recursive_ones_share_a_transaction_group(fixture: &dyn Fixture) {
    let (home, zfs) = (fixture.home(), fixture.zfs());
    let (child, grandchild) = (below(&home, "child"), below(&home, "child/grandchild"));
    fixture.add_filesystem(&child);
    fixture.add_filesystem(&grandchild);
    let top = zfs.create_snapshot(&at(&home, "all"), true).unwrap();
    for dataset in [&home, &child, &grandchild] {
        let snapshots = zfs.snapshots(dataset).unwrap();
        assert_eq!(snapshots.len(), 1, "{dataset}");
        assert_eq!((&snapshots[0].name, snapshots[0].createtxg), (&at(dataset, "all"), top.createtxg));
    }
}

fn a_recursive_one_is_whole_or_not_at_all(fixture: &dyn Fixture) {
    let (home, child, zfs) = (fixture.home(), below(&fixture.home(), "child"), fixture.zfs());
    fixture.add_filesystem(&child);
    zfs.create_snapshot(&at(&child, "taken"), false).unwrap();
    let error = zfs.create_snapshot(&at(&home, "taken"), true).unwrap_err();
    assert_eq!(error, ZfsError::SnapshotExists(at(&child, "taken")));
    assert_eq!(zfs.snapshots(&home).unwrap(), []);
}

fn a_name_used_again_is_another_snapshot(fixture: &dyn Fixture) {
    let (name, zfs) = (at(&fixture.home(), "again"), fixture.zfs());
    let first = zfs.create_snapshot(&name, false).unwrap();
    zfs.destroy_snapshot(&name, first.guid).unwrap();
    let second = zfs.create_snapshot(&name, false).unwrap();
    assert_ne!(first.guid, second.guid);
    assert!(first.createtxg < second.createtxg);
    assert_eq!(zfs.destroy_snapshot(&name, first.guid), Err(ZfsError::SnapshotNotFound(name.clone())));
    assert_eq!(zfs.snapshots(&name.dataset).unwrap(), [second]);
}

fn details_come_in_the_order_asked(fixture: &dyn Fixture) {
    let (home, zfs) = (fixture.home(), fixture.zfs());
    let names = ["a", "b", "c"].map(|tag| zfs.create_snapshot(&at(&home, tag), false).unwrap().name);
    let gone = [at(&home, "vanished"), at(&below(&home, "nothing"), "x"), "nosuchpool@x".parse().unwrap()];
    let asked = [&names[2], &gone[0], &names[0], &gone[1], &names[1], &gone[2]].map(Clone::clone);
    let found: Vec<_> = zfs.snapshot_details(&asked).unwrap().into_iter().map(|detail| detail.name).collect();
    assert_eq!(found, [&names[2], &names[0], &names[1]].map(Clone::clone));
    assert_eq!(zfs.snapshot_details(&gone).unwrap(), []);
    assert_eq!(zfs.snapshot_details(&[]).unwrap(), []);
}

fn details_tell_of_space_holds_and_clones(fixture: &dyn Fixture) {
    let (home, clone, zfs) = (fixture.home(), below(&fixture.home(), "clone"), fixture.zfs());
    let file = zfs.live_folder(&home).unwrap().join("big");
    fs::write(&file, noise(1 << 20)).unwrap();
    let first = zfs.create_snapshot(&at(&home, "first"), false).unwrap();
    let second = zfs.create_snapshot(&at(&home, "second"), false).unwrap();
    fs::remove_file(&file).unwrap();
    zfs.hold(&first.name, &tag("one")).unwrap();
    zfs.hold(&first.name, &tag("two")).unwrap();
    fixture.add_clone(&first.name, &clone);

    let names = [first.name.clone(), second.name.clone()];
    let details = zfs.snapshot_details(&names).unwrap();
    assert_eq!((details[0].guid, details[0].holds, &details[0].clones[..]), (first.guid, 2, &[clone][..]));
    assert_eq!((details[1].guid, details[1].holds, details[1].clones.len()), (second.guid, 0, 0));
    assert!(is_about_now(details[0].created), "{details:?}");
    assert!(details.iter().all(|detail| detail.referenced >= 1 << 20), "{details:?}");
    assert!(details[0].written >= 1 << 20 && details[1].written < 1 << 20, "{details:?}");
    // Both have the file, so neither alone keeps it, until the other goes.
    assert!(details.iter().all(|detail| detail.used < 1 << 20), "{details:?}");
    let third = zfs.create_snapshot(&at(&home, "third"), false).unwrap();
    zfs.destroy_snapshot(&second.name, second.guid).unwrap();
    eventually("the first keeps the file", || zfs.snapshot_details(&names).unwrap()[0].used >= 1 << 20);
    assert_eq!(zfs.snapshot_details(&names).unwrap().len(), 1);
    assert!(zfs.snapshot_details(&[third.name]).unwrap()[0].referenced < 1 << 20);
}

fn a_full_pool_takes_none(fixture: &dyn Fixture) {
    let full = fixture.full();
    let error = fixture.zfs().create_snapshot(&at(&full, "more"), false).unwrap_err();
    assert!(matches!(error, ZfsError::NoSpace { .. }), "{error:?}");
    assert_eq!(fixture.zfs().snapshots(&full).unwrap(), []);
}
