//! Tokens for scripts.

use std::fs;

use jiff::{SignedDuration, Timestamp};
use nasman_core::Role::{Admin, Operator, Viewer};
use serde_json::{Value, json};

use crate::support::{Api, Script, TestApp};

async fn make(api: &Api<Script>, name: &str, role: &str) -> Value {
    api.post("/tokens", &json!({ "name": name, "role": role })).await.is(201).json()
}

fn with_secret(app: &TestApp, made: &Value) -> Api<Script> {
    Api::new(&app.base, Script { secret: made["secret"].as_str().unwrap().to_owned() })
}

#[tokio::test]
async fn a_token_works_shows_its_use_and_can_be_revoked() {
    let app = TestApp::new();
    let owner = app.script(Operator);
    let made = make(&owner, "home assistant", "viewer").await;
    assert_eq!(made["token"]["last_used_at"], Value::Null);
    let script = with_secret(&app, &made);
    let me = script.get("/me").await.ok();
    assert_eq!(
        (&me["via"], &me["role"], &me["user"]["role"]),
        (&json!("token"), &json!("viewer"), &json!("operator"))
    );
    let listed = owner.get("/tokens").await.ok()["items"][0].clone();
    assert_eq!((&listed["name"], &listed["user"]), (&json!("home assistant"), &json!("operator")));
    assert!(listed["last_used_at"].is_string());
    owner.delete(&format!("/tokens/{}", made["token"]["id"])).await.is(204);
    script.get("/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_secret_is_shown_once_and_stored_as_a_hash() {
    let app = TestApp::new();
    let owner = app.script(Viewer);
    let secret = make(&owner, "x", "viewer").await["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("nasman_") && secret.len() > 60, "{secret}");
    assert!(!owner.get("/tokens").await.is(200).text().contains(&secret));
    let folder = fs::read_dir(app.state().state_dir()).unwrap();
    let files = folder.map(|file| file.unwrap().path()).filter(|path| path.is_file());
    let stored: Vec<u8> = files.flat_map(|path| fs::read(path).unwrap()).collect();
    let has = |text: &str| stored.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(has(&nasman::auth::hash_token(&secret)), "the hash is stored");
    assert!(!has(&secret) && !has(&secret["nasman_".len()..]), "the secret is not");
}

#[tokio::test]
async fn a_tokens_role_has_a_ceiling() {
    let app = TestApp::new();
    let operator = app.script(Operator);
    operator.post("/tokens", &json!({ "name": "x", "role": "admin" })).await.refused(403, "forbidden");
    // A lesser token can't make a better one than itself either.
    let lesser = with_secret(&app, &make(&operator, "x", "viewer").await);
    lesser.post("/tokens", &json!({ "name": "x", "role": "operator" })).await.refused(403, "forbidden");
    lesser.post("/restores/plan", &json!({})).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_token_loses_what_its_user_loses() {
    let app = TestApp::new();
    let (admin, operator) = (app.script(Admin), app.script(Operator));
    let id = operator.get("/me").await.ok()["user"]["id"].to_string();
    admin.patch(&format!("/users/{id}"), &json!({ "role": "viewer" })).await.ok();
    assert_eq!(operator.get("/me").await.ok()["role"], "viewer");
}

#[tokio::test]
async fn a_token_expires() {
    let app = TestApp::new();
    let user = app.add_user(Viewer);
    let at = |seconds| Some(Timestamp::now() + SignedDuration::from_secs(seconds));
    app.with_token(&user, Viewer, at(-1)).get("/me").await.refused(401, "unauthenticated");
    let owner = app.with_token(&user, Viewer, at(100));
    assert!(owner.get("/me").await.ok()["expires_at"].is_string());
    let made =
        owner.post("/tokens", &json!({ "name": "x", "role": "viewer", "expires_in_days": 1 })).await.is(201);
    let end: Timestamp = made.json()["token"]["expires_at"].as_str().unwrap().parse().unwrap();
    let hours = end.duration_since(Timestamp::now()).as_hours();
    assert!((23..=24).contains(&hours), "{hours}");
}

#[tokio::test]
async fn everybody_sees_their_own_and_administrators_all() {
    let app = TestApp::new();
    let (admin, operator, viewer) = (app.script(Admin), app.script(Operator), app.script(Viewer));
    let users = async |api: &Api<Script>| {
        let list = api.get("/tokens").await.ok();
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|t| t["user"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(users(&viewer).await, ["viewer"]);
    assert_eq!(users(&admin).await, ["viewer", "operator", "admin"]);
    let foreign = operator.get("/tokens").await.ok()["items"][0]["id"].to_string();
    viewer.delete(&format!("/tokens/{foreign}")).await.refused(404, "token_not_found");
    admin.delete(&format!("/tokens/{foreign}")).await.is(204);
    operator.get("/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn bad_tokens_are_refused_by_field() {
    let app = TestApp::new();
    let owner = app.script(Viewer);
    for (body, field) in [
        (json!({ "name": " ", "role": "viewer" }), "name"),
        (json!({ "name": "x".repeat(101), "role": "viewer" }), "name"),
        (json!({ "name": "x", "role": "viewer", "expires_in_days": 0 }), "expires_in_days"),
        (json!({ "name": "x", "role": "viewer", "expires_in_days": 3651 }), "expires_in_days"),
        (json!({ "name": "x", "role": "viewer", "expires_in_days": "1" }), "expires_in_days"),
        (json!({ "name": "x", "role": "viewer", "secret": "mine" }), "secret"),
    ] {
        assert_eq!(owner.post("/tokens", &body).await.is(400).json()["field"], field, "{body}");
    }
}
