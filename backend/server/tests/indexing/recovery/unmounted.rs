//! Datasets that are unmounted while they are read or written.

use std::{fs, path::Path};

use nasman_core::DatasetName;

use super::{
    Stage,
    busy::refused,
    failed,
    files::{same, same_but_times},
    request_to, succeeded,
};
use crate::{
    scene::{run, zfs},
    server::wait_for,
};

fn is_empty(folder: &Path) {
    let found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(found.is_empty(), "in what lies beneath: {found:?}");
}

fn mount(dataset: &DatasetName) {
    // What was taken away while it was open is let go of a little later.
    wait_for("its mount", || {
        std::process::Command::new("zfs").args(["mount", dataset.as_str()]).output().unwrap().status.success()
    });
}

#[test]
fn what_a_restore_uses_stays_mounted() {
    let Some(mut stage) = Stage::new("mounted") else { return };
    let (home, target) = stage.two();
    let client = stage.start();
    let id = client.begin(&request_to(&home, &["files"], &target, "back"));
    stage.pause_amid(50);
    for dataset in [&home, &target] {
        for verb in [&["unmount"][..], &["unmount", "-f"]] {
            let said = refused(&[verb, &[dataset.as_str()]].concat());
            assert!(said.contains("busy"), "{said}");
        }
    }
    stage.server.go_on();
    succeeded(&client.ended(&id));
    stage.is_clean();
    same(&stage.then(&home, "then").join("files"), &stage.folder(&target).join("back/files"));
    // Nothing of it is in use any more.
    zfs(&["unmount", target.as_str()]);
    zfs(&["mount", target.as_str()]);
}

/// `umount --lazy` takes a mount out of the way, whoever has something open there.
#[test]
fn a_target_taken_away_amid_a_restore_is_written_to_all_the_same_and_what_lies_beneath_is_not() {
    let Some(mut stage) = Stage::new("taken") else { return };
    let (home, target) = stage.two();
    let (beneath, then) = (stage.folder(&target), stage.then(&home, "then"));
    let client = stage.start();
    let id = client.begin(&request_to(&home, &["files"], &target, "back"));
    stage.pause_amid(50);
    run("umount", &["--lazy", beneath.to_str().unwrap()]);
    is_empty(&beneath);
    stage.server.go_on();
    let job = client.ended(&id);
    is_empty(&beneath);
    assert_eq!(stage.holds(), "");
    succeeded(&job);
    mount(&target);
    stage.is_clean();
    same(&then.join("files"), &beneath.join("back/files"));
    // The next one finds it not mounted, and says so.
    zfs(&["unmount", target.as_str()]);
    let (status, problem) = client.post("/restores/plan", &request_to(&home, &["files"], &target, "again"));
    assert_eq!((status, problem["code"].as_str()), (409, Some("files_unreachable")), "{problem}");
    is_empty(&beneath);
    zfs(&["mount", target.as_str()]);
}

#[test]
fn a_source_taken_away_amid_a_restore_is_read_to_its_end() {
    let Some(mut stage) = Stage::new("source-taken") else { return };
    let (home, target) = stage.two();
    let live = stage.folder(&home);
    let client = stage.start();
    let id = client.begin(&request_to(&home, &["files"], &target, "back"));
    stage.pause_amid(50);
    run("umount", &["--lazy", live.to_str().unwrap()]);
    stage.server.go_on();
    let job = client.ended(&id);
    assert_eq!(stage.holds(), "");
    succeeded(&job);
    is_empty(&live);
    mount(&home);
    stage.is_clean();
    same(&live.join("files"), &stage.folder(&target).join("back/files"));
}

/// A restore is killed, then one of both is unmounted: it can't go on, says so, and leaves nothing half made.
fn unmounted_after_a_kill(name: &str, choose: impl FnOnce(DatasetName, DatasetName) -> DatasetName) {
    let Some(mut stage) = Stage::new(name) else { return };
    let (home, target) = stage.two();
    let client = stage.start();
    let id = client.begin(&request_to(&home, &["files"], &target, "back"));
    stage.pause_amid(50);
    stage.server.kill();
    let chosen = choose(home.clone(), target.clone());
    let beneath = stage.folder(&chosen);
    run("sh", &["-c", "umount \"$1\"/.zfs/snapshot/* 2>/dev/null || :", "sh", beneath.to_str().unwrap()]);
    zfs(&["unmount", chosen.as_str()]);
    is_empty(&beneath);
    let client = stage.start();
    let job = client.ended(&id);
    failed(&job, "files_unreachable");
    is_empty(&beneath);
    assert_eq!(stage.holds(), "");
    zfs(&["mount", chosen.as_str()]);
    succeeded(&client.restore(&request_to(&home, &["files/d0"], &target, "more")));
    stage.is_clean();
    let live = stage.folder(&target);
    assert!(!live.join("back").exists());
    same(&stage.then(&home, "then").join("files/d0"), &live.join("more/d0"));
    fs::remove_dir_all(live.join("more")).unwrap();
    same_but_times(&stage.then(&target, "before"), &live);
}

#[test]
fn a_target_unmounted_after_a_kill_is_cleared_up_when_it_is_back() {
    unmounted_after_a_kill("target-unmounted", |_, target| target);
}

#[test]
fn a_source_unmounted_after_a_kill_leaves_nothing_in_the_target() {
    unmounted_after_a_kill("source-unmounted", |home, _| home);
}
