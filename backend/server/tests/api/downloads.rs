//! Selections as one archive: what lies in it, and how it is fetched.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs,
    io::{Cursor, Read as _},
    os::unix::{
        ffi::OsStrExt as _,
        fs::{MetadataExt as _, PermissionsExt as _, chown, symlink},
        net::UnixListener,
    },
    path::Path,
    process::Command,
};

use nasman_core::Role::{Operator, Viewer};
use nasman_zfs::Zfs as _;
use rustix::fs::{CWD, FileType, Mode, Timespec, Timestamps, mknodat, utimensat};
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::support::{Api, Reply, TestApp, Who};

const LIST: &str = "NASMan could not read these files.txt";

/// One dataset's paths, live or as of a moment.
fn item(dataset: &str, at: Option<&str>, paths: &[&str]) -> Value {
    json!({ "dataset": dataset, "at": at, "paths": paths })
}

fn order(format: &str, items: &[Value]) -> Value {
    json!({ "format": format, "items": items })
}

/// The archive's address, below `/api/v1`.
async fn prepare<W: Who>(api: &Api<W>, format: &str, items: &[Value]) -> String {
    let reply = api.post("/downloads", &order(format, items)).await.is(201);
    let (location, made) = (reply.header("location").unwrap().to_owned(), reply.json());
    assert_eq!(made["address"], location);
    assert_eq!(location, format!("/api/v1/downloads/{}", made["id"].as_str().unwrap()));
    location.strip_prefix("/api/v1").unwrap().to_owned()
}

async fn fetch<W: Who>(api: &Api<W>, format: &str, items: &[Value]) -> Reply {
    api.get(&prepare(api, format, items).await).await.is(200)
}

/// An entry as a reader of archives sees it.
#[derive(Debug, Default)]
struct Seen {
    mode: u32,
    /// Seconds since 1970.
    modified: i64,
    content: Vec<u8>,
    /// Of a tar: kind, target, pax records.
    kind: Option<tar::EntryType>,
    target: Vec<u8>,
    pax: BTreeMap<String, Vec<u8>>,
    owner: (u64, String),
}

fn unzipped(reply: &Reply) -> BTreeMap<String, Seen> {
    let mut archive = ZipArchive::new(Cursor::new(&reply.body)).unwrap();
    let mut seen = BTreeMap::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let modified = entry.extra_data_fields().find_map(|field| match field {
            zip::ExtraField::ExtendedTimestamp(times) => times.mod_time(),
            _ => None,
        });
        let (mode, modified) = (entry.unix_mode().unwrap(), i64::from(modified.unwrap_or_default()));
        let name = String::from_utf8(entry.name_raw().to_vec()).unwrap();
        assert!(seen.insert(name, Seen { mode, modified, content, ..Seen::default() }).is_none());
    }
    seen
}

fn untarred(reply: &Reply) -> BTreeMap<Vec<u8>, Seen> {
    let mut archive = tar::Archive::new(zstd::Decoder::new(&reply.body[..]).unwrap());
    let mut seen = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let mut pax = BTreeMap::new();
        for record in entry.pax_extensions().unwrap().into_iter().flatten() {
            let record = record.unwrap();
            pax.insert(record.key().unwrap().to_owned(), record.value_bytes().to_vec());
        }
        let header = entry.header();
        let one = Seen {
            mode: header.mode().unwrap(),
            modified: i64::try_from(header.mtime().unwrap()).unwrap(),
            kind: Some(header.entry_type()),
            target: entry.link_name_bytes().unwrap_or_default().into_owned(),
            owner: (header.uid().unwrap(), header.username().unwrap().unwrap_or_default().to_owned()),
            pax,
            content,
        };
        assert!(seen.insert(entry.path_bytes().into_owned(), one).is_none());
    }
    seen
}

fn names<K: AsRef<[u8]>>(archive: &BTreeMap<K, Seen>) -> Vec<String> {
    archive.keys().map(|name| String::from_utf8_lossy(name.as_ref()).into_owned()).collect()
}

