//! Restores that fail half way: nothing is lost, and no hold is left behind.

use std::{fs, time::Duration};

use nasman_core::Role::Operator;
use nasman_zfs::{Verb, Zfs as _, ZfsError};
use serde_json::{Value, json};

use crate::support::{Busy, State, TestApp, restore, seed};

/// A server whose snapshot `one` has `a` and `b` with `old`, while both live files say `new`.
fn scene() -> TestApp {
    let app = TestApp::new();
    fill(app.state());
    app
}

fn fill(state: &State) {
    for path in ["a", "b"] {
        state.zfs.write("tank/home", path, "old");
    }
    state.zfs.add_snapshot("tank/home@one");
    for path in ["a", "b"] {
        state.zfs.write("tank/home", path, "new");
    }
}

fn overwrite() -> Value {
    json!({ "dataset": "tank/home", "at": "one", "paths": ["a", "b"], "on_conflict": "overwrite" })
}

/// Failed with this code; nothing was replaced, nothing is held, nothing lies about.
fn failed_cleanly(app: &TestApp, job: &Value, code: &str) {
    assert_eq!((&job["state"], &job["error"]["code"]), (&json!("failed"), &json!(code)), "{job}");
    let folder = app.zfs().folder("tank/home");
    assert_eq!(fs::read_to_string(folder.join("a")).unwrap(), "new");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 2);
    assert!(app.zfs().holds(&"tank/home@one".parse().unwrap()).unwrap().is_empty());
}

#[tokio::test]
async fn without_space_for_the_guard_nothing_is_replaced() {
    let app = scene();
    app.zfs().fail(Verb::CreateSnapshot, ZfsError::NoSpace { detail: "out of space".into() });
    let job = restore(&app.script(Operator), &overwrite()).await;
    failed_cleanly(&app, &job, "no_space");
    let detail = job["error"]["detail"].as_str().unwrap();
    assert!(detail.contains("nothing was replaced") && detail.contains("Free some space"), "{detail}");
}

#[tokio::test]
async fn without_the_right_to_snapshot_nothing_is_replaced() {
    let app = scene();
    app.zfs().fail(Verb::CreateSnapshot, ZfsError::PermissionDenied { detail: "cannot create".into() });
    let job = restore(&app.script(Operator), &overwrite()).await;
    failed_cleanly(&app, &job, "zfs_permission");
}

#[tokio::test]
async fn a_hold_that_fails_ends_the_job_and_is_let_go_all_the_same() {
    let app = scene();
    app.zfs().fail(Verb::Hold, ZfsError::Timeout { verb: "zfs hold", after: Duration::from_secs(30) });
    let job = restore(&app.script(Operator), &overwrite()).await;
    failed_cleanly(&app, &job, "zfs_timeout");
    assert_eq!(app.zfs().calls(Verb::Release), 1, "it may have come through after all");
}

#[tokio::test]
async fn a_release_that_fails_at_first_is_tried_again() {
    let app = scene();
    app.zfs().fail(Verb::Release, ZfsError::Timeout { verb: "zfs release", after: Duration::from_secs(30) });
    let job = restore(&app.script(Operator), &overwrite()).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    assert!(app.zfs().holds(&"tank/home@one".parse().unwrap()).unwrap().is_empty());
}

#[tokio::test]
async fn a_snapshot_whose_folder_fails_is_let_go() {
    let app = scene();
    let state = app.stopped();
    let job = seed(&state.catalog(), &state.zfs, &overwrite());
    state.zfs.set_automount_fails("tank/home", true);
    let app = state.start("");
    let job = app.script(Operator).ended(&job.id).await;
    failed_cleanly(&app, &job, "files_unreachable");
}

#[tokio::test]
async fn a_snapshot_destroyed_while_the_job_waited_is_told() {
    let state = State::new();
    fill(&state);
    let job = seed(&state.catalog(), &state.zfs, &overwrite());
    let name = "tank/home@one".parse().unwrap();
    let guid = state.zfs.destroy_plan(&name).unwrap().guid;
    state.zfs.destroy_snapshot(&name, guid).unwrap();
    state.zfs.add_snapshot("tank/home@one");
    let app = state.start("");
    let job = app.script(Operator).ended(&job.id).await;
    failed_cleanly(&app, &job, "snapshot_not_found");
}

#[tokio::test]
async fn a_live_file_changed_while_the_job_waited_is_left_alone_and_the_others_restored() {
    let state = State::new();
    fill(&state);
    let job = seed(&state.catalog(), &state.zfs, &overwrite());
    let live = state.zfs.write("tank/home", "a", "changed since");
    let app = state.start("");
    let job = app.script(Operator).ended(&job.id).await;
    assert_eq!((&job["state"], &job["error"]["code"]), (&json!("failed"), &json!("plan_stale")), "{job}");
    let outcomes: Vec<_> =
        job["result"]["items"].as_array().unwrap().iter().map(|i| i["outcome"].clone()).collect();
    assert_eq!(outcomes, ["failed", "restored"]);
    assert_eq!(fs::read_to_string(live).unwrap(), "changed since");
    assert_eq!(fs::read_to_string(app.zfs().folder("tank/home").join("b")).unwrap(), "old");
    assert!(app.zfs().holds(&"tank/home@one".parse().unwrap()).unwrap().is_empty());
}

#[tokio::test]
async fn a_running_job_is_canceled_at_its_next_step() {
    let app = scene();
    let order = crate::support::order(app.zfs(), &overwrite());
    let busy = Busy::new(app.zfs());
    let new = nasman_catalog::NewJob {
        kind: "restore",
        title: "Restore",
        user_id: 1,
        user_name: "x",
        request: &order,
    };
    let id = app.app.jobs.enqueue(&new).unwrap().id;
    let script = app.script(Operator);
    script.job_when(&id, |state| state == "processing").await;
    assert_eq!(script.delete(&format!("/jobs/{id}")).await.is(202).json()["state"], "processing");
    drop(busy);
    let job = script.ended(&id).await;
    assert_eq!((&job["state"], &job["error"]["code"]), (&json!("canceled"), &json!("canceled")), "{job}");
    assert_eq!(fs::read_to_string(app.zfs().folder("tank/home").join("a")).unwrap(), "new");
    assert!(app.zfs().holds(&"tank/home@one".parse().unwrap()).unwrap().is_empty());
}
