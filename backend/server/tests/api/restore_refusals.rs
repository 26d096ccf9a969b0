//! Restores that are refused before anything is done.

use std::fs;

use nasman_core::Role::Operator;
use nasman_zfs::{Verb, Zfs as _};
use serde_json::{Value, json};

use crate::support::{Api, Script, TestApp, restore};

/// A server whose snapshot `one` has `a.txt` and `folder` with `b` and a socket; nothing of it is live any more.
fn scene() -> (TestApp, Api<Script>) {
    let app = TestApp::new();
    let folder = app.zfs().folder("tank/home");
    app.zfs().write("tank/home", "a.txt", "old");
    app.zfs().write("tank/home", "folder/b", "old");
    app.zfs().add_snapshot("tank/home@one");
    let snapshot = app.zfs().snapshot_folder(&"tank/home@one".parse().unwrap()).unwrap();
    let mode = rustix::fs::Mode::RUSR;
    rustix::fs::mknodat(
        rustix::fs::CWD,
        snapshot.join("folder/socket"),
        rustix::fs::FileType::Socket,
        mode,
        0,
    )
    .unwrap();
    for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { fs::remove_dir_all(entry).unwrap() } else { fs::remove_file(entry).unwrap() }
    }
    let script = app.script(Operator);
    (app, script)
}

fn request(paths: &[&str]) -> Value {
    json!({ "dataset": "tank/home", "at": "one", "paths": paths })
}

fn to(dataset: &str, path: &str) -> Value {
    let mut request = request(&["a.txt"]);
    request["to"] = json!({ "dataset": dataset, "path": path });
    request
}

fn untouched(app: &TestApp) {
    assert_eq!(fs::read_dir(app.zfs().folder("tank/home")).unwrap().count(), 0);
    assert_eq!(
        (app.zfs().calls(Verb::Hold), app.zfs().snapshots(&"tank/home".parse().unwrap()).unwrap().len()),
        (0, 1)
    );
}

#[tokio::test]
async fn what_cannot_be_restored_is_shown_in_the_plan_and_refused_as_a_whole() {
    let (app, script) = scene();
    let plan = script.post("/restores/plan", &request(&["a.txt", "folder/socket", "none"])).await.ok();
    let items = plan["items"].as_array().unwrap();
    assert_eq!(
        items.iter().map(|i| i["action"].clone()).collect::<Vec<_>>(),
        ["create", "refused", "refused"]
    );
    assert!(items[1]["detail"].as_str().unwrap().contains("a socket"), "{plan}");
    assert_eq!((&plan["files"], &plan["bytes"]), (&json!(1), &json!(3)));
    assert_eq!(plan["refused"]["count"], 2);
    script.post("/restores", &request(&["folder/socket"])).await.refused(409, "not_a_file");
    script.post("/restores", &request(&["a.txt", "none"])).await.refused(404, "file_not_found");
    untouched(&app);
}

#[tokio::test]
async fn a_socket_in_a_folder_is_told_and_does_not_keep_the_rest_from_coming_back() {
    let (_app, script) = scene();
    let plan = script.post("/restores/plan", &request(&["folder"])).await.ok();
    assert_eq!(
        (&plan["refused"]["count"], &plan["refused"]["items"][0]["path"]),
        (&json!(1), &json!("folder/socket"))
    );
    let job = restore(&script, &request(&["folder"])).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    assert_eq!((&job["result"]["restored"], &job["result"]["skipped"]), (&json!(2), &json!(1)));
    let skipped = &job["result"]["items"][2];
    assert_eq!(skipped["path"], "folder/socket");
    assert!(skipped["error"].as_str().unwrap().contains("a socket"), "{job}");
}

#[tokio::test]
async fn what_the_plan_saw_must_still_be_so() {
    let (app, script) = scene();
    let mut wanted = request(&["a.txt"]);
    wanted["on_conflict"] = json!("overwrite");
    let live = app.zfs().write("tank/home", "a.txt", "one");
    wanted["plan"] = script.post("/restores/plan", &wanted).await.ok()["plan"].clone();
    fs::write(&live, "changed").unwrap();
    let reply = script.post("/restores", &wanted).await.is(409);
    assert_eq!(reply.json()["field"], "plan");
    reply.refused(409, "plan_stale");
    assert_eq!(fs::read_to_string(&live).unwrap(), "changed");
    fs::remove_file(live).unwrap();
    untouched(&app);
}

#[tokio::test]
async fn a_snapshot_destroyed_in_between_is_told() {
    let (app, script) = scene();
    let mut wanted = request(&["a.txt"]);
    wanted["plan"] = script.post("/restores/plan", &wanted).await.ok()["plan"].clone();
    let name = "tank/home@one".parse().unwrap();
    let guid = app.zfs().destroy_plan(&name).unwrap().guid;
    app.zfs().destroy_snapshot(&name, guid).unwrap();
    script.post("/restores", &wanted).await.refused(404, "snapshot_not_found");
    // Another snapshot under the old name is not what was planned for.
    app.zfs().write("tank/home", "a.txt", "other");
    app.zfs().add_snapshot("tank/home@one");
    script.post("/restores", &wanted).await.refused(409, "plan_stale");
}