fn set_times(path: &Path, seconds: i64, nanos: i64) {
    let time = Timespec { tv_sec: seconds, tv_nsec: nanos };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, path, &times, rustix::fs::AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

/// `anna/Documents` live with one of each kind, and the snapshot `tank/home@one` of it.
fn scene() -> TestApp {
    let app = TestApp::new();
    let zfs = app.zfs();
    let report = zfs.write("tank/home", "anna/Documents/report.txt", "as it was");
    fs::set_permissions(&report, fs::Permissions::from_mode(0o640)).unwrap();
    set_times(&report, 1_700_000_001, 123_456_789);
    zfs.write("tank/home", "anna/Documents/sub/deep.txt", "deep");
    let folder = zfs.folder("tank/home").join("anna/Documents");
    fs::create_dir(folder.join("empty")).unwrap();
    fs::set_permissions(folder.join("empty"), fs::Permissions::from_mode(0o750)).unwrap();
    set_times(&folder.join("empty"), 1_600_000_000, 0);
    symlink("/etc/passwd", folder.join("outside")).unwrap();
    mknodat(CWD, folder.join("pipe"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    zfs.add_snapshot("tank/home@one");
    app
}

#[tokio::test]
async fn a_zip_has_names_times_modes_links_and_empty_folders() {
    let app = scene();
    app.zfs().write("tank/home", "anna/Documents/report.txt", "as it is now");
    let script = app.script(Viewer);
    let seen = unzipped(&fetch(&script, "zip", &[item("tank/home", Some("one"), &["anna/Documents"])]).await);
    let all =
        ["", "empty/", "outside", "report.txt", "sub/", "sub/deep.txt"].map(|n| format!("Documents/{n}"));
    let expected: Vec<_> = [LIST.to_owned()].into_iter().chain(all).collect();
    assert_eq!(names(&seen), {
        let mut names = expected;
        names.sort();
        names
    });
    let report = &seen["Documents/report.txt"];
    assert_eq!(
        (&report.content[..], report.mode, report.modified),
        (&b"as it was"[..], 0o100_640, 1_700_000_001)
    );
    let empty = &seen["Documents/empty/"];
    assert_eq!((empty.mode, empty.modified), (0o040_750, 1_600_000_000));
    let link = &seen["Documents/outside"];
    assert_eq!((link.mode & 0o170_000, &link.content[..]), (0o120_000, &b"/etc/passwd"[..]));
    let list = String::from_utf8_lossy(&seen[LIST].content);
    assert!(
        list.starts_with("Documents/pipe: ") && list.contains(".tar.zst") && list.lines().count() == 1,
        "{list}"
    );
}

#[tokio::test]
async fn a_tar_has_owners_pipes_hard_links_and_nanoseconds_too() {
    let app = scene();
    let folder = app.zfs().folder("tank/home").join("anna/Documents");
    fs::hard_link(folder.join("report.txt"), folder.join("sub/same.txt")).unwrap();
    let sparse = fs::File::create(folder.join("sparse")).unwrap();
    sparse.set_len(3_000_000).unwrap();
    let owner = chown(folder.join("sub/deep.txt"), Some(12_345), Some(12_345))
        .map_or(fs::metadata(&folder).unwrap().uid(), |()| 12_345);
    let script = app.script(Viewer);
    let seen = untarred(&fetch(&script, "tar.zst", &[item("tank/home", None, &["anna/Documents"])]).await);
    let kind = |name: &str| seen[format!("Documents/{name}").as_bytes()].kind.unwrap();
    assert_eq!(seen.len(), 9, "{:?}", names(&seen));
    assert!(kind("").is_dir() && kind("empty/").is_dir() && kind("pipe").is_fifo());
    let report = &seen[&b"Documents/report.txt"[..]];
    assert_eq!((&report.content[..], report.mode), (&b"as it was"[..], 0o640));
    assert_eq!((report.modified, &report.pax["mtime"][..]), (1_700_000_001, &b"1700000001.123456789"[..]));
    assert!(kind("sub/same.txt").is_hard_link());
    assert_eq!(seen[&b"Documents/sub/same.txt"[..]].target, b"Documents/report.txt");
    assert!(kind("outside").is_symlink());
    assert_eq!(seen[&b"Documents/outside"[..]].target, b"/etc/passwd");
    let sparse = &seen[&b"Documents/sparse"[..]].content;
    assert!(sparse.len() == 3_000_000 && sparse.iter().all(|byte| *byte == 0));
    assert_eq!(seen[&b"Documents/sub/deep.txt"[..]].owner.0, u64::from(owner));
    let name = app.app.owners.user(fs::metadata(folder.join("report.txt")).unwrap().uid());
    assert_eq!(Some(&report.owner.1), name.as_ref());
}

#[tokio::test]
async fn odd_names_arrive() {
    let app = TestApp::new();
    let odd: [&[u8]; 8] = [
        b"new\nline",
        b"r\xe9sum\xe9.txt",
        b"r%E9sum%E9.txt",
        b"back\\slash",
        b"-rf",
        "Größe 🗄".as_bytes(),
        &[b'x'; 255],
        &[0xE9; 255],
    ];
    for name in odd {
        app.zfs().write("tank/home", Path::new("dir").join(OsStr::from_bytes(name)), name);
    }
    let script = app.script(Viewer);
    let place = |name: &[u8]| [b"dir/", name].concat();
    let seen = untarred(&fetch(&script, "tar.zst", &[item("tank/home", None, &["dir"])]).await);
    let expected: BTreeSet<_> = odd.iter().map(|name| place(name)).chain([b"dir/".to_vec()]).collect();
    assert_eq!(seen.keys().cloned().collect::<BTreeSet<_>>(), expected);
    assert!(odd.iter().all(|name| seen[&place(name)].content == *name));

    let seen = unzipped(&fetch(&script, "zip", &[item("tank/home", None, &["dir"])]).await);
    assert_eq!(seen.len(), 1 + odd.len());
    let contents: BTreeSet<_> = seen.values().map(|entry| entry.content.clone()).collect();
    assert_eq!(contents.len(), 1 + odd.len(), "each under a name of its own");
    for name in
        odd.iter().filter_map(|name| std::str::from_utf8(name).ok()).filter(|name| !name.contains('\\'))
    {
        assert_eq!(seen[&format!("dir/{name}")].content, name.as_bytes());
    }
    let rewritten = seen.iter().find(|(_, entry)| entry.content == b"r\xe9sum\xe9.txt").unwrap().0;
    assert!(rewritten.starts_with("dir/r%E9sum%E9~") && rewritten.ends_with(".txt"), "{rewritten}");
    assert!(seen.keys().all(|name| !name.contains('\\') && name.len() <= 4 + 255));
}

#[tokio::test]
async fn what_comes_from_several_places_does_not_collide() {
    let app = scene();
    app.zfs().add_dataset("tank/work");
    app.zfs().write("tank/work", "report.txt", "of work");
    app.zfs().write("tank/home", "anna/Documents/report.txt", "now");
    let two = app.zfs().add_snapshot("tank/home@00:00");
    let path = &["anna/Documents/report.txt"][..];
    let items = [
        item("tank/home", None, path),
        item("tank/home", Some("one"), path),
        // The same by its name and its guid: one folder.
        item("tank/home", Some("00:00"), path),
        item(
            "tank/home",
            Some(&two.guid.to_string()),
            &["anna/Documents/sub", "anna/Documents/sub/deep.txt"],
        ),
        item("tank/work", None, &[""]),
    ];
    let script = app.script(Viewer);
    let reply = fetch(&script, "zip", &items).await;
    let seen = unzipped(&reply);
    let expected = [
        "tank-home 00_00/report.txt",
        "tank-home 00_00/sub/",
        "tank-home 00_00/sub/deep.txt",
        "tank-home now/report.txt",
        "tank-home one/report.txt",
        "tank-work now/",
        "tank-work now/report.txt",
    ];
    assert_eq!(names(&seen), expected);
    assert_eq!(seen["tank-home now/report.txt"].content, b"now");
    assert_eq!(seen["tank-home one/report.txt"].content, b"as it was");
    assert!(reply.header("content-disposition").unwrap().contains("NASMan%20selection%20"));
}

#[tokio::test]
async fn paths_of_one_place_keep_what_tells_them_apart() {
    let app = TestApp::new();
    for file in ["a/b/x/same", "a/b/y/same", "a/b/z"] {
        app.zfs().write("tank/home", file, file);
    }
    let script = app.script(Viewer);
    let fetch = |paths: &'static [&'static str]| {
        let script = &script;
        async move { names(&unzipped(&fetch(script, "zip", &[item("tank/home", None, paths)]).await)) }
    };
    assert_eq!(fetch(&["a/b/x/same", "a/b/y/same"]).await, ["x/same", "y/same"]);
    assert_eq!(fetch(&["a/b/z", "a/b/x"]).await, ["x/", "x/same", "z"]);
    assert_eq!(fetch(&["a/b/x/same"]).await, ["same"]);
    let all = [
        "home/",
        "home/a/",
        "home/a/b/",
        "home/a/b/x/",
        "home/a/b/x/same",
        "home/a/b/y/",
        "home/a/b/y/same",
        "home/a/b/z",
    ];
    assert_eq!(fetch(&["", "a/b/z"]).await, all);
}

#[tokio::test]
async fn what_cannot_be_read_is_listed_and_the_rest_is_there() {
    let app = TestApp::new();
    for file in ["dir/good", "dir/gone", LIST] {
        app.zfs().write("tank/home", file, "content");
    }
    let _socket = UnixListener::bind(app.zfs().folder("tank/home").join("dir/socket")).unwrap();
    let script = app.script(Viewer);
    for format in ["zip", "tar.zst"] {
        app.zfs().write("tank/home", "dir/gone", "content");
        let paths =
            &["dir/good", "dir/gone", "dir/socket", "NASMan%20could%20not%20read%20these%20files.txt"];
        let address = prepare(&script, format, &[item("tank/home", None, paths)]).await;
        fs::remove_file(app.zfs().folder("tank/home").join("dir/gone")).unwrap();
        let reply = script.get(&address).await.is(200);
        let (names, list) = if format == "zip" {
            let seen = unzipped(&reply);
            (names(&seen), seen["NASMan could not read these files (2).txt"].content.clone())
        } else {
            let seen = untarred(&reply);
            (names(&seen), seen[&b"NASMan could not read these files (2).txt"[..]].content.clone())
        };
        let own = "NASMan could not read these files (2).txt";
        assert_eq!(names, [own, LIST, "dir/good"], "{format}");
        let list = String::from_utf8(list).unwrap();
        let lines: Vec<_> = list.lines().collect();
        assert_eq!(lines.len(), 2, "{list}");
        assert!(
            lines[0].starts_with("dir/gone: ") && lines[1].starts_with("dir/socket: is a socket"),
            "{list}"
        );
    }
}

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
fn heavy() -> (TestApp, std::path::PathBuf) {
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

/// The archive, and what the system's own program says of it; absent where it is not installed.
fn asked(reply: &Reply, program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("archive"), &reply.body).unwrap();
    let output = Command::new(program).args(arguments).arg("archive").current_dir(&folder).output().ok()?;
    let told = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&told).into_owned()))
}

#[tokio::test]
async fn other_programs_read_them() {
    let app = scene();
    let big = fs::File::create(app.zfs().folder("tank/home").join("anna/big")).unwrap();
    big.set_len(3_000_000).unwrap();
    let script = app.script(Viewer);
    let items = [item("tank/home", None, &["anna"])];
    let zip = fetch(&script, "zip", &items).await;
    if let Some((good, told)) = asked(&zip, "unzip", &["-t"]) {
        assert!(good && told.contains("anna/Documents/report.txt") && told.contains("No errors"), "{told}");
    }
    let tar = fetch(&script, "tar.zst", &items).await;
    if asked(&tar, "zstd", &["--version"]).is_some()
        && let Some((good, told)) = asked(&tar, "tar", &["--zstd", "--full-time", "-tvf"])
    {
        assert!(
            good && told.contains("2023-11-14 ") && told.contains("01.123456789 anna/Documents/report.txt"),
            "{told}"
        );
    }
}
