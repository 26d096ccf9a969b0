//! What holds for every refusal; the rest of it is checked on every answer of every test.

use nasman_core::Role::{Admin, Operator, Viewer};
use nasman_zfs::{Verb, ZfsError};
use reqwest::Method;
use serde_json::json;

use crate::support::{HOME, PASSWORD, TestApp, logged};

#[tokio::test]
async fn addresses_that_are_none_are_refused_in_kind() {
    let app = TestApp::new();
    let script = app.script(Viewer);
    for path in ["/none", "//api", "//api/", "//api/v1", "//api/v2/pools", "/datasets/tank/home", "/pools/"] {
        script.get(path).await.refused(404, "not_found");
    }
    for (method, path) in [(Method::PUT, "/pools"), (Method::POST, "//openapi.json"), (Method::DELETE, "//")]
    {
        script.send(script.request(method, path)).await.refused(404, "not_found");
    }
    app.anonymous().get("/none").await.refused(404, "not_found");
}

#[tokio::test]
async fn bodies_that_cannot_be_read_say_why() {
    let app = TestApp::new();
    let script = app.script(Operator);
    let at = format!("{HOME}/snapshots");
    let post = |kind: &'static str, body: &'static str| {
        script.send(script.request(Method::POST, &at).header("content-type", kind).body(body))
    };
    for (kind, body, part) in [
        ("application/json", "", "EOF"),
        ("application/json", "{", "EOF"),
        ("application/json", "[]", "in the body"),
        ("application/json", "{} {}", "trailing"),
        ("application/json", r#"{"tag": "a", "tag": "b"}"#, "duplicate"),
        ("application/json", "{\"tag\": \"\u{0}\"}", "control character"),
        ("text/plain", "{}", "application/json"),
        ("application/x-www-form-urlencoded", "tag=a", "application/json"),
    ] {
        let detail = post(kind, body).await.refused(400, "invalid_request");
        assert!(detail.contains(part), "{body}: {detail}");
    }
    post("application/json; charset=utf-8", "{}").await.is(201);
}

#[tokio::test]
async fn a_body_too_large_is_refused() {
    let app = TestApp::new();
    let body = json!({ "tag": "x".repeat(1 << 20) });
    app.script(Operator).post(&format!("{HOME}/snapshots"), &body).await.refused(413, "too_large");
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let app = TestApp::new();
    for (path, body, field) in [
        ("/users", json!({ "name": "a", "password": PASSWORD, "role": "viewer", "admin": true }), "admin"),
        ("/users", json!({ "name": 5, "password": PASSWORD, "role": "viewer" }), "name"),
        ("/session", json!({ "name": "a", "password": PASSWORD, "otp": "1" }), "otp"),
        ("/tokens", json!({ "name": "a", "role": ["viewer"] }), "role"),
    ] {
        let reply = app.script(Admin).post(path, &body).await;
        assert_eq!(reply.json()["field"], field);
        assert!(reply.refused(400, "invalid_request").contains(field));
    }
    let detail =
        app.script(Admin).post("/users", &json!({ "name": "a" })).await.refused(400, "invalid_request");
    assert!(detail.contains("missing field `password`"), "{detail}");
}

#[tokio::test]
async fn a_plain_request_id_is_kept_and_any_other_replaced() {
    let app = TestApp::new();
    let reply = app.anonymous().get_with("/none", "x-request-id", "my-id-1").await;
    assert_eq!(reply.header("x-request-id"), Some("my-id-1"));
    let long = "x".repeat(65);
    for odd in ["", "a b", "<script>", &long] {
        let reply = app.anonymous().get_with("/none", "x-request-id", odd).await;
        let id = reply.header("x-request-id").unwrap();
        assert!(id != odd && id.len() == 16, "{id}");
    }
}

#[tokio::test]
async fn the_log_has_what_failed_under_the_request_id() {
    let app = TestApp::new();
    app.zfs().fail(Verb::Pools, ZfsError::Failed { verb: "zpool list", detail: "hen's teeth".into() });
    let script = app.script(Viewer);
    let request = script.request(Method::GET, "/pools").header("x-request-id", "find-me-in-the-log");
    script.send(request).await.refused(502, "zfs_failed");
    let log = logged();
    let line = log.lines().find(|line| line.contains("hen's teeth")).expect("a line about it");
    assert!(line.contains("find-me-in-the-log"), "{line}");
}

#[tokio::test]
async fn no_secret_is_logged() {
    let app = TestApp::new();
    let browser = app.browser(Admin).await;
    app.anonymous().sign_in("admin", "a wrong password").await.is(401);
    let made = browser.post("/tokens", &json!({ "name": "x", "role": "viewer" })).await.is(201).json();
    let secret = made["secret"].as_str().unwrap();
    app.anonymous().get_with("/me", "authorization", &format!("Bearer {secret}")).await.ok();
    browser.put("/me/password", &json!({ "current": PASSWORD, "new": "battery staple" })).await.is(204);
    let cookie = browser.who.cookie.split('=').nth(1).unwrap();
    let log = logged();
    assert!(log.contains("/api/v1/session"), "requests are logged");
    for secret in [
        PASSWORD,
        "a wrong password",
        "battery staple",
        secret,
        cookie,
        "$argon2id$",
        &nasman::auth::hash_token(secret),
    ] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[tokio::test]
async fn what_people_look_for_is_not_logged() {
    let app = TestApp::new();
    app.script(Viewer).get(&format!("{HOME}/files?path=private-folder-name")).await.is(404);
    assert!(!logged().contains("private-folder-name"));
}

#[tokio::test]
async fn every_answer_of_the_api_stays_out_of_caches() {
    let app = TestApp::new();
    assert_eq!(app.script(Viewer).get("/me").await.header("cache-control"), Some("no-store"));
    assert_eq!(app.anonymous().get("/me").await.header("cache-control"), Some("no-store"));
}
