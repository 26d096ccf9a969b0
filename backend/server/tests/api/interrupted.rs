//! Jobs that a dead or stopping server left.

use std::fs;

use jiff::Timestamp;
use nasman_catalog::{Job, JobState};
use nasman_core::Role::Viewer;
use nasman_zfs::{Verb, Zfs as _, ZfsError};
use serde_json::{Value, json};

use crate::support::{Busy, State, TestApp, order, seed};

fn request() -> Value {
    json!({ "dataset": "tank/home", "at": "one", "paths": ["docs/a"] })
}

/// What a server leaves that is killed in the midst of restoring `docs/a`: a held snapshot, a folder it made, a
/// temporary file in it, and a job that still runs by the books.
fn killed() -> (State, Job) {
    let state = State::new();
    state.zfs.write("tank/home", "docs/a", "old");
    state.zfs.add_snapshot("tank/home@one");
    fs::remove_dir_all(state.zfs.folder("tank/home").join("docs")).unwrap();
    let catalog = state.catalog();
    let job = seed(&catalog, &state.zfs, &request());
    assert!(catalog.start_job(&job.id, Timestamp::now()).unwrap());
    let (hold, temp) = (format!("nasman-{}", job.id), format!(".nasman-restore-{}-0", job.id));
    let marks = json!({ "hold": hold, "temp": { "to": "docs/a", "name": temp, "made": ["docs"] } });
    catalog.mark_job(&job.id, &marks).unwrap();
    state.zfs.hold(&"tank/home@one".parse().unwrap(), &hold.parse().unwrap()).unwrap();
    state.zfs.write("tank/home", format!("docs/{temp}"), "half a fi");
    (state, job)
}

fn holds(state: &State) -> usize {
    state.zfs.holds(&"tank/home@one".parse().unwrap()).unwrap().len()
}

async fn found_interrupted(app: &TestApp, id: &str) -> Value {
    let job = app.script(Viewer).ended(id).await;
    assert_eq!((&job["state"], &job["error"]["code"]), (&json!("failed"), &json!("interrupted")), "{job}");
    job
}

#[tokio::test]
async fn the_next_start_cleans_up_and_says_so() {
    let (state, job) = killed();
    assert_eq!(holds(&state), 1);
    let app = state.start("");
    let job = found_interrupted(&app, &job.id).await;
    assert!(job["error"]["detail"].as_str().unwrap().contains("start it again"), "{job}");
    assert_eq!(holds(app.state()), 0);
    assert_eq!(fs::read_dir(app.zfs().folder("tank/home")).unwrap().count(), 0, "file and folder are gone");
}

#[tokio::test]
async fn what_came_into_the_folder_meanwhile_stays() {
    let (state, job) = killed();
    state.zfs.write("tank/home", "docs/mine", "x");
    let app = state.start("");
    found_interrupted(&app, &job.id).await;
    let docs = fs::read_dir(app.zfs().folder("tank/home").join("docs")).unwrap();
    assert_eq!(docs.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>(), ["mine"]);
}

#[tokio::test]
async fn the_hold_goes_even_where_the_file_cannot() {
    let (state, job) = killed();
    state.zfs.fail(Verb::LiveFolder, ZfsError::Failed { verb: "zfs get", detail: "I/O error".into() });
    let app = state.start("");
    let job = found_interrupted(&app, &job.id).await;
    assert!(job["error"]["detail"].as_str().unwrap().contains("cleaning up failed"), "{job}");
    assert_eq!(holds(app.state()), 0);
}

#[tokio::test]
async fn a_target_that_is_gone_has_nothing_left() {
    let (state, job) = killed();
    state.zfs.remove_dataset("tank/home");
    let app = state.start("");
    let job = found_interrupted(&app, &job.id).await;
    assert!(job["error"]["detail"].as_str().unwrap().contains("was cleaned up"), "{job}");
}

#[tokio::test]
async fn a_job_killed_before_its_first_file_lets_go_too() {
    let (state, job) = killed();
    state
        .catalog()
        .mark_job(&job.id, &json!({ "hold": format!("nasman-{}", job.id), "temp": null }))
        .unwrap();
    let app = state.start("");
    found_interrupted(&app, &job.id).await;
    assert_eq!(holds(app.state()), 0);
}

#[tokio::test]
async fn a_job_that_had_not_begun_is_done_by_the_next_server() {
    let (state, _) = killed();
    let waiting = seed(
        &state.catalog(),
        &state.zfs,
        &json!({
            "dataset": "tank/home", "at": "one", "paths": ["docs/a"], "to": { "dataset": "tank/home", "path": "new" },
        }),
    );
    let app = state.start("");
    assert_eq!(app.script(Viewer).ended(&waiting.id).await["state"], "succeeded");
    assert_eq!(fs::read(app.zfs().folder("tank/home").join("new/a")).unwrap(), b"old");
}

#[tokio::test]
async fn a_server_told_to_stop_ends_its_job_as_interrupted() {
    let state = State::new();
    state.zfs.write("tank/home", "docs/a", "old");
    state.zfs.add_snapshot("tank/home@one");
    let app = state.start("");
    let order = order(app.zfs(), &request());
    let busy = Busy::new(app.zfs());
    let new =
        nasman_catalog::NewJob { kind: "restore", title: "x", user_id: 1, user_name: "x", request: &order };
    let id = app.app.jobs.enqueue(&new).unwrap().id;
    app.script(Viewer).job_when(&id, |state| state == "processing").await;
    app.tell_to_stop();
    // By the time ZFS answers, the job knows that it should stop.
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    drop(busy);
    let state = app.stopped();
    let job = state.catalog().job(&id).unwrap();
    assert_eq!((job.state, &job.error.unwrap()["code"]), (JobState::Failed, &json!("interrupted")));
    assert_eq!(holds(&state), 0);
}
