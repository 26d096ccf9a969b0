//! How a selection is asked for and fetched as one archive.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use nasman_core::Role::{Operator, Viewer};
use nasman_zfs::Zfs as _;
use serde_json::json;

use crate::support::{
    TestApp,
    downloads::{fetch, item, order, prepare, scene, unzipped},
};

#[tokio::test]
async fn the_answer_is_a_download_that_nobody_holds_back_or_keeps() {
    let app = scene();
    let day = app.zfs().add_snapshot("tank/home@two");
    let script = app.script(Viewer);
    let address = prepare(&script, "zip", &[item("tank/home", Some("two"), &["anna/Documents"])]).await;
    let reply = script.get_with(&address, "accept-encoding", "gzip").await.is(200);
    let disposition = reply.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment; filename*=UTF-8''Documents%2020"), "{disposition} {day:?}");
    assert!(disposition.ends_with(".zip"), "{disposition}");
    for (name, value) in [
        ("content-type", Some("application/zip")),
        ("content-length", None),
        ("cache-control", Some("no-store")),
        ("x-accel-buffering", Some("no")),
        ("content-encoding", Some("identity")),
    ] {
        assert_eq!(reply.header(name), value, "{name}");
    }
    // It can be fetched again, and asked for without being fetched.
    assert_eq!(unzipped(&script.get(&address).await.is(200)).len(), 7);
    assert!(script.head(&address).await.is(200).body.is_empty());
    let tar = fetch(&script, "tar.zst", &[item("tank/home", Some("two"), &["anna/Documents"])]).await;
    assert_eq!(tar.header("content-type"), Some("application/zstd"));
    assert!(tar.header("content-disposition").unwrap().ends_with(".tar.zst"));
}

#[tokio::test]
async fn a_browser_fetches_it_by_its_cookie_alone() {
    let app = scene();
    let browser = app.browser(Viewer).await;
    let address = prepare(&browser, "zip", &[item("tank/home", None, &["anna"])]).await;
    let anonymous = app.anonymous();
    let request = anonymous.request(reqwest::Method::GET, &address).header("cookie", &browser.who.cookie);
    anonymous.send(request).await.is(200);
    // Who signed in anew is still the same.
    app.browser(Viewer).await.get(&address).await.is(200);
}

#[tokio::test]
async fn a_ticket_is_nobody_elses_and_ends() {
    let app = scene();
    let items = [item("tank/home", None, &["anna"])];
    let (script, browser) = (app.script(Viewer), app.browser(Viewer).await);
    let address = prepare(&script, "zip", &items).await;
    for reply in [
        app.script(Operator).get(&address).await,
        // Of the same user, by another token or none.
        app.script(Viewer).get(&address).await,
        browser.get(&address).await,
        script.get("/downloads/0123456789abcdef0123456789abcdef").await,
    ] {
        reply.refused(404, "download_not_found");
    }
    app.anonymous().get(&address).await.refused(401, "unauthenticated");
    script.get(&address).await.is(200);
    let later = |minutes| jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
    app.app.downloads.forget_expired(later(9));
    script.get(&address).await.is(200);
    app.app.downloads.forget_expired(later(11));
    script.get(&address).await.refused(404, "download_not_found");
}

#[tokio::test]
async fn what_is_wrong_is_told_by_its_field() {
    let app = scene();
    symlink("..", app.zfs().folder("tank/home").join("up")).unwrap();
    let script = app.script(Viewer);
    let good = || item("tank/home", None, &["anna"]);
    let many: Vec<_> = (0..1001).map(|n| n.to_string()).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    for (body, status, code, field) in [
        (order("rar", &[good()]), 400, "invalid_request", "format"),
        (order("zip", &[]), 400, "invalid_request", "items"),
        (order("zip", &vec![good(); 101]), 400, "invalid_request", "items"),
        (order("zip", &[good(), item("tank/home", None, &[])]), 400, "invalid_request", "items[1].paths"),
        (order("zip", &[item("tank/home", None, &many)]), 400, "invalid_request", "items"),
        (order("zip", &[item("no@name", None, &["a"])]), 400, "invalid_name", "items[0].dataset"),
        (
            order("zip", &[good(), item("tank/none", None, &["a"])]),
            404,
            "dataset_not_found",
            "items[1].dataset",
        ),
        (
            order("zip", &[item("tank/home", Some("none"), &["anna"])]),
            404,
            "snapshot_not_found",
            "items[0].at",
        ),
        (
            order("zip", &[item("tank/home", None, &["anna", "none"])]),
            404,
            "file_not_found",
            "items[0].paths[1]",
        ),
        (
            order("zip", &[item("tank/home", None, &["anna", "../x"])]),
            400,
            "invalid_path",
            "items[0].paths[1]",
        ),
        (order("zip", &[item("tank/home", None, &["up/anna"])]), 409, "outside_dataset", "items[0].paths[0]"),
        (json!({ "format": "zip", "items": [good()], "level": 9 }), 400, "invalid_request", "level"),
    ] {
        let reply = script.post("/downloads", &body).await;
        let problem = reply.json();
        assert_eq!((&problem["code"], &problem["field"]), (&json!(code), &json!(field)), "{problem}");
        assert_eq!(reply.status, status, "{problem}");
    }
}

