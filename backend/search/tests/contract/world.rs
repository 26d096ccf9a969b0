//! A few files, and questions about them in one line.

use jiff::{Timestamp, civil::date, tz::TimeZone};
use nasman_core::{Guid, Kind, Lifetime, RelPath, Txg};
use nasman_search::{
    Answer, Change, Document, Filters, Marker, Request, Scope, SearchIndex, Sort, SortBy, Versions,
    query::{Query, parse},
};

pub const PHOTOS: Guid = Guid(11_400_714_819_323_198_485);
pub const WORK: Guid = Guid(22);
pub const DAY: i64 = 86_400;

/// Noon of a day, in seconds since 1970.
pub fn noon(year: i16, month: i8, day: i8) -> i64 {
    TimeZone::UTC.to_timestamp(date(year, month, day).at(12, 0, 0, 0)).unwrap().as_second()
}

/// A live file.
pub fn file(dataset: Guid, path: &str) -> Document {
    Document {
        dataset,
        dataset_name: if dataset == PHOTOS { "tank/photos" } else { "tank/work" }.to_owned(),
        inode: path.bytes().fold(7, |sum, byte| sum * 31 % 1_000_003 + u64::from(byte)),
        path: RelPath::from_bytes(path.as_bytes()).unwrap(),
        kind: Kind::File,
        size: 1000,
        modified: noon(2024, 5, 3),
        owner: 1000,
        lifetime: Lifetime { born: Txg(100), died: None },
        latest: true,
        versions: 1,
    }
}

/// The same while it was there.
pub fn lived(document: Document, born: u64, died: u64, latest: bool) -> Document {
    Document { lifetime: Lifetime { born: Txg(born), died: Some(Txg(died)) }, latest, ..document }
}

pub fn fill(index: &dyn SearchIndex, documents: impl IntoIterator<Item = Document>) {
    index.apply(&mut documents.into_iter().map(Change::Add)).unwrap();
    commit(index, 1);
}

pub fn commit(index: &dyn SearchIndex, note: i64) {
    index.commit(&Marker { catalog: "one".to_owned(), note }).unwrap();
}

pub fn typed(text: &str) -> Query {
    let now = "2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap().to_zoned_datetime(TimeZone::UTC);
    let parsed = parse(text, &now);
    assert!(parsed.fatal().is_none(), "{text}: {:?}", parsed.problems);
    parsed.query
}

pub fn request(text: &str) -> Request {
    Request {
        query: typed(text),
        filters: Filters::default(),
        scope: Scope::All,
        versions: Versions::Latest,
        sort: Sort { by: SortBy::Relevance, descending: false },
        facets: Vec::new(),
        facet_values: 100,
        offset: 0,
        limit: 100,
    }
}

/// The paths of the hits, in their order.
pub fn paths(answer: &Answer) -> Vec<String> {
    answer.hits.iter().map(|hit| hit.document.path.display()).collect()
}

pub fn find(index: &dyn SearchIndex, text: &str) -> Vec<String> {
    let answer = index.search(&request(text)).unwrap();
    assert_eq!(answer.total.count, u64::try_from(answer.hits.len()).unwrap(), "{text}");
    paths(&answer)
}

/// The same, in the order of the alphabet.
pub fn found(index: &dyn SearchIndex, text: &str) -> Vec<String> {
    let mut found = find(index, text);
    found.sort();
    found
}
