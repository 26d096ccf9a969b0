//! A server that is away, too old, or closed to us.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use nasman_search::{Change, MeiliSettings, Meilisearch, SearchError, SearchIndex as _};
use serde_json::{Value, json};

use crate::{
    fake::{self, Fake},
    support::{add, engine, file, found, marker, request, settings, take, words},
};

fn unavailable<T: std::fmt::Debug>(result: nasman_search::Result<T>) -> String {
    match result {
        Err(SearchError::Unavailable(detail)) => detail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_that_is_away_is_unavailable_until_it_is_there() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = Meilisearch::connect(settings(&format!("http://{port}"), "nas")).unwrap();
    let away = away.with_patience(Duration::from_millis(300));
    let started = Instant::now();
    assert!(unavailable(away.search(&request([]))).contains("can't be reached"));
    unavailable(away.marker());
    unavailable(away.apply(&mut std::iter::empty()));
    assert!(started.elapsed() < Duration::from_secs(5));
    let fake = Fake::at(port, Fake::new().shared());
    assert_eq!(away.marker().unwrap(), None);
    add(&away, [file("a.txt")]);
    let held = fake.shared();
    drop(fake);
    unavailable(away.search(&request([])));
    unavailable(away.commit(&marker(2)));
    held.lock().unwrap().log.clear();
    let fake = Fake::at(port, held);
    assert_eq!(found(&away, &request([words("a ")])), ["a.txt"]);
    let asked: Vec<_> = fake.state().log.iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let expected =
        ["GET /version", "GET /indexes/nasman-versions/settings", "POST /indexes/nasman-versions/search"];
    assert_eq!(asked, expected, "looked at anew, nothing to set");
}

#[test]
fn one_that_is_set_up_answers_many_at_once() {
    let fake = Fake::new();
    let engine = engine(&fake, "nas");
    add(&engine, [file("a.txt")]);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..200).for_each(|_| drop(engine.search(&request([])).unwrap())));
        }
    });
}

#[test]
fn a_short_absence_is_waited_for() {
    let fake = Fake::new();
    let engine = engine(&fake, "nas");
    engine.marker().unwrap();
    for _ in 0..2 {
        fake.state().troubles.push_back(("/documents", (503, Value::Null)));
        fake.state().troubles.push_back(("/tasks/", fake::error(500, "internal", "busy")));
    }
    add(&engine, [file("a.txt")]);
    assert_eq!(found(&engine, &request([])), ["a.txt"]);
    assert!(fake.state().troubles.is_empty());
}

#[test]
fn settings_are_made_again_where_somebody_changed_them() {
    let fake = Fake::new();
    let engine = engine(&fake, "nas");
    add(&engine, [file("a.txt")]);
    let changed = json!({"filterableAttributes": ["host"], "pagination": {"maxTotalHits": 5}});
    fake.state().indexes.get_mut(MeiliSettings::INDEX).unwrap().settings =
        changed.as_object().unwrap().clone();
    assert!(matches!(engine.search(&request([])), Err(SearchError::Refused(_))));
    fake.state().troubles.push_back(("/search", (502, Value::Null)));
    unavailable(engine.search(&request([])));
    assert_eq!(found(&engine, &request([])), ["a.txt"]);
}

#[test]
fn an_index_that_is_gone_must_be_filled_anew() {
    let fake = Fake::new();
    let engine = engine(&fake, "nas");
    add(&engine, [file("a.txt")]);
    fake.state().indexes.clear();
    assert!(matches!(engine.search(&request([])), Err(SearchError::Unusable(_))));
    assert_eq!(engine.marker().unwrap(), None);
    take(&engine, [Change::Add(file("a.txt"))]);
    assert_eq!(found(&engine, &request([])), ["a.txt"]);
}

#[test]
fn keys_are_sent_and_never_shown() {
    let fake = Fake::new();
    let secret = "a-very-secret-key";
    fake.state().key = Some(secret.into());
    let with =
        |key: Option<&str>| MeiliSettings { key: key.map(str::to_owned), ..settings(&fake.url(), "nas") };
    let none = Meilisearch::connect(with(None)).unwrap();
    assert!(unavailable(none.marker()).contains("does not take the key"));
    let wrong = Meilisearch::connect(with(Some("wrong-key"))).unwrap();
    let detail = unavailable(wrong.marker());
    assert!(detail.contains("invalid") && !detail.contains("wrong-key"), "{detail}");
    let right = Meilisearch::connect(with(Some(secret))).unwrap();
    add(&right, [file("a.txt")]);
    let shown = format!("{right:?} {:?}", with(Some(secret)));
    assert!(!shown.contains(secret), "{shown}");
    let login = MeiliSettings { url: "http://me:pass@search.lan:7700".into(), ..with(None) };
    assert!(!format!("{login:?}").contains("pass"));
}

#[test]
fn a_key_for_the_index_alone_is_enough() {
    let fake = Fake::new();
    fake.state().key = Some("limited".into());
    fake.state().limited = true;
    let settings = MeiliSettings { key: Some("limited".into()), ..settings(&fake.url(), "nas") };
    let engine = Meilisearch::connect(settings).unwrap();
    add(&engine, [file("a.txt")]);
    assert_eq!(found(&engine, &request([words("a")])), ["a.txt"]);
}

#[test]
fn versions_from_1_15_on() {
    for (version, works) in
        [("1.14.9", false), ("0.30.0", false), ("1.15.0", true), ("1.36.1", true), ("2.0.0", true)]
    {
        let fake = Fake::new();
        fake.state().version = version.into();
        let engine = engine(&fake, "nas");
        if !works {
            assert!(unavailable(engine.search(&request([]))).contains(version));
            continue;
        }
        add(&engine, [file("IMG_20.jpg"), file("img.txt")]);
        let glob = nasman_search::query::Condition::Glob("img_*".into());
        assert_eq!(found(&engine, &request([glob])), ["IMG_20.jpg"], "{version}");
    }
}

#[test]
fn settings_that_can_never_work() {
    let good = settings("http://search.lan:7700", "nas");
    let bad = [
        MeiliSettings { url: "search.lan:7700".into(), ..good.clone() },
        MeiliSettings { url: "ftp://search.lan".into(), ..good.clone() },
        MeiliSettings { index: "a/b".into(), ..good.clone() },
        MeiliSettings { host: String::new(), ..good.clone() },
        MeiliSettings { key: Some("a\nb".into()), ..good.clone() },
    ];
    for settings in bad {
        assert!(
            matches!(Meilisearch::connect(settings.clone()), Err(SearchError::Refused(_))),
            "{settings:?}"
        );
    }
    Meilisearch::connect(MeiliSettings { url: "https://search.lan/meili/".into(), ..good }).unwrap();
}
