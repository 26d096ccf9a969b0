//! A dataset of one test.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use nasman_core::{DatasetName, SnapshotName};
use nasman_zfs::{
    CliZfs, Zfs as _,
    feed::{Feed, FolderNames, Means, Passed, Run},
};

use crate::{model::Model, truth};

/// Runs a command that must succeed; its output without the last new line.
pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {stderr}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub(crate) struct Scene {
    pub(crate) zfs: CliZfs,
    pub(crate) dataset: DatasetName,
    pub(crate) folder: PathBuf,
    /// Folders that are not entered, by the lines and by the truth.
    pub(crate) exclude: FolderNames,
}

impl Scene {
    /// Absent (and said so) without a pool.
    pub(crate) fn new(name: &str, options: &[&str]) -> Option<Self> {
        let Ok(pool) = std::env::var("NASMAN_TEST_POOL") else {
            eprintln!("SKIPPED: NASMAN_TEST_POOL names no pool");
            return None;
        };
        let dataset: DatasetName = format!("{pool}/feed-{}-{name}", std::process::id()).parse().unwrap();
        run("zfs", &[&["create"], options, &[dataset.as_str()]].concat());
        let zfs = CliZfs::default();
        let folder = zfs.live_folder(&dataset).unwrap();
        Some(Self { zfs, dataset, folder, exclude: FolderNames::default() })
    }

    pub(crate) fn snapshot(&self, tag: &str) -> SnapshotName {
        let name = self.dataset.snapshot(tag.parse().unwrap()).unwrap();
        run("zfs", &["snapshot", &name.to_string()]);
        name
    }

    /// What is in the snapshot, by the plain walk.
    pub(crate) fn truth(&self, snapshot: &SnapshotName) -> Truth {
        truth::walk(&self.zfs.snapshot_folder(snapshot).unwrap(), &self.exclude)
    }
}

pub(crate) type Truth = std::collections::BTreeMap<nasman_core::RelPath, (u64, nasman_core::Meta)>;

impl Drop for Scene {
    fn drop(&mut self) {
        let gone = Command::new("zfs").args(["destroy", "-R", "-f", self.dataset.as_str()]).status();
        if !gone.is_ok_and(|status| status.success()) {
            eprintln!("{} could not be destroyed", self.dataset);
        }
    }
}

/// One means and what is known by it.
pub(crate) struct Line {
    pub(crate) feed: Feed,
    pub(crate) means: Means,
    pub(crate) model: Model,
    pub(crate) at: Option<SnapshotName>,
}

impl Line {
    pub(crate) fn new(means: Means) -> Self {
        let feed =
            Feed { ioctl: means == Means::Ioctl, zfs_diff: means == Means::ZfsDiff, ..Feed::default() };
        Self { feed, means, model: Model::default(), at: None }
    }

    /// The means that are always right.
    pub(crate) fn sound() -> Vec<Self> {
        [Means::Ioctl, Means::Walk].into_iter().map(Self::new).collect()
    }

    /// All, where no file ever lost a hard link.
    pub(crate) fn all() -> Vec<Self> {
        [Means::Ioctl, Means::ZfsDiff, Means::Walk].into_iter().map(Self::new).collect()
    }

    /// Steps forward to a snapshot.
    pub(crate) fn step(&mut self, scene: &Scene, to: &SnapshotName) -> Run {
        let known = self.model.clone();
        let from = self.at.as_ref().map(|at| (at, &known as &dyn nasman_core::Known));
        let model = &mut self.model;
        self.feed.exclude = scene.exclude.clone();
        let run = self.feed.changes(&scene.zfs, from, to, &mut |change| {
            model.apply(change);
            Ok(())
        });
        self.at = Some(to.clone());
        run.unwrap_or_else(|error| panic!("{:?} to {to}: {error}", self.means))
    }

    /// How long a step takes when nobody keeps what it tells.
    pub(crate) fn alone(&self, scene: &Scene, to: &SnapshotName) -> std::time::Duration {
        let known: &dyn nasman_core::Known = &self.model;
        let from = self.at.as_ref().map(|at| (at, known));
        self.feed.changes(&scene.zfs, from, to, &mut |_| Ok(())).unwrap().took
    }

    /// Steps forward and proves that all is known then. The means must be the line's, or none was needed.
    pub(crate) fn prove(&mut self, scene: &Scene, to: &SnapshotName, truth: &Truth, context: &str) -> Run {
        let first = self.at.is_none();
        let run = self.step(scene, to);
        let right = [self.means, Means::Nothing].contains(&run.means) || (first && run.means == Means::Walk);
        assert!(right, "{context}: {:?} instead of {:?}: {:?}", run.means, self.means, run.passed);
        assert!(run.findings.is_empty(), "{context}: {:?}", run.findings);
        let (paths, lost) = self.model.paths();
        compare(&paths, truth, &format!("{context}, {to} by {:?}", self.means));
        assert!(lost.is_empty(), "{context}, {to} by {:?}: not told to be gone: {lost:?}", self.means);
        run
    }
}

fn compare(found: &Truth, truth: &Truth, context: &str) {
    let missing: Vec<_> = truth.keys().filter(|path| !found.contains_key(*path)).take(5).collect();
    let surplus: Vec<_> = found.keys().filter(|path| !truth.contains_key(*path)).take(5).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "{context}: missing {missing:?}, surplus {surplus:?}");
    for (path, now) in truth {
        assert_eq!(&found[path], now, "{context}: {path:?}");
    }
}

/// The reasons why cheaper means were not used.
pub(crate) fn reasons(passed: &[Passed]) -> String {
    passed
        .iter()
        .map(|passed| format!("{:?}: {}", passed.means, passed.reason))
        .collect::<Vec<_>>()
        .join("; ")
}

/// Whether the snapshot is mounted.
pub(crate) fn is_mounted(snapshot: &SnapshotName) -> bool {
    std::fs::read_to_string(Path::new("/proc/self/mountinfo")).unwrap().contains(&format!(" {snapshot} "))
}
