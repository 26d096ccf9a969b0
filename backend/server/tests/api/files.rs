//! Folders and entries, live and as of a snapshot.

use std::{fs, os::unix::fs::symlink};

use nasman_core::Role::Viewer;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, HOME, Script, TestApp, query};

fn names(listing: &Value) -> Vec<String> {
    listing["items"].as_array().unwrap().iter().map(|e| e["name"].as_str().unwrap().to_owned()).collect()
}

async fn list(api: &Api<Script>, fields: &[(&str, &str)]) -> Value {
    api.get(&query(&format!("{HOME}/files"), fields)).await.ok()
}

#[tokio::test]
async fn folders_come_first_then_names_by_their_bytes() {
    let app = TestApp::new();
    for name in ["b", "B", "ä", "a/x", "Z/x", "10"] {
        app.zfs().write("tank/home", name, "x");
    }
    let listing = list(&app.script(Viewer), &[]).await;
    assert_eq!(names(&listing), ["Z", "a", "10", "B", "b", "ä"]);
    assert_eq!(
        (&listing["total"], &listing["at"], &listing["findings"]),
        (&json!(6), &Value::Null, &json!([]))
    );
}

#[tokio::test]
async fn an_entry_tells_what_a_file_is() {
    let app = TestApp::new();
    let file = app.zfs().write("tank/home", "docs/Tax return.pdf", "12345");
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    fs::File::open(&file)
        .unwrap()
        .set_modified(std::time::UNIX_EPOCH + std::time::Duration::new(1_000_000_000, 123_456_789))
        .unwrap();
    let script = app.script(Viewer);
    let entry = list(&script, &[("path", "docs")]).await["items"][0].clone();
    assert_eq!((&entry["name"], &entry["path"]), (&json!("Tax return.pdf"), &json!("docs/Tax%20return.pdf")));
    assert_eq!((&entry["kind"], &entry["size"], &entry["mode"]), (&json!("file"), &json!(5), &json!(0o640)));
    assert_eq!(entry["modified"], "2001-09-09T01:46:40.123456789Z");
    assert!(entry["inode"].is_string() && entry["owner"].is_string());
    let path = entry["path"].as_str().unwrap();
    assert_eq!(script.get(&query(&format!("{HOME}/entry"), &[("path", path)])).await.ok(), entry);
}

#[tokio::test]
async fn the_way_down_is_told() {
    let app = TestApp::new();
    app.zfs().write("tank/home", "a b/c/d", "x");
    let listing = list(&app.script(Viewer), &[("path", "a%20b/c")]).await;
    let expected = json!([
        { "name": "tank/home", "path": "" },
        { "name": "a b", "path": "a%20b" },
        { "name": "c", "path": "a%20b/c" },
    ]);
    assert_eq!(listing["parents"], expected);
}

#[tokio::test]
async fn a_snapshot_shows_what_was() {
    let app = TestApp::new();
    let file = app.zfs().write("tank/home", "a", "old");
    let guid = app.zfs().add_snapshot("tank/home@one").guid.to_string();
    fs::remove_file(file).unwrap();
    app.zfs().write("tank/home", "b", "new");
    let script = app.script(Viewer);
    assert_eq!(names(&list(&script, &[]).await), ["b"]);
    for at in ["one", &guid, "2100-01-01T00:00:00Z"] {
        let listing = list(&script, &[("at", at)]).await;
        assert_eq!(names(&listing), ["a"]);
        assert_eq!(
            (&listing["at"]["tag"], &listing["at"]["snapshot"]),
            (&json!("one"), &json!("tank/home@one"))
        );
        assert_eq!(listing["at"]["guid"], guid);
    }
}

#[tokio::test]
async fn a_folder_comes_in_pages_that_changes_do_not_shift() {
    let app = TestApp::new();
    for name in ["d1/x", "d2/x", "a", "b", "c", "e"] {
        app.zfs().write("tank/home", name, "x");
    }
    let script = app.script(Viewer);
    let first = list(&script, &[("limit", "4")]).await;
    assert_eq!(
        (names(&first), &first["total"]),
        (vec!["d1".into(), "d2".into(), "a".into(), "b".into()], &json!(6))
    );
    fs::remove_file(app.zfs().folder("tank/home").join("b")).unwrap();
    app.zfs().write("tank/home", "bb", "x");
    let cursor = first["next"].as_str().unwrap();
    let second = list(&script, &[("limit", "4"), ("cursor", cursor)]).await;
    assert_eq!((names(&second), &second["next"]), (vec!["bb".into(), "c".into(), "e".into()], &Value::Null));
}

