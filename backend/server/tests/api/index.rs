//! The index: what is noticed, what is read, and what the answers are then.

use std::{fs, time::Duration};

use nasman::index;
use nasman_core::Role::{Operator, Viewer};
use nasman_zfs::{Verb, Zfs as _, ZfsError};
use serde_json::{Value, json};

use crate::support::{Api, HOME, Script, State, TestApp, query};

const INDEX: &str = "/index/tank%2Fhome";

/// Looks once, as the schedule does, and waits for what comes of it.
pub async fn look(app: &TestApp) {
    let parts = app.app.clone();
    tokio::task::spawn_blocking(move || index::look(&parts, parts.now()).unwrap()).await.unwrap();
    settled(app).await;
}

/// Waits until no job is left to do.
pub async fn settled(app: &TestApp) {
    let script = app.script(Viewer);
    loop {
        let jobs = script.get("/jobs?kind=index").await.ok();
        let open = jobs["items"].as_array().unwrap().iter().find(|job| job["finished_at"].is_null()).cloned();
        let Some(job) = open else { return };
        script.ended(job["id"].as_str().unwrap()).await;
    }
}

async fn files(app: &TestApp, fields: &[(&str, &str)]) -> Value {
    app.script(Viewer).get(&query(&format!("{HOME}/files"), fields)).await.ok()
}

fn names(listing: &Value) -> Vec<&str> {
    listing["items"].as_array().unwrap().iter().map(|e| e["name"].as_str().unwrap()).collect()
}

async fn versions(script: &Api<Script>, path: &str) -> Value {
    script.get(&query(&format!("{HOME}/versions"), &[("path", path)])).await.ok()
}

fn snapshots(app: &TestApp) -> Vec<nasman_zfs::Snapshot> {
    app.zfs().snapshots(&"tank/home".parse().unwrap()).unwrap()
}

fn home(status: &Value) -> Value {
    let datasets = status["datasets"].as_array().unwrap();
    datasets.iter().find(|dataset| dataset["dataset"] == "tank/home").unwrap().clone()
}

/// Three snapshots of a file that changes and goes.
pub fn scene() -> TestApp {
    let app = TestApp::new();
    app.zfs().write("tank/home", "docs/a", "1");
    app.zfs().add_snapshot("tank/home@one");
    app.zfs().write("tank/home", "docs/a", "22");
    app.zfs().write("tank/home", "docs/b", "b");
    app.zfs().add_snapshot("tank/home@two");
    fs::remove_file(app.zfs().folder("tank/home").join("docs/a")).unwrap();
    app.zfs().add_snapshot("tank/home@three");
    app
}

#[tokio::test]
async fn everything_is_found_and_read_of_its_own_accord() {
    let app = scene();
    look(&app).await;
    let status = app.script(Viewer).get("/index").await.ok();
    assert_eq!(status["snapshots"], json!({ "total": 3, "indexed": 3, "failed": 0 }));
    let home = home(&status);
    assert_eq!(home["state"], "current");
    assert!(home["live_as_of"].is_string() && home["last_run"]["means"].is_string(), "{home}");
    let detail = app.script(Viewer).get(INDEX).await.ok();
    assert!(detail["runs"].as_array().unwrap().len() >= 3, "{detail}");
    // Nothing of its own is left.
    let left: Vec<_> = snapshots(&app).into_iter().map(|s| s.name.tag.to_string()).collect();
    assert_eq!(left, ["one", "two", "three"]);
}

#[tokio::test]
async fn nothing_is_done_where_nothing_happened() {
    let app = scene();
    look(&app).await;
    let jobs = |page: Value| page["items"].as_array().unwrap().len();
    let before = jobs(app.script(Viewer).get("/jobs").await.ok());
    let taken = app.zfs().calls(nasman_zfs::Verb::CreateSnapshot);
    for _ in 0..3 {
        look(&app).await;
    }
    assert_eq!(jobs(app.script(Viewer).get("/jobs").await.ok()), before);
    assert_eq!(app.zfs().calls(nasman_zfs::Verb::CreateSnapshot), taken);
}