#[tokio::test]
async fn a_folder_in_the_way_is_never_replaced() {
    let (app, script) = scene();
    fs::create_dir(app.zfs().folder("tank/home").join("a.txt")).unwrap();
    let mut wanted = request(&["a.txt"]);
    wanted["on_conflict"] = json!("overwrite");
    let detail = script.post("/restores", &wanted).await.refused(409, "conflict");
    assert!(detail.contains("keep both"), "{detail}");
    assert!(app.zfs().folder("tank/home").join("a.txt").is_dir());
}

#[tokio::test]
async fn targets_that_cannot_be_written_are_told_apart() {
    let (app, script) = scene();
    app.zfs().add_dataset("tank/fixed");
    app.zfs().set_property(&"tank/fixed".parse().unwrap(), "readonly", "on").unwrap();
    app.zfs().add_volume("tank/volume", 1 << 20);
    app.zfs().add_dataset("tank/away");
    app.zfs().set_mounted("tank/away", false);
    app.zfs().write("tank/home", "file", "x");
    std::os::unix::fs::symlink("/tmp", app.zfs().folder("tank/home").join("link")).unwrap();
    for (wanted, status, code, part) in [
        (to("tank/fixed", ""), 409, "read_only", "tank/fixed"),
        (to("tank/volume", ""), 409, "files_unreachable", "volume"),
        (to("tank/away", ""), 409, "files_unreachable", "zfs mount"),
        (to("tank/none", ""), 404, "dataset_not_found", "tank/none"),
        (to("tank/home", "file"), 409, "not_a_directory", "file"),
        (to("tank/home", "link"), 409, "outside_dataset", "link"),
    ] {
        let detail = script.post("/restores", &wanted).await.refused(status, code);
        assert!(detail.contains(part), "{wanted}: {detail}");
    }
    assert!(!std::path::Path::new("/tmp/a.txt").exists());
}

fn with(field: &str, value: Value) -> Value {
    let mut wanted = request(&["a.txt"]);
    wanted[field] = value;
    wanted
}

/// Requests that are wrong, each with its code and the field to be named.
fn bad_requests() -> Vec<(Value, &'static str, &'static str)> {
    let many: Vec<_> =
        (0..1001).map(|n| json!({ "path": format!("a.txt/{n}"), "on_conflict": "skip" })).collect();
    let choice = |path: &str, on_conflict: &str| json!([{ "path": path, "on_conflict": on_conflict }]);
    let twice =
        json!([{ "path": "a.txt", "on_conflict": "skip" }, { "path": "a.txt", "on_conflict": "skip" }]);
    let mut moved = to("tank/home", "new");
    moved["added_since"] = json!("move_aside");
    vec![
        (request(&[]), "invalid_request", "paths"),
        (request(&["a.txt"; 1001]), "invalid_request", "paths"),
        (with("choices", Value::Array(many)), "invalid_request", "choices"),
        (with("choices", choice("b.txt", "skip")), "invalid_request", "choices[0].path"),
        (with("choices", choice("a.txtx", "skip")), "invalid_request", "choices[0].path"),
        (with("choices", twice), "invalid_request", "choices[1].path"),
        (with("choices", choice("a.txt", "ask")), "invalid_request", "choices[0].on_conflict"),
        (with("choices", choice("../a", "skip")), "invalid_path", "choices[0].path"),
        (with("added_since", json!("delete")), "invalid_request", "added_since"),
        (moved, "invalid_request", "added_since"),
        (with("keep_setid", json!("yes")), "invalid_request", "keep_setid"),
        (request(&["a.txt", "../b"]), "invalid_path", "paths[1]"),
        (request(&["a%00b"]), "invalid_path", "paths[0]"),
        (with("dataset", json!("tank@home")), "invalid_name", "dataset"),
        (to("tank//home", ""), "invalid_name", "to.dataset"),
        (to("tank/home", "a/../.."), "invalid_path", "to.path"),
        (with("on_conflict", json!("ask")), "invalid_request", "on_conflict"),
        (with("force", json!(true)), "invalid_request", "force"),
    ]
}

#[tokio::test]
async fn bad_requests_name_the_field() {
    let (app, script) = scene();
    for (wanted, code, field) in bad_requests() {
        for at in ["/restores", "/restores/plan"] {
            let reply = script.post(at, &wanted).await;
            assert_eq!(reply.json()["field"], field, "{wanted}");
            reply.refused(400, code);
        }
    }
    untouched(&app);
}

#[tokio::test]
async fn unknown_sources_are_named() {
    let (_app, script) = scene();
    let with = |dataset: &str, at: &str| json!({ "dataset": dataset, "at": at, "paths": ["a.txt"] });
    script.post("/restores", &with("tank/none", "one")).await.refused(404, "dataset_not_found");
    script.post("/restores", &with("tank/home", "two")).await.refused(404, "snapshot_not_found");
    script.post("/restores", &with("tank/home", "")).await.refused(404, "snapshot_not_found");
}

#[tokio::test]
async fn what_is_unmounted_while_it_is_opened_is_not_taken_for_what_lies_beneath() {
    let (app, script) = scene();
    let unmount = || app.zfs().after_next(Verb::LiveFolder, |zfs| zfs.set_mounted("tank/home", false));
    unmount();
    let plan = script.post("/restores/plan", &request(&["a.txt"])).await;
    assert!(plan.refused(409, "files_unreachable").contains("zfs mount"));
    app.zfs().set_mounted("tank/home", true);
    unmount();
    script.get("/datasets/tank%2Fhome/files").await.refused(409, "files_unreachable");
    app.zfs().set_mounted("tank/home", true);
    untouched(&app);
}
