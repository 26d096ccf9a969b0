//! What becomes of datasets, whoever does it.

use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
};

use nasman_core::DatasetName;

use crate::{
    line::Line,
    scene::{Scene, snapshot_mounts, zfs},
    workload::Workload,
};

struct Stage {
    scene: Scene,
    line: Line,
    mounts: Vec<String>,
}

impl Stage {
    fn name(&self, name: &str) -> DatasetName {
        format!("{}/{name}", self.scene.root).parse().unwrap()
    }

    /// In a folder of its own each time, since a workload knows only its own names.
    fn work(&self, name: &str, seed: u64) {
        let folder = self.scene.folder(&self.name(name)).join(format!("work {seed}"));
        std::fs::create_dir(&folder).unwrap();
        Workload::new(&folder, seed).run(50);
    }

    /// Until ZFS's marks, which have whole seconds, are believed.
    fn is_ripe(&self) {
        std::thread::sleep(std::time::Duration::from_millis(2100));
        assert_eq!(self.line.look(), 0);
    }

    fn knows_snapshots(&self) {
        for dataset in &self.scene.datasets() {
            let snapshots = self.scene.snapshots(dataset);
            let truths =
                snapshots.iter().map(|s| (s.name.tag.to_string(), self.scene.truth(&s.name))).collect();
            self.line.knows_snapshots(&self.scene, dataset, &truths);
        }
    }

    /// One look, of which no event told, and all is right: names, coverage, every snapshot. After a look at live it
    /// still is, and nothing is left behind.
    fn is_right_after(&self, what: &str) {
        eprintln!("{what}");
        let datasets = self.scene.datasets();
        self.line.look();
        self.knows_snapshots();
        self.line.look_at_live(&datasets);
        self.knows_snapshots();
        let known = self.line.app.catalog.datasets().unwrap();
        let known: Vec<_> = known.into_iter().filter(|d| !d.excluded && datasets.contains(&d.name)).collect();
        assert_eq!(known.len(), datasets.len(), "{what}: {known:?}");
        let coverage: BTreeMap<_, _> = self
            .line
            .app
            .catalog
            .coverage()
            .unwrap()
            .into_iter()
            .map(|(id, coverage)| (format!("{id:?}"), coverage))
            .collect();
        for dataset in &datasets {
            let snapshots = self.scene.snapshots(dataset);
            let covered = coverage.get(&format!("{:?}", self.line.dataset(dataset).id)).copied();
            let covered = covered.map_or((0, 0, 0), |c| (c.total, c.indexed, c.failed));
            let count = u64::try_from(snapshots.len()).unwrap();
            assert_eq!(covered, (count, count, 0), "{what}: {dataset}");
            self.line.knows_live(dataset, &self.scene.live(dataset), what);
        }
        self.line.is_sound(what);
        self.scene.has_nothing_of_nasmans_own();
        assert_eq!(snapshot_mounts(), self.mounts, "{what}");
    }
}

fn send(arguments: &[&str], to: &str) {
    let mut send = Command::new("zfs").arg("send").args(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let stream = send.stdout.take().unwrap();
    assert!(Command::new("zfs").args(["receive", "-F", to]).stdin(stream).status().unwrap().success());
    assert!(send.wait().unwrap().success());
}

/// `canmount=off`: else the files of those below would be in its folder.
#[test]
fn whatever_becomes_of_datasets_is_known() {
    let Some(scene) = Scene::new("events", &["-o", "canmount=off"]) else { return };
    let line = Line::ioctl(&scene);
    let stage = Stage { line, mounts: snapshot_mounts(), scene };
    let path = |name: &str| stage.name(name).to_string();
    let (a, b, clone, copy) = (path("a"), path("b"), path("clone"), path("copy"));

    zfs(&["create", &a]);
    for round in 1..=4 {
        stage.work("a", round);
        zfs(&["snapshot", &format!("{a}@{round}")]);
    }
    stage.work("a", 5);
    stage.is_right_after("create");

    let before = stage.line.dataset(&stage.name("a"));
    zfs(&["rename", &a, &b]);
    stage.is_right_after("rename of a dataset");
    let after = stage.line.dataset(&stage.name("b"));
    assert_eq!((before.id, before.guid), (after.id, after.guid), "it was indexed anew");

    zfs(&["rename", &format!("{b}@2"), &format!("{b}@zwei")]);
    stage.is_right_after("rename of a snapshot");

    zfs(&["clone", &format!("{b}@3"), &clone]);
    stage.work("clone", 6);
    stage.is_right_after("clone");
    zfs(&["snapshot", &format!("{clone}@c")]);
    stage.work("clone", 7);
    stage.is_right_after("snapshot of a clone");
    stage.is_ripe();
    zfs(&["promote", &clone]);
    stage.is_right_after("promote");
    assert_eq!(stage.scene.snapshots(&stage.name("clone")).len(), 4, "three were to go over");

    send(&["-R", &format!("{clone}@c")], &copy);
    stage.is_right_after("receive");
    stage.work("clone", 8);
    zfs(&["snapshot", &format!("{clone}@d")]);
    send(&["-I", "@c", &format!("{clone}@d")], &copy);
    stage.is_right_after("receive of what came since");

    zfs(&["destroy", "-r", &copy]);
    stage.is_right_after("destroy of a dataset");
    zfs(&["create", &copy]);
    stage.work("copy", 9);
    stage.is_right_after("another of the same name");

    zfs(&["rollback", "-r", &format!("{clone}@c")]);
    stage.is_right_after("rollback");
    // Each takes the other's name.
    for (from, to) in
        [(clone.clone(), path("between")), (copy.clone(), clone.clone()), (path("between"), copy)]
    {
        zfs(&["rename", &from, &to]);
    }
    stage.is_right_after("swap of names");
}
