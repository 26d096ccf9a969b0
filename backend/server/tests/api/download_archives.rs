//! What lies in a downloaded archive.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{MetadataExt as _, chown},
        net::UnixListener,
    },
    path::Path,
    process::Command,
};

use nasman_core::Role::Viewer;

use crate::support::{
    Reply, TestApp,
    downloads::{fetch, item, names, prepare, scene, untarred, unzipped},
};

const LIST: &str = "NASMan could not read these files.txt";

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

/// The archive, and what the system's own program says of it; absent where it is not installed.
fn asked(reply: &Reply, program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("archive"), &reply.body).unwrap();
    let mut command = Command::new(program);
    command.args(arguments).arg("archive").current_dir(&folder).env("TZ", "UTC");
    let output = command.output().ok()?;
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
        assert!(good && told.contains("2023-11-14 22:13:21.123456789 anna/Documents/report.txt"), "{told}");
    }
}
