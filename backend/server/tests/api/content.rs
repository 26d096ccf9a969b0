//! A file's content: ranges, conditions, and what a browser may do with it.

use std::fs;

use nasman_core::Role::Viewer;
use reqwest::Method;

use crate::support::{HOME, TestApp};

/// A server with one live file of ten bytes.
fn ten() -> (TestApp, String) {
    let app = TestApp::new();
    app.zfs().write("tank/home", "ten.bin", "0123456789");
    (app, format!("{HOME}/content?path=ten.bin"))
}

#[tokio::test]
async fn ranges_are_cut_out() {
    let (app, at) = ten();
    let script = app.script(Viewer);
    for (range, bytes, told) in [
        ("bytes=0-3", "0123", "bytes 0-3/10"),
        ("bytes=8-", "89", "bytes 8-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=5-99", "56789", "bytes 5-9/10"),
    ] {
        let reply = script.get_with(&at, "range", range).await.is(206);
        assert_eq!((reply.text().as_str(), reply.header("content-range")), (bytes, Some(told)), "{range}");
    }
    assert_eq!(script.get(&at).await.is(200).header("accept-ranges"), Some("bytes"));
}

#[tokio::test]
async fn a_range_beyond_the_end_is_refused() {
    let (app, at) = ten();
    let detail =
        app.script(Viewer).get_with(&at, "range", "bytes=10-").await.refused(416, "range_not_satisfiable");
    assert!(detail.contains("*/10"), "{detail}");
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let (app, at) = ten();
    let script = app.script(Viewer);
    let etag = script.get(&at).await.is(200).header("etag").unwrap().to_owned();
    let reply = script.get_with(&at, "if-none-match", &etag).await.is(304);
    assert!(reply.body.is_empty());
    app.zfs().write("tank/home", "ten.bin", "9876543210");
    let reply = script.get_with(&at, "if-none-match", &etag).await.is(200);
    assert_eq!(reply.text(), "9876543210");
    script.get_with(&at, "if-match", &etag).await.refused(412, "precondition_failed");
}

#[tokio::test]
async fn a_range_of_another_version_is_the_whole_of_this_one() {
    let (app, at) = ten();
    let script = app.script(Viewer);
    let request =
        script.request(Method::GET, &at).header("range", "bytes=0-1").header("if-range", "\"other\"");
    assert_eq!(script.send(request).await.is(200).text(), "0123456789");
}

#[tokio::test]
async fn headers_that_cannot_be_read_are_refused_like_anything_else() {
    let (app, at) = ten();
    let script = app.script(Viewer);
    let value = reqwest::header::HeaderValue::from_bytes(b"bytes=\xff-").unwrap();
    script
        .send(script.request(Method::GET, &at).header("range", value))
        .await
        .refused(400, "invalid_request");
}

#[tokio::test]
async fn only_safe_types_are_shown_in_place() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    for (name, disposition, kind) in [
        ("a.jpg", "inline", "image/jpeg"),
        ("a.mp4", "inline", "video/mp4"),
        ("a.pdf", "inline", "application/pdf"),
        ("a.html", "inline", "text/plain; charset=utf-8"),
        ("a.svg", "attachment", "application/octet-stream"),
        ("a.xhtml", "attachment", "application/octet-stream"),
        ("a", "attachment", "application/octet-stream"),
    ] {
        app.zfs().write("tank/home", name, "<script>alert(1)</script>");
        let reply = script.get(&format!("{HOME}/content?path={name}")).await.is(200);
        assert_eq!(reply.header("content-type"), Some(kind), "{name}");
        assert!(reply.header("content-disposition").unwrap().starts_with(disposition), "{name}");
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    }
}

#[tokio::test]
async fn a_download_is_one_whatever_the_type() {
    let app = TestApp::new();
    app.zfs().write("tank/home", "a.jpg", "x");
    let script = app.script(Viewer);
    for field in ["download", "download=true", "download=1"] {
        let reply = script.get(&format!("{HOME}/content?path=a.jpg&{field}")).await.is(200);
        assert_eq!(reply.header("content-disposition"), Some("attachment; filename*=UTF-8''a.jpg"));
    }
}

#[tokio::test]
async fn files_are_never_compressed_on_the_way_and_lists_are() {
    let app = TestApp::new();
    app.zfs().write("tank/home", "a.txt", vec![b'x'; 50_000]);
    let script = app.script(Viewer);
    let reply =
        script.get_with(&format!("{HOME}/content?path=a.txt"), "accept-encoding", "gzip").await.is(200);
    assert_eq!((reply.body.len(), reply.header("content-length")), (50_000, Some("50000")));
    let reply = script.get_with("/datasets", "accept-encoding", "gzip").await.is(200);
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
}

#[tokio::test]
async fn what_is_no_regular_file_has_no_content() {
    let app = TestApp::new();
    let folder = app.zfs().folder("tank/home");
    fs::create_dir(folder.join("folder")).unwrap();
    let mode = rustix::fs::Mode::RUSR;
    rustix::fs::mknodat(rustix::fs::CWD, folder.join("pipe"), rustix::fs::FileType::Fifo, mode, 0).unwrap();
    let script = app.script(Viewer);
    for path in ["folder", "pipe"] {
        script.get(&format!("{HOME}/content?path={path}")).await.refused(409, "not_a_file");
    }
    script.get(&format!("{HOME}/content")).await.refused(409, "not_a_file");
}

#[tokio::test]
async fn a_file_that_vanished_is_told_and_its_snapshot_still_has_it() {
    let (app, at) = ten();
    app.zfs().add_snapshot("tank/home@one");
    fs::remove_file(app.zfs().folder("tank/home").join("ten.bin")).unwrap();
    let script = app.script(Viewer);
    let detail = script.get(&at).await.refused(404, "file_not_found");
    assert!(detail.contains("ten.bin"), "{detail}");
    assert_eq!(script.get(&format!("{at}&at=one")).await.is(200).text(), "0123456789");
}

#[tokio::test]
async fn big_and_empty_files_arrive_whole() {
    let app = TestApp::new();
    let big: Vec<u8> = (0..3_000_000u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
    app.zfs().write("tank/home", "big", &big);
    app.zfs().write("tank/home", "empty", "");
    let script = app.script(Viewer);
    assert!(script.get(&format!("{HOME}/content?path=big")).await.is(200).body == big);
    assert!(script.get(&format!("{HOME}/content?path=empty")).await.is(200).body.is_empty());
}

#[tokio::test]
async fn a_time_before_the_epoch_harms_nothing() {
    let (app, at) = ten();
    let file = fs::File::open(app.zfs().folder("tank/home").join("ten.bin")).unwrap();
    file.set_modified(std::time::UNIX_EPOCH - std::time::Duration::from_secs(86_400)).unwrap();
    assert_eq!(app.script(Viewer).get(&at).await.is(200).text(), "0123456789");
}
