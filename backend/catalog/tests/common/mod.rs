//! A catalog with a little history, and a way past its API.
#![allow(dead_code, clippy::expect_used, clippy::unwrap_used)]

use std::path::Path;

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, connection::SimpleConnection as _};
use jiff::Timestamp;
use nasman_catalog::{Catalog, DatasetId, NewSnapshot, State};
use nasman_core::{Change, EntryName, FileTime, Guid, Kind, Meta, ROOT_INODE, Txg};

pub fn meta(kind: Kind, size: u64) -> Meta {
    let time = FileTime { seconds: 1_700_000_000 + size.cast_signed(), nanos: 1 };
    Meta {
        generation: 7,
        kind,
        size,
        mtime: time,
        ctime: time,
        uid: 0,
        gid: 0,
        mode: 0o644,
        nlink: 1,
        target: None,
    }
}

pub fn name(text: &str) -> EntryName {
    EntryName::new(text).unwrap()
}

pub fn object(inode: u64, kind: Kind, size: u64) -> Change {
    Change::Object { inode, meta: Some(meta(kind, size)) }
}

pub fn folder(inode: u64, names: impl IntoIterator<Item = (String, u64)>) -> Change {
    Change::Directory {
        inode,
        entries: names.into_iter().map(|(text, inode)| (name(&text), inode)).collect(),
    }
}

pub fn snapshot(number: u64) -> State {
    let (guid, tag) = (Guid(number), format!("s{number}").parse().unwrap());
    State::Snapshot(NewSnapshot { guid, tag, txg: Txg(number * 10), created_at: Timestamp::UNIX_EPOCH })
}

pub fn dataset(catalog: &Catalog) -> DatasetId {
    catalog.note_dataset(Guid(1), &"tank/a".parse().unwrap(), Timestamp::UNIX_EPOCH).unwrap()
}

/// A folder 1 of `files` files from inode 10 on; each of three snapshots changes them all.
pub fn with_history(at: &Path, files: u64) -> (Catalog, DatasetId) {
    let catalog = Catalog::open(at).unwrap();
    let dataset = dataset(&catalog);
    for number in 1..=3 {
        let mut changes = vec![
            object(ROOT_INODE, Kind::Directory, 0),
            object(1, Kind::Directory, 0),
            folder(ROOT_INODE, [("folder".to_owned(), 1)]),
            folder(1, (10..10 + files).map(|inode| (format!("file {inode}"), inode))),
        ];
        changes.extend((10..10 + files).map(|inode| object(inode, Kind::File, number)));
        let base = (number > 1).then(|| Txg((number - 1) * 10));
        catalog.apply(dataset, snapshot(number), base, changes).unwrap();
    }
    assert_eq!(catalog.check().unwrap(), []);
    (catalog, dataset)
}

pub fn sql(folder: &Path, text: &str) {
    raw(folder).batch_execute(text).unwrap();
}

/// A connection of its own. Whoever closes the last one before empties the log and keeps others out meanwhile.
fn raw(folder: &Path) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(&folder.join("nasman.db").to_string_lossy()).unwrap();
    conn.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
    conn
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// All logical rows about files.
pub fn dump(folder: &Path) -> Vec<String> {
    let mut conn = raw(folder);
    let mut lines = Vec::new();
    for (table, columns) in [
        ("datasets", "guid, name, position, applying, applying_base"),
        ("snapshots", "dataset, guid, tag, txg, indexed, failed"),
        (
            "objects",
            "dataset, inode, born, died, generation, kind, size, mtime_s, mtime_ns, ctime_s, uid, mode",
        ),
        ("links", "dataset, parent, file, name, born, died, inode"),
        ("touched", "dataset, txg, inode"),
    ] {
        let line = columns.split(", ").map(|column| format!("quote({column})")).collect::<Vec<_>>();
        let line = line.join(" || ' ' || ");
        let text = format!("SELECT '{table} ' || {line} AS line FROM {table} ORDER BY {columns}");
        lines
            .extend(diesel::sql_query(text).load::<Line>(&mut conn).unwrap().into_iter().map(|row| row.line));
    }
    lines
}
