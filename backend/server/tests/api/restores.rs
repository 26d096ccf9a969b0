//! Restores that succeed: where to, beside what, and what the file keeps.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    time::{Duration, UNIX_EPOCH},
};

use nasman_core::Role::Operator;
use nasman_zfs::{Verb, Zfs as _};
use serde_json::{Value, json};

use crate::support::{TestApp, restore};

/// A server whose snapshot `one` has `a.txt` and `docs/b.txt` with `old`; live, `a.txt` says `new` and `b.txt` is gone.
fn scene() -> TestApp {
    let app = TestApp::new();
    app.zfs().set_now("2026-05-02T08:30:00Z".parse().unwrap());
    app.zfs().write("tank/home", "a.txt", "old");
    app.zfs().write("tank/home", "docs/b.txt", "old");
    app.zfs().add_snapshot("tank/home@one");
    app.zfs().write("tank/home", "a.txt", "new");
    fs::remove_file(app.zfs().folder("tank/home").join("docs/b.txt")).unwrap();
    app
}

fn request(paths: &[&str], more: &Value) -> Value {
    let mut request = json!({ "dataset": "tank/home", "at": "one", "paths": paths });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

fn read(app: &TestApp, path: &str) -> String {
    fs::read_to_string(app.zfs().folder("tank/home").join(path)).unwrap()
}

fn holds(app: &TestApp) -> usize {
    app.zfs().holds(&"tank/home@one".parse().unwrap()).unwrap().len()
}

#[tokio::test]
async fn a_plan_shows_what_would_happen_and_changes_nothing() {
    let app = scene();
    let wanted = request(&["a.txt", "docs/b.txt"], &json!({}));
    let plan = app.script(Operator).post("/restores/plan", &wanted).await.ok();
    let (taken, free) = (&plan["items"][0], &plan["items"][1]);
    assert_eq!((&taken["action"], &free["action"]), (&json!("keep_both"), &json!("create")));
    assert_eq!(taken["target_path"], "a%20%282026-05-02%2008.30%29.txt");
    assert_eq!((&taken["existing"]["size"], &free["existing"]), (&json!(3), &Value::Null));
    assert_eq!(taken["method"], "clone");
    assert_eq!((&plan["files"], &plan["bytes"], &plan["conflicts"]), (&json!(2), &json!(6), &json!(1)));
    assert_eq!((&plan["guard_snapshot"], &plan["snapshot"]["tag"]), (&json!(false), &json!("one")));
    assert_eq!((app.zfs().calls(Verb::Hold), app.zfs().calls(Verb::CreateSnapshot)), (0, 1));
    assert_eq!(fs::read_dir(app.zfs().folder("tank/home")).unwrap().count(), 2);
}

#[tokio::test]
async fn a_deleted_file_comes_back_to_its_place() {
    let app = scene();
    let reply = app.script(Operator).post("/restores", &request(&["docs/b.txt"], &json!({}))).await.is(202);
    let job = reply.json();
    assert_eq!(reply.header("location").unwrap(), format!("/api/v1/jobs/{}", job["id"].as_str().unwrap()));
    assert_eq!(
        (&job["kind"], &job["title"], &job["user"]),
        (&json!("restore"), &json!("Restore b.txt from tank/home@one"), &json!("operator"))
    );
    let job = app.script(Operator).ended(job["id"].as_str().unwrap()).await;
    let item = &job["result"]["items"][0];
    assert_eq!(
        (&job["state"], &item["outcome"], &item["bytes"]),
        (&json!("succeeded"), &json!("restored"), &json!(3))
    );
    assert_eq!(
        (&job["progress"]["done"], &job["progress"]["total"], &job["cancelable"]),
        (&json!(3), &json!(3), &json!(false))
    );
    assert_eq!(job["log"][0]["text"], "restored docs/b.txt");
    assert_eq!((read(&app, "docs/b.txt").as_str(), holds(&app)), ("old", 0));
}

#[tokio::test]
async fn by_default_both_are_kept() {
    let app = scene();
    let script = app.script(Operator);
    for target in ["a (2026-05-02 08.30).txt", "a (2026-05-02 08.30 2).txt"] {
        let job = restore(&script, &request(&["a.txt"], &json!({}))).await;
        assert_eq!(
            (&job["state"], &job["result"]["items"][0]["target_name"]),
            (&json!("succeeded"), &json!(target))
        );
        assert_eq!((read(&app, "a.txt").as_str(), read(&app, target).as_str()), ("new", "old"));
    }
    assert_eq!(holds(&app), 0);
}

#[tokio::test]
async fn what_is_replaced_is_kept_by_a_guard_snapshot() {
    let app = scene();
    let job =
        restore(&app.script(Operator), &request(&["a.txt"], &json!({ "on_conflict": "overwrite" }))).await;
    assert_eq!(
        (&job["state"], &job["result"]["items"][0]["action"]),
        (&json!("succeeded"), &json!("replace"))
    );
    assert_eq!((read(&app, "a.txt").as_str(), holds(&app)), ("old", 0));
    let guard = job["result"]["guard_snapshot"].as_str().unwrap();
    assert!(guard.starts_with("tank/home@nasman-guard-"), "{guard}");
    let folder = app.zfs().snapshot_folder(&guard.parse().unwrap()).unwrap();
    assert_eq!(fs::read_to_string(folder.join("a.txt")).unwrap(), "new");
}

#[tokio::test]
async fn without_a_conflict_no_guard_is_taken() {
    let app = scene();
    let job =
        restore(&app.script(Operator), &request(&["docs/b.txt"], &json!({ "on_conflict": "overwrite" })))
            .await;
    assert_eq!((&job["state"], &job["result"]["guard_snapshot"]), (&json!("succeeded"), &Value::Null));
    assert_eq!(app.zfs().snapshots(&"tank/home".parse().unwrap()).unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_there_can_be_left_alone() {
    let app = scene();
    let wanted = request(&["a.txt", "docs/b.txt"], &json!({ "on_conflict": "skip" }));
    let job = restore(&app.script(Operator), &wanted).await;
    let outcomes: Vec<_> =
        job["result"]["items"].as_array().unwrap().iter().map(|i| i["outcome"].clone()).collect();
    assert_eq!(outcomes, ["restored", "skipped"]);
    assert_eq!((&job["result"]["restored"], &job["result"]["skipped"]), (&json!(1), &json!(1)));
    assert_eq!(
        (read(&app, "a.txt").as_str(), read(&app, "docs/b.txt").as_str(), holds(&app)),
        ("new", "old", 0)
    );
}

#[tokio::test]
async fn files_go_to_another_dataset_and_folder() {
    let app = scene();
    app.zfs().add_dataset("dozer/rescue");
    let to = json!({ "to": { "dataset": "dozer/rescue", "path": "from%20home/2026" } });
    let wanted = request(&["a.txt", "docs/b.txt"], &to);
    let plan = app.script(Operator).post("/restores/plan", &wanted).await.ok();
    assert_eq!(
        (&plan["items"][0]["method"], &plan["items"][1]["target_path"]),
        (&json!("copy"), &json!("from%20home/2026/b.txt"))
    );
    let job = restore(&app.script(Operator), &wanted).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    let folder = app.zfs().folder("dozer/rescue").join("from home/2026");
    assert_eq!(fs::read_to_string(folder.join("a.txt")).unwrap(), "old");
    assert_eq!((fs::read_dir(folder).unwrap().count(), holds(&app)), (2, 0));
}

#[tokio::test]
async fn two_files_of_one_name_do_not_collide() {
    let app = TestApp::new();
    for path in ["x/same", "y/same"] {
        app.zfs().write("tank/home", path, path);
    }
    app.zfs().add_snapshot("tank/home@one");
    let to = json!({ "to": { "dataset": "tank/home", "path": "z" } });
    let job = restore(&app.script(Operator), &request(&["x/same", "y/same"], &to)).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    let folder = app.zfs().folder("tank/home").join("z");
    let items = job["result"]["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "file");
    let contents =
        items.map(|i| fs::read_to_string(folder.join(i["target_name"].as_str().unwrap())).unwrap());
    assert_eq!(contents.collect::<Vec<_>>(), ["x/same", "y/same"]);
}

#[tokio::test]
async fn owner_mode_and_times_come_back() {
    let app = TestApp::new();
    let file = app.zfs().write("tank/home", "a", "x");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o604)).unwrap();
    fs::File::open(&file)
        .unwrap()
        .set_modified(UNIX_EPOCH + Duration::new(1_000_000_000, 987_654_321))
        .unwrap();
    symlink("nowhere", app.zfs().folder("tank/home").join("link")).unwrap();
    app.zfs().add_snapshot("tank/home@one");
    let before = file.metadata().unwrap();
    fs::remove_file(&file).unwrap();
    fs::remove_file(app.zfs().folder("tank/home").join("link")).unwrap();
    let job = restore(&app.script(Operator), &request(&["a", "link"], &json!({}))).await;
    assert_eq!(
        (&job["state"], &job["result"]["items"][0]["not_kept"]),
        (&json!("succeeded"), &json!([])),
        "{job}"
    );
    let after = file.metadata().unwrap();
    assert_eq!((after.mode(), after.uid(), after.gid()), (before.mode(), before.uid(), before.gid()));
    assert_eq!((after.mtime(), after.mtime_nsec()), (1_000_000_000, 987_654_321));
    assert_eq!(fs::read_link(app.zfs().folder("tank/home").join("link")).unwrap().to_str(), Some("nowhere"));
}

#[tokio::test]
async fn rights_to_run_as_somebody_else_are_named_as_not_kept() {
    let app = TestApp::new();
    let file = app.zfs().write("tank/home", "tool", "x");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o4755)).unwrap();
    app.zfs().add_snapshot("tank/home@one");
    fs::remove_file(&file).unwrap();
    let wanted = request(&["tool"], &json!({}));
    let plan = app.script(Operator).post("/restores/plan", &wanted).await.ok();
    assert_eq!(plan["items"][0]["not_kept"][0]["what"], "setuid");
    let job = restore(&app.script(Operator), &wanted).await;
    assert_eq!(job["result"]["items"][0]["not_kept"][0]["what"], "setuid", "{job}");
    assert_eq!(file.metadata().unwrap().mode() & 0o7777, 0o755);
}

#[tokio::test]
async fn a_shown_plan_is_carried_out() {
    let app = scene();
    let script = app.script(Operator);
    let plan = script.post("/restores/plan", &request(&["a.txt"], &json!({}))).await.ok();
    let job = restore(&script, &request(&["a.txt"], &json!({ "plan": plan["plan"] }))).await;
    assert_eq!(job["result"]["items"][0]["target_path"], plan["items"][0]["target_path"], "{job}");
}
