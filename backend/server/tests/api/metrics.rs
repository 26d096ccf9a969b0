//! Counters for Prometheus.

use nasman_core::Role::Viewer;
use nasman_zfs::{Verb, ZfsError};
use reqwest::Method;

use crate::support::{State, TestApp};

#[tokio::test]
async fn the_counters_take_a_token_unless_they_are_public() {
    let app = TestApp::new();
    app.anonymous().get("//metrics").await.refused(401, "unauthenticated");
    app.script(Viewer).get("//metrics").await.is(200);
    let app = State::new().start("[metrics]\npublic = true");
    app.anonymous().get("//metrics").await.is(200);
}

#[tokio::test]
async fn requests_pools_and_jobs_are_counted() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    script.get("/pools/tank").await.ok();
    script.get("/pools/dozer").await.is(404);
    let reply = script.get("//metrics").await.is(200);
    assert!(reply.header("content-type").unwrap().starts_with("text/plain"));
    let text = reply.text();
    for line in [
        r#"nasman_http_request_seconds_count{method="GET",route="/api/v1/pools/{pool}",status="200"} 1"#,
        r#"nasman_http_request_seconds_count{method="GET",route="/api/v1/pools/{pool}",status="404"} 1"#,
        r#"nasman_pool_size_bytes{pool="tank"} 10737418240"#,
        r#"nasman_pool_state{pool="tank",state="online"} 1"#,
        "nasman_zfs_up 1",
        r#"nasman_index_snapshots{state="indexed"} 0"#,
    ] {
        assert!(text.contains(line), "{line} not in {text}");
    }
}

#[tokio::test]
async fn a_zfs_that_fails_is_counted_and_the_rest_still_answered() {
    let app = TestApp::new();
    app.zfs().fail(Verb::Pools, ZfsError::NotInstalled { detail: "no zfs".into() });
    let text = app.script(Viewer).get("//metrics").await.is(200).text();
    assert!(text.contains("nasman_zfs_up 0") && !text.contains("nasman_pool_state{"), "{text}");
}

#[tokio::test]
async fn clients_cannot_make_counters_up() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    for number in 0..3 {
        let method = Method::from_bytes(format!("MADEUP{number}").as_bytes()).unwrap();
        script.send(script.request(method, "/pools")).await.is(404);
        script.get(&format!("/made-up-{number}")).await.is(404);
    }
    let text = script.get("//metrics").await.is(200).text();
    assert!(!text.to_lowercase().contains("made"), "{text}");
}
