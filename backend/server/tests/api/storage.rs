//! Pools and datasets, and a ZFS that does not answer.

use std::time::Duration;

use nasman_core::Role::Viewer;
use nasman_zfs::{FakeZfs, KeyStatus, PoolState, Verb, Zfs as _, ZfsError};
use serde_json::{Value, json};

use crate::support::{HOME, State, TestApp};

#[tokio::test]
async fn pools_show_state_space_and_devices() {
    let app = TestApp::new();
    app.zfs().edit_pool("tank", |pool| {
        pool.state = PoolState::Degraded;
        pool.status = Some("One or more devices could not be used.".into());
        pool.vdevs[0].children[1].checksum_errors = 7;
    });
    let pool = app.script(Viewer).get("/pools").await.ok()["items"][0].clone();
    assert_eq!((&pool["name"], &pool["state"]), (&json!("tank"), &json!("degraded")));
    assert_eq!(pool["status"], "One or more devices could not be used.");
    assert_eq!(pool["vdevs"][0]["children"][1]["checksum_errors"], 7);
    assert!(pool["guid"].is_string(), "64 bits do not fit a JavaScript number");
    assert_eq!(app.script(Viewer).get("/pools/tank").await.ok(), pool);
}

#[tokio::test]
async fn without_pools_the_list_is_empty() {
    let app = State::on(FakeZfs::new()).start("");
    assert_eq!(app.script(Viewer).get("/pools").await.ok(), json!({ "items": [], "next": null }));
    assert_eq!(app.script(Viewer).get("/datasets").await.ok(), json!({ "items": [], "next": null }));
}

#[tokio::test]
async fn datasets_come_in_pages_by_name() {
    let app = TestApp::new();
    for name in ["tank/b", "tank/a b", "tank/home/anna", "tank/a-b"] {
        app.zfs().add_dataset(name);
    }
    let (script, mut seen, mut cursor) = (app.script(Viewer), Vec::new(), Value::Null);
    loop {
        let after = cursor.as_str().map(|c| format!("&cursor={c}")).unwrap_or_default();
        let page = script.get(&format!("/datasets?limit=2{after}")).await.ok();
        let items = page["items"].as_array().unwrap().iter();
        seen.extend(items.map(|dataset| dataset["name"].as_str().unwrap().to_owned()));
        cursor = page["next"].clone();
        if cursor.is_null() {
            break;
        }
    }
    script.get("/datasets/tank%2Fa%20b").await.ok();
    assert_eq!(seen, ["tank", "tank/a b", "tank/a-b", "tank/b", "tank/home", "tank/home/anna"]);
}

#[tokio::test]
async fn pages_and_cursors_are_checked() {
    let script = TestApp::new();
    let script = (script.script(Viewer), script);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=x", "limit"),
        ("cursor=a@b", "cursor"),
        ("x=1", "x"),
    ] {
        let reply = script.0.get(&format!("/datasets?{query}")).await.is(400);
        assert_eq!(reply.json()["field"], field, "{query}");
    }
}

/// Datasets that are each named after why their files can't be reached.
const UNREACHABLE: [&str; 6] =
    ["volume", "unmounted", "key_not_loaded", "other_namespace", "legacy_mountpoint", "no_mountpoint"];

fn add_unreachable(zfs: &FakeZfs) {
    zfs.add_volume("tank/volume", 1 << 20);
    for reason in &UNREACHABLE[1..] {
        zfs.add_dataset(&format!("tank/{reason}"));
    }
    zfs.set_mounted("tank/unmounted", false);
    zfs.set_key_status("tank/key_not_loaded", KeyStatus::Unavailable);
    zfs.set_elsewhere("tank/other_namespace", true);
    for (name, mountpoint) in [("tank/legacy_mountpoint", "legacy"), ("tank/no_mountpoint", "none")] {
        zfs.set_property(&name.parse().unwrap(), "mountpoint", mountpoint).unwrap();
    }
}

#[tokio::test]
async fn a_dataset_says_why_its_files_cannot_be_reached() {
    let app = TestApp::new();
    add_unreachable(app.zfs());
    let script = app.script(Viewer);
    for reason in UNREACHABLE {
        let at = format!("/datasets/tank%2F{reason}");
        let files = script.get(&at).await.ok()["files"].clone();
        assert_eq!((&files["reachable"], &files["reason"]), (&json!(false), &json!(reason)));
        let detail = script.get(&format!("{at}/files")).await.refused(409, "files_unreachable");
        assert!(detail.contains(files["detail"].as_str().unwrap()), "{detail}");
    }
    let here = json!({ "reachable": true, "reason": null, "detail": null });
    assert_eq!(script.get(HOME).await.ok()["files"], here);
}