#[tokio::test]
async fn folders_as_of_a_snapshot_come_from_the_catalog() {
    let app = scene();
    let from_disk = files(&app, &[("path", "docs"), ("at", "two")]).await;
    assert_eq!((&from_disk["source"], names(&from_disk)), (&json!("filesystem"), vec!["a", "b"]));
    assert!(from_disk["note"].as_str().unwrap().contains("not indexed"), "{from_disk}");
    look(&app).await;
    let indexed = files(&app, &[("path", "docs"), ("at", "two")]).await;
    assert_eq!((&indexed["source"], names(&indexed)), (&json!("catalog"), vec!["a", "b"]));
    assert_eq!((&indexed["note"], &indexed["at"]), (&Value::Null, &from_disk["at"]));
    for key in ["name", "path", "kind", "size", "modified", "mode", "owner", "inode", "links"] {
        assert_eq!(indexed["items"][0][key], from_disk["items"][0][key], "{key}");
    }
    let script = app.script(Viewer);
    let missing = script.get(&query(&format!("{HOME}/files"), &[("path", "no"), ("at", "two")])).await;
    missing.refused(404, "file_not_found");
}

#[tokio::test]
async fn what_is_deleted_stands_in_its_place() {
    let app = scene();
    look(&app).await;
    let live = files(&app, &[("path", "docs"), ("deleted", "true")]).await;
    assert_eq!(names(&live), ["a", "b"]);
    let gone = &live["items"][0]["deleted"];
    assert_eq!((&gone["last"]["snapshot"], &gone["snapshots"]), (&json!("two"), &json!(1)), "{gone}");
    assert_eq!((&live["items"][0]["size"], &live["items"][1]["deleted"]), (&json!(2), &Value::Null));
    let pages = files(&app, &[("path", "docs"), ("deleted", "true"), ("limit", "1")]).await;
    let next = pages["next"].as_str().unwrap();
    let second =
        files(&app, &[("path", "docs"), ("deleted", "true"), ("limit", "1"), ("cursor", next)]).await;
    assert_eq!((names(&pages), names(&second), &second["next"]), (vec!["a"], vec!["b"], &Value::Null));
}

#[tokio::test]
async fn a_deleted_folder_shows_what_it_had() {
    let app = scene();
    fs::remove_dir_all(app.zfs().folder("tank/home").join("docs")).unwrap();
    look(&app).await;
    let folder = files(&app, &[("path", "docs"), ("deleted", "true")]).await;
    assert_eq!(names(&folder), ["a", "b"]);
    assert!(folder["note"].as_str().unwrap().contains("no more"), "{folder}");
    let plain = app.script(Viewer).get(&query(&format!("{HOME}/files"), &[("path", "docs")])).await;
    plain.refused(404, "file_not_found");
}

