//! What happens where names are taken inside of folders, and to what came into them since.

use std::{fs, os::unix::fs::PermissionsExt as _};

use nasman_core::Role::Operator;
use nasman_zfs::Zfs as _;
use serde_json::{Value, json};

use crate::support::{TestApp, restore, tree};

/// A server whose snapshot `one` has `docs` with `changed`, `deleted`, `equal`, `touched` (later in the snapshot than live) and a
/// folder `sub` with `x`. Live, `docs/new` and `docs/sub/new/er` came since.
fn scene() -> TestApp {
    let app = TestApp::new();
    app.zfs().set_now("2026-05-02T08:30:00Z".parse().unwrap());
    let home = app.zfs().folder("tank/home");
    for name in ["changed", "deleted", "equal", "touched", "sub/x"] {
        app.zfs().write("tank/home", format!("docs/{name}"), "old");
    }
    fs::set_permissions(home.join("docs/sub"), fs::Permissions::from_mode(0o750)).unwrap();
    app.zfs().add_snapshot("tank/home@one");
    app.zfs().write("tank/home", "docs/changed", "new!");
    app.zfs().write("tank/home", "docs/sub/x", "new!");
    let touched = app.zfs().write("tank/home", "docs/touched", "was!");
    fs::File::open(&touched).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    fs::remove_file(home.join("docs/deleted")).unwrap();
    fs::set_permissions(home.join("docs/sub"), fs::Permissions::from_mode(0o700)).unwrap();
    app.zfs().write("tank/home", "docs/new", "since");
    app.zfs().write("tank/home", "docs/sub/new/er", "since");
    app
}

