//! In which order hits come, in pages, and what is counted.

use nasman_core::Kind;
use nasman_search::{Document, Facet, Request, SearchIndex, Sort, SortBy};

use super::{
    Case,
    world::{PHOTOS, WORK, file, fill, find, lived, noon, paths, request},
};

pub const CASES: &[Case] = &[
    ("whole_names_come_first", whole_names_come_first),
    ("live_before_deleted_then_recent", live_before_deleted_then_recent),
    ("sorts_by_name_size_and_time", sorts_by_name_size_and_time),
    ("pages_hold_everything_once", pages_hold_everything_once),
    ("facets_count_hits", facets_count_hits),
];

fn whole_names_come_first(index: &dyn SearchIndex) {
    let names = ["report/annual.txt", "annual report 2024.txt", "my report.txt", "report", "reporter.txt"];
    fill(index, names.map(|name| file(PHOTOS, name)));
    let found = find(index, "report");
    assert_eq!(found[0], "report");
    assert_eq!(found[4], "report/annual.txt");
    let reporter = found.iter().position(|name| name == "reporter.txt").unwrap();
    assert!(found.iter().position(|name| name == "my report.txt").unwrap() != reporter);
}

fn live_before_deleted_then_recent(index: &dyn SearchIndex) {
    let dated = |name: &str, year| Document { modified: noon(year, 1, 1), ..file(PHOTOS, name) };
    let names = [dated("1/tree.jpg", 2020), dated("2/tree.jpg", 2022), dated("3/tree.jpg", 2021)];
    fill(index, names);
    fill(index, [lived(dated("4/tree.jpg", 2025), 1, 9, true)]);
    assert_eq!(find(index, "tree.jpg"), ["2/tree.jpg", "3/tree.jpg", "1/tree.jpg", "4/tree.jpg"]);
}

fn sorts_by_name_size_and_time(index: &dyn SearchIndex) {
    let one = |name: &str, size, year| Document { size, modified: noon(year, 1, 1), ..file(PHOTOS, name) };
    fill(index, [one("bravo", 1, 2022), one("Alfa", 3, 2021)]);
    // Another commit, and so perhaps another segment.
    fill(index, [one("charlie", 2, 1960)]);
    let sorted = |by, descending| {
        paths(&index.search(&Request { sort: Sort { by, descending }, ..request("") }).unwrap())
    };
    assert_eq!(sorted(SortBy::Name, false), ["Alfa", "bravo", "charlie"]);
    assert_eq!(sorted(SortBy::Name, true), ["charlie", "bravo", "Alfa"]);
    assert_eq!(sorted(SortBy::Size, false), ["bravo", "charlie", "Alfa"]);
    assert_eq!(sorted(SortBy::Size, true), ["Alfa", "charlie", "bravo"]);
    assert_eq!(sorted(SortBy::Modified, true), ["bravo", "Alfa", "charlie"]);
}

fn pages_hold_everything_once(index: &dyn SearchIndex) {
    fill(index, (0..37).map(|n| file(PHOTOS, &format!("{n}/page {n}.txt"))));
    let mut all = Vec::new();
    for offset in (0..40).step_by(10) {
        let answer = index.search(&Request { offset, limit: 10, ..request("page") }).unwrap();
        assert_eq!(answer.total.count, 37);
        all.extend(paths(&answer));
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 37);
}

fn facets_count_hits(index: &dyn SearchIndex) {
    let dated = |name: &str, year| Document { modified: noon(year, 1, 1), ..file(PHOTOS, name) };
    fill(index, [dated("a.jpg", 2020), dated("b.jpg", 2021), dated("c.mkv", 2021)]);
    fill(
        index,
        [lived(file(WORK, "d.jpg"), 1, 9, true), Document { kind: Kind::Directory, ..file(WORK, "e") }],
    );
    let facets = vec![
        Facet::Category,
        Facet::Extension,
        Facet::Year,
        Facet::Dataset,
        Facet::State,
        Facet::Size,
        Facet::Owner,
    ];
    let answer = index.search(&Request { facets: facets.clone(), limit: 1, ..request("") }).unwrap();
    assert_eq!((answer.hits.len(), answer.total.count, answer.total.exact), (1, 5, true));
    let told: Vec<(Facet, Vec<(&str, u64)>)> = answer
        .facets
        .iter()
        .map(|(facet, counts)| {
            let mut counts: Vec<_> = counts.iter().map(|count| (count.value.as_str(), count.count)).collect();
            counts.sort_by_key(|(value, count)| (std::cmp::Reverse(*count), value.to_string()));
            (*facet, counts)
        })
        .collect();
    let (photos, work) = (PHOTOS.0.to_string(), WORK.0.to_string());
    assert_eq!(
        told,
        [
            (Facet::Category, vec![("picture", 3), ("folder", 1), ("video", 1)]),
            (Facet::Extension, vec![("jpg", 3), ("mkv", 1)]),
            (Facet::Year, vec![("2021", 2), ("2024", 2), ("2020", 1)]),
            (Facet::Dataset, vec![(photos.as_str(), 3), (work.as_str(), 2)]),
            (Facet::State, vec![("live", 4), ("deleted", 1)]),
            (Facet::Size, vec![("tiny", 5)]),
            (Facet::Owner, vec![("1000", 5)]),
        ]
    );
}
