//! Targets that are read-only: from the start, from the midst of a restore on, after a kill.

use nasman_core::DatasetName;
use serde_json::json;

use super::{
    Stage, failed,
    files::{same, same_but_times},
    request_to, succeeded,
};
use crate::scene::zfs;

/// Also where it can't be mounted anew at once, since files are open: ZFS heeds it from now on.
fn set_readonly(dataset: &DatasetName, value: &str) {
    let set = std::process::Command::new("zfs")
        .args(["set", &format!("readonly={value}"), dataset.as_str()])
        .output()
        .unwrap();
    eprintln!("readonly={value}: {} {}", set.status, String::from_utf8_lossy(&set.stderr).trim());
    assert_eq!(zfs(&["get", "-H", "-o", "value", "readonly", dataset.as_str()]), value);
}

#[test]
fn a_target_that_is_read_only_is_refused_before_anything_is_done() {
    let Some(mut stage) = Stage::new("readonly") else { return };
    let (home, target) = stage.two();
    set_readonly(&target, "on");
    let client = stage.start();
    let request = request_to(&home, &["files"], &target, "back");
    for path in ["/restores/plan", "/restores"] {
        let (status, problem) = client.post(path, &request);
        assert_eq!((status, &problem["code"]), (409, &json!("read_only")), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(target.as_str()), "{problem}");
    }
    assert_eq!(stage.server.ask("SELECT count(*) AS n FROM jobs WHERE kind = 'restore'"), Some(0));
    stage.is_clean();
    same(&stage.then(&target, "before"), &stage.folder(&target));
}

#[test]
fn a_target_that_becomes_read_only_ends_the_restore_and_keeps_nothing_half_made() {
    let Some(mut stage) = Stage::new("readonly-amid") else { return };
    let (home, target) = stage.two();
    let client = stage.start();
    let request = request_to(&home, &["files"], &target, "back");
    let id = client.begin(&request);
    stage.pause_amid(50);
    set_readonly(&target, "on");
    stage.server.go_on();
    let job = client.ended(&id);
    failed(&job, "read_only");
    assert_eq!(job["result"]["restored"], 0, "{job}");
    assert_eq!(stage.holds(), "");
    // What can't be removed now goes as soon as something is done there again.
    set_readonly(&target, "off");
    succeeded(&client.restore(&request_to(&home, &["files/d0"], &target, "more")));
    stage.is_clean();
    assert!(!stage.folder(&target).join("back").exists());
    same(&stage.then(&home, "then").join("files/d0"), &stage.folder(&target).join("more/d0"));
    succeeded(&client.restore(&request));
    same(&stage.then(&home, "then").join("files"), &stage.folder(&target).join("back/files"));
    stage.is_clean();
}

#[test]
fn a_target_that_is_read_only_after_a_kill_is_cleared_up_when_it_can_be() {
    let Some(mut stage) = Stage::new("readonly-killed") else { return };
    let (home, target) = stage.two();
    let client = stage.start();
    let id = client.begin(&request_to(&home, &["files"], &target, "back"));
    stage.pause_amid(50);
    stage.server.kill();
    set_readonly(&target, "on");
    let client = stage.start();
    failed(&client.ended(&id), "read_only");
    assert_eq!(stage.holds(), "");
    set_readonly(&target, "off");
    stage.server.kill();
    let client = stage.start();
    // Restores wait until all is cleared up.
    succeeded(&client.restore(&request_to(&home, &["files/d0"], &target, "more")));
    stage.is_clean();
    std::fs::remove_dir_all(stage.folder(&target).join("more")).unwrap();
    same_but_times(&stage.then(&target, "before"), &stage.folder(&target));
}
