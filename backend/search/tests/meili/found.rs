//! What is found, and in which order.

use std::ops::Bound;

use nasman_core::{Kind, Txg};
use nasman_search::{
    Category, Document, Facet, FacetCount, Filters, Meilisearch, Request, Scope, SearchIndex as _, Sort,
    SortBy, State, Versions, matcher,
    query::{self, Clause, Condition, PathPattern},
};

use crate::support::{FILMS, PHOTOS, add, file, found, lived, path, paths, request, with_engine, words};

fn is(engine: &Meilisearch, conditions: impl IntoIterator<Item = Condition>, expected: &[&str]) {
    let request = request(conditions);
    assert_eq!(found(engine, &request), expected, "{:?}", request.query);
}

#[test]
fn words_are_found_as_names_are_split() {
    with_engine("words", |connect| {
        let engine = connect("nas");
        add(
            &engine,
            ["2019/IMG_2041-FinalCut.v2.JPG", "2019/Grüße aus Köln.jpeg", "holiday sunset.png"].map(file),
        );
        is(&engine, [words("finalcut ")], &["2019/IMG_2041-FinalCut.v2.JPG"]);
        is(&engine, [words("img 2041 ")], &["2019/IMG_2041-FinalCut.v2.JPG"]);
        is(&engine, [words("koln grusse ")], &["2019/Grüße aus Köln.jpeg"]);
        is(&engine, [words("holiday suns")], &["holiday sunset.png"]);
        is(&engine, [words("holiday suns ")], &[]);
        is(&engine, [words("sunsst ")], &["holiday sunset.png"]);
        is(&engine, [words("hol"), words("sunset ")], &["holiday sunset.png"]);
        is(&engine, [words("holiday "), words("2019 ")], &[]);
    });
}

#[test]
fn scripts_without_blanks() {
    with_engine("scripts", |connect| {
        let engine = connect("nas");
        add(&engine, ["写真館.jpg", "真写.jpg", "ภาพถ่าย.jpg", "улица.jpg"].map(file));
        is(&engine, [words("写真 ")], &["写真館.jpg"]);
        is(&engine, [words("写真館 ")], &["写真館.jpg"]);
        is(&engine, [words("館")], &["写真館.jpg"]);
        is(&engine, [words("ภาพ")], &["ภาพถ่าย.jpg"]);
        is(&engine, [words("улитца ")], &["улица.jpg"]);
        let both = Request { sort: by(SortBy::Name, false), ..request([words("真"), words("写")]) };
        assert_eq!(found(&engine, &both), ["写真館.jpg", "真写.jpg"]);
    });
}

#[test]
fn phrases_and_what_must_not_be() {
    with_engine("phrases", |connect| {
        let engine = connect("nas");
        add(
            &engine,
            ["a holiday sunset.png", "holiday/sunset.png", "sunset holiday.png", "other.txt"].map(file),
        );
        let phrase = || Condition::Phrase(vec!["holiday".into(), "sunset".into()]);
        is(&engine, [phrase()], &["a holiday sunset.png"]);
        let mut not = request([words("sunset "), phrase()]);
        not.query.clauses[1].negated = true;
        not.sort = by(SortBy::Name, false);
        assert_eq!(found(&engine, &not), ["sunset holiday.png", "holiday/sunset.png"]);
        let mut not = request([Condition::Words { words: vec!["holiday".into()], prefix: false }]);
        not.query.clauses[0].negated = true;
        assert_eq!(found(&engine, &not), ["other.txt"]);
        not.query.clauses[0].condition =
            Condition::Words { words: vec!["sunset".into(), "a".into()], prefix: false };
        not.sort = by(SortBy::Name, false);
        assert_eq!(found(&engine, &not), ["other.txt", "sunset holiday.png", "holiday/sunset.png"]);
    });
}

const fn by(by: SortBy, descending: bool) -> Sort {
    Sort { by, descending }
}

#[test]
fn the_best_come_first() {
    with_engine("order", |connect| {
        let engine = connect("nas");
        let at = |modified, document: Document| Document { modified, ..document };
        add(
            &engine,
            [
                at(9, file("reports.txt")),
                at(9, file("report/old.txt")),
                at(9, lived(3, Some(5), file("my report gone.txt"))),
                at(1, file("my report first.txt")),
                at(2, file("my report later.txt")),
                at(0, Document { kind: Kind::Directory, ..file("report") }),
            ],
        );
        let expected = [
            "report",
            "my report later.txt",
            "my report first.txt",
            "my report gone.txt",
            "report/old.txt",
            "reports.txt",
        ];
        is(&engine, [words("report ")], &expected);
    });
}

