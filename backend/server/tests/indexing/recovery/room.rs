//! Targets in which there is no room: a pool that is full, a quota that is reached.

use std::{fs, path::Path};

use nasman_core::DatasetName;
use serde_json::json;

use super::{
    Stage,
    client::Client,
    failed,
    files::{all_files, differ, fill, fill_with_noise, noise, same, same_but_times},
    request_to, succeeded,
};
use crate::{
    scene::{run, zfs},
    server::wait_for,
};

const MIB: u64 = 1 << 20;
/// Of the tree to restore.
const SIZE: u64 = 16 * MIB;
/// What the target has room for.
const ROOM: u64 = 6 * MIB;

/// A pool on a file, destroyed at the end.
struct Tiny {
    name: String,
    _file: tempfile::TempDir,
}

impl Tiny {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("nasman-test-").tempdir_in("/var/tmp").unwrap();
        let (file, name) = (folder.path().join("disk"), format!("nasman-tiny-{}", std::process::id()));
        fs::File::create(&file).unwrap().set_len(160 * MIB).unwrap();
        let mountpoint = format!("mountpoint={}", folder.path().join("mounted").display());
        let options = ["-O", "acltype=posixacl", "-O", "xattr=sa", "-O", &mountpoint];
        run("zpool", &[&["create", "-f"], &options[..], &[name.as_str(), file.to_str().unwrap()]].concat());
        Self { name, _file: folder }
    }
}

impl Drop for Tiny {
    fn drop(&mut self) {
        let gone = std::process::Command::new("zpool").args(["destroy", "-f", &self.name]).status();
        if !gone.is_ok_and(|status| status.success()) {
            eprintln!("the pool {} could not be destroyed", self.name);
        }
    }
}

fn available(dataset: &DatasetName) -> u64 {
    run("zpool", &["sync", dataset.pool().as_str()]);
    zfs(&["get", "-Hp", "-o", "value", "available", dataset.as_str()]).parse().unwrap()
}

/// Space that was freed comes back after a while.
fn has_room(dataset: &DatasetName, least: u64) {
    wait_for("room", || available(dataset) >= least);
}

/// `big` in the snapshot `then` of a dataset of its own.
fn source(stage: &Stage) -> DatasetName {
    let home = stage.create("home", &[]);
    let big = stage.folder(&home).join("big");
    // Few: near a quota ZFS makes every change wait for the disk.
    fill(&big, 12, 1);
    fill_with_noise(&big.join("d0/noise"), usize::try_from(SIZE / MIB).unwrap());
    stage.snapshot(&home, "then");
    home
}

/// Whether each file in a folder is as in one of these: none is half of something.
fn each_is_whole(folder: &Path, originals: [&Path; 2]) -> usize {
    let files = all_files(folder);
    for file in files.iter().filter(|file| file.symlink_metadata().unwrap().is_file()) {
        let inside = file.strip_prefix(folder).unwrap();
        let is_as =
            |original: &Path| fs::read(original.join(inside)).is_ok_and(|c| c == fs::read(file).unwrap());
        assert!(originals.into_iter().any(is_as), "{} is half made", file.display());
    }
    files.len()
}

/// A restore to a new folder, and one to a folder that is there, meet the end of the space; then there is some.
fn runs_out_of_room(
    stage: &Stage,
    client: &Client,
    (home, target): (&DatasetName, &DatasetName),
    make_room: impl FnOnce(),
) {
    let (then, live) = (stage.then(home, "then").join("big"), stage.folder(target));
    let before = stage.then(target, "before");
    let elsewhere = request_to(home, &["big"], target, "back");
    let job = client.restore(&elsewhere);
    failed(&job, "no_space");
    assert_eq!((&job["result"]["restored"], &job["result"]["failed"]), (&json!(0), &json!(1)), "{job}");
    stage.is_clean();
    stage.has_nothing_hidden(target);
    same_but_times(&before, &live);

    has_room(target, ROOM / 2);
    let mut merged = request_to(home, &["big"], target, "there");
    merged["on_conflict"] = json!("overwrite");
    let job = client.restore(&merged);
    failed(&job, "no_space");
    assert!(job["result"]["restored"].as_u64().unwrap() > 1, "{job}");
    assert!(job["result"]["failed"].as_u64().unwrap() > 0, "{job}");
    stage.is_clean();
    stage.has_nothing_hidden(target);
    let there = live.join("there/big");
    let count = each_is_whole(&there, [&then, &before.join("there/big")]);
    assert!(count > 1 && count < all_files(&then).len(), "{count}");
    same(&before.join("mine"), &live.join("mine"));

    make_room();
    has_room(target, 2 * SIZE);
    let undone = client.undo(&job);
    succeeded(&undone);
    assert_eq!((&undone["undo"]["left"], &undone["undo"]["failed"]), (&json!(0), &json!(0)), "{undone}");
    same_but_times(&before, &live);
    succeeded(&client.restore(&elsewhere));
    same(&then, &live.join("back/big"));
    succeeded(&client.restore(&merged));
    same(&then, &there);
    stage.is_clean();
    stage.has_nothing_hidden(target);
}

/// What is in the target before, also in the snapshot `before`.
fn furnish(stage: &Stage, target: &DatasetName, then: &Path) {
    let live = stage.folder(target);
    fill(&live.join("mine"), 60, 9);
    fs::create_dir_all(live.join("there/big/d0")).unwrap();
    fs::write(live.join("there/big/d0/file 0"), "mine").unwrap();
    differ(then, &live.join("there/big"));
    stage.snapshot(target, "before");
}

#[test]
fn a_full_pool_ends_a_restore_and_harms_nothing() {
    let Some(mut stage) = Stage::new("full") else { return };
    let tiny = Tiny::new();
    let home = source(&stage);
    let target: DatasetName = format!("{}/target", tiny.name).parse().unwrap();
    zfs(&["create", target.as_str()]);
    let then = stage.then(&home, "then").join("big");
    furnish(&stage, &target, &then);
    let filler = Path::new(&zfs(&["get", "-H", "-o", "value", "mountpoint", &tiny.name])).join("filler");
    let left = available(&target);
    assert!(left > ROOM + 2 * SIZE, "{left}");
    noise(&filler, usize::try_from(left - ROOM).unwrap(), 7);
    assert!(available(&target) < SIZE);

    let client = stage.start();
    let plan = client.plan(&request_to(&home, &["big"], &target, "back"));
    let warning = plan["warnings"][0].as_str().unwrap();
    assert!(warning.contains("less than") && plan["copy_bytes"].as_u64().unwrap() > SIZE, "{plan}");
    runs_out_of_room(&stage, &client, (&home, &target), || fs::remove_file(&filler).unwrap());
    drop(client);
    // The server may have the pool's files open no more.
    stage.server.kill();
}

#[test]
fn a_quota_that_is_reached_ends_a_restore_and_harms_nothing() {
    let Some(mut stage) = Stage::new("quota") else { return };
    let home = source(&stage);
    let target = stage.create("target", &[]);
    furnish(&stage, &target, &stage.then(&home, "then").join("big"));
    run("zpool", &["sync", target.pool().as_str()]);
    let used: u64 = zfs(&["get", "-Hp", "-o", "value", "used", target.as_str()]).parse().unwrap();
    zfs(&["set", &format!("quota={}", used + ROOM), target.as_str()]);
    let client = stage.start();
    runs_out_of_room(&stage, &client, (&home, &target), || {
        drop(zfs(&["set", "quota=none", target.as_str()]));
    });
}
