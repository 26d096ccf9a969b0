//! Snapshots, listed and taken.

use jiff::{SignedDuration, Timestamp};
use nasman_core::Role::{Operator, Viewer};
use nasman_zfs::{Verb, ZfsError};
use serde_json::{Value, json};

use crate::support::{Api, HOME, Script, TestApp};

/// Tags of a list, page by page.
async fn tags(api: &Api<Script>, fields: &str) -> Vec<String> {
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let after = cursor.as_str().map(|c| format!("&cursor={c}")).unwrap_or_default();
        let page = api.get(&format!("{HOME}/snapshots?{fields}{after}")).await.ok();
        seen.extend(page["items"].as_array().unwrap().iter().map(|s| s["tag"].as_str().unwrap().to_owned()));
        cursor = page["next"].clone();
        if cursor.is_null() {
            return seen;
        }
    }
}

#[tokio::test]
async fn a_snapshot_tells_what_it_is_and_what_it_costs() {
    let app = TestApp::new();
    app.zfs().write("tank/home", "a", "12345");
    app.zfs().add_snapshot("tank/home@one");
    std::fs::remove_file(app.zfs().folder("tank/home").join("a")).unwrap();
    let one = app.script(Viewer).get(&format!("{HOME}/snapshots/one")).await.ok();
    assert_eq!(
        (&one["name"], &one["tag"], &one["dataset"]),
        (&json!("tank/home@one"), &json!("one"), &json!("tank/home"))
    );
    assert_eq!(
        (&one["used"], &one["written"], &one["holds"], &one["clones"]),
        (&json!(5), &json!(5), &json!(0), &json!([]))
    );
    let by_guid = format!("{HOME}/snapshots/{}", one["guid"].as_str().unwrap());
    assert_eq!(app.script(Viewer).get(&by_guid).await.ok(), one);
}

#[tokio::test]
async fn snapshots_come_in_pages_in_either_order() {
    let app = TestApp::new();
    for tag in ["c", "a", "b", "e", "d"] {
        app.zfs().add_snapshot(&format!("tank/home@{tag}"));
    }
    let script = app.script(Viewer);
    assert_eq!(tags(&script, "limit=2").await, ["d", "e", "b", "a", "c"]);
    assert_eq!(tags(&script, "limit=2&order=oldest").await, ["c", "a", "b", "e", "d"]);
    assert_eq!(tags(&script, "limit=5&order=newest").await.len(), 5);
    assert_eq!(script.get(&format!("{HOME}/snapshots?limit=1")).await.ok()["total"], 5);
}

#[tokio::test]
async fn a_page_goes_on_where_it_was_although_its_last_snapshot_is_gone() {
    let app = TestApp::new();
    let made = ["a", "b", "c"].map(|tag| app.zfs().add_snapshot(&format!("tank/home@{tag}")));
    let script = app.script(Viewer);
    let page = script.get(&format!("{HOME}/snapshots?limit=2")).await.ok();
    nasman_zfs::Zfs::destroy_snapshot(&**app.zfs(), &made[1].name, made[1].guid).unwrap();
    let next = format!("{HOME}/snapshots?limit=2&cursor={}", page["next"].as_str().unwrap());
    assert_eq!(script.get(&next).await.ok()["items"][0]["tag"], "a");
}

#[tokio::test]
async fn wrong_questions_name_the_field() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    for (fields, field) in [
        ("cursor=x", "cursor"),
        ("cursor=1-x", "cursor"),
        ("order=sideways", "order"),
        ("limit=-1", "limit"),
        ("colour=red", "colour"),
    ] {
        let reply = script.get(&format!("{HOME}/snapshots?{fields}")).await.is(400);
        assert_eq!(reply.json()["field"], field, "{fields}");
    }
}

#[tokio::test]
async fn a_snapshot_is_taken_under_a_name_of_ones_own() {
    let app = TestApp::new();
    let script = app.script(Operator);
    let made =
        script.post(&format!("{HOME}/snapshots"), &json!({ "tag": "before upgrade:1" })).await.is(201).json();
    assert_eq!(made["name"], "tank/home@before upgrade:1");
    assert_eq!(script.get(&format!("{HOME}/snapshots/before%20upgrade%3A1")).await.ok(), made);
}

