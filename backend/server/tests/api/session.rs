//! Signing in and out with a browser.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use nasman_core::Role::{Admin, Operator, Viewer};
use serde_json::json;

use crate::support::{Api, Browser, PASSWORD, State, TestApp};

/// A browser whose session begins and ends at these moments, in seconds from now.
fn browser_since(app: &TestApp, cookie_made: i64, session_ends: i64) -> Api<Browser> {
    let now = Timestamp::now();
    let at = |seconds| now + SignedDuration::from_secs(seconds);
    let user = app.add_user(Viewer);
    let session = app.app.catalog.add_session(user.id, at(cookie_made), at(session_ends)).unwrap();
    let cookie = app.app.cookie_key.issue(&session, at(cookie_made)).unwrap();
    app.with_cookie(&format!("{}={}", cookie.name(), cookie.value()))
}

#[tokio::test]
async fn one_signs_in_is_known_and_signs_out() {
    let app = TestApp::new();
    let browser = app.browser(Operator).await;
    let me = browser.get("/me").await.ok();
    assert_eq!(
        (&me["user"]["name"], &me["role"], &me["via"]),
        (&json!("operator"), &json!("operator"), &json!("session"))
    );
    assert!(me["user"]["last_login_at"].is_string() && me["expires_at"].is_string());
    let reply = browser.delete("/session").await.is(204);
    assert!(reply.header("set-cookie").unwrap().contains("Max-Age=0"));
    // The cookie itself is worth nothing any more, wherever it was copied to.
    browser.get("/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let app = State::new().start("[server]\nhttps = true");
    app.add_user(Viewer);
    let reply = app.anonymous().sign_in("viewer", PASSWORD).await.is(200);
    let cookie = reply.header("set-cookie").unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/", "Max-Age=900"] {
        assert!(cookie.contains(part), "{part} not in {cookie}");
    }
    assert!(!reply.text().contains("argon2") && !reply.text().contains(PASSWORD));
}

#[tokio::test]
async fn without_https_the_cookie_still_works() {
    let app = TestApp::new();
    app.add_user(Viewer);
    let reply = app.anonymous().sign_in("VIEWER", PASSWORD).await.is(200);
    assert!(!reply.header("set-cookie").unwrap().contains("Secure"));
}

#[tokio::test]
async fn wrong_credentials_say_nothing_about_which_part_is_wrong() {
    let app = TestApp::new();
    app.add_user(Viewer);
    let password = app.anonymous().sign_in("viewer", "wrong horse").await.refused(401, "wrong_credentials");
    let name = app.anonymous().sign_in("nobody", PASSWORD).await.refused(401, "wrong_credentials");
    assert_eq!(password, name);
}

#[tokio::test]
async fn a_cookie_in_use_is_renewed_and_an_old_one_ends() {
    let app = TestApp::new();
    let browser = browser_since(&app, -600, 3600);
    let reply = browser.get("/me").await.is(200);
    let fresh = reply.header("set-cookie").expect("a renewed cookie").split(';').next().unwrap();
    let renewed = app.with_cookie(fresh);
    assert_eq!(renewed.get("/me").await.is(200).header("set-cookie"), None, "fresh cookies are kept");
}

#[tokio::test]
async fn what_has_expired_is_over() {
    let app = TestApp::new();
    browser_since(&app, -1000, 3600).get("/me").await.refused(401, "unauthenticated");
    let app = TestApp::new();
    browser_since(&app, -10, -1).get("/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn signing_out_with_an_old_cookie_does_not_renew_it() {
    let app = TestApp::new();
    let reply = browser_since(&app, -600, 3600).delete("/session").await.is(204);
    let cookies: Vec<_> = reply.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    assert!(cookies[0].to_str().unwrap().contains("Max-Age=0"));
}

#[tokio::test]
async fn a_restart_signs_nobody_out() {
    let app = TestApp::new();
    let cookie = app.browser(Viewer).await.who.cookie;
    let app = app.stopped().start("");
    app.with_cookie(&cookie).get("/me").await.ok();
}

#[tokio::test]
async fn a_new_password_ends_all_sessions() {
    let app = TestApp::new();
    let (one, other) = (app.browser(Viewer).await, app.browser(Viewer).await);
    let change = json!({ "current": PASSWORD, "new": "battery staple" });
    one.put("/me/password", &change).await.is(204);
    one.get("/me").await.refused(401, "unauthenticated");
    other.get("/me").await.refused(401, "unauthenticated");
    app.anonymous().sign_in("viewer", PASSWORD).await.refused(401, "wrong_credentials");
    app.anonymous().sign_in("viewer", "battery staple").await.is(200);
}

#[tokio::test]
async fn a_new_password_takes_the_old_one_and_must_be_good() {
    let app = TestApp::new();
    let browser = app.browser(Viewer).await;
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    let reply = browser.put("/me/password", &change("wrong horse", "battery staple")).await.is(401);
    assert_eq!(reply.json()["field"], "current");
    let reply = browser.put("/me/password", &change(PASSWORD, "short")).await.is(400);
    assert_eq!(reply.json()["field"], "new");
    browser.get("/me").await.ok();
}

#[tokio::test]
async fn a_disabled_user_is_out_at_once() {
    let app = TestApp::new();
    let (browser, script, admin) = (app.browser(Viewer).await, app.script(Viewer), app.script(Admin));
    let id = browser.get("/me").await.ok()["user"]["id"].to_string();
    admin.patch(&format!("/users/{id}"), &json!({ "disabled": true })).await.ok();
    browser.get("/me").await.refused(401, "unauthenticated");
    script.get("/me").await.refused(401, "unauthenticated");
    app.anonymous().sign_in("viewer", PASSWORD).await.refused(401, "wrong_credentials");
}

#[tokio::test]
async fn a_role_taken_away_is_gone_at_once() {
    let app = TestApp::new();
    let (browser, admin) = (app.browser(Operator).await, app.script(Admin));
    let id = browser.get("/me").await.ok()["user"]["id"].to_string();
    admin.patch(&format!("/users/{id}"), &json!({ "role": "viewer" })).await.ok();
    browser.post("/restores/plan", &json!({})).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_session_has_a_longest_life() {
    let app = State::new().start("[auth]\nsession_life_seconds = 1");
    let browser = app.browser(Viewer).await;
    for _ in 0..100 {
        if browser.get("/me").await.status == 401 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the session of one second goes on");
}

#[tokio::test]
async fn the_first_run_makes_an_administrator_once() {
    let app = TestApp::new();
    let login = nasman::serve::first_run(&app.app, None).unwrap().expect("a first run");
    let password = login.password.expect("a random password");
    assert!(password.len() >= 20, "{password}");
    app.anonymous().sign_in(login.name, &password).await.is(200);
    assert!(nasman::serve::first_run(&app.app, None).unwrap().is_none());
}

#[tokio::test]
async fn the_first_password_may_be_given_and_must_be_good() {
    let app = TestApp::new();
    let error = nasman::serve::first_run(&app.app, Some("short")).unwrap_err().to_string();
    assert!(error.contains("NASMAN_ADMIN_PASSWORD") && error.contains("8 characters"), "{error}");
    let login = nasman::serve::first_run(&app.app, Some(PASSWORD)).unwrap().expect("a first run");
    assert_eq!(login.password, None);
    app.anonymous().sign_in("admin", PASSWORD).await.is(200);
}
