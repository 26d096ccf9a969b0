//! The fake: the contract, and what only it can do.
#![allow(clippy::unwrap_used, reason = "tests")]

mod contract;

use std::{fs, time::Instant};

use contract::{Fixture, Undo};
use libtest_mimic::{Arguments, Trial};
use nasman_core::{DatasetName, SnapshotName};
use nasman_zfs::{FakeZfs, KeyStatus, Unreachable, Verb, Zfs, ZfsError};

fn main() {
    let contract = contract::cases().into_iter().map(|(name, case)| {
        Trial::test(name, move || {
            case(&Scene(FakeZfs::new().with_dataset("tank/home")));
            Ok(())
        })
    });
    let own: [(&str, fn()); 4] = [
        ("a_snapshot_keeps_what_was", a_snapshot_keeps_what_was),
        ("thousands_of_snapshots_cost_nothing", thousands_of_snapshots_cost_nothing),
        ("a_verb_fails_when_told_to_and_is_counted", a_verb_fails_when_told_to_and_is_counted),
        ("an_automount_may_fail", an_automount_may_fail),
    ];
    let own = own.into_iter().map(|(name, test)| {
        Trial::test(name, move || {
            test();
            Ok(())
        })
    });
    libtest_mimic::run(&Arguments::from_args(), contract.chain(own).collect()).exit();
}

struct Scene(FakeZfs);

/// A snapshot that is read until this goes.
struct Reader<'a>(&'a FakeZfs, String);

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.0.set_in_use(&self.1, false);
    }
}

impl Fixture for Scene {
    fn zfs(&self) -> &dyn Zfs {
        &self.0
    }

    fn home(&self) -> DatasetName {
        "tank/home".parse().unwrap()
    }

    fn add_filesystem(&self, name: &DatasetName) {
        self.0.add_dataset(name.as_str());
    }

    fn add_volume(&self, name: &DatasetName) {
        self.0.add_volume(name.as_str(), 16 << 20);
    }

    fn add_encrypted(&self, name: &DatasetName) {
        self.0.add_dataset(name.as_str());
        self.0.set_key_status(name.as_str(), KeyStatus::Available);
    }

    fn unload_key(&self, name: &DatasetName) {
        self.0.set_key_status(name.as_str(), KeyStatus::Unavailable);
    }

    fn add_clone(&self, snapshot: &SnapshotName, clone: &DatasetName) {
        self.0.add_clone(&snapshot.to_string(), clone.as_str());
    }

    fn remove(&self, name: &DatasetName) {
        self.0.remove_dataset(name.as_str());
    }

    fn set_mounted(&self, name: &DatasetName, mounted: bool) {
        self.0.set_mounted(name.as_str(), mounted);
    }

    fn mount_elsewhere(&self, name: &DatasetName) -> Box<dyn Undo + '_> {
        self.0.set_elsewhere(name.as_str(), true);
        Box::new(())
    }

    fn read_on(&self, snapshot: &SnapshotName) -> Box<dyn Undo + '_> {
        self.0.set_in_use(&snapshot.to_string(), true);
        Box::new(Reader(&self.0, snapshot.to_string()))
    }

    fn full(&self) -> DatasetName {
        self.0.add_pool("full", 1 << 20);
        self.0.write("full", "all", vec![0; 1 << 20]);
        "full".parse().unwrap()
    }
}

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

fn an_automount_may_fail() {
    let zfs = FakeZfs::new().with_dataset("tank/home");
    let snapshot = zfs.add_snapshot("tank/home@one").name;
    zfs.set_automount_fails("tank/home", true);
    let reason = Unreachable::AutomountFailed;
    let closed = ZfsError::Unreachable { name: snapshot.to_string(), reason };
    assert_eq!(zfs.snapshot_folder(&snapshot), Err(closed));
    assert!(zfs.live_folder(&snapshot.dataset).is_ok());
}