#[tokio::test]
async fn without_a_name_the_time_is_the_name() {
    let app = TestApp::new();
    let made = app.script(Operator).post(&format!("{HOME}/snapshots"), &json!({})).await.is(201).json();
    let tag = made["tag"].as_str().unwrap();
    let taken = tag.strip_prefix("manual-").unwrap().replace('.', ":").parse::<Timestamp>().unwrap();
    assert!(taken.duration_until(Timestamp::now()) < SignedDuration::from_mins(2), "{tag}");
}

#[tokio::test]
async fn descendants_come_along_when_asked() {
    let app = TestApp::new();
    app.zfs().add_dataset("tank/home/anna");
    let script = app.script(Operator);
    script.post(&format!("{HOME}/snapshots"), &json!({ "tag": "one" })).await.is(201);
    script.post(&format!("{HOME}/snapshots"), &json!({ "tag": "all", "recursive": true })).await.is(201);
    let below = script.get("/datasets/tank%2Fhome%2Fanna/snapshots").await.ok();
    assert_eq!((&below["total"], &below["items"][0]["tag"]), (&json!(1), &json!("all")));
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let app = TestApp::new();
    let script = app.script(Operator);
    script.post(&format!("{HOME}/snapshots"), &json!({ "tag": "one" })).await.is(201);
    let detail = script
        .post(&format!("{HOME}/snapshots"), &json!({ "tag": "one" }))
        .await
        .refused(409, "snapshot_exists");
    assert!(detail.contains("tank/home@one") && detail.contains("another name"), "{detail}");
}

#[tokio::test]
async fn bad_snapshots_are_refused_and_nothing_is_taken() {
    let app = TestApp::new();
    let script = app.script(Operator);
    let long = "x".repeat(250);
    for tag in ["", "a@b", "a/b", "ü", "a\nb", "a%b", &long] {
        script.post(&format!("{HOME}/snapshots"), &json!({ "tag": tag })).await.refused(400, "invalid_name");
    }
    for (body, field) in [(json!({ "name": "x" }), "name"), (json!({ "recursive": "yes" }), "recursive")] {
        let reply = script.post(&format!("{HOME}/snapshots"), &body).await.is(400);
        assert_eq!(reply.json()["field"], field);
    }
    script.post("/datasets/tank%2Fnone/snapshots", &json!({})).await.refused(404, "dataset_not_found");
    assert_eq!(script.get(&format!("{HOME}/snapshots")).await.ok()["total"], 0);
}

#[tokio::test]
async fn a_full_pool_and_a_missing_right_say_what_to_do() {
    let app = TestApp::new();
    let script = app.script(Operator);
    app.zfs().edit_pool("tank", |pool| pool.size = 1);
    let detail = script.post(&format!("{HOME}/snapshots"), &json!({})).await.refused(507, "no_space");
    assert!(detail.contains("Free some space"), "{detail}");
    let error = ZfsError::PermissionDenied { detail: "cannot create snapshot".into() };
    app.zfs().fail(Verb::CreateSnapshot, error);
    let detail = script.post(&format!("{HOME}/snapshots"), &json!({})).await.refused(503, "zfs_permission");
    assert!(detail.contains("zfs allow"), "{detail}");
}

#[tokio::test]
async fn a_moment_is_a_name_a_guid_or_a_time() {
    let app = TestApp::new();
    let start: Timestamp = "2026-05-01T00:00:00Z".parse().unwrap();
    for day in 0..5 {
        app.zfs().set_now(start + SignedDuration::from_hours(24 * day));
        app.zfs().add_snapshot(&format!("tank/home@day{day}"));
    }
    let script = app.script(Viewer);
    for (at, tag) in [
        ("day3", "day3"),
        ("2026-05-03T00:00:00Z", "day2"),
        ("2026-05-03T23:59:59.999Z", "day2"),
        ("2026-05-03T01:00:00%2B02:00", "day1"),
        ("2030-01-01T00:00:00Z", "day4"),
    ] {
        let listing = script.get(&format!("{HOME}/files?at={at}")).await.ok();
        assert_eq!(listing["at"]["tag"], tag, "{at}");
    }
    script.get(&format!("{HOME}/files?at=2026-04-30T23:59:59Z")).await.refused(404, "snapshot_not_found");
}