#[test]
fn sorted_and_paged() {
    with_engine("sorted", |connect| {
        let engine = connect("nas");
        let sized =
            |name: &str, size| Document { size, modified: -i64::try_from(size).unwrap(), ..file(name) };
        add(&engine, [sized("b.txt", 3), sized("C.txt", 1), sized("a.txt", 2)]);
        let ask = |sort| found(&engine, &Request { sort, ..request([words("txt ")]) });
        assert_eq!(ask(by(SortBy::Name, false)), ["a.txt", "b.txt", "C.txt"]);
        assert_eq!(ask(by(SortBy::Name, true)), ["C.txt", "b.txt", "a.txt"]);
        assert_eq!(ask(by(SortBy::Size, true)), ["b.txt", "a.txt", "C.txt"]);
        assert_eq!(ask(by(SortBy::Modified, true)), ["C.txt", "a.txt", "b.txt"]);
        for (offset, limit, expected) in
            [(0, 2, &["a.txt", "b.txt"][..]), (1, 2, &["b.txt", "C.txt"]), (2, 2, &["C.txt"]), (1, 0, &[])]
        {
            let page = Request { offset, limit, sort: by(SortBy::Name, false), ..request([]) };
            let answer = engine.search(&page).unwrap();
            assert_eq!(
                (paths(&answer).as_slice(), answer.total.count),
                (&expected.iter().map(|s| s.to_string()).collect::<Vec<_>>()[..], 3)
            );
            assert!(answer.total.exact);
        }
    });
}

#[test]
fn what_was_there_then() {
    with_engine("then", |connect| {
        let engine = connect("nas");
        let earlier = |document| Document { latest: false, ..document };
        let film = Document { dataset: FILMS, dataset_name: "tank/films".into(), ..file("film.mkv") };
        let other = connect("other");
        add(&other, [file("of another.txt")]);
        add(
            &engine,
            [
                earlier(lived(10, Some(20), file("a.txt"))),
                lived(20, None, file("a.txt")),
                lived(12, Some(15), file("gone.txt")),
                lived(10, None, film),
            ],
        );
        let ask = |versions| {
            let request = Request { versions, sort: by(SortBy::Name, false), ..request([]) };
            let hits = engine.search(&request).unwrap().hits;
            hits.into_iter()
                .map(|hit| (hit.document.path.display(), hit.document.lifetime.born.0))
                .collect::<Vec<_>>()
        };
        let named = |expected: &[(&str, u64)]| {
            expected.iter().map(|(name, born)| (name.to_string(), *born)).collect::<Vec<_>>()
        };
        assert_eq!(
            ask(Versions::Latest),
            named(&[("a.txt", 20), ("film.mkv", 10), ("gone.txt", 12), ("of another.txt", 10)])
        );
        assert_eq!(ask(Versions::All).len(), 5);
        assert_eq!(ask(Versions::At(vec![(PHOTOS, Txg(14))])), named(&[("a.txt", 10), ("gone.txt", 12)]));
        assert_eq!(
            ask(Versions::At(vec![(PHOTOS, Txg(15)), (FILMS, Txg(10))])),
            named(&[("a.txt", 10), ("film.mkv", 10)])
        );
        assert_eq!(ask(Versions::At(vec![(PHOTOS, Txg(20)), (FILMS, Txg(9))])), named(&[("a.txt", 20)]));
        assert_eq!(ask(Versions::At(Vec::new())), []);
    });
}

#[test]
fn nothing_out_of_scope_is_found_or_counted() {
    with_engine("scope", |connect| {
        let (engine, other) = (connect("nas"), connect("NAS"));
        add(
            &engine,
            [file("a.txt"), Document { dataset: FILMS, dataset_name: "tank/films".into(), ..file("b.mkv") }],
        );
        add(&other, [file("c.jpg")]);
        let mut request = request([]);
        request.facets = vec![Facet::Host, Facet::Dataset, Facet::Extension];
        request.scope = Scope::Datasets(vec![PHOTOS]);
        let count = |value: &str| vec![FacetCount { value: value.into(), count: 1 }];
        let answer = engine.search(&request).unwrap();
        assert_eq!(paths(&answer), ["a.txt"]);
        let expected =
            [(Facet::Host, "nas"), (Facet::Dataset, "11111111111111111111"), (Facet::Extension, "txt")];
        assert_eq!(answer.facets, expected.map(|(facet, value)| (facet, count(value))));
        request.scope = Scope::Datasets(Vec::new());
        assert_eq!(engine.search(&request).unwrap().total.count, 0);
        request.scope = Scope::All;
        let answer = engine.search(&request).unwrap();
        let hosts =
            [FacetCount { value: "nas".into(), count: 2 }, FacetCount { value: "NAS".into(), count: 1 }];
        assert_eq!((answer.total.count, answer.facets[0].1.as_slice()), (3, &hosts[..]));
        request.filters.hosts = vec!["NAS".into()];
        let answer = engine.search(&request).unwrap();
        assert_eq!((paths(&answer), answer.hits[0].host.as_str()), (vec!["c.jpg".to_owned()], "NAS"));
    });
}

