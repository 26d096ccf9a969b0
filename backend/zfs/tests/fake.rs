//! The fake: what only it can do. That it behaves like the real thing is for the contract to prove.
#![allow(clippy::unwrap_used)]

use std::{fs, time::Instant};

use nasman_zfs::{FakeZfs, Verb, Zfs as _, ZfsError};

#[test]
fn a_snapshot_keeps_what_was() {
    let zfs = FakeZfs::new().with_dataset("tank/home");
    let file = zfs.write("tank/home", "docs/letter.txt", "old");
    zfs.add_snapshot("tank/home@one");
    fs::write(&file, "newer").unwrap();

    let folder = zfs.snapshot_folder(&"tank/home@one".parse().unwrap()).unwrap();
    assert_eq!(fs::read_to_string(folder.join("docs/letter.txt")).unwrap(), "old");
    let details = zfs.snapshot_details(&["tank/home@one".parse().unwrap()]).unwrap();
    assert_eq!((details[0].used, details[0].written), (3, 3));
    assert_eq!(zfs.dataset(&"tank/home".parse().unwrap()).unwrap().used_by_snapshots, 3);
}

#[test]
fn thousands_of_snapshots_cost_nothing() {
    let zfs = FakeZfs::new();
    for number in 0..500 {
        let dataset = format!("tank/d{number:03}");
        zfs.add_dataset(&dataset);
        zfs.add_snapshots(&dataset, 5_000);
    }
    let start = Instant::now();
    assert_eq!(zfs.datasets().unwrap().len(), 501);
    let snapshots = zfs.snapshots(&"tank/d499".parse().unwrap()).unwrap();
    assert_eq!(snapshots.len(), 5_000);
    assert!(snapshots.is_sorted_by_key(|snapshot| snapshot.createtxg));
    assert_eq!(zfs.details_asked(), 0);
    assert!(start.elapsed().as_secs_f64() < 1.0, "took {:?}", start.elapsed());
    let folder = zfs.snapshot_folder(&snapshots[17].name).unwrap();
    assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
}

#[test]
fn a_verb_fails_when_told_to_and_is_counted() {
    let zfs = FakeZfs::new().with_pool("tank");
    let error = ZfsError::NotInstalled { detail: "no zpool".into() };
    zfs.fail(Verb::Pools, error.clone());
    assert_eq!(zfs.pools(), Err(error.clone()));
    assert_eq!(zfs.pools().unwrap().len(), 1);
    zfs.fail_always(Verb::Pools, error.clone());
    assert_eq!((zfs.pools(), zfs.pools()), (Err(error.clone()), Err(error)));
    zfs.heal(Verb::Pools);
    assert!(zfs.pools().is_ok());
    assert_eq!(zfs.calls(Verb::Pools), 5);
}
