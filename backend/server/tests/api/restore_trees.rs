//! Folders come back with all that is in them.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

use nasman_core::Role::{Operator, Viewer};
use nasman_zfs::{Verb, Zfs as _, ZfsError};
use serde_json::{Value, json};

use crate::support::{TestApp, restore, tree};

const SPRING: u64 = 1_000_000_000;

fn at(path: &Path, seconds: u64) {
    let time = UNIX_EPOCH + Duration::new(seconds, 123_456_789);
    fs::File::open(path).unwrap().set_modified(time).unwrap();
}

/// A server whose snapshot `one` has `docs` with files, a link, a pipe and folders in it; live, nothing is left.
fn scene() -> TestApp {
    let app = TestApp::new();
    let home = app.zfs().folder("tank/home");
    app.zfs().write("tank/home", "docs/a.txt", "a");
    app.zfs().write("tank/home", "docs/deep/er/b.txt", "bb");
    app.zfs().write("tank/home", "docs/deep/empty.txt", "");
    fs::create_dir(home.join("docs/empty")).unwrap();
    symlink("a.txt", home.join("docs/link")).unwrap();
    let mode = rustix::fs::Mode::RUSR;
    rustix::fs::mknodat(rustix::fs::CWD, home.join("docs/pipe"), rustix::fs::FileType::Fifo, mode, 0)
        .unwrap();
    fs::set_permissions(home.join("docs/deep"), fs::Permissions::from_mode(0o750)).unwrap();
    for (number, folder) in ["docs/deep/er", "docs/deep", "docs/empty", "docs"].iter().enumerate() {
        at(&home.join(folder), SPRING + number as u64);
    }
    app.zfs().add_snapshot("tank/home@one");
    fs::remove_dir_all(home.join("docs")).unwrap();
    app
}

