//! Then and now: what became of a folder's entries, how much changed, and when.

use std::{fs, time::Instant};

use nasman_catalog::{NewSnapshot, State as Seen};
use nasman_core::{Change, EntryName, FileTime, Kind, Meta, ROOT_INODE, Role::Viewer};
use nasman_zfs::{FakeZfs, Zfs as _};
use serde_json::{Value, json};

use crate::{
    index::{look, scene},
    support::{HOME, Reply, State, TestApp, query},
};

async fn ask(app: &TestApp, what: &str, fields: &[(&str, &str)]) -> Reply {
    app.script(Viewer).get(&query(&format!("{HOME}/{what}"), fields)).await
}

fn marks(listing: &Value) -> Vec<(&str, &str)> {
    let items = listing["items"].as_array().unwrap().iter();
    items.map(|item| (item["name"].as_str().unwrap(), item["now"].as_str().unwrap_or("-"))).collect()
}

/// As of `one` there are kept, written and lost; came is new since. What has another name is told by its object, which in
/// memory is another one in each snapshot: that is left to the catalog's own tests.
async fn changed() -> TestApp {
    let app = TestApp::new();
    for name in ["kept", "lost", "written"] {
        app.zfs().write("tank/home", format!("docs/{name}"), "1");
    }
    app.zfs().add_snapshot("tank/home@one");
    let folder = app.zfs().folder("tank/home").join("docs");
    fs::remove_file(folder.join("lost")).unwrap();
    app.zfs().write("tank/home", "docs/written", "22");
    app.zfs().write("tank/home", "docs/came", "333");
    look(&app).await;
    app
}

#[tokio::test]
async fn each_entry_tells_what_became_of_it() {
    let app = changed().await;
    let fields = [("path", "docs"), ("at", "one"), ("compare", "live")];
    let listing = ask(&app, "files", &fields).await.ok();
    let then = [("kept", "same"), ("lost", "deleted"), ("written", "changed")];
    assert_eq!((marks(&listing), &listing["total"]), (then.to_vec(), &json!(3)));
    // It is how it was then that is told, and when live was looked at.
    assert_eq!(listing["items"][2]["size"], 1);
    assert!(listing["live_as_of"].is_string(), "{listing}");
    let plain = ask(&app, "files", &fields[..2]).await.ok();
    assert_eq!((marks(&plain)[0], &plain["live_as_of"]), (("kept", "-"), &Value::Null));
}

#[tokio::test]
async fn what_came_since_stands_in_its_place() {
    let app = changed().await;
    let all = [("path", "docs"), ("at", "one"), ("compare", "live"), ("added", "true"), ("limit", "2")];
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let mut fields = all.to_vec();
        if !cursor.is_empty() {
            fields.push(("cursor", &cursor));
        }
        let page = ask(&app, "files", &fields).await.ok();
        assert_eq!(page["total"], 4);
        found.extend(marks(&page).into_iter().map(|(name, now)| format!("{name} {now}")));
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(found, ["came added", "kept same", "lost deleted", "written changed"]);
}

#[tokio::test]
async fn a_name_that_was_gone_then_and_is_back_is_listed_once() {
    let app = scene();
    app.zfs().write("tank/home", "docs/a", "back");
    look(&app).await;
    let fields =
        [("path", "docs"), ("at", "three"), ("compare", "live"), ("added", "true"), ("deleted", "true")];
    let listing = ask(&app, "files", &fields).await.ok();
    assert_eq!((marks(&listing), &listing["total"]), (vec![("a", "added"), ("b", "same")], &json!(2)));
    assert_eq!(listing["items"][0]["deleted"], Value::Null);
}

#[tokio::test]
async fn comparing_needs_a_moment() {
    let app = changed().await;
    let field = |reply: Reply| reply.is(400).json()["field"].clone();
    assert_eq!(field(ask(&app, "files", &[("compare", "live")]).await), "compare");
    assert_eq!(field(ask(&app, "files", &[("at", "one"), ("added", "true")]).await), "added");
    assert_eq!(field(ask(&app, "files", &[("at", "one"), ("compare", "then")]).await), "compare");
}

#[tokio::test]
async fn what_is_not_indexed_is_not_compared() {
    let app = scene();
    let fields = [("path", "docs"), ("at", "two"), ("compare", "live"), ("added", "true")];
    let listing = ask(&app, "files", &fields).await.ok();
    assert_eq!((marks(&listing), &listing["live_as_of"]), (vec![("a", "-"), ("b", "-")], &Value::Null));
}