/// Documents that differ in all that can be asked for; their words are too short for typos.
fn tree() -> Vec<Document> {
    let names = [
        "a.txt",
        "A B.jpg",
        "2019/a.jpg",
        "2019/may/a b.mkv",
        "2019/may/it's \\ 'x'.txt",
        "x/2019/c.tar.gz",
        ".cfg",
        "cfg",
        "may/2019x/d.rs",
        "x/may/2019",
    ];
    let made = names.iter().enumerate().map(|(n, name)| {
        let n64 = u64::try_from(n).unwrap();
        let lifetime = lived(10 + n64, (n % 3 == 1).then_some(50), file(name));
        let dataset = if n % 2 == 0 { (PHOTOS, "tank/Photos") } else { (FILMS, "tank/Photos/films") };
        Document {
            dataset: dataset.0,
            dataset_name: dataset.1.into(),
            kind: if n == 9 { Kind::Directory } else { Kind::File },
            size: 1 << (4 * n),
            modified: (i64::try_from(n).unwrap() - 3) * 40_000_000,
            owner: u32::from(n > 4) * 1000,
            latest: n != 4,
            ..lifetime
        }
    });
    made.collect()
}

fn conditions() -> Vec<Condition> {
    let pattern = |text: &str, from_start, to_end, folder| {
        let names = text.split('/').map(str::to_owned).collect();
        Condition::Path(PathPattern { names, from_start, to_end, folder })
    };
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let mut all = vec![
        Condition::Extension(texts(&["jpg", "gz"])),
        Condition::Category(vec![Category::Picture, Category::Folder]),
        Condition::Size(Bound::Included(16), Bound::Excluded(1 << 20)),
        Condition::Size(Bound::Unbounded, Bound::Unbounded),
        Condition::Modified(Bound::Unbounded, Bound::Included(-40_000_000)),
        Condition::State(State::Live),
        Condition::State(State::Deleted),
        Condition::Owner("1000".into()),
        Condition::Owner("anna".into()),
        Condition::Words { words: texts(&["a", "may"]), prefix: false },
        Condition::Words { words: texts(&["2019", "j"]), prefix: true },
        Condition::Words {
            words: texts(&["a", "b", "may", "2019", "mkv", "a", "b", "a", "b", "a", "x"]),
            prefix: false,
        },
        Condition::Phrase(texts(&["a", "b"])),
        Condition::Phrase(texts(&["may", "a"])),
        pattern("2019", true, true, true),
        pattern("2019", true, true, false),
        pattern("2019", false, false, false),
        pattern("2019/may", true, true, true),
        pattern("2019/m", true, false, false),
        pattern("m?y/*.txt", true, true, false),
    ];
    let globs = ["*.jpg", "a*", "a?b.*", "*.*", "cfg", "*cfg", "it's \\*", "*'x'.txt", "*.tar.gz", "2019"];
    all.extend(globs.map(|glob| Condition::Glob(glob.into())));
    let places = [
        "tank",
        "tank/Photos",
        "tank/photos",
        "tank/Photos/films",
        "tank/Photos/2019",
        "tank/Photos/films/x/may",
        "Photos",
    ];
    all.extend(places.map(|place| Condition::In(place.into())));
    all
}

#[test]
fn every_condition_finds_what_it_says() {
    with_engine("conditions", |connect| {
        let engine = connect("nas");
        let tree = tree();
        add(&engine, tree.clone());
        for condition in conditions() {
            for negated in [false, true] {
                let clause = Clause { condition: condition.clone(), negated, span: 0..0 };
                let mut request = request([]);
                request.versions = Versions::All;
                request.facets = vec![Facet::Owner];
                let passing = tree.iter().filter(|document| matcher::passes(document, &clause));
                let mut expected: Vec<_> = passing.map(|document| document.path.display()).collect();
                expected.sort();
                request.query.clauses.push(clause.clone());
                let answer = engine.search(&request).unwrap();
                let mut found = paths(&answer);
                found.sort();
                assert_eq!(found, expected, "{clause:?}");
                assert!(answer.total.exact && answer.total.count == expected.len() as u64, "{clause:?}");
                let counted: u64 = answer.facets[0].1.iter().map(|count| count.count).sum();
                assert_eq!(counted, answer.total.count, "{clause:?}");
            }
        }
    });
}