fn request(paths: &[&str], more: &Value) -> Value {
    let mut request = json!({ "dataset": "tank/home", "at": "one", "paths": paths });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

fn holds(app: &TestApp) -> usize {
    app.zfs().holds(&"tank/home@one".parse().unwrap()).unwrap().len()
}

#[tokio::test]
async fn a_deleted_folder_comes_back_with_all_that_was_in_it() {
    let app = scene();
    let job = restore(&app.script(Operator), &request(&["docs"], &json!({}))).await;
    assert_eq!(
        (&job["state"], &job["title"]),
        (&json!("succeeded"), &json!("Restore docs from tank/home@one")),
        "{job}"
    );
    let (home, snapshot) = (
        app.zfs().folder("tank/home"),
        app.zfs().snapshot_folder(&"tank/home@one".parse().unwrap()).unwrap(),
    );
    assert_eq!(tree(&home), tree(&snapshot));
    for (number, folder) in ["docs/deep/er", "docs/deep", "docs/empty", "docs"].iter().enumerate() {
        let meta = home.join(folder).metadata().unwrap();
        assert_eq!(
            (meta.mtime().cast_unsigned(), meta.mtime_nsec()),
            (SPRING + number as u64, 123_456_789),
            "{folder}"
        );
    }
    assert_eq!(home.join("docs/deep").metadata().unwrap().mode() & 0o7777, 0o750);
    let result = &job["result"];
    assert_eq!(
        (&result["restored"], &result["skipped"], &result["failed"], &result["bytes"]),
        (&json!(9), &json!(0), &json!(0), &json!(3)),
        "{result}"
    );
    assert_eq!((holds(&app), &result["guard_snapshot"]), (0, &Value::Null));
}

#[tokio::test]
async fn all_of_a_dataset_comes_back_elsewhere() {
    let app = scene();
    app.zfs().add_dataset("dozer/rescue");
    let to = json!({ "to": { "dataset": "dozer/rescue", "path": "then" } });
    let job = restore(&app.script(Operator), &request(&[""], &to)).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    let snapshot = app.zfs().snapshot_folder(&"tank/home@one".parse().unwrap()).unwrap();
    assert_eq!(tree(&app.zfs().folder("dozer/rescue").join("then")), tree(&snapshot));
}

#[tokio::test]
async fn a_plan_counts_what_is_in_a_folder() {
    let app = scene();
    let plan = app.script(Operator).post("/restores/plan", &request(&["docs"], &json!({}))).await.ok();
    let item = &plan["items"][0];
    assert_eq!(item["contents"], json!({ "files": 3, "folders": 3, "others": 2, "bytes": 3 }), "{plan}");
    assert_eq!(
        (&item["action"], &item["kind"], &item["size"]),
        (&json!("create"), &json!("directory"), &json!(3))
    );
    assert_eq!((&plan["files"], &plan["folders"], &plan["bytes"]), (&json!(5), &json!(4), &json!(3)));
    assert_eq!((&plan["clone_bytes"], &plan["copy_bytes"]), (&json!(3), &json!(0)));
    assert!(plan["available"].as_u64().unwrap() > 0, "{plan}");
    assert_eq!(tree(&app.zfs().folder("tank/home")), []);
}

#[tokio::test]
async fn what_is_asked_for_twice_is_restored_once() {
    let app = scene();
    let wanted = request(&["docs/a.txt", "docs", "docs"], &json!({}));
    let plan = app.script(Operator).post("/restores/plan", &wanted).await.ok();
    let actions: Vec<_> =
        plan["items"].as_array().unwrap().iter().map(|item| item["action"].clone()).collect();
    assert_eq!(actions, ["skip", "create", "skip"]);
    assert!(plan["items"][0]["detail"].as_str().unwrap().contains("'docs'"), "{plan}");
    let job = restore(&app.script(Operator), &wanted).await;
    assert_eq!((&job["state"], &job["result"]["restored"]), (&json!("succeeded"), &json!(9)), "{job}");
    assert_eq!(fs::read_dir(app.zfs().folder("tank/home")).unwrap().count(), 1);
}

#[tokio::test]
async fn each_entry_is_on_record() {
    let app = scene();
    let script = app.script(Operator);
    let job = restore(&script, &request(&["docs"], &json!({}))).await;
    let address = format!("/restores/{}", job["id"].as_str().unwrap());
    let restored = app.script(Viewer).get(&address).await.ok();
    assert_eq!((&restored["job"]["id"], &restored["undo"]["state"]), (&job["id"], &json!("possible")));
    assert_eq!((&restored["counts"]["restored"], &restored["counts"]["bytes"]), (&json!(9), &json!(3)));
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = script.get(&format!("{address}/items?limit=4{cursor}")).await.ok();
        seen.extend(
            page["items"].as_array().unwrap().iter().map(|i| i["target_path"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen.last().map(String::as_str), Some("docs"), "a folder is told after what is in it");
    seen.sort();
    let all =
        ["docs", "docs/a.txt", "docs/deep", "docs/deep/empty.txt", "docs/deep/er", "docs/deep/er/b.txt"];
    assert_eq!(seen[..6], all);
    assert_eq!(seen.len(), 9);
    let none = script.get(&format!("{address}/items?outcome=failed")).await.ok();
    assert_eq!(none, json!({ "items": [], "next": null }));
    script.get(&format!("{address}/items?cursor=x")).await.refused(400, "invalid_request");
    script.get("/restores/none").await.refused(404, "job_not_found");
    script.get("/restores/none/items").await.refused(404, "job_not_found");
    script.post("/restores/none/undo", &Value::Null).await.refused(404, "job_not_found");
}

#[tokio::test]
async fn a_target_unmounted_while_the_job_waited_is_told() {
    let state = crate::support::State::new();
    state.zfs.write("tank/home", "docs/a", "old");
    state.zfs.add_snapshot("tank/home@one");
    fs::remove_dir_all(state.zfs.folder("tank/home").join("docs")).unwrap();
    let job = crate::support::seed(&state.catalog(), &state.zfs, &request(&["docs"], &json!({})));
    state.zfs.set_mounted("tank/home", false);
    let app = state.start("");
    let job = app.script(Operator).ended(&job.id).await;
    assert_eq!(
        (&job["state"], &job["error"]["code"]),
        (&json!("failed"), &json!("files_unreachable")),
        "{job}"
    );
    assert_eq!(holds(&app), 0);
}

#[tokio::test]
async fn where_a_snapshot_of_the_target_fails_nothing_is_changed() {
    let app = scene();
    app.zfs().write("tank/home", "docs/a.txt", "new");
    app.zfs().fail(Verb::CreateSnapshot, ZfsError::NoSpace { detail: "out of space".into() });
    let job =
        restore(&app.script(Operator), &request(&["docs"], &json!({ "on_conflict": "overwrite" }))).await;
    assert_eq!((&job["state"], &job["error"]["code"]), (&json!("failed"), &json!("no_space")), "{job}");
    let left = tree(&app.zfs().folder("tank/home"));
    assert_eq!(left, [("docs".into(), "/".into()), ("docs/a.txt".into(), "new".to_owned())]);
}