#[tokio::test]
async fn differences_are_counted() {
    let app = changed().await;
    let summary = ask(&app, "diff/summary", &[("from", "one"), ("path", "docs")]).await.ok();
    let tally = |entries: u64, bytes: u64| json!({ "entries": entries, "bytes": bytes });
    assert_eq!(summary["created"], tally(1, 3), "{summary}");
    assert_eq!(summary["removed"], tally(1, 1), "{summary}");
    // In memory each snapshot has other objects, so that what was kept counts as written, too.
    let written = summary["modified"]["entries"].as_u64().unwrap();
    assert!(written >= 1 && summary["modified"]["bytes"].as_u64().unwrap() >= 2, "{summary}");
    assert_eq!((&summary["total"], &summary["bytes"]), (&json!(2 + written), &json!(3)), "{summary}");
    assert_eq!(summary["from"]["snapshot"], "one");
    let list = ask(&app, "diff", &[("from", "one"), ("path", "docs")]).await.ok();
    assert_eq!((&list["total"], &list["bytes"]), (&summary["total"], &summary["bytes"]));
    ask(&app, "diff/summary", &[("from", "nine")]).await.refused(404, "snapshot_not_found");
    ask(&app, "diff/summary", &[("from", "one"), ("path", "no")]).await.refused(404, "file_not_found");
}

#[tokio::test]
async fn moments_tell_how_much_changed() {
    let app = scene();
    let early = ask(&app, "moments", &[]).await.ok();
    let tags = |line: &Value| {
        let items = line["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["tag"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(tags(&early), ["one", "two", "three"]);
    assert_eq!((&early["items"][1]["changed"], &early["live"]), (&Value::Null, &Value::Null));
    look(&app).await;
    let line = ask(&app, "moments", &[]).await.ok();
    assert_eq!(tags(&line), ["one", "two", "three"]);
    assert_eq!(line["items"][0]["changed"], Value::Null);
    // The folder, the file in it that is another, and the new one; then the folder and the file that went.
    // In memory it is all others, so that what stayed counts, too.
    let weight = |item: usize, what: &str| line["items"][item]["changed"][what].as_u64().unwrap();
    assert!(weight(1, "objects") >= 3 && weight(2, "objects") >= 2, "{line}");
    assert_eq!((weight(1, "bytes"), weight(2, "bytes")), (3, 1), "{line}");
    assert!(line["live"].is_object() && line["live_as_of"].is_string(), "{line}");
    app.script(Viewer).get("/datasets/tank%2Fnone/moments").await.refused(404, "dataset_not_found");
}

fn object(inode: u64, kind: Kind, size: u64) -> Change {
    let (time, generation) = (FileTime::default(), 1);
    let meta = Meta {
        generation,
        kind,
        size,
        mtime: time,
        ctime: time,
        uid: 0,
        gid: 0,
        mode: 0o644,
        nlink: 1,
        target: None,
    };
    Change::Object { inode, meta: Some(meta) }
}

/// 5,000 snapshots, in each of which a file is another.
#[tokio::test]
async fn thousands_of_moments_are_one_answer() {
    let zfs = FakeZfs::new().with_dataset("tank/home");
    zfs.add_snapshots("tank/home", 5000);
    let name = "tank/home".parse().unwrap();
    let (dataset, found) = (zfs.dataset(&name).unwrap(), zfs.snapshots(&name).unwrap());
    let names: Vec<_> = found.iter().map(|snapshot| snapshot.name.clone()).collect();
    let details = zfs.snapshot_details(&names).unwrap();
    let state = State::on(zfs);
    let catalog = state.catalog();
    let id = catalog.note_dataset(dataset.guid, &name, jiff::Timestamp::now()).unwrap();
    let mut base = None;
    for (size, (snapshot, detail)) in (1..).zip(found.iter().zip(&details)) {
        let (tag, txg) = (snapshot.name.tag.clone(), snapshot.createtxg);
        let new = NewSnapshot { guid: snapshot.guid, tag, txg, created_at: detail.created };
        let mut changes = vec![object(ROOT_INODE, Kind::Directory, 0), object(7, Kind::File, size)];
        let entries = vec![(EntryName::new("a").unwrap(), 7)];
        changes.push(Change::Directory { inode: ROOT_INODE, entries });
        catalog.apply(id, Seen::Snapshot(new), base, changes).unwrap();
        base = Some(txg);
    }
    drop(catalog);
    let app = state.start("");
    let script = app.script(Viewer);
    let asked = app.zfs().details_asked();
    for _ in 0..3 {
        let begun = Instant::now();
        let line = script.get(&format!("{HOME}/moments")).await.ok();
        println!("5,000 moments: {:?}", begun.elapsed());
        let items = line["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[4999]["changed"]), (5000, &json!({ "objects": 1, "bytes": 5000 })));
    }
    assert_eq!(app.zfs().details_asked(), asked, "ZFS is not asked");
}
