//! Jobs that a dead or stopping server left.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

use jiff::Timestamp;
use nasman_catalog::{Job, JobState, MadeAs, NewRestoreItem};
use nasman_core::{Kind, RelPath, Role::Viewer, restore::Outcome};
use nasman_zfs::{Verb, Zfs as _, ZfsError};
use serde_json::{Value, json};

use crate::support::{Busy, State, TestApp, order, seed, tree};

fn request() -> Value {
    json!({ "dataset": "tank/home", "at": "one", "paths": ["docs"] })
}

/// What a server leaves that is killed in the midst of restoring `docs` with `a` and `b`: a held snapshot, a hidden folder with
/// half a file in it, and a job that still runs by the books.
fn killed() -> (State, Job, Value) {
    killed_beside(None)
}

/// The same, where this file was live when the restore was planned.
fn killed_beside(live: Option<&str>) -> (State, Job, Value) {
    let state = State::new();
    state.zfs.write("tank/home", "docs/a", "old");
    state.zfs.write("tank/home", "docs/b", "old");
    state.zfs.add_snapshot("tank/home@one");
    fs::remove_dir_all(state.zfs.folder("tank/home").join("docs")).unwrap();
    if let Some(live) = live {
        state.zfs.write("tank/home", live, "x");
    }
    let catalog = state.catalog();
    let job = seed(&catalog, &state.zfs, &request());
    assert!(catalog.start_job(&job.id, Timestamp::now()).unwrap());
    let (hold, staging) = (format!("nasman-{}", job.id), format!(".nasman-restore-{}", job.id));
    let marks = json!({ "hold": hold, "starts": 1, "staging": staging, "placing": [], "moved": true });
    catalog.mark_job(&job.id, &marks).unwrap();
    state.zfs.hold(&"tank/home@one".parse().unwrap(), &hold.parse().unwrap()).unwrap();
    state.zfs.write("tank/home", format!("{staging}/docs/a"), "half a fi");
    (state, job, marks)
}

fn holds(state: &State) -> usize {
    state.zfs.holds(&"tank/home@one".parse().unwrap()).unwrap().len()
}

fn looks(path: &Path) -> Value {
    let meta = path.symlink_metadata().unwrap();
    let size = if meta.is_dir() { 0 } else { meta.len() };
    json!({ "inode": meta.ino(), "size": size, "mtime": { "seconds": meta.mtime(), "nanos": meta.mtime_nsec() } })
}

fn noted(path: &str, pending: bool) -> NewRestoreItem {
    NewRestoreItem {
        source: RelPath::decode(path).unwrap(),
        target: RelPath::decode(path).unwrap(),
        action: "create",
        outcome: Outcome::Restored,
        pending,
        kind: Some(Kind::File),
        made: MadeAs::default(),
        bytes: 3,
        more: None,
    }
}

fn names(state: &State) -> Vec<String> {
    tree(&state.zfs.folder("tank/home")).into_iter().map(|(path, _)| path).collect()
}

async fn went_on(app: &TestApp, id: &str) -> Value {
    let job = app.script(Viewer).ended(id).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    assert!(job["log"][0]["text"].as_str().unwrap().contains("goes on"), "{job}");
    assert_eq!(holds(app.state()), 0);
    job
}

#[tokio::test]
async fn the_next_start_clears_up_and_goes_on() {
    let (state, job, _) = killed();
    let app = state.start("");
    let job = went_on(&app, &job.id).await;
    assert_eq!(names(app.state()), ["docs", "docs/a", "docs/b"]);
    assert_eq!((&job["result"]["restored"], &job["result"]["bytes"]), (&json!(3), &json!(6)));
}

