//! Changes that are taken in.

use nasman_core::Txg;
use nasman_search::{Change, Document, Engine, SearchIndex as _, Stats, Versions};

use crate::{
    fake::Fake,
    support::{
        FILMS, PHOTOS, add, engine, file, found, lived, marker, path, request, take, with_engine, words,
    },
};

fn versions(engine: &nasman_search::Meilisearch) -> Vec<(String, u64)> {
    let request = nasman_search::Request { versions: Versions::All, ..request([]) };
    let hits = engine.search(&request).unwrap().hits;
    let mut found: Vec<_> =
        hits.into_iter().map(|hit| (hit.document.path.display(), hit.document.lifetime.born.0)).collect();
    found.sort();
    found
}

fn replace(since: u64, name: &str, documents: Vec<Document>) -> Change {
    Change::Replace {
        dataset: PHOTOS,
        entry: nasman_search::entry_id(PHOTOS, &path(name)),
        since: Txg(since),
        documents,
    }
}

#[test]
fn replaced_are_those_that_lived_after() {
    with_engine("replaced", |connect| {
        let engine = connect("nas");
        let earlier = |document| Document { latest: false, ..document };
        add(
            &engine,
            [earlier(lived(1, Some(5), file("a"))), lived(5, None, file("a")), lived(1, None, file("b"))],
        );
        let after = vec![earlier(lived(5, Some(9), file("a"))), lived(9, None, file("a"))];
        let changes = [
            replace(5, "a", after),
            replace(5, "b", vec![lived(1, Some(9), file("b"))]),
            replace(7, "c", vec![lived(8, None, file("c"))]),
            // The same once more, in the same batch: what comes last counts.
            replace(7, "c", vec![lived(9, None, file("c"))]),
        ];
        take(&engine, changes);
        let expected = [("a", 1), ("a", 5), ("a", 9), ("b", 1), ("c", 9)];
        assert_eq!(versions(&engine), expected.map(|(name, born)| (name.to_owned(), born)));
        assert_eq!(found(&engine, &request([words("b ")])), ["b"]);
    });
}

#[test]
fn datasets_and_hosts_are_forgotten_alone() {
    with_engine("forgotten", |connect| {
        let (engine, other) = (connect("nas"), connect("other"));
        assert_eq!((engine.engine(), engine.marker().unwrap()), (Engine::Meilisearch, None));
        let film = Document { dataset: FILMS, ..file("film") };
        add(&engine, [file("a"), film]);
        add(&other, [file("b")]);
        take(&engine, [Change::Add(file("c")), Change::Forget(PHOTOS), Change::Add(file("d"))]);
        engine.commit(&marker(7)).unwrap();
        assert_eq!(
            versions(&engine),
            [("b", 10), ("d", 10), ("film", 10)].map(|(name, born)| (name.to_owned(), born))
        );
        assert_eq!(engine.marker().unwrap(), Some(marker(7)));
        assert_eq!(engine.stats().unwrap(), Stats { documents: 2, bytes: None });
        engine.clear().unwrap();
        assert_eq!((engine.marker().unwrap(), engine.stats().unwrap().documents), (None, 0));
        assert_eq!((other.marker().unwrap(), other.stats().unwrap().documents), (Some(marker(1)), 1));
        assert_eq!(versions(&engine), [("b".to_owned(), 10)]);
    });
}

#[test]
fn changes_are_gathered() {
    let fake = Fake::new();
    let engine = engine(&fake, "nas");
    let change = |n: u64| {
        let name = format!("file {n}");
        replace(n % 2, &name, vec![lived(2, None, file(&name))])
    };
    take(&engine, (0..21_000).map(change));
    let state = fake.state();
    let sent = |part: &str| {
        state.log.iter().filter(|(method, path, _)| method == "POST" && path.contains(part)).count()
    };
    assert_eq!(sent("/documents/delete"), 13, "at most 2,000 paths in a filter");
    assert_eq!(sent("/documents?primaryKey=id"), 4, "at most 10,000 documents in a request, and the marker");
    drop(state);
    assert_eq!(engine.stats().unwrap().documents, 21_000);
    let answer = engine.search(&request([words("file 77")])).unwrap();
    assert_eq!(answer.total.count, 1 + 10 + 100);
}

#[test]
fn a_task_that_fails_is_told_and_the_marker_stays() {
    let fake = Fake::new();
    let engine = engine(&fake, "nas");
    add(&engine, [file("a")]);
    fake.state().failures.push_back(("internal", "index out of bounds"));
    engine.apply(&mut [Change::Add(file("b"))].into_iter()).unwrap();
    let error = engine.commit(&marker(2)).unwrap_err().to_string();
    assert!(error.contains("index out of bounds"), "{error}");
    assert_eq!(engine.marker().unwrap(), Some(marker(1)));
    take(&engine, [Change::Add(file("b"))]);
    assert_eq!(versions(&engine).len(), 2);
}

#[test]
fn a_full_disk_is_told_as_such() {
    let fake = Fake::new();
    let engine = engine(&fake, "nas");
    engine.marker().unwrap();
    fake.state().failures.push_back(("no_space_left_on_device", "No space left on device"));
    engine.apply(&mut [Change::Add(file("b"))].into_iter()).unwrap();
    assert_eq!(engine.commit(&marker(2)), Err(nasman_search::SearchError::DiskFull));
}