#[tokio::test]
async fn snapshots_say_why_their_files_cannot_be_reached() {
    let app = TestApp::new();
    app.zfs().add_snapshot("tank/home@s");
    app.zfs().set_automount_fails("tank/home", true);
    let at = format!("{HOME}/files?at=s");
    let detail = app.script(Viewer).get(&at).await.refused(409, "files_unreachable");
    assert!(detail.contains("container"), "{detail}");
    app.zfs().set_property(&"tank/home".parse().unwrap(), "snapdir", "disabled").unwrap();
    let detail = app.script(Viewer).get(&at).await.refused(409, "files_unreachable");
    assert!(detail.contains("snapdir") && detail.contains("hidden"), "{detail}");
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    for (path, code, name) in [
        ("/pools/dozer", "pool_not_found", "dozer"),
        ("/datasets/tank%2Fnone", "dataset_not_found", "tank/none"),
        ("/datasets/tank%2Fnone/snapshots", "dataset_not_found", "tank/none"),
        ("/datasets/tank%2Fnone/files", "dataset_not_found", "tank/none"),
        ("/datasets/tank%2Fhome/snapshots/none", "snapshot_not_found", "none"),
        ("/datasets/tank%2Fhome/files?at=none", "snapshot_not_found", "none"),
        ("/datasets/tank%2Fhome/content?path=none", "file_not_found", "none"),
        ("/jobs/none", "job_not_found", "none"),
    ] {
        let detail = script.get(path).await.refused(404, code);
        assert!(detail.contains(name), "{path}: {detail}");
    }
}

#[tokio::test]
async fn names_that_zfs_would_refuse_are_refused_first() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    let (long, deep) = ("x".repeat(256), "a%2F".repeat(60) + "a");
    let odd = "tank%2F tank%2F%2Fhome tank%252Fhome tank%40s tank%2F.. -tank 9tank tank%2F%C3%BC tank%00";
    for name in odd.split(' ').chain([long.as_str(), &deep]) {
        let reply = script.get(&format!("/datasets/{name}/snapshots")).await.is(400);
        assert_eq!(
            (&reply.json()["code"], &reply.json()["field"]),
            (&json!("invalid_name"), &json!("dataset")),
            "{name}"
        );
    }
    script.get("/pools/mirror").await.refused(400, "invalid_name");
    assert_eq!(app.zfs().calls(Verb::Snapshots) + app.zfs().calls(Verb::Pool), 0, "ZFS was not even asked");
}

#[tokio::test]
async fn a_zfs_that_fails_is_told_apart() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    for (error, status, code, part) in [
        (ZfsError::NotInstalled { detail: "no /dev/zfs".into() }, 503, "zfs_unavailable", "/dev/zfs"),
        (ZfsError::PermissionDenied { detail: "cannot open".into() }, 503, "zfs_permission", "zfs allow"),
        (ZfsError::Timeout { verb: "zfs list", after: Duration::from_secs(30) }, 504, "zfs_timeout", "30 s"),
        (ZfsError::Output { verb: "zfs list", detail: "3 columns".into() }, 502, "zfs_failed", "3 columns"),
        (ZfsError::Failed { verb: "zfs list", detail: "I/O error".into() }, 502, "zfs_failed", "I/O error"),
    ] {
        app.zfs().fail(Verb::Datasets, error);
        let reply = script.get("/datasets").await.is(status);
        assert_eq!(reply.header("retry-after").is_some(), status == 503);
        let detail = reply.refused(status, code);
        assert!(detail.contains(part), "{detail}");
    }
    script.get("/datasets").await.ok();
}

#[tokio::test]
async fn without_zfs_the_server_lives_but_is_not_ready() {
    let app = TestApp::new();
    app.zfs().fail_always(Verb::Version, ZfsError::NotInstalled { detail: "no zfs".into() });
    app.zfs().fail_always(Verb::Pools, ZfsError::NotInstalled { detail: "no zfs".into() });
    app.anonymous().get("//healthz").await.ok();
    app.anonymous().get("//readyz").await.refused(503, "zfs_unavailable");
    app.script(Viewer).get("/pools").await.refused(503, "zfs_unavailable");
    app.script(Viewer).get("/me").await.ok();
}
