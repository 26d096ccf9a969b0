//! Changes, as they happen.

use std::time::Duration;

use nasman_core::Role::{Admin, Operator, Viewer};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, TestApp, Who};

/// A stream of events, read one by one.
struct Events {
    response: reqwest::Response,
    text: String,
}

impl Events {
    async fn open(api: &Api<impl Who>) -> Self {
        let response = api.request(Method::GET, "/events").send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The next event's name and data; none when the stream has ended.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.clone().split_once("\n\n") {
                rest.clone_into(&mut self.text);
                let (name, data) = event.split_once('\n')?;
                let data = serde_json::from_str(data.strip_prefix("data: ")?).unwrap();
                return Some((name.strip_prefix("event: ")?.to_owned(), data));
            }
            let chunk = tokio::time::timeout(Duration::from_secs(20), self.response.chunk());
            self.text += &String::from_utf8_lossy(&chunk.await.expect("an event in time").ok()??);
        }
    }
}

#[tokio::test]
async fn a_jobs_changes_arrive_in_order() {
    let app = TestApp::new();
    app.zfs().write("tank/home", "a", "old");
    app.zfs().add_snapshot("tank/home@one");
    let mut events = Events::open(&app.browser(Viewer).await).await;
    let (name, hello) = events.next().await.unwrap();
    assert_eq!((name.as_str(), hello["version"].is_string()), ("hello", true));
    let request = json!({ "dataset": "tank/home", "at": "one", "paths": ["a"] });
    let job = app.script(Operator).post("/restores", &request).await.is(202).json();
    let mut states = Vec::new();
    while states.last() != Some(&json!("succeeded")) {
        let (name, change) = events.next().await.unwrap();
        assert_eq!((name.as_str(), &change["id"], &change["log"]), ("job", &job["id"], &json!([])));
        states.push(change["state"].clone());
    }
    states.dedup();
    assert_eq!(states, ["enqueued", "processing", "succeeded"]);
}

#[tokio::test]
async fn everybody_who_listens_hears() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    let mut all = [Events::open(&script).await, Events::open(&script).await];
    for events in &mut all {
        assert_eq!(events.next().await.unwrap().0, "hello");
    }
    let new =
        nasman_catalog::NewJob { kind: "x", title: "x", user_id: 1, user_name: "x", request: &json!({}) };
    let id = app.app.jobs.enqueue(&new).unwrap().id;
    for events in &mut all {
        assert_eq!(events.next().await.unwrap().1["id"], json!(id));
    }
}

#[tokio::test]
async fn who_may_no_longer_listen_hears_no_more() {
    let app = TestApp::new();
    let (browser, script, admin) = (app.browser(Viewer).await, app.script(Operator), app.script(Admin));
    let mut all = [Events::open(&browser).await, Events::open(&script).await];
    for events in &mut all {
        assert_eq!(events.next().await.unwrap().0, "hello");
    }
    browser.delete("/session").await.is(204);
    let id = script.get("/me").await.ok()["user"]["id"].to_string();
    admin.patch(&format!("/users/{id}"), &json!({ "disabled": true })).await.ok();
    let new =
        nasman_catalog::NewJob { kind: "x", title: "x", user_id: 1, user_name: "x", request: &json!({}) };
    app.app.jobs.enqueue(&new).unwrap();
    for events in &mut all {
        assert_eq!(events.next().await, None);
    }
}

#[tokio::test]
async fn the_stream_ends_when_the_server_stops() {
    let app = TestApp::new();
    let mut events = Events::open(&app.script(Viewer)).await;
    assert_eq!(events.next().await.unwrap().0, "hello");
    app.tell_to_stop();
    assert_eq!(events.next().await, None);
}
