//! Engines and documents to test with.

use std::{env, time::Duration};

use nasman_core::{Guid, Kind, Lifetime, RelPath, Txg};
use nasman_search::{
    Answer, Change, Document, Filters, Marker, MeiliSettings, Meilisearch, Request, Scope, SearchIndex, Sort,
    SortBy, Versions,
    query::{Clause, Condition, Query},
};

use crate::fake::Fake;

pub const PHOTOS: Guid = Guid(11_111_111_111_111_111_111);
pub const FILMS: Guid = Guid(22);

pub fn settings(url: &str, host: &str) -> MeiliSettings {
    MeiliSettings { url: url.into(), key: None, host: host.into(), index: MeiliSettings::INDEX.into() }
}

pub fn engine(fake: &Fake, host: &str) -> Meilisearch {
    Meilisearch::connect(settings(&fake.url(), host)).unwrap().with_patience(Duration::from_millis(300))
}

/// Runs a test with the engine of this host: against the stand-in, and against a real server where there is one.
pub fn with_engine(host: &str, test: impl Fn(&dyn Fn(&str) -> Meilisearch)) {
    let fake = Fake::new();
    test(&|other| engine(&fake, other));
    let Ok(url) = env::var("MEILISEARCH_URL") else {
        eprintln!("skipped against a real server: MEILISEARCH_URL is not set");
        return;
    };
    let key = env::var("MEILISEARCH_KEY").ok();
    let index = format!("nasman-test-{}-{host}", std::process::id());
    test(&|other| {
        let settings = MeiliSettings { key: key.clone(), index: index.clone(), ..settings(&url, other) };
        Meilisearch::connect(settings).unwrap()
    });
    let url = format!("{url}/indexes/{index}");
    let request = ureq::delete(&url);
    let request =
        key.iter().fold(request, |request, key| request.header("authorization", format!("Bearer {key}")));
    request.call().unwrap();
}

pub fn path(text: &str) -> RelPath {
    RelPath::from_bytes(text.as_bytes()).unwrap()
}

/// A live file of the dataset of photos.
pub fn file(text: &str) -> Document {
    Document {
        dataset: PHOTOS,
        dataset_name: "tank/Photos".into(),
        inode: 9,
        path: path(text),
        kind: Kind::File,
        size: 5_000,
        modified: 1_556_900_000,
        owner: 1000,
        lifetime: Lifetime { born: Txg(10), died: None },
        latest: true,
        // Not kept there.
        versions: 0,
    }
}

pub fn lived(born: u64, died: Option<u64>, document: Document) -> Document {
    Document { lifetime: Lifetime { born: Txg(born), died: died.map(Txg) }, ..document }
}

pub fn marker(note: i64) -> Marker {
    Marker { catalog: "c1".into(), note }
}

/// Takes changes in and commits them.
pub fn take(engine: &Meilisearch, changes: impl IntoIterator<Item = Change>) {
    engine.apply(&mut changes.into_iter()).unwrap();
    engine.commit(&marker(1)).unwrap();
}

pub fn add(engine: &Meilisearch, documents: impl IntoIterator<Item = Document>) {
    take(engine, documents.into_iter().map(Change::Add));
}

pub fn request(conditions: impl IntoIterator<Item = Condition>) -> Request {
    let clauses = conditions.into_iter().map(|condition| Clause { condition, negated: false, span: 0..0 });
    Request {
        query: Query { clauses: clauses.collect() },
        filters: Filters::default(),
        scope: Scope::All,
        versions: Versions::Latest,
        sort: Sort { by: SortBy::Relevance, descending: false },
        facets: Vec::new(),
        facet_values: 10,
        offset: 0,
        limit: 20,
    }
}

pub fn words(text: &str) -> Condition {
    let prefix = !text.ends_with(' ');
    Condition::Words { words: nasman_search::words::of_query(text), prefix }
}

pub fn paths(answer: &Answer) -> Vec<String> {
    answer.hits.iter().map(|hit| hit.document.path.display()).collect()
}

/// The paths that are found, and that the total says so.
pub fn found(engine: &Meilisearch, request: &Request) -> Vec<String> {
    let answer = engine.search(request).unwrap();
    if request.offset == 0 && answer.hits.len() < request.limit {
        assert_eq!(answer.total.count, answer.hits.len() as u64);
    }
    paths(&answer)
}
