//! Datasets of one test, and what ZFS says of them.

use std::{path::PathBuf, process::Command, sync::Arc};

use nasman::index::is_own;
use nasman_core::{DatasetName, SnapshotName};
use nasman_zfs::{CliZfs, Snapshot, Zfs as _, feed::FolderNames};

use crate::{answer::Truth, truth};

/// Runs a command that must succeed; its output without the last new line.
pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {stderr}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub(crate) fn zfs(arguments: &[&str]) -> String {
    run("zfs", arguments)
}

/// Since 2.2.
pub(crate) fn tells_when_snapshots_changed() -> bool {
    let asked = Command::new("zfs").args(["get", "-H", "snapshots_changed"]).output().unwrap();
    asked.status.success()
}

pub(crate) fn seeds(otherwise: &[u64]) -> Vec<u64> {
    std::env::var("NASMAN_TEST_SEED").map_or_else(|_| otherwise.to_vec(), |seed| vec![seed.parse().unwrap()])
}

/// A dataset, and all below it.
pub(crate) struct Scene {
    pub(crate) zfs: Arc<CliZfs>,
    pub(crate) root: DatasetName,
}

impl Scene {
    /// Absent (and said so) without a pool.
    pub(crate) fn new(name: &str, options: &[&str]) -> Option<Self> {
        let Ok(pool) = std::env::var("NASMAN_TEST_POOL") else {
            eprintln!("SKIPPED: NASMAN_TEST_POOL names no pool");
            return None;
        };
        let root: DatasetName = format!("{pool}/indexing-{}-{name}", std::process::id()).parse().unwrap();
        zfs(&[&["create"], options, &[root.as_str()]].concat());
        Some(Self { zfs: Arc::default(), root })
    }

    pub(crate) fn folder(&self, dataset: &DatasetName) -> PathBuf {
        self.zfs.live_folder(dataset).unwrap()
    }

    /// Its mounted filesystems.
    pub(crate) fn datasets(&self) -> Vec<DatasetName> {
        let list = zfs(&["list", "-H", "-r", "-t", "filesystem", "-o", "name,mounted", self.root.as_str()]);
        let mounted = list.lines().filter_map(|line| line.strip_suffix("\tyes"));
        mounted.map(|name| name.parse().unwrap()).collect()
    }

    /// Snapshots, oldest first.
    pub(crate) fn snapshots(&self, dataset: &DatasetName) -> Vec<Snapshot> {
        self.zfs.snapshots(dataset).unwrap()
    }

    /// What is in a snapshot, by the plain walk.
    pub(crate) fn truth(&self, snapshot: &SnapshotName) -> Truth {
        let truth = truth::walk(&self.zfs.snapshot_folder(snapshot).unwrap(), &FolderNames::default());
        self.zfs.leave_snapshot(snapshot);
        truth
    }

    /// What is in a filesystem now, by the plain walk.
    pub(crate) fn live(&self, dataset: &DatasetName) -> Truth {
        truth::walk(&self.folder(dataset), &FolderNames::default())
    }

    /// Nothing of NASMan's own is left: neither snapshots, nor bookmarks, nor holds.
    pub(crate) fn has_nothing_of_nasmans_own(&self) {
        for dataset in self.datasets() {
            let own: Vec<_> =
                self.snapshots(&dataset).into_iter().filter(|snapshot| is_own(&snapshot.name.tag)).collect();
            assert!(own.is_empty(), "left: {own:?}");
        }
        let list = zfs(&["list", "-H", "-r", "-t", "snapshot,bookmark", "-o", "name", self.root.as_str()]);
        assert!(!list.contains("nasman-"), "left: {list}");
        let snapshots: Vec<&str> = list.lines().filter(|name| name.contains('@')).collect();
        if !snapshots.is_empty() {
            assert_eq!(zfs(&[&["holds", "-H"], &snapshots[..]].concat()), "", "left as holds");
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let gone = Command::new("zfs").args(["destroy", "-R", "-f", self.root.as_str()]).status();
        if !gone.is_ok_and(|status| status.success()) {
            eprintln!("{} could not be destroyed", self.root);
        }
    }
}

/// Every mount of a snapshot there is.
pub(crate) fn snapshot_mounts() -> Vec<String> {
    let table = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    let source =
        |line: &str| line.split(" - zfs ").nth(1).and_then(|rest| rest.split(' ').next()).map(str::to_owned);
    table.lines().filter_map(source).filter(|source| source.contains('@')).collect()
}