fn request(more: &Value) -> Value {
    let mut request = json!({ "dataset": "tank/home", "at": "one", "paths": ["docs"] });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

fn read(app: &TestApp, path: &str) -> String {
    fs::read_to_string(app.zfs().folder("tank/home").join("docs").join(path)).unwrap()
}

fn files(app: &TestApp) -> Vec<String> {
    tree(&app.zfs().folder("tank/home").join("docs")).into_iter().map(|(path, _)| path).collect()
}

async fn succeeded(app: &TestApp, more: &Value) -> Value {
    let wanted = request(more);
    let plan = app.script(Operator).post("/restores/plan", &wanted).await.ok();
    let mut wanted = wanted;
    wanted["plan"] = plan["plan"].clone();
    let job = restore(&app.script(Operator), &wanted).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    let result = &job["result"];
    let planned = plan["files"].as_u64().unwrap() + plan["folders"].as_u64().unwrap();
    assert_eq!(
        (&result["restored"], &result["unchanged"]),
        (&json!(planned), &plan["unchanged"]),
        "{plan} {job}"
    );
    job
}

#[tokio::test]
async fn keeping_both_makes_second_copies_only_of_what_differs() {
    let app = scene();
    let job = succeeded(&app, &json!({})).await;
    assert_eq!(
        files(&app),
        [
            "changed",
            "changed (2026-05-02 08.30)",
            "deleted",
            "equal",
            "new",
            "sub",
            "sub/new",
            "sub/new/er",
            "sub/x",
            "sub/x (2026-05-02 08.30)",
            "touched",
            "touched (2026-05-02 08.30)",
        ]
    );
    assert_eq!(
        (read(&app, "changed").as_str(), read(&app, "changed (2026-05-02 08.30)").as_str()),
        ("new!", "old")
    );
    assert_eq!((&job["result"]["restored"], &job["result"]["unchanged"]), (&json!(4), &json!(1)));
    assert_eq!(job["result"]["guard_snapshot"], Value::Null);
}

#[tokio::test]
async fn replacing_makes_a_folder_as_it_was_and_keeps_what_it_replaced() {
    let app = scene();
    let job = succeeded(&app, &json!({ "on_conflict": "overwrite" })).await;
    for name in ["changed", "deleted", "equal", "touched", "sub/x"] {
        assert_eq!(read(&app, name), "old", "{name}");
    }
    assert_eq!(read(&app, "new"), "since");
    let sub = app.zfs().folder("tank/home").join("docs/sub").metadata().unwrap();
    assert_eq!(sub.permissions().mode() & 0o7777, 0o750);
    let guard = job["result"]["guard_snapshot"].as_str().unwrap();
    let folder = app.zfs().snapshot_folder(&guard.parse().unwrap()).unwrap();
    assert_eq!(fs::read_to_string(folder.join("docs/changed")).unwrap(), "new!");
}

#[tokio::test]
async fn replacing_what_is_older_leaves_what_is_newer() {
    let app = scene();
    let job = succeeded(&app, &json!({ "on_conflict": "overwrite_older" })).await;
    assert_eq!((read(&app, "changed").as_str(), read(&app, "touched").as_str()), ("new!", "old"));
    assert_eq!((read(&app, "deleted").as_str(), read(&app, "sub/x").as_str()), ("old", "new!"));
    assert_eq!((&job["result"]["restored"], &job["result"]["skipped"]), (&json!(2), &json!(2)));
    let newer =
        job["result"]["items"].as_array().unwrap().iter().find(|item| item["outcome"] == "skipped").unwrap();
    assert!(newer["error"].as_str().unwrap().contains("newer"), "{job}");
}

#[tokio::test]
async fn replacing_what_is_different_leaves_what_is_equal() {
    let app = scene();
    let equal = app.zfs().folder("tank/home").join("docs/equal");
    let before = std::os::unix::fs::MetadataExt::ino(&equal.metadata().unwrap());
    let job = succeeded(&app, &json!({ "on_conflict": "overwrite_different" })).await;
    for name in ["changed", "deleted", "equal", "touched", "sub/x"] {
        assert_eq!(read(&app, name), "old", "{name}");
    }
    assert_eq!(std::os::unix::fs::MetadataExt::ino(&equal.metadata().unwrap()), before, "it was left alone");
    assert_eq!(job["result"]["unchanged"], 1);
}

#[tokio::test]
async fn skipping_restores_only_what_is_gone() {
    let app = scene();
    let job = succeeded(&app, &json!({ "on_conflict": "skip" })).await;
    assert_eq!((read(&app, "changed").as_str(), read(&app, "deleted").as_str()), ("new!", "old"));
    assert_eq!((&job["result"]["restored"], &job["result"]["skipped"]), (&json!(1), &json!(3)));
}

#[tokio::test]
async fn choices_hold_for_single_entries_and_for_what_is_in_folders() {
    let app = scene();
    let choices = json!([
        { "path": "docs/changed", "on_conflict": "overwrite" },
        { "path": "docs/sub", "on_conflict": "skip" },
    ]);
    succeeded(&app, &json!({ "choices": choices })).await;
    assert_eq!((read(&app, "changed").as_str(), read(&app, "sub/x").as_str()), ("old", "new!"));
    assert_eq!(read(&app, "touched (2026-05-02 08.30)"), "old", "the rest keeps both");
}

#[tokio::test]
async fn a_file_and_a_folder_of_one_name_are_both_kept_or_neither_is_touched() {
    let app = scene();
    let home = app.zfs().folder("tank/home");
    fs::remove_dir_all(home.join("docs/sub")).unwrap();
    app.zfs().write("tank/home", "docs/sub", "a file");
    fs::remove_file(home.join("docs/changed")).unwrap();
    fs::create_dir(home.join("docs/changed")).unwrap();
    let script = app.script(Operator);
    let plan = script.post("/restores/plan", &request(&json!({ "on_conflict": "overwrite" }))).await.ok();
    assert_eq!((&plan["refused"]["count"], &plan["conflicts"]), (&json!(2), &json!(4)), "{plan}");
    let job = restore(&script, &request(&json!({ "on_conflict": "overwrite" }))).await;
    assert_eq!((&job["state"], &job["error"]["code"]), (&json!("failed"), &json!("conflict")), "{job}");
    let failed: Vec<_> =
        job["result"]["items"].as_array().unwrap()[..2].iter().map(|i| i["outcome"].clone()).collect();
    assert_eq!(
        (failed, &job["result"]["failed"]),
        (vec![json!("failed"); 2], &json!(2)),
        "failures come first"
    );
    assert_eq!((read(&app, "sub").as_str(), read(&app, "deleted").as_str()), ("a file", "old"));
    let job = restore(&script, &request(&json!({}))).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    assert_eq!(read(&app, "sub (2026-05-02 08.30)/x"), "old");
    assert_eq!(read(&app, "changed (2026-05-02 08.30)"), "old");
}

#[tokio::test]
async fn what_came_since_is_told_and_left() {
    let app = scene();
    let plan = app.script(Operator).post("/restores/plan", &request(&json!({}))).await.ok();
    assert_eq!(plan["added_since"]["count"], 2, "{plan}");
    let mut added: Vec<_> =
        plan["added_since"]["items"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    added.sort_unstable();
    assert_eq!(added, ["docs/new", "docs/sub/new"]);
    assert_eq!(plan["items"][0]["aside"], Value::Null);
}

#[tokio::test]
async fn what_came_since_is_moved_aside_when_asked() {
    let app = scene();
    let wanted = json!({ "on_conflict": "overwrite", "added_since": "move_aside" });
    let plan = app.script(Operator).post("/restores/plan", &request(&wanted)).await.ok();
    assert_eq!(plan["items"][0]["aside"], "docs%20%28added%20since%202026-05-02%2008.30%29");
    assert_eq!(plan["guard_snapshot"], true);
    let job = restore(&app.script(Operator), &request(&wanted)).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    let home = app.zfs().folder("tank/home");
    let snapshot = app.zfs().snapshot_folder(&"tank/home@one".parse().unwrap()).unwrap();
    assert_eq!(tree(&home.join("docs")), tree(&snapshot.join("docs")), "as it was");
    let aside: Vec<_> = tree(&home.join("docs (added since 2026-05-02 08.30)"));
    let expected = [("new", "since"), ("sub", "/"), ("sub/new", "/"), ("sub/new/er", "since")];
    assert_eq!(aside, expected.map(|(path, holds)| (path.to_owned(), holds.to_owned())));
    let moved =
        job["result"]["items"].as_array().unwrap().iter().filter(|item| item["action"] == "move_aside");
    assert_eq!(moved.count(), 2, "{job}");
}
