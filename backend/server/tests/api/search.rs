//! Search over HTTP: what is found, how it is said, and what is refused.

use std::fs;

use nasman_core::Role::Viewer;
use nasman_zfs::Zfs as _;
use serde_json::{Value, json};

use crate::{
    index::{look, scene},
    support::{Api, Script, State, TestApp, query},
};

pub async fn ask(script: &Api<Script>, fields: &[(&str, &str)]) -> Value {
    script.get(&query("/search", fields)).await.ok()
}

/// The answer, once search has caught up.
pub async fn settled(script: &Api<Script>, fields: &[(&str, &str)]) -> Value {
    for _ in 0..1000 {
        let status = script.get("/index").await.ok()["search"].clone();
        let answer = ask(script, fields).await;
        if status["state"] == "ready" && status["pending"] == 0 && answer["completeness"]["state"] == "ready"
        {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("search does not catch up");
}

pub fn names(answer: &Value) -> Vec<&str> {
    let mut names: Vec<_> =
        answer["hits"].as_array().unwrap().iter().map(|hit| hit["path"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

/// Indexed, and search told of it.
async fn looked(app: &TestApp) -> Api<Script> {
    look(app).await;
    app.app.search.hint();
    app.script(Viewer)
}

/// Waits for what a look changed: notes are there once its job has ended.
async fn found_when(script: &Api<Script>, fields: &[(&str, &str)], such: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..500 {
        let answer = ask(script, fields).await;
        if such(&answer) {
            return answer;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("not found: {fields:?} in {}", ask(script, fields).await);
}

#[tokio::test]
async fn what_is_gone_is_found_with_who_held_it_last() {
    let app = scene();
    let script = looked(&app).await;
    let answer = settled(&script, &[("q", "docs a")]).await;
    assert_eq!((names(&answer), &answer["total"]), (vec!["docs/a"], &json!({ "count": 1, "exact": true })));
    let hit = &answer["hits"][0];
    assert_eq!(
        (&hit["state"], &hit["size"], &hit["versions"], &hit["here"]),
        (&json!("deleted"), &json!(2), &json!(2), &json!(true))
    );
    assert_eq!(
        (&hit["first_seen"]["name"], &hit["last_seen"]["name"], &hit["at"]),
        (&json!("two"), &json!("two"), &json!("two"))
    );
    assert_eq!(hit["deleted_at"]["after"], hit["last_seen"]["created_at"]);
    assert_eq!(hit["matches"], json!({ "name": [[0, 1]], "folder": [[0, 4]] }));
    assert_eq!(hit["dataset"]["name"], "tank/home");
    // What it says can be opened.
    let path = format!("/datasets/tank%2Fhome/content?path={}&at=two", hit["path"].as_str().unwrap());
    assert_eq!(script.get(&path).await.is(200).text(), "22");
    let live = ask(&script, &[("q", "is:live type:document")]).await;
    assert_eq!(names(&live), [] as [&str; 0]);
    let all = ask(&script, &[("q", "a"), ("group", "version"), ("sort", "size")]).await;
    let sizes: Vec<_> = all["hits"].as_array().unwrap().iter().map(|hit| &hit["size"]).collect();
    assert_eq!(sizes, [1, 2]);
    let earlier = &all["hits"][0];
    assert_eq!((&earlier["state"], &earlier["at"]), (&json!("earlier"), &json!("one")));
}

#[tokio::test]
async fn a_moment_in_the_past_is_searched() {
    let app = scene();
    let script = looked(&app).await;
    settled(&script, &[]).await;
    assert_eq!(names(&ask(&script, &[("q", "at:one type:other")]).await), ["docs/a"]);
    assert_eq!(names(&ask(&script, &[("q", "at:two type:other")]).await), ["docs/a", "docs/b"]);
    assert_eq!(names(&ask(&script, &[("q", "at:three type:other")]).await), ["docs/b"]);
    let none = ask(&script, &[("q", "a at:never")]).await;
    assert_eq!((names(&none), &none["problems"][0]["start"]), (vec![], &json!(2)), "{none}");
}

#[tokio::test]
async fn what_changes_is_followed() {
    let app = scene();
    let script = looked(&app).await;
    settled(&script, &[]).await;
    app.zfs().write("tank/home", "docs/brand new.txt", "x");
    fs::rename(app.zfs().folder("tank/home").join("docs"), app.zfs().folder("tank/home").join("papers"))
        .unwrap();
    app.zfs().add_snapshot("tank/home@four");
    look(&app).await;
    let is_there = |answer: &Value| names(answer) == ["papers/brand%20new.txt"];
    found_when(&script, &[("q", "brand")], is_there).await;
    let b = ask(&script, &[("q", "b ext:"), ("group", "entry")]).await;
    assert!(b["hits"].is_array());
    let moved =
        found_when(&script, &[("q", "in:tank/home/papers type:other")], |a| !names(a).is_empty()).await;
    assert_eq!(names(&moved), ["papers/b"]);
    let old = ask(&script, &[("q", "path:docs/ type:other")]).await;
    assert_eq!((names(&old), &old["hits"][0]["state"]), (vec!["docs/a", "docs/b"], &json!("deleted")));
    // A destroyed snapshot takes with it what only it held.
    for snapshot in app.zfs().snapshots(&"tank/home".parse().unwrap()).unwrap().iter().take(2) {
        app.zfs().destroy_snapshot(&snapshot.name, snapshot.guid).unwrap();
    }
    look(&app).await;
    found_when(&script, &[("q", "path:docs/ type:other")], |answer| names(answer) == ["docs/b"]).await;
}

#[tokio::test]
async fn facets_pages_and_choices() {
    let app = TestApp::new();
    for n in 0..7 {
        app.zfs().write("tank/home", format!("pictures/{n}.jpg"), "x".repeat(n + 1));
    }
    app.zfs().write("tank/home", "film.mkv", "y");
    let script = looked(&app).await;
    settled(&script, &[]).await;
    let answer = found_when(&script, &[("facets", "category,ext,dataset,state"), ("limit", "3")], |answer| {
        answer["total"]["count"] == 9
    })
    .await;
    let value = |facet: &str, value: &str| {
        let counts = answer["facets"][facet].as_array().unwrap();
        counts
            .iter()
            .find(|count| count["label"] == value || count["value"] == value)
            .map(|count| count["count"].clone())
    };
    assert_eq!((value("category", "picture"), value("category", "folder")), (Some(json!(7)), Some(json!(1))));
    assert_eq!((value("ext", "mkv"), value("dataset", "tank/home")), (Some(json!(1)), Some(json!(9))));
    let (mut all, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut fields = vec![("q", "jpg"), ("sort", "-size"), ("limit", "3")];
        fields.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = ask(&script, &fields).await;
        all.extend(page["hits"].as_array().unwrap().iter().map(|hit| hit["size"].as_u64().unwrap()));
        cursor = page["next"].as_str().map(str::to_owned);
        let Some(next) = &cursor else { break };
        let other = script.get(&query("/search", &[("q", "mkv"), ("cursor", next)])).await;
        assert_eq!(other.is(400).json()["field"], "cursor");
    }
    assert_eq!(all, [7, 6, 5, 4, 3, 2, 1]);
    let chosen = ask(&script, &[("category", "video,audio"), ("ext", "mkv")]).await;
    assert_eq!(names(&chosen), ["film.mkv"]);
}

#[tokio::test]
async fn what_cant_be_searched_is_refused_with_its_place() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    let refused = script.get(&query("/search", &[("q", "näh size:>banana")])).await.is(400).json();
    assert_eq!(
        (&refused["code"], &refused["field"], &refused["position"]),
        (&json!("invalid_query"), &json!("q"), &json!([9, 16]))
    );
    let long = "word ".repeat(2_000);
    assert_eq!(script.get(&query("/search", &[("q", &long)])).await.is(400).json()["code"], "invalid_query");
    for (field, value) in [
        ("sort", "colour"),
        ("facets", "mood"),
        ("category", "x"),
        ("limit", "0"),
        ("group", "x"),
        ("cursor", "x"),
        ("size", "wide"),
        ("colour", "red"),
    ] {
        let refused = script.get(&query("/search", &[(field, value)])).await.is(400).json();
        assert_eq!(
            (&refused["code"], &refused["field"]),
            (&json!("invalid_request"), &json!(field)),
            "{refused}"
        );
    }
    for text in
        ["\"open", "http://nas/x?y=1", "C:\\x 12:30", "\u{1}\u{7f}", "-", "foo:bar", "((((", "*", "size:"]
    {
        script.get(&query("/search", &[("q", text)])).await.ok();
    }
}

#[tokio::test]
async fn the_box_goes_on_by_itself() {
    let app = TestApp::new();
    app.zfs().write("tank/home", "holiday sunset.jpg", "x");
    let script = looked(&app).await;
    found_when(&script, &[("q", "sunset")], |answer| !names(answer).is_empty()).await;
    let suggest = async |text: &str| {
        let answer = script.get(&query("/search/suggest", &[("q", text)])).await.ok();
        answer["items"].as_array().unwrap().clone()
    };
    let name = &suggest("sun").await[0];
    assert_eq!((&name["kind"], &name["text"]), (&json!("name"), &json!("holiday sunset.jpg")));
    let kind = &suggest("sunset ty").await[0];
    assert_eq!((&kind["insert"], &kind["replace"]), (&json!("type:"), &json!({ "start": 7, "end": 9 })));
    assert_eq!(suggest("ext:j").await[0]["insert"], "ext:jpg ");
    assert_eq!(suggest("in:ta").await[0]["insert"], "in:tank/home ");
    assert_eq!(suggest("-is:d").await[0]["insert"], "-is:deleted ");
}

/// Waits until the one file is found; until its index is begun anew, a damaged one is said to be unavailable.
async fn kept_is_found(script: &Api<Script>) {
    for _ in 0..500 {
        let reply = script.get(&query("/search", &[("q", "kept")])).await;
        if reply.status == 503 {
            reply.refused(503, "search_unavailable");
        } else if names(&reply.ok()) == ["kept.txt"] {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the index is not made anew");
}

#[tokio::test]
async fn a_lost_or_damaged_index_is_made_anew() {
    let damages: [fn(&std::path::Path); 3] = [
        |folder| fs::remove_dir_all(folder).unwrap(),
        |folder| fs::write(folder.join("meta.json"), "{").unwrap(),
        |folder| fs::write(folder.join("nasman-format"), "99").unwrap(),
    ];
    let mut state = State::new();
    state.zfs.write("tank/home", "kept.txt", "x");
    for damage in damages {
        let app = state.start("");
        let script = looked(&app).await;
        kept_is_found(&script).await;
        state = app.stopped();
        damage(&state.state_dir().join("search"));
    }
    let app = state.start("");
    let script = app.script(Viewer);
    kept_is_found(&script).await;
}

#[tokio::test]
async fn searches_are_kept_for_oneself() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    let kept = json!({ "name": "Lost films", "query": { "q": "is:deleted", "category": "video" } });
    let made = script.post("/searches", &kept).await.is(201).json();
    assert_eq!((&made["name"], &made["query"]), (&kept["name"], &kept["query"]));
    let again = script.post("/searches", &json!({ "name": "lost FILMS", "query": {} })).await;
    assert_eq!(again.is(409).json()["code"], "name_taken");
    let unknown = script.post("/searches", &json!({ "name": "x", "query": { "colour": "red" } })).await;
    unknown.is(400).json();
    script.post("/searches", &json!({ "name": " ", "query": {} })).await.is(400).json();
    let id = made["id"].as_i64().unwrap();
    let other = app.script(nasman_core::Role::Admin);
    assert_eq!(other.get("/searches").await.ok()["items"], json!([]));
    other.delete(&format!("/searches/{id}")).await.is(404).json();
    assert_eq!(script.get("/searches").await.ok()["items"].as_array().unwrap().len(), 1);
    script.delete(&format!("/searches/{id}")).await.is(204);
    assert_eq!(script.get("/searches").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn answers_are_compressed_for_those_who_take_them_so() {
    let app = scene();
    let script = looked(&app).await;
    let fields = [("q", "docs"), ("facets", "ext")];
    let plain = settled(&script, &fields).await;
    let accepted = [
        ("gzip", true),
        ("br, gzip;q=0.5", true),
        ("*", false),
        ("identity", false),
        ("br", false),
        ("gzip;q=0", false),
        ("gzip;q=oddly", false),
    ];
    for (accepted, compressed) in accepted {
        let reply = script.get_with(&query("/search", &fields), "accept-encoding", accepted).await.is(200);
        let encoding = reply.header("content-encoding");
        let expected = (compressed.then_some("gzip"), Some("accept-encoding"));
        assert_eq!((encoding, reply.header("vary")), expected, "{accepted}");
        assert_eq!(reply.header("content-type"), Some("application/json"), "{accepted}");
        let json: Value = if compressed {
            serde_json::from_reader(flate2::read::GzDecoder::new(&*reply.body)).unwrap()
        } else {
            reply.json()
        };
        assert_eq!((&json["hits"], &json["facets"]), (&plain["hits"], &plain["facets"]), "{accepted}");
    }
}
