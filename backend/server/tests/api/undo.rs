//! Restores are taken back.

use std::fs;

use nasman_core::Role::Operator;
use nasman_zfs::{Verb, Zfs as _, ZfsError};
use serde_json::{Value, json};

use crate::support::{Busy, State, TestApp, restore, tree, undo};

/// A server whose snapshot `one` has `docs` with `changed`, `deleted` and `sub/x`, and `file`. Live, `changed` and `file` are
/// others, `deleted` and `sub` are gone, and `docs/new` came since.
fn scene() -> TestApp {
    let app = TestApp::new();
    for name in ["docs/changed", "docs/deleted", "docs/sub/x", "file"] {
        app.zfs().write("tank/home", name, "old");
    }
    app.zfs().add_snapshot("tank/home@one");
    let home = app.zfs().folder("tank/home");
    app.zfs().write("tank/home", "docs/changed", "new!");
    app.zfs().write("tank/home", "file", "new!");
    app.zfs().write("tank/home", "docs/new", "since");
    fs::remove_file(home.join("docs/deleted")).unwrap();
    fs::remove_dir_all(home.join("docs/sub")).unwrap();
    app
}

fn request(paths: &[&str], more: &Value) -> Value {
    let mut request = json!({ "dataset": "tank/home", "at": "one", "paths": paths });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

async fn restored(app: &TestApp, paths: &[&str], more: &Value) -> Value {
    let job = restore(&app.script(Operator), &request(paths, more)).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    job
}

async fn state(app: &TestApp, job: &Value) -> Value {
    app.script(Operator).get(&format!("/restores/{}", job["id"].as_str().unwrap())).await.ok()["undo"].clone()
}

fn holds(app: &TestApp) -> usize {
    let snapshots = app.zfs().snapshots(&"tank/home".parse().unwrap()).unwrap();
    snapshots.iter().map(|snapshot| app.zfs().holds(&snapshot.name).unwrap().len()).sum()
}

/// Undoes it, and all is as before.
async fn undone(app: &TestApp, job: &Value, before: &[(String, String)], count: u64) -> Value {
    let undo = undo(&app.script(Operator), job).await;
    assert_eq!((&undo["state"], &undo["kind"]), (&json!("succeeded"), &json!("undo_restore")), "{undo}");
    assert_eq!((&undo["undo"]["undone"], &undo["undo"]["left"]), (&json!(count), &json!(0)), "{undo}");
    assert_eq!(tree(&app.zfs().folder("tank/home")), before);
    assert_eq!(holds(app), 0);
    undo
}

#[tokio::test]
async fn what_was_made_goes_again() {
    let app = scene();
    let before = tree(&app.zfs().folder("tank/home"));
    let job = restored(&app, &["docs/deleted", "docs/sub"], &json!({})).await;
    let undo = undone(&app, &job, &before, 3).await;
    assert_eq!(
        (&undo["title"], &undo["result"]),
        (&json!("Undo: Restore 2 items from tank/home@one"), &Value::Null)
    );
    let done = state(&app, &job).await;
    assert_eq!((&done["state"], &done["job"]), (&json!("done"), &undo["id"]));
}

#[tokio::test]
async fn a_second_copy_goes_again() {
    let app = scene();
    let before = tree(&app.zfs().folder("tank/home"));
    let job = restored(&app, &["file", "docs"], &json!({})).await;
    undone(&app, &job, &before, 5).await;
}

#[tokio::test]
async fn what_was_replaced_comes_back() {
    let app = scene();
    let home = app.zfs().folder("tank/home");
    let (before, modified) = (tree(&home), home.join("docs/changed").metadata().unwrap().modified().unwrap());
    let job = restored(&app, &["file", "docs"], &json!({ "on_conflict": "overwrite" })).await;
    assert_ne!(tree(&home), before);
    undone(&app, &job, &before, 6).await;
    assert_eq!(home.join("docs/changed").metadata().unwrap().modified().unwrap(), modified);
}

#[tokio::test]
async fn a_folder_that_was_merged_gets_back_its_own_permissions_and_times() {
    use std::os::unix::fs::PermissionsExt as _;
    let app = scene();
    let docs = app.zfs().folder("tank/home").join("docs");
    fs::set_permissions(&docs, fs::Permissions::from_mode(0o711)).unwrap();
    let modified = docs.metadata().unwrap().modified().unwrap();
    let job = restored(&app, &["docs"], &json!({ "on_conflict": "overwrite" })).await;
    assert_ne!(docs.metadata().unwrap().permissions().mode() & 0o777, 0o711);
    undo(&app.script(Operator), &job).await;
    let meta = docs.metadata().unwrap();
    assert_eq!((meta.permissions().mode() & 0o777, meta.modified().unwrap()), (0o711, modified));
}

#[tokio::test]
async fn what_was_moved_aside_comes_back_to_its_place() {
    let app = scene();
    let before = tree(&app.zfs().folder("tank/home"));
    let more = json!({ "on_conflict": "overwrite", "added_since": "move_aside" });
    let job = restored(&app, &["docs"], &more).await;
    assert!(!app.zfs().folder("tank/home").join("docs/new").exists());
    undone(&app, &job, &before, 6).await;
}

#[tokio::test]
async fn what_changed_since_is_left_and_told() {
    let app = scene();
    let home = app.zfs().folder("tank/home");
    let job = restored(&app, &["docs", "file"], &json!({ "on_conflict": "overwrite" })).await;
    app.zfs().write("tank/home", "docs/deleted", "worked on");
    app.zfs().write("tank/home", "file", "worked on");
    app.zfs().write("tank/home", "docs/sub/mine", "mine");
    let undo = undo(&app.script(Operator), &job).await;
    assert_eq!(undo["state"], "succeeded", "{undo}");
    assert_eq!((&undo["undo"]["undone"], &undo["undo"]["left"]), (&json!(3), &json!(3)), "{undo}");
    let left = &undo["undo"]["items"][0];
    assert_eq!((&left["undone"], &left["target_path"]), (&json!("left"), &json!("docs/deleted")));
    assert!(left["undo_error"].as_str().unwrap().contains("changed"), "{undo}");
    assert_eq!(fs::read_to_string(home.join("docs/deleted")).unwrap(), "worked on");
    assert_eq!(fs::read_to_string(home.join("file")).unwrap(), "worked on");
    assert_eq!(fs::read_to_string(home.join("docs/changed")).unwrap(), "new!");
    assert_eq!(fs::read_dir(home.join("docs/sub")).unwrap().count(), 1, "only what was not restored");
}

#[tokio::test]
async fn what_was_deleted_since_counts_as_undone() {
    let app = scene();
    let job = restored(&app, &["docs/deleted", "file"], &json!({ "on_conflict": "overwrite" })).await;
    let home = app.zfs().folder("tank/home");
    fs::remove_file(home.join("docs/deleted")).unwrap();
    fs::remove_file(home.join("file")).unwrap();
    let undo = undo(&app.script(Operator), &job).await;
    assert_eq!((&undo["state"], &undo["undo"]["undone"]), (&json!("succeeded"), &json!(2)), "{undo}");
    assert_eq!(
        fs::read_to_string(home.join("file")).unwrap(),
        "new!",
        "what was replaced comes back all the same"
    );
}

#[tokio::test]
async fn it_is_done_once() {
    let app = scene();
    let job = restored(&app, &["docs/deleted"], &json!({})).await;
    let script = app.script(Operator);
    undo(&script, &job).await;
    let address = format!("/restores/{}/undo", job["id"].as_str().unwrap());
    let detail = script.post(&address, &Value::Null).await.refused(409, "conflict");
    assert!(detail.contains("already"), "{detail}");
}

#[tokio::test]
async fn without_the_guard_snapshot_it_says_so() {
    let app = scene();
    let job = restored(&app, &["file"], &json!({ "on_conflict": "overwrite" })).await;
    let guard = job["result"]["guard_snapshot"].as_str().unwrap().parse().unwrap();
    let guid = app.zfs().destroy_plan(&guard).unwrap().guid;
    app.zfs().destroy_snapshot(&guard, guid).unwrap();
    let undo = state(&app, &job).await;
    assert_eq!(undo["state"], "impossible");
    assert!(undo["why"].as_str().unwrap().contains("guard snapshot"), "{undo}");
    let address = format!("/restores/{}/undo", job["id"].as_str().unwrap());
    app.script(Operator).post(&address, &Value::Null).await.refused(409, "conflict");
}

#[tokio::test]
async fn what_restored_nothing_can_not_be_undone() {
    let app = scene();
    let job = restored(&app, &["file"], &json!({ "on_conflict": "skip" })).await;
    assert_eq!(
        state(&app, &job).await,
        json!({ "state": "impossible", "why": "nothing was restored", "job": null })
    );
}

#[tokio::test]
async fn a_restore_that_runs_is_not_undone() {
    let app = scene();
    let order = crate::support::order(app.zfs(), &request(&["docs"], &json!({})));
    let busy = Busy::new(app.zfs());
    let new =
        nasman_catalog::NewJob { kind: "restore", title: "x", user_id: 1, user_name: "x", request: &order };
    let id = app.app.jobs.enqueue(&new).unwrap().id;
    app.script(Operator).job_when(&id, |state| state == "processing").await;
    let undo = state(&app, &json!({ "id": id })).await;
    assert!(undo["state"] == "impossible" && undo["why"].as_str().unwrap().contains("not ended"), "{undo}");
    drop(busy);
    app.script(Operator).ended(&id).await;
}

#[tokio::test]
async fn one_that_failed_can_be_asked_for_again() {
    let app = scene();
    let before = tree(&app.zfs().folder("tank/home"));
    let job = restored(&app, &["docs/deleted"], &json!({})).await;
    app.zfs().fail_always(Verb::LiveFolder, ZfsError::Failed { verb: "zfs get", detail: "I/O error".into() });
    let failed = undo(&app.script(Operator), &job).await;
    app.zfs().heal(Verb::LiveFolder);
    assert_eq!(failed["state"], "failed", "{failed}");
    let again = state(&app, &job).await;
    assert_eq!((&again["state"], &again["job"]), (&json!("possible"), &failed["id"]));
    undone(&app, &job, &before, 1).await;
}

#[tokio::test]
async fn a_killed_one_goes_on() {
    let app = scene();
    let before = tree(&app.zfs().folder("tank/home"));
    let job = restored(&app, &["docs", "file"], &json!({ "on_conflict": "overwrite" })).await;
    let stopped = app.stopped();
    let undo = killed_undo(&stopped, job["id"].as_str().unwrap());
    let app = stopped.start("");
    let undo = app.script(Operator).ended(&undo).await;
    assert_eq!((&undo["state"], &undo["undo"]["left"]), (&json!("succeeded"), &json!(0)), "{undo}");
    assert_eq!(tree(&app.zfs().folder("tank/home")), before);
    assert_eq!(holds(&app), 0);
}

/// What a server leaves that is killed after it put `file` back and before it noted so.
fn killed_undo(state: &State, restore: &str) -> String {
    use std::os::unix::fs::MetadataExt as _;
    let catalog = state.catalog();
    let request = json!({ "restore": restore });
    let new = nasman_catalog::NewJob {
        kind: "undo_restore",
        title: "x",
        user_id: 1,
        user_name: "x",
        request: &request,
    };
    let job = catalog.add_job(&new, jiff::Timestamp::now()).unwrap();
    assert!(catalog.start_job(&job.id, jiff::Timestamp::now()).unwrap());
    let record = catalog.restore_record(restore).unwrap().unwrap();
    let items = catalog.restored_items(record.id, None, None, 100).unwrap();
    let item = items.iter().find(|item| item.target.encode() == "file").unwrap();
    fs::remove_file(state.zfs.folder("tank/home").join("file")).unwrap();
    let meta = state.zfs.write("tank/home", "file", "new!").metadata().unwrap();
    let made = json!({
        "inode": meta.ino(), "size": 4, "mtime": { "seconds": meta.mtime(), "nanos": meta.mtime_nsec() },
    });
    let hold = format!("nasman-{}", job.id);
    let marks = json!({ "hold": hold, "starts": 1, "staging": null, "placing": [item.id, "file", made] });
    catalog.mark_job(&job.id, &marks).unwrap();
    let guard: nasman_core::SnapshotName = record.guard.unwrap().0.parse().unwrap();
    state.zfs.hold(&guard, &hold.parse().unwrap()).unwrap();
    job.id
}