#[tokio::test]
async fn versions_of_a_path_newest_first() {
    let app = scene();
    let script = app.script(Viewer);
    let early = script.get(&query(&format!("{HOME}/versions"), &[("path", "docs/a")])).await;
    early.refused(409, "not_indexed");
    look(&app).await;
    let found = versions(&script, "docs/a").await;
    let told: Vec<_> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| {
            (
                v["size"].as_u64().unwrap(),
                v["last"]["snapshot"].as_str().unwrap(),
                v["live"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [(2, "two", false), (1, "one", false)]);
    let first =
        script.get(&query(&format!("{HOME}/versions"), &[("path", "docs/a"), ("limit", "1")])).await.ok();
    let next = first["next"].as_str().unwrap().to_owned();
    let fields = [("path", "docs/a"), ("limit", "1"), ("cursor", &*next)];
    let second = script.get(&query(&format!("{HOME}/versions"), &fields)).await.ok();
    assert_eq!((&second["items"][0]["size"], &second["next"]), (&json!(1), &Value::Null));
    script
        .get(&query(&format!("{HOME}/versions"), &[("path", "never")]))
        .await
        .refused(404, "file_not_found");
    let bad = script.get(&query(&format!("{HOME}/versions"), &[("path", "docs/a"), ("cursor", "x")])).await;
    assert_eq!(bad.is(400).json()["field"], "cursor");
}

#[tokio::test]
async fn differences_between_moments() {
    let app = scene();
    look(&app).await;
    let script = app.script(Viewer);
    let diff = |fields: &'static [(&'static str, &'static str)]| {
        let script = app.script(Viewer);
        async move { script.get(&query(&format!("{HOME}/diff"), fields)).await }
    };
    let page = diff(&[("from", "two"), ("to", "three"), ("path", "docs")]).await.ok();
    let told = |page: &Value| {
        let items = page["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|i| (i["path"].as_str().unwrap().to_owned(), i["differs"].as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    assert!(told(&page).contains(&("docs/a".to_owned(), "removed".to_owned())), "{page}");
    assert_eq!((&page["from"]["snapshot"], &page["to"]["snapshot"]), (&json!("two"), &json!("three")));
    let live = diff(&[("from", "one"), ("path", "docs")]).await.ok();
    assert!(told(&live).contains(&("docs/b".to_owned(), "created".to_owned())), "{live}");
    assert_eq!(diff(&[("from", "three"), ("to", "one")]).await.is(400).json()["field"], "from");
    diff(&[("from", "nine")]).await.refused(404, "snapshot_not_found");
    script.get(&format!("{HOME}/diff")).await.refused(400, "invalid_request");
}

#[tokio::test]
async fn a_destroyed_snapshot_is_forgotten() {
    let app = scene();
    look(&app).await;
    let one = snapshots(&app).remove(0);
    app.zfs().destroy_snapshot(&one.name, one.guid).unwrap();
    look(&app).await;
    let found = versions(&app.script(Viewer), "docs/a").await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    let status = app.script(Viewer).get("/index").await.ok();
    assert_eq!(status["snapshots"]["total"], 2);
}

#[tokio::test]
async fn what_cannot_be_reached_keeps_what_is_known() {
    let app = scene();
    look(&app).await;
    app.zfs().set_mounted("tank/home", false);
    app.zfs().add_snapshot("tank/home@four");
    look(&app).await;
    let home = home(&app.script(Viewer).get("/index").await.ok());
    assert_eq!(home["state"], "unreachable");
    assert_eq!(home["snapshots"], json!({ "total": 4, "indexed": 3, "failed": 0 }));
    assert!(home["detail"].is_string() && home["live_as_of"].is_string(), "{home}");
    let live = files(&app, &[("path", "docs")]).await;
    assert_eq!((names(&live), &live["source"]), (vec!["b"], &json!("catalog")));
    assert!(live["note"].as_str().unwrap().contains("reached") && live["as_of"].is_string(), "{live}");
}

#[tokio::test]
async fn indexing_on_demand_and_from_scratch() {
    let app = scene();
    let script = app.script(Operator);
    for from_scratch in [false, true] {
        let job = script.post(INDEX, &json!({ "from_scratch": from_scratch })).await.is(202).json();
        assert_eq!((&job["kind"], &job["title"]), (&json!("index"), &json!("Index tank/home")));
        let job = script.ended(job["id"].as_str().unwrap()).await;
        assert_eq!((&job["state"], &job["index"]["snapshots"]), (&json!("succeeded"), &json!(3)), "{job}");
        assert!(job["index"]["live_as_of"].is_string(), "{job}");
    }
    script.post("/index/tank%2Fnone", &json!({})).await.refused(404, "dataset_not_found");
    assert_eq!(script.post(INDEX, &json!({ "now": true })).await.is(400).json()["field"], "now");
}

#[tokio::test]
async fn a_dataset_is_left_out_or_looked_at_less_often() {
    let app = scene();
    let script = app.script(Operator);
    let change = |body: Value| {
        let script = app.script(Operator);
        async move { script.patch(INDEX, &body).await }
    };
    assert_eq!(change(json!({ "live_interval": 60 })).await.ok()["live_interval"], 60);
    assert_eq!(change(json!({ "excluded": true })).await.ok()["state"], "excluded");
    assert_eq!(change(json!({ "live_interval": null })).await.ok()["live_interval"], Value::Null);
    assert_eq!(change(json!({ "live_interval": 5 })).await.is(400).json()["field"], "live_interval");
    look(&app).await;
    let jobs = script.get("/jobs").await.ok();
    let titles: Vec<_> = jobs["items"].as_array().unwrap().iter().map(|job| &job["title"]).collect();
    assert_eq!(titles, ["Index tank"]);
    script.post(INDEX, &json!({})).await.refused(409, "conflict");
    assert_eq!(script.get("/index").await.ok()["snapshots"]["total"], 0);
}

#[tokio::test]
async fn one_that_cannot_be_read_is_passed_over_with_its_reason() {
    let app = scene();
    app.zfs().set_automount_fails("tank/home", true);
    look(&app).await;
    let detail = app.script(Viewer).get(INDEX).await.ok();
    assert_eq!(detail["failed"].as_array().unwrap().len(), 3, "{detail}");
    assert!(detail["failed"][0]["reason"].is_string());
    assert_eq!(detail["snapshots"], json!({ "total": 3, "indexed": 0, "failed": 3 }));
}

#[tokio::test]
async fn folders_left_out_by_name_are_read_from_the_snapshot() {
    let app = State::new().start("[index]\nexclude = [\".cache\"]\n");
    app.zfs().write("tank/home", ".cache/x", "1");
    app.zfs().add_snapshot("tank/home@one");
    look(&app).await;
    let root = files(&app, &[("at", "one")]).await;
    assert_eq!((names(&root), &root["source"]), (vec![".cache"], &json!("catalog")));
    let inside = files(&app, &[("at", "one"), ("path", ".cache")]).await;
    assert_eq!((names(&inside), &inside["source"]), (vec!["x"], &json!("filesystem")));
}

#[tokio::test]
async fn a_snapshot_taken_right_after_the_own_one_is_read_by_the_next_job() {
    let app = scene();
    look(&app).await;
    app.zfs().write("tank/home", "docs/c", "c");
    // Newer than the snapshot by which live is looked at, and there before what is to be read is listed.
    app.zfs().after_next(Verb::CreateSnapshot, |zfs| drop(zfs.add_snapshot("tank/home@four")));
    let script = app.script(Operator);
    let job = script.post(INDEX, &json!({})).await.is(202).json();
    let job = script.ended(job["id"].as_str().unwrap()).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    look(&app).await;
    let home = home(&script.get("/index").await.ok());
    assert_eq!(home["snapshots"], json!({ "total": 4, "indexed": 4, "failed": 0 }), "{home}");
    let four = files(&app, &[("path", "docs"), ("at", "four")]).await;
    assert_eq!((names(&four), &four["source"]), (vec!["b", "c"], &json!("catalog")));
}

#[tokio::test]
async fn after_a_failure_it_is_told_why_a_snapshot_waits_and_nothing_of_it_is_lost() {
    let app = scene();
    look(&app).await;
    app.zfs().add_snapshot("tank/home@four");
    let late = ZfsError::Timeout { verb: "open folder", after: Duration::from_secs(30) };
    app.zfs().fail_always(Verb::SnapshotFolder, late);
    look(&app).await;
    app.zfs().heal(Verb::SnapshotFolder);
    let script = app.script(Operator);
    for _ in 0..2 {
        look(&app).await;
        let home = home(&script.get("/index").await.ok());
        assert_eq!(home["state"], "waiting");
        assert!(home["detail"].as_str().unwrap().contains("failed"), "{home}");
    }
    let job = script.post(INDEX, &json!({})).await.is(202).json();
    script.ended(job["id"].as_str().unwrap()).await;
    let home = home(&script.get("/index").await.ok());
    assert_eq!((&home["state"], &home["detail"]), (&json!("current"), &Value::Null), "{home}");
}
