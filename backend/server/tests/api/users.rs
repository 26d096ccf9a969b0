//! Who may sign in.

use nasman_core::Role::{Admin, Viewer};
use serde_json::{Value, json};

use crate::support::{Api, PASSWORD, Script, TestApp};

async fn add(admin: &Api<Script>, name: &str, role: &str) -> Value {
    admin.post("/users", &json!({ "name": name, "password": PASSWORD, "role": role })).await.is(201).json()
}

#[tokio::test]
async fn users_are_made_listed_changed_and_removed() {
    let app = TestApp::new();
    let admin = app.script(Admin);
    let anna = add(&admin, "anna", "operator").await;
    assert_eq!(
        (&anna["name"], &anna["role"], &anna["disabled"]),
        (&json!("anna"), &json!("operator"), &json!(false))
    );
    let list = admin.get("/users").await.is(200);
    assert!(!list.text().contains("argon2"), "no hash leaves the server");
    let names: Vec<_> = list.json()["items"].as_array().unwrap().iter().map(|u| u["name"].clone()).collect();
    assert_eq!(names, ["admin", "anna"]);
    let at = format!("/users/{}", anna["id"]);
    assert_eq!(admin.patch(&at, &json!({ "role": "viewer" })).await.ok()["role"], "viewer");
    admin.delete(&at).await.is(204);
    app.anonymous().sign_in("anna", PASSWORD).await.refused(401, "wrong_credentials");
}

#[tokio::test]
async fn removing_a_user_signs_them_out() {
    let app = TestApp::new();
    let (admin, viewer, browser) = (app.script(Admin), app.script(Viewer), app.browser(Viewer).await);
    let id = viewer.get("/me").await.ok()["user"]["id"].to_string();
    admin.delete(&format!("/users/{id}")).await.is(204);
    viewer.get("/me").await.refused(401, "unauthenticated");
    browser.get("/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_password_set_by_the_administrator_signs_out_everywhere() {
    let app = TestApp::new();
    let (admin, browser) = (app.script(Admin), app.browser(Viewer).await);
    let id = browser.get("/me").await.ok()["user"]["id"].to_string();
    admin.patch(&format!("/users/{id}"), &json!({ "password": "battery staple" })).await.ok();
    browser.get("/me").await.refused(401, "unauthenticated");
    app.anonymous().sign_in("viewer", "battery staple").await.is(200);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let app = TestApp::new();
    let admin = app.script(Admin);
    let id = admin.get("/me").await.ok()["user"]["id"].to_string();
    let at = format!("/users/{id}");
    admin.delete(&at).await.refused(409, "last_admin");
    admin.patch(&at, &json!({ "role": "viewer" })).await.refused(409, "last_admin");
    let detail = admin.patch(&at, &json!({ "disabled": true })).await.refused(409, "last_admin");
    assert!(detail.contains("make another one first"), "{detail}");
    assert_eq!(admin.get("/me").await.ok()["role"], "admin");
    add(&admin, "second", "admin").await;
    admin.delete(&at).await.is(204);
}

#[tokio::test]
async fn names_are_unique_whatever_their_case() {
    let app = TestApp::new();
    let admin = app.script(Admin);
    add(&admin, "Anna", "viewer").await;
    let again = json!({ "name": "anna", "password": PASSWORD, "role": "viewer" });
    admin.post("/users", &again).await.refused(409, "name_taken");
}

#[tokio::test]
async fn bad_users_are_refused_by_field() {
    let app = TestApp::new();
    let admin = app.script(Admin);
    let long = "x".repeat(65);
    for name in ["", " anna", "anna ", "an/na", "an\\na", "an\nna", long.as_str()] {
        let reply =
            admin.post("/users", &json!({ "name": name, "password": PASSWORD, "role": "viewer" })).await;
        assert_eq!(reply.is(400).json()["field"], "name", "{name:?}");
    }
    for password in ["1234567", &"x".repeat(257)] {
        let reply =
            admin.post("/users", &json!({ "name": "anna", "password": password, "role": "viewer" })).await;
        assert_eq!(reply.is(400).json()["field"], "password", "{password:?}");
    }
    let reply = admin.post("/users", &json!({ "name": "anna", "password": PASSWORD, "role": "king" })).await;
    assert_eq!(reply.is(400).json()["field"], "role");
}

#[tokio::test]
async fn users_that_are_not_there_are_named() {
    let app = TestApp::new();
    let admin = app.script(Admin);
    admin.delete("/users/999").await.refused(404, "user_not_found");
    admin.patch("/users/999", &json!({ "role": "viewer" })).await.refused(404, "user_not_found");
    admin.delete("/users/anna").await.refused(400, "invalid_request");
}
