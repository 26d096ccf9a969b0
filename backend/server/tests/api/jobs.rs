//! Jobs: listed, looked at, canceled.

use std::collections::BTreeSet;

use nasman_catalog::NewJob;
use nasman_core::Role::{Operator, Viewer};
use serde_json::{Value, json};

use crate::support::{Busy, TestApp, restore};

fn scene() -> TestApp {
    let app = TestApp::new();
    app.zfs().write("tank/home", "a", "old");
    app.zfs().add_snapshot("tank/home@one");
    app.zfs().write("tank/home", "a", "new!");
    app
}

fn request() -> Value {
    json!({ "dataset": "tank/home", "at": "one", "paths": ["a"] })
}

/// Jobs that wait behind one that waits for ZFS; in the order asked for.
fn queue(app: &TestApp, count: usize) -> Vec<String> {
    let order = crate::support::order(app.zfs(), &request());
    let new = NewJob { kind: "restore", title: "x", user_id: 1, user_name: "x", request: &order };
    (0..count).map(|_| app.app.jobs.enqueue(&new).unwrap().id).collect()
}

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn jobs_are_listed_newest_first_in_pages() {
    let app = scene();
    let mut made = queue(&app, 5);
    made.reverse();
    let script = app.script(Viewer);
    let first = script.get("/jobs?limit=3").await.ok();
    let second = script.get(&format!("/jobs?limit=3&cursor={}", first["next"].as_str().unwrap())).await.ok();
    assert_eq!([ids(&first), ids(&second)].concat(), made);
    assert_eq!(second["next"], Value::Null);
}

#[tokio::test]
async fn jobs_are_listed_by_state_and_without_their_logs() {
    let app = scene();
    let done = restore(&app.script(Operator), &request()).await;
    assert!(!done["log"].as_array().unwrap().is_empty());
    let page = app.script(Viewer).get("/jobs?state=succeeded").await.ok();
    assert_eq!(
        (ids(&page), &page["items"][0]["log"]),
        (vec![done["id"].as_str().unwrap().to_owned()], &json!([]))
    );
    assert_eq!(ids(&app.script(Viewer).get("/jobs?state=failed").await.ok()), Vec::<String>::new());
}

#[tokio::test]
async fn wrong_questions_name_the_field() {
    let app = TestApp::new();
    for (fields, field) in
        [("state=asleep", "state"), ("limit=0", "limit"), ("cursor=x", "cursor"), ("kind=x", "kind")]
    {
        let reply = app.script(Viewer).get(&format!("/jobs?{fields}")).await.is(400);
        assert_eq!(reply.json()["field"], field, "{fields}");
    }
}

#[tokio::test]
async fn a_waiting_job_is_canceled_at_once_and_never_runs() {
    let app = scene();
    let made = queue_behind_a_busy_zfs(&app).await;
    let script = app.script(Operator);
    let job = script.delete(&format!("/jobs/{}", made.1)).await.is(202).json();
    assert_eq!((&job["state"], &job["cancelable"]), (&json!("canceled"), &json!(false)));
    script.delete(&format!("/jobs/{}", made.1)).await.refused(409, "conflict");
    drop(made.2);
    assert_eq!(script.ended(&made.0).await["state"], "succeeded");
    assert_eq!(script.get(&format!("/jobs/{}", made.1)).await.ok()["started_at"], Value::Null);
}

/// A job that runs and one that waits, as long as the third lives.
async fn queue_behind_a_busy_zfs(app: &TestApp) -> (String, String, Busy) {
    let order = crate::support::order(app.zfs(), &request());
    let busy = Busy::new(app.zfs());
    let new = NewJob { kind: "restore", title: "x", user_id: 1, user_name: "x", request: &order };
    let [runs, waits] = [0, 1].map(|_| app.app.jobs.enqueue(&new).unwrap().id);
    app.script(Viewer).job_when(&runs, |state| state == "processing").await;
    (runs, waits, busy)
}

#[tokio::test]
async fn what_has_ended_cannot_be_canceled() {
    let app = scene();
    let script = app.script(Operator);
    let job = restore(&script, &request()).await;
    let detail =
        script.delete(&format!("/jobs/{}", job["id"].as_str().unwrap())).await.refused(409, "conflict");
    assert!(detail.contains("succeeded"), "{detail}");
    script.delete("/jobs/none").await.refused(404, "job_not_found");
}

#[tokio::test]
async fn one_job_runs_at_a_time_and_none_is_lost() {
    let app = scene();
    let made = queue(&app, 8);
    for id in &made {
        let state = app.script(Viewer).ended(id).await["state"].clone();
        // All would make the same second copy: the first does, the others leave it alone.
        assert_eq!(state, if *id == made[0] { "succeeded" } else { "failed" });
    }
    let names: BTreeSet<_> =
        std::fs::read_dir(app.zfs().folder("tank/home")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[tokio::test]
async fn jobs_outlive_the_server() {
    let app = scene();
    let job = restore(&app.script(Operator), &request()).await;
    let app = app.stopped().start("");
    let known = app.script(Viewer).get(&format!("/jobs/{}", job["id"].as_str().unwrap())).await.ok();
    assert_eq!(known, job);
}

#[tokio::test]
async fn a_kind_of_work_that_no_longer_exists_fails_and_the_queue_goes_on() {
    let app = scene();
    let old = NewJob { kind: "juggle", title: "x", user_id: 1, user_name: "x", request: &json!({}) };
    let broken = NewJob { kind: "restore", ..old };
    let ids = [old, broken].map(|new| app.app.jobs.enqueue(&new).unwrap().id);
    for id in ids {
        assert_eq!(app.script(Viewer).ended(&id).await["state"], "failed");
    }
    assert_eq!(restore(&app.script(Operator), &request()).await["state"], "succeeded");
}
