//! Names are bytes: the oddest of them are listed, downloaded and restored unharmed.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use nasman_core::Role::{Operator, Viewer};
use serde_json::json;

use crate::support::{HOME, TestApp, query, restore};

fn odd_names() -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = [
        &b"r\xe9sum\xe9.txt"[..],
        b"\xff\xfe\x80",
        b"new\nline",
        b"tab\there",
        b"back\\slash",
        b"quote\"'`$(x)",
        b" spaces ",
        b"%41 100% +&=#?;",
        b"\x01\x1b[31m\x7f",
        b"...",
        b"-rf",
        b"d",
        "Größe ✓ 日本 e\u{301}".as_bytes(),
        "\u{202e}txt.exe".as_bytes(),
    ]
    .map(<[u8]>::to_vec)
    .into();
    names.push(vec![b'x'; 255]);
    names.push([&vec![0xfe; 251][..], b".txt"].concat());
    names
}

/// A server whose snapshot `one` and live files have them all, each with its own name as content.
fn scene() -> TestApp {
    let app = TestApp::new();
    for name in odd_names() {
        app.zfs().write("tank/home", place(&name), &name);
    }
    app.zfs().add_snapshot("tank/home@one");
    app
}

/// Where they are, in the dataset.
fn place(name: &[u8]) -> PathBuf {
    Path::new(OsStr::from_bytes(b"dir \xfc")).join(OsStr::from_bytes(name))
}

/// The paths as the API tells them, page by page.
async fn paths(app: &TestApp, at: &str) -> Vec<String> {
    let (script, mut paths, mut cursor) = (app.script(Viewer), Vec::new(), None::<String>);
    loop {
        let mut fields = vec![("path", "dir%20%FC"), ("limit", "3")];
        fields.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        fields.extend(Some(("at", at)).filter(|_| !at.is_empty()));
        let page = script.get(&query(&format!("{HOME}/files"), &fields)).await.ok();
        let items = page["items"].as_array().unwrap();
        paths.extend(items.iter().map(|entry| entry["path"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return paths,
        }
    }
}

#[tokio::test]
async fn every_name_is_listed_once_and_in_order() {
    let app = scene();
    for at in ["", "one"] {
        let paths = paths(&app, at).await;
        let listed: Vec<_> = paths.iter().map(|p| nasman_core::RelPath::decode(p).unwrap()).collect();
        assert!(listed.is_sorted(), "{listed:?}");
        let listed: BTreeSet<_> = listed.iter().map(|p| p.name().unwrap().as_bytes().to_vec()).collect();
        assert_eq!(listed, odd_names().into_iter().collect());
        assert_eq!(paths.len(), odd_names().len());
    }
}

#[tokio::test]
async fn every_name_downloads_its_own_bytes() {
    let app = scene();
    let script = app.script(Viewer);
    for path in paths(&app, "one").await {
        let name = nasman_core::RelPath::decode(&path).unwrap().name().unwrap();
        let reply =
            script.get(&query(&format!("{HOME}/content"), &[("path", &path), ("at", "one")])).await.is(200);
        assert_eq!(reply.body, name.as_bytes());
        let disposition = reply.header("content-disposition").expect("one line of plain ASCII");
        assert!(disposition.contains("filename*=UTF-8''"), "{disposition}");
    }
}

#[tokio::test]
async fn every_name_is_restored_unharmed() {
    let app = scene();
    let folder = app.zfs().folder("tank/home");
    fs::remove_dir_all(folder.join(place(b""))).unwrap();
    let paths = paths(&app, "one").await;
    let job =
        restore(&app.script(Operator), &json!({ "dataset": "tank/home", "at": "one", "paths": paths })).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    for name in odd_names() {
        assert_eq!(fs::read(folder.join(place(&name))).unwrap(), name);
    }
}

#[tokio::test]
async fn both_are_kept_under_odd_names_too() {
    let app = scene();
    for name in odd_names() {
        fs::write(app.zfs().folder("tank/home").join(place(&name)), "now").unwrap();
    }
    let before = paths(&app, "").await.len();
    let request = json!({ "dataset": "tank/home", "at": "one", "paths": paths(&app, "one").await });
    let job = restore(&app.script(Operator), &request).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    assert_eq!(paths(&app, "").await.len(), 2 * before);
    for item in job["result"]["items"].as_array().unwrap() {
        let target = nasman_core::RelPath::decode(item["target_path"].as_str().unwrap()).unwrap();
        let source = nasman_core::RelPath::decode(item["path"].as_str().unwrap()).unwrap();
        let bytes = fs::read(app.zfs().folder("tank/home").join(target.as_path())).unwrap();
        assert_eq!(bytes, source.name().unwrap().as_bytes());
    }
}

#[tokio::test]
async fn raw_bytes_in_an_address_lead_to_the_same_file() {
    let app = scene();
    let at = format!("{HOME}/content?path=dir%20%FC/r%E9sum%E9.txt");
    assert_eq!(app.script(Viewer).get(&at).await.is(200).body, b"r\xe9sum\xe9.txt");
}