#[tokio::test]
async fn what_got_its_name_just_before_is_known_and_not_made_again() {
    let (state, job, mut marks) = killed();
    let made = state.zfs.write("tank/home", "docs/a", "old");
    let inode = made.metadata().unwrap().ino();
    let place = |path: &str, kind: &str, made: &Path| json!({ "from": path, "to": path, "kind": kind, "made": looks(made), "replaces": false });
    // The folder was complete, and has its name; what is in it was told before.
    let catalog = state.catalog();
    let record = catalog.begin_restore(&job.id).unwrap().id;
    state.zfs.write("tank/home", "docs/b", "old");
    catalog.note_restored(record, &[noted("docs/a", true), noted("docs/b", true)], None).unwrap();
    marks["placing"] = json!([place("docs", "directory", made.parent().unwrap())]);
    catalog.mark_job(&job.id, &marks).unwrap();
    let app = state.start("");
    let job = went_on(&app, &job.id).await;
    assert_eq!(names(app.state()), ["docs", "docs/a", "docs/b"]);
    assert_eq!(made.metadata().unwrap().ino(), inode);
    assert_eq!((&job["result"]["restored"], &job["result"]["bytes"]), (&json!(3), &json!(6)), "{job}");
}

#[tokio::test]
async fn what_was_to_be_in_a_folder_that_did_not_come_to_be_is_made() {
    let (state, job, mut marks) = killed();
    let catalog = state.catalog();
    let record = catalog.begin_restore(&job.id).unwrap().id;
    catalog.note_restored(record, &[noted("docs/a", true)], None).unwrap();
    let gone = json!({ "inode": 1, "size": 0, "mtime": { "seconds": 0, "nanos": 0 } });
    marks["placing"] =
        json!([{ "from": "docs", "to": "docs", "kind": "directory", "made": gone, "replaces": false }]);
    catalog.mark_job(&job.id, &marks).unwrap();
    let app = state.start("");
    let job = went_on(&app, &job.id).await;
    assert_eq!(names(app.state()), ["docs", "docs/a", "docs/b"]);
    assert_eq!(job["result"]["restored"], 3, "{job}");
}

#[tokio::test]
async fn what_the_record_has_is_not_restored_again() {
    let (state, job, _) = killed_beside(Some("docs/kept"));
    let catalog = state.catalog();
    let record = catalog.begin_restore(&job.id).unwrap().id;
    // It was restored, and deleted by somebody before the server was killed.
    catalog.note_restored(record, &[noted("docs/a", false)], None).unwrap();
    let app = state.start("");
    let job = went_on(&app, &job.id).await;
    assert_eq!(names(app.state()), ["docs", "docs/b", "docs/kept"]);
    assert_eq!(job["result"]["restored"], 2, "{job}");
}

#[tokio::test]
async fn a_guard_snapshot_is_taken_once() {
    let state = State::new();
    state.zfs.write("tank/home", "docs/a", "old");
    state.zfs.add_snapshot("tank/home@one");
    state.zfs.write("tank/home", "docs/a", "new!");
    let catalog = state.catalog();
    let mut wanted = request();
    wanted["on_conflict"] = json!("overwrite");
    let job = seed(&catalog, &state.zfs, &wanted);
    assert!(catalog.start_job(&job.id, Timestamp::now()).unwrap());
    state.zfs.add_snapshot("tank/home@nasman-guard-x");
    let hold = format!("nasman-{}", job.id);
    let marks = json!({ "hold": hold, "starts": 1, "guard": "tank/home@nasman-guard-x" });
    catalog.mark_job(&job.id, &marks).unwrap();
    let app = state.start("");
    let job = went_on(&app, &job.id).await;
    assert_eq!(job["result"]["guard_snapshot"], "tank/home@nasman-guard-x");
    let snapshots = app.zfs().snapshots(&"tank/home".parse().unwrap()).unwrap();
    assert_eq!(snapshots.iter().filter(|one| one.name.tag.as_str().starts_with("nasman-guard-")).count(), 1);
}

#[tokio::test]
async fn one_that_kills_the_server_again_and_again_is_given_up() {
    let (state, job, mut marks) = killed();
    marks["starts"] = json!(5);
    state.catalog().mark_job(&job.id, &marks).unwrap();
    let app = state.start("");
    let job = app.script(Viewer).ended(&job.id).await;
    assert_eq!((&job["state"], &job["error"]["code"]), (&json!("failed"), &json!("interrupted")), "{job}");
    assert!(job["error"]["detail"].as_str().unwrap().contains("start it again"), "{job}");
    assert_eq!((holds(app.state()), names(app.state())), (0, Vec::new()));
}

