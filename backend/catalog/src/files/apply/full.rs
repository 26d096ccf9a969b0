//! A disk that is full while a state is taken in.

use diesel::{QueryableByName, RunQueryDsl as _, connection::SimpleConnection as _, sql_types::BigInt};
use jiff::Timestamp;
use nasman_core::{Change, EntryName, FileTime, Guid, Kind, Meta, ROOT_INODE, RelPath, Txg};

use crate::{At, Catalog, CatalogError, NewSnapshot, State};

fn object(inode: u64, kind: Kind) -> Change {
    let (mtime, ctime) = (FileTime::default(), FileTime::default());
    let (uid, gid, mode, nlink, target) = (0, 0, 0o644, 1, None);
    let meta = Meta { generation: 1, kind, size: inode, mtime, ctime, uid, gid, mode, nlink, target };
    Change::Object { inode, meta: Some(meta) }
}

fn tree(files: u64) -> Vec<Change> {
    let name = |inode| EntryName::new(format!("a file with a name {inode}")).unwrap();
    let entries = (1..=files).map(|inode| (name(inode), inode)).collect();
    let root = [object(ROOT_INODE, Kind::Directory), Change::Directory { inode: ROOT_INODE, entries }];
    root.into_iter().chain((1..=files).map(|inode| object(inode, Kind::File))).collect()
}

fn snapshot(number: u64) -> State {
    let (guid, tag) = (Guid(number), format!("s{number}").parse().unwrap());
    State::Snapshot(NewSnapshot { guid, tag, txg: Txg(number), created_at: Timestamp::UNIX_EPOCH })
}

#[derive(QueryableByName)]
struct Pages {
    #[diesel(sql_type = BigInt)]
    page_count: i64,
}

#[test]
fn it_is_said_and_the_catalog_is_as_it_was() {
    let state = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(state.path()).unwrap();
    let dataset = catalog.note_dataset(Guid(1), &"tank/a".parse().unwrap(), Timestamp::UNIX_EPOCH).unwrap();
    catalog.apply(dataset, snapshot(1), None, tree(5)).unwrap();
    let before = catalog.list(dataset, At::Live, &RelPath::root(), None, 100).unwrap();

    let mut apply = catalog.begin_apply(dataset, snapshot(2), Some(Txg(1))).unwrap();
    let pages: Pages = diesel::sql_query("PRAGMA page_count").get_result(&mut apply.conn).unwrap();
    apply.conn.batch_execute(&format!("PRAGMA max_page_count = {}", pages.page_count + 5)).unwrap();
    let mut changes = tree(3_000).into_iter();
    let error = changes.find_map(|change| apply.push(change).err()).unwrap();
    assert!(matches!(error, CatalogError::DiskFull), "{error}");
    apply.conn.batch_execute("PRAGMA max_page_count = 4294967294").unwrap();
    drop(apply);

    assert_eq!(catalog.list(dataset, At::Live, &RelPath::root(), None, 100).unwrap(), before);
    assert!(catalog.check().unwrap().iter().all(|problem| !problem.damage));
    // The next one undoes what was written, and nothing is left of it.
    catalog.apply(dataset, snapshot(2), Some(Txg(1)), []).unwrap();
    assert_eq!(catalog.check().unwrap(), []);
    assert_eq!(catalog.list(dataset, At::Live, &RelPath::root(), None, 100).unwrap(), before);
}
