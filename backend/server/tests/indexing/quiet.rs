//! Where nothing happens, nothing is done.

use std::{thread, time::Duration};

use jiff::{SignedDuration, Timestamp};
use nasman_zfs::feed::Feed;

use crate::{
    line::Line,
    scene::{Scene, run, snapshot_mounts, tells_when_snapshots_changed, zfs},
    workload::Workload,
};

/// What a look could leave behind or stir up.
fn marks(scene: &Scene) -> [String; 4] {
    let root = scene.root.as_str();
    [
        zfs(&["list", "-Hp", "-r", "-t", "all", "-o", "name,guid,createtxg,written,referenced", root]),
        match tells_when_snapshots_changed() {
            true => {
                zfs(&["get", "-Hp", "-r", "-t", "filesystem", "-o", "name,value", "snapshots_changed", root])
            }
            false => String::new(),
        },
        snapshot_mounts().join("\n"),
        std::fs::read_to_string("/proc/self/mountinfo").unwrap(),
    ]
}

/// With live looked at every five minutes as by default; hours pass.
#[test]
fn a_dataset_that_does_not_change_is_left_alone() {
    let Some(scene) = Scene::new("quiet", &[]) else { return };
    let dataset = scene.root.clone();
    let line = Line::new("ioctl", &scene, Feed::default(), "");
    let mut work = Workload::new(&scene.folder(&dataset), 4);
    for round in 0..4 {
        work.run(40);
        zfs(&["snapshot", &format!("{dataset}@{round}")]);
    }
    work.run(10);
    run("zpool", &["sync", dataset.pool().as_str()]);
    assert_eq!(line.look(), 1);
    // The end of the first look was itself a change of the snapshots, and ZFS's mark of that has whole seconds.
    run("zpool", &["sync", dataset.pool().as_str()]);
    thread::sleep(Duration::from_millis(2100));
    let later = |minutes: i64| Timestamp::now() + SignedDuration::from_mins(minutes);
    assert_eq!(line.look_at(later(0)), 0);
    let before = (marks(&scene), line.runs(&dataset).len());
    for minutes in (1..=600).step_by(20) {
        assert_eq!(line.look_at(later(minutes)), 0, "after {minutes} minutes");
    }
    assert_eq!((marks(&scene), line.runs(&dataset).len()), before);

    // It is not that it would never look.
    work.run(10);
    run("zpool", &["sync", dataset.pool().as_str()]);
    let live = scene.live(&dataset);
    assert_eq!(line.look_at(later(601)), 1);
    line.knows_live(&dataset, &live, "after a change");
    scene.has_nothing_of_nasmans_own();
}
