//! Thousands of snapshots: what is asked of ZFS stays small.

use std::time::Instant;

use nasman_core::Role::Viewer;
use nasman_zfs::{FakeZfs, Verb};
use serde_json::Value;

use crate::support::{Api, Script, State, TestApp};

/// 500 datasets with 10 snapshots each, and one with 5,000.
fn crowd() -> TestApp {
    let zfs = FakeZfs::new().with_dataset("tank/home");
    for number in 0..500 {
        let name = format!("tank/d{number:03}");
        zfs.add_dataset(&name);
        zfs.add_snapshots(&name, 10);
    }
    zfs.add_snapshots("tank/home", 5000);
    State::on(zfs).start("")
}

#[expect(clippy::print_stdout, reason = "to be seen with --no-capture")]
async fn timed(api: &Api<Script>, path: &str) -> Value {
    let begun = Instant::now();
    let answer = api.get(path).await.ok();
    println!("{path}: {:?}", begun.elapsed());
    answer
}

#[tokio::test]
async fn five_hundred_datasets_are_one_question() {
    let app = crowd();
    let page = timed(&app.script(Viewer), "/datasets?limit=1000").await;
    assert_eq!(page["items"].as_array().unwrap().len(), 502);
    assert_eq!((app.zfs().calls(Verb::Datasets), app.zfs().calls(Verb::Dataset)), (1, 0));
    assert_eq!((app.zfs().calls(Verb::Snapshots), app.zfs().details_asked()), (0, 0));
}

#[tokio::test]
async fn only_a_pages_snapshots_are_opened() {
    let app = crowd();
    let page = timed(&app.script(Viewer), "/datasets/tank%2Fhome/snapshots").await;
    assert_eq!((page["total"].as_u64(), page["items"].as_array().unwrap().len()), (Some(5000), 100));
    assert_eq!((app.zfs().calls(Verb::Snapshots), app.zfs().calls(Verb::SnapshotDetails)), (1, 1));
    assert_eq!(app.zfs().details_asked(), 100);
}

#[tokio::test]
async fn a_time_is_found_among_thousands_by_a_dozen_questions() {
    let app = crowd();
    let at = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(40);
    let path = format!("/datasets/tank%2Fhome/files?at={at}");
    let listing = timed(&app.script(Viewer), &path).await;
    let asked = app.zfs().details_asked();
    assert!(asked <= 14, "{asked} snapshots were opened");
    let found: jiff::Timestamp = listing["at"]["created"].as_str().unwrap().parse().unwrap();
    assert!(found <= at && at.duration_since(found).as_secs() <= 61, "{found} for {at}");
    timed(&app.script(Viewer), &path).await;
    assert_eq!(app.zfs().details_asked(), asked, "when they were taken is remembered");
}