#[test]
fn what_is_typed_finds_what_it_says() {
    let texts = [
        "a -jpg ",
        "a b -\"a b\" ",
        "2019/*.jpg",
        "photos/*",
        "path:2019/m* ext:txt,mkv",
        "path:/may/",
        "-path:/may/ -is:deleted",
        "in:tank/Photos/films a",
        "-in:tank/Photos/films size:>1K",
        "name:\"it's * 'x'.txt\"",
        "*'*",
        "a?b.*",
        "type:video type:picture",
        "modified:1968..1970 owner:0",
        "-type:file",
        "c++ is:earlier",
        "2019 may j",
    ];
    let now = jiff::Timestamp::UNIX_EPOCH.to_zoned_datetime(jiff::tz::TimeZone::UTC);
    with_engine("typed", |connect| {
        let engine = connect("nas");
        let tree = tree();
        add(&engine, tree.clone());
        for text in texts {
            let query = query::parse(text, &now).query;
            let passes =
                |document: &&Document| query.clauses.iter().all(|clause| matcher::passes(document, clause));
            let mut expected: Vec<_> =
                tree.iter().filter(passes).map(|document| document.path.display()).collect();
            expected.sort();
            let mut found =
                found(&engine, &Request { query: query.clone(), versions: Versions::All, ..request([]) });
            found.sort();
            assert_eq!(found, expected, "{text}");
        }
    });
}

#[test]
fn choices_and_their_counts() {
    with_engine("choices", |connect| {
        let engine = connect("nas");
        add(&engine, tree());
        let ask = |filters| {
            let mut found = found(&engine, &Request { filters, versions: Versions::All, ..request([]) });
            found.sort();
            found
        };
        let none = Filters::default;
        assert_eq!(
            ask(Filters { extensions: vec!["rs".into(), "gz".into()], ..none() }),
            ["may/2019x/d.rs", "x/2019/c.tar.gz"]
        );
        assert_eq!(ask(Filters { categories: vec![Category::Folder], ..none() }), ["x/may/2019"]);
        assert_eq!(
            ask(Filters { sizes: vec![0], owners: vec![0], ..none() }),
            ["2019/a.jpg", "2019/may/a b.mkv", "A B.jpg", "a.txt"]
        );
        assert_eq!(ask(Filters { sizes: vec![99], ..none() }), [""; 0]);
        assert_eq!(ask(Filters { years: vec![1970, 1968], ..none() }), ["2019/a.jpg", "2019/may/a b.mkv"]);
        assert_eq!(ask(Filters { states: vec![State::Earlier], datasets: vec![PHOTOS], ..none() }).len(), 1);
        let mut request = request([]);
        request.versions = Versions::All;
        request.facets = vec![Facet::State, Facet::Size, Facet::Year, Facet::Category];
        request.facet_values = 2;
        let direct = engine.search(&request).unwrap();
        assert_eq!(direct.facets.iter().map(|(_, counts)| counts.len()).collect::<Vec<_>>(), [2, 2, 2, 2]);
        // Counted here, because the pattern must be checked here: all names have no `§`.
        let clause = Clause { condition: Condition::Glob("*§*".into()), negated: true, span: 0..0 };
        request.query.clauses.push(clause);
        assert_eq!(engine.search(&request).unwrap().facets, direct.facets);
    });
}

#[test]
fn names_need_not_be_unicode() {
    with_engine("bytes", |connect| {
        let engine = connect("nas");
        let odd =
            Document { path: nasman_core::RelPath::from_bytes(b"f\xffo/b\xe9r.txt").unwrap(), ..file("x") };
        let huge = Document { size: u64::MAX, modified: i64::MIN, path: path("huge"), ..file("x") };
        add(&engine, [odd.clone(), huge.clone()]);
        let find = |text: &str| engine.search(&request([words(text)])).unwrap().hits[0].document.clone();
        // Which object it was is not told.
        let told = |document| Document { inode: 0, ..document };
        assert_eq!((find("txt "), find("huge ")), (told(odd), told(huge)));
    });
}