#[tokio::test]
async fn a_snapshot_that_went_meanwhile_is_told_before_anything_is_sent() {
    let app = scene();
    let script = app.script(Viewer);
    let address = prepare(&script, "zip", &[item("tank/home", Some("one"), &["anna"])]).await;
    let snapshot = app.zfs().snapshots(&"tank/home".parse().unwrap()).unwrap().remove(0);
    app.zfs().destroy_snapshot(&snapshot.name, snapshot.guid).unwrap();
    script.get(&address).await.refused(404, "snapshot_not_found");
    assert_eq!(app.app.downloads.running(), 0);
}

/// Whether this process, and so the server in it, has something below the folder open.
fn is_open(folder: &Path) -> bool {
    let links =
        fs::read_dir("/proc/self/fd").unwrap().filter_map(|fd| fs::read_link(fd.unwrap().path()).ok());
    links.into_iter().any(|target| target.starts_with(folder))
}

async fn until(what: &str, such: impl Fn() -> bool) {
    for _ in 0..1000 {
        if such() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("never: {what}");
}

/// A server whose snapshot `tank/home@one` has more than a connection holds, and the snapshot's folder.
fn heavy() -> (TestApp, PathBuf) {
    let app = TestApp::new();
    app.zfs().write("tank/home", "zeros", "");
    app.zfs().add_snapshot("tank/home@one");
    let folder = app.zfs().snapshot_folder(&"tank/home@one".parse().unwrap()).unwrap();
    // What compresses to nothing must notice, too: it sends nothing for a long time.
    fs::File::options().write(true).open(folder.join("zeros")).unwrap().set_len(64 << 30).unwrap();
    (app, folder)
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_work_and_frees_the_snapshot() {
    let (app, folder) = heavy();
    let script = app.script(Viewer);
    for format in ["zip", "tar.zst"] {
        let address = prepare(&script, format, &[item("tank/home", Some("one"), &["zeros"])]).await;
        assert!(!is_open(&folder));
        let mut response = script.request(reqwest::Method::GET, &address).send().await.unwrap();
        if format == "zip" {
            assert!(response.chunk().await.unwrap().is_some());
            assert!(is_open(&folder), "what is read keeps the snapshot from being destroyed");
            assert_eq!(app.app.downloads.running(), 1);
        }
        drop(response);
        until("the thread ends", || app.app.downloads.running() == 0).await;
        assert!(!is_open(&folder));
    }
}

#[tokio::test]
async fn a_server_that_stops_breaks_off_what_is_not_whole() {
    let (app, folder) = heavy();
    let script = app.script(Viewer);
    let address = prepare(&script, "zip", &[item("tank/home", Some("one"), &["zeros"])]).await;
    let mut response = script.request(reqwest::Method::GET, &address).send().await.unwrap();
    response.chunk().await.unwrap();
    app.tell_to_stop();
    let broken = loop {
        match response.chunk().await {
            Ok(Some(_)) => {}
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken, "a part must not look like the whole");
    until("the snapshot is free", || !is_open(&folder)).await;
}

#[tokio::test]
async fn one_user_has_four_at_once() {
    let (app, _) = heavy();
    let (script, other) = (app.script(Viewer), app.script(Operator));
    let items = [item("tank/home", Some("one"), &["zeros"])];
    let address = prepare(&script, "zip", &items).await;
    let mut running = Vec::new();
    for _ in 0..4 {
        let mut response = script.request(reqwest::Method::GET, &address).send().await.unwrap();
        assert!(response.chunk().await.unwrap().is_some());
        running.push(response);
    }
    let reply = script.get(&address).await;
    assert!(reply.header("retry-after").is_some());
    reply.refused(429, "too_many_downloads");
    let of_other = prepare(&other, "zip", &items).await;
    let mut response = other.request(reqwest::Method::GET, &of_other).send().await.unwrap();
    assert!(response.chunk().await.unwrap().is_some());
    drop(running);
    until("they end", || app.app.downloads.running() == 1).await;
    let mut response = script.request(reqwest::Method::GET, &address).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.chunk().await.unwrap().is_some());
}
