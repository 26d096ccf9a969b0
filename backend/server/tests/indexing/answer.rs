//! What a catalog says.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, sql_types};
use nasman_catalog::{At, Catalog, DatasetId};
use nasman_core::{Kind, Meta, RelPath};

/// Every path with its object's inode and state.
pub(crate) type Truth = BTreeMap<RelPath, (u64, Meta)>;

/// More folders than one page of this have more entries.
const PAGE: u32 = 7;

/// All that a catalog says of a state, folder by folder.
pub(crate) fn answer(catalog: &Catalog, dataset: DatasetId, at: At) -> Truth {
    let root = RelPath::root();
    let mut found = BTreeMap::from([(root.clone(), catalog.entry(dataset, at, &root).unwrap())]);
    let mut todo = vec![root];
    while let Some(path) = todo.pop() {
        let mut after = None;
        loop {
            let page = catalog.list(dataset, at, &path, after.as_ref(), PAGE).unwrap();
            for entry in page.entries {
                let below = path.join(&entry.name).unwrap();
                if entry.meta.kind == Kind::Directory {
                    todo.push(below.clone());
                }
                assert!(found.insert(below, (entry.inode, entry.meta)).is_none(), "a name came twice");
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    found
}

pub(crate) fn compare(found: &Truth, truth: &Truth, context: &str) {
    let missing: Vec<_> = truth.keys().filter(|path| !found.contains_key(*path)).take(5).collect();
    let surplus: Vec<_> = found.keys().filter(|path| !truth.contains_key(*path)).take(5).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "{context}: missing {missing:?}, surplus {surplus:?}");
    for (path, now) in truth {
        assert_eq!(&found[path], now, "{context}: {path:?}");
    }
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = sql_types::Text)]
    what: String,
    #[diesel(sql_type = sql_types::BigInt)]
    born: i64,
    #[diesel(sql_type = sql_types::Nullable<sql_types::BigInt>)]
    died: Option<i64>,
}

const ROWS: [&str; 2] = [
    "SELECT 'object ' || inode || ' ' || generation || ' ' || kind || ' ' || size || ' ' || mtime_s || '.' || mtime_ns \
        || ' ' || ctime_s || '.' || ctime_ns || ' ' || uid || ' ' || gid || ' ' || mode || ' ' || nlink || ' ' \
        || quote(target) AS what, born, died FROM objects WHERE dataset = ",
    "SELECT 'name ' || parent || ' ' || file || ' ' || quote(name) || ' ' || inode AS what, born, died \
        FROM links WHERE dataset = ",
];

/// Every version of everything, with the states that show it: the snapshots by their place, and live as the last one.
/// So catalogs of the same snapshots that looked at live at different times are the same.
pub(crate) fn versions(
    folder: &Path,
    catalog: &Catalog,
    dataset: DatasetId,
) -> BTreeMap<String, BTreeSet<usize>> {
    let snapshots = catalog.snapshots(dataset).unwrap();
    let states: Vec<i64> = snapshots.iter().filter(|s| s.indexed).map(|s| s.txg.0.cast_signed()).collect();
    let place = |txg: i64| states.partition_point(|&state| state < txg);
    let mut conn = SqliteConnection::establish(&folder.join("nasman.db").to_string_lossy()).unwrap();
    let mut versions: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for sql in ROWS {
        let rows: Vec<Row> =
            diesel::sql_query(format!("{sql}{}", dataset_number(dataset))).load(&mut conn).unwrap();
        for row in rows {
            let until = row.died.map_or(states.len() + 1, place);
            versions.entry(row.what).or_default().extend(place(row.born)..until);
        }
    }
    versions
}

/// The number of a dataset in the database.
fn dataset_number(dataset: DatasetId) -> String {
    format!("{dataset:?}").chars().filter(char::is_ascii_digit).collect()
}