#[tokio::test]
async fn links_and_special_files_are_shown_as_what_they_are() {
    let app = TestApp::new();
    let folder = app.zfs().folder("tank/home");
    symlink("/etc/passwd", folder.join("link")).unwrap();
    let mode = rustix::fs::Mode::RUSR;
    rustix::fs::mknodat(rustix::fs::CWD, folder.join("pipe"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let items = list(&app.script(Viewer), &[]).await["items"].clone();
    assert_eq!((&items[0]["kind"], &items[0]["target"]), (&json!("symlink"), &json!("/etc/passwd")));
    assert_eq!((&items[1]["kind"], &items[1]["target"]), (&json!("fifo"), &Value::Null));
}

#[tokio::test]
async fn no_link_leads_outside() {
    let app = TestApp::new();
    symlink("/etc", app.zfs().folder("tank/home").join("out")).unwrap();
    app.zfs().add_snapshot("tank/home@one");
    let script = app.script(Viewer);
    for at in ["", "&at=one"] {
        script.get(&format!("{HOME}/files?path=out{at}")).await.refused(409, "outside_dataset");
        script.get(&format!("{HOME}/entry?path=out/passwd{at}")).await.refused(409, "outside_dataset");
        script.get(&format!("{HOME}/content?path=out/passwd{at}")).await.refused(409, "outside_dataset");
        script.get(&format!("{HOME}/content?path=out{at}")).await.refused(409, "not_a_file");
    }
    assert_eq!(script.get(&format!("{HOME}/entry?path=out")).await.ok()["kind"], "symlink");
}

#[tokio::test]
async fn what_is_no_path_is_refused() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    let (long, name) = ("a/".repeat(2500), "x".repeat(256));
    for path in ["..", "a/../b", "%2e%2e/b", "a/./b", "a%00b", "a//b", &long, &name] {
        for what in ["files", "entry", "content"] {
            let reply = script.get(&query(&format!("{HOME}/{what}"), &[("path", path)])).await;
            assert_eq!(reply.json()["field"], "path");
            reply.refused(400, "invalid_path");
        }
    }
    script.get(&format!("{HOME}/files?path=a%00b")).await.refused(400, "invalid_path");
}

#[tokio::test]
async fn wrong_questions_name_the_field() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    for (fields, field) in
        [("colour=red", "colour"), ("path=a&path=b", "path"), ("cursor=x", "cursor"), ("limit=1e3", "limit")]
    {
        let reply = script.get(&format!("{HOME}/files?{fields}")).await;
        assert_eq!(reply.json()["field"], field, "{fields}");
        reply.refused(400, "invalid_request");
    }
    script.get(&format!("{HOME}/content?path=a&download=maybe")).await.refused(400, "invalid_request");
}

#[tokio::test]
async fn files_and_folders_are_not_mixed_up() {
    let app = TestApp::new();
    app.zfs().write("tank/home", "a/b", "x");
    let script = app.script(Viewer);
    script.get(&format!("{HOME}/files?path=a/b")).await.refused(409, "not_a_directory");
    script.get(&format!("{HOME}/files?path=a/b/c")).await.refused(409, "not_a_directory");
    script.get(&format!("{HOME}/files?path=none")).await.refused(404, "file_not_found");
    script.get(&format!("{HOME}/entry?path=none")).await.refused(404, "file_not_found");
    assert_eq!(script.get(&format!("{HOME}/entry")).await.ok()["kind"], "directory");
}

#[tokio::test]
async fn head_tells_what_get_would() {
    let app = TestApp::new();
    app.zfs().write("tank/home", "a", vec![b'x'; 100_000]);
    let script = app.script(Viewer);
    for path in
        [format!("{HOME}/files"), format!("{HOME}/content?path=a"), "/pools".into(), "//healthz".into()]
    {
        let (head, get) = (script.head(&path).await.is(200), script.get(&path).await.is(200));
        assert!(head.body.is_empty());
        assert_eq!(head.header("content-length"), Some(get.body.len().to_string().as_str()), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"));
    }
    script.send(script.request(Method::HEAD, &format!("{HOME}/content?path=none"))).await.is(404);
}
