//! How an index becomes what it is told.

use nasman_core::Txg;
use nasman_search::{Change, Document, Marker, SearchIndex, entry_id};

use super::{
    Case,
    world::{PHOTOS, WORK, commit, file, fill, found, lived, request},
};

pub const CASES: &[Case] = &[
    ("a_new_index_has_no_marker", a_new_index_has_no_marker),
    ("what_is_committed_is_found", what_is_committed_is_found),
    ("replacing_touches_only_what_lived_after", replacing_touches_only_what_lived_after),
    ("a_dataset_is_forgotten_alone", a_dataset_is_forgotten_alone),
    ("paths_are_told_by_object", paths_are_told_by_object),
    ("it_begins_anew", it_begins_anew),
];

fn a_new_index_has_no_marker(index: &dyn SearchIndex) {
    assert_eq!(index.marker().unwrap(), None);
    assert_eq!(index.stats().unwrap().documents, 0);
    assert_eq!(found(index, ""), [] as [&str; 0]);
}

fn what_is_committed_is_found(index: &dyn SearchIndex) {
    fill(index, [file(PHOTOS, "one")]);
    assert_eq!(found(index, "one"), ["one"]);
    assert_eq!(index.marker().unwrap(), Some(Marker { catalog: "one".to_owned(), note: 1 }));
    commit(index, 2);
    assert_eq!(index.marker().unwrap().map(|marker| marker.note), Some(2));
    assert_eq!(index.stats().unwrap().documents, 1);
}

fn replacing_touches_only_what_lived_after(index: &dyn SearchIndex) {
    let version = |born, died, latest| lived(file(PHOTOS, "a"), born, died, latest);
    fill(
        index,
        [version(10, 20, false), version(20, 30, false), Document { latest: true, ..file(PHOTOS, "a") }],
    );
    fill(index, [file(PHOTOS, "b")]);
    let entry = entry_id(PHOTOS, &file(PHOTOS, "a").path);
    let replace = |since, documents| {
        let change = Change::Replace { dataset: PHOTOS, entry, since: Txg(since), documents };
        index.apply(&mut [change].into_iter()).unwrap();
        commit(index, 3);
        let all = nasman_search::Request { versions: nasman_search::Versions::All, ..request("a") };
        let mut lives: Vec<_> = index
            .search(&all)
            .unwrap()
            .hits
            .into_iter()
            .map(|hit| (hit.document.lifetime.born.0, hit.document.lifetime.died.map(|txg| txg.0)))
            .collect();
        lives.sort_unstable();
        lives
    };
    let lives = replace(20, vec![version(20, 30, false), version(100, 120, true)]);
    assert_eq!(lives, [(10, Some(20)), (20, Some(30)), (100, Some(120))]);
    assert_eq!(replace(30, vec![]), [(10, Some(20)), (20, Some(30))]);
    assert_eq!(replace(0, vec![version(1, 2, true)]), [(1, Some(2))]);
    assert_eq!(found(index, "b"), ["b"]);
}

fn a_dataset_is_forgotten_alone(index: &dyn SearchIndex) {
    fill(index, [file(PHOTOS, "a"), file(WORK, "a")]);
    let changes = [Change::Forget(PHOTOS), Change::Add(file(PHOTOS, "new"))];
    index.apply(&mut changes.into_iter()).unwrap();
    commit(index, 4);
    assert_eq!(found(index, ""), ["a", "new"]);
    assert_eq!(found(index, "in:tank/photos"), ["new"]);
}

fn paths_are_told_by_object(index: &dyn SearchIndex) {
    let with = |inode, document| Document { inode, ..document };
    fill(
        index,
        [
            with(5, lived(file(PHOTOS, "old/a"), 1, 2, true)),
            with(5, file(PHOTOS, "new/a")),
            with(5, file(WORK, "other")),
            with(6, file(PHOTOS, "b")),
        ],
    );
    let mut told = index.paths(PHOTOS, &[5, 7]).unwrap();
    told.sort();
    let told: Vec<_> = told.into_iter().map(|(inode, path)| (inode, path.display())).collect();
    assert_eq!(told, [(5, "new/a".to_owned()), (5, "old/a".to_owned())]);
}

fn it_begins_anew(index: &dyn SearchIndex) {
    fill(index, [file(PHOTOS, "a")]);
    index.clear().unwrap();
    assert_eq!((index.marker().unwrap(), index.stats().unwrap().documents), (None, 0));
    assert_eq!(found(index, ""), [] as [&str; 0]);
    fill(index, [file(PHOTOS, "b")]);
    assert_eq!(found(index, ""), ["b"]);
}