#[tokio::test]
async fn the_hold_goes_even_where_the_rest_cannot() {
    let (state, job, mut marks) = killed();
    marks["starts"] = json!(5);
    state.catalog().mark_job(&job.id, &marks).unwrap();
    state.zfs.fail(Verb::LiveFolder, ZfsError::Failed { verb: "zfs get", detail: "I/O error".into() });
    let app = state.start("");
    let job = app.script(Viewer).ended(&job.id).await;
    assert!(job["error"]["detail"].as_str().unwrap().contains("cleaning up failed"), "{job}");
    assert_eq!(holds(app.state()), 0);
}

#[tokio::test]
async fn a_target_that_is_gone_is_told() {
    let (state, job, _) = killed();
    state.zfs.remove_dataset("tank/home");
    let app = state.start("");
    let job = app.script(Viewer).ended(&job.id).await;
    assert_eq!(job["state"], "failed", "{job}");
    assert_eq!(job["error"]["code"], "snapshot_not_found", "{job}");
}

#[tokio::test]
async fn what_is_half_made_goes_even_where_the_snapshot_is_gone() {
    let (state, job, _) = killed();
    let snapshot = state.zfs.snapshots(&"tank/home".parse().unwrap()).unwrap().remove(0);
    state.zfs.release(&snapshot.name, &format!("nasman-{}", job.id).parse().unwrap()).unwrap();
    state.zfs.destroy_snapshot(&snapshot.name, snapshot.guid).unwrap();
    let app = state.start("");
    let job = app.script(Viewer).ended(&job.id).await;
    assert_eq!((&job["state"], &job["error"]["code"]), (&json!("failed"), &json!("snapshot_not_found")));
    assert_eq!(names(app.state()), Vec::<String>::new());
}

#[tokio::test]
async fn what_can_not_be_cleared_away_goes_as_soon_as_it_can() {
    let (state, job, mut marks) = killed_beside(Some("docs/kept"));
    // One of both has its name, the other one is half made.
    let made = state.zfs.write("tank/home", "docs/a", "old");
    marks["placing"] = json!([{ "from": "docs/a", "to": "docs/a", "kind": "file", "made": looks(&made), "replaces": false }]);
    state.catalog().mark_job(&job.id, &marks).unwrap();
    state.zfs.set_mounted("tank/home", false);
    let app = state.start("");
    let script = app.script(nasman_core::Role::Operator);
    let ended = script.ended(&job.id).await;
    assert_eq!((&ended["state"], &ended["error"]["code"]), (&json!("failed"), &json!("files_unreachable")));
    assert_eq!((holds(app.state()), app.app.catalog.jobs_that_left("restore").unwrap().len()), (0, 1));

    app.zfs().set_mounted("tank/home", true);
    assert_eq!(names(app.state()).iter().filter(|name| name.contains(".nasman-restore-")).count(), 3);
    let other = json!({ "dataset": "tank/home", "at": "one", "paths": ["docs/b"], "to": { "dataset": "tank/home", "path": "new" } });
    assert_eq!(crate::support::restore(&script, &other).await["state"], "succeeded");
    assert_eq!(names(app.state()), ["docs", "docs/a", "docs/kept", "new", "new/b"]);
    assert_eq!(app.app.catalog.jobs_that_left("restore").unwrap().len(), 0);
    // What had its name is on record by now.
    let undone = crate::support::undo(&script, &ended).await;
    assert_eq!((&undone["state"], &undone["undo"]["undone"]), (&json!("succeeded"), &json!(1)), "{undone}");
    assert_eq!(names(app.state()), ["docs", "docs/kept", "new", "new/b"]);
}

#[tokio::test]
async fn a_job_that_had_not_begun_is_done_by_the_next_server() {
    let (state, _, _) = killed();
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
async fn a_server_told_to_stop_leaves_its_job_to_the_next_one() {
    let state = State::new();
    state.zfs.write("tank/home", "docs/a", "old");
    state.zfs.add_snapshot("tank/home@one");
    fs::remove_dir_all(state.zfs.folder("tank/home").join("docs")).unwrap();
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
    assert_eq!(state.catalog().job(&id).unwrap().state, JobState::Enqueued);
    assert_eq!((holds(&state), names(&state)), (1, Vec::new()), "it is still held, and nothing lies about");
    let app = state.start("");
    went_on(&app, &id).await;
    assert_eq!(names(app.state()), ["docs", "docs/a"]);
}
