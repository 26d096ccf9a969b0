//! Failed sign-ins are slowed down, per account and per address.

use jiff::{SignedDuration, Timestamp};
use nasman_core::Role::{Operator, Viewer};
use reqwest::Method;
use serde_json::json;

use crate::support::{PASSWORD, Reply, State, TestApp};

/// A sign-in from an address, as a trusted proxy tells it.
async fn sign_in(app: &TestApp, address: &str, name: &str, password: &str) -> Reply {
    let api = app.anonymous();
    let request =
        api.request(Method::POST, "/session").header("x-forwarded-for", format!("9.9.9.9, {address}"));
    api.send(request.json(&json!({ "name": name, "password": password }))).await
}

fn behind_a_proxy() -> TestApp {
    let app = State::new().start("[server]\ntrusted_proxies = ['127.0.0.1']");
    app.add_user(Viewer);
    app.add_user(Operator);
    app
}

/// As if there had been nine failures a while ago: one more and the wait is 16 s.
fn nine_failures(app: &TestApp, name: &str, address: &str) {
    let then = Timestamp::now() - SignedDuration::from_secs(20);
    for _ in 0..9 {
        app.app.throttle.failed(name, address.parse().unwrap(), then);
    }
}

#[tokio::test]
async fn failures_in_a_row_make_the_account_wait() {
    let app = behind_a_proxy();
    nine_failures(&app, "viewer", "10.0.0.1");
    sign_in(&app, "10.0.0.3", "viewer", "wrong horse").await.refused(401, "wrong_credentials");
    // Also with the right password, and from elsewhere.
    let reply = sign_in(&app, "10.0.0.2", "Viewer", PASSWORD).await.is(429);
    let seconds: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=17).contains(&seconds), "{seconds}");
    reply.refused(429, "too_many_attempts");
    sign_in(&app, "10.0.0.2", "operator", PASSWORD).await.is(200);
}

#[tokio::test]
async fn failures_in_a_row_make_the_address_wait() {
    let app = behind_a_proxy();
    nine_failures(&app, "nobody", "10.0.0.1");
    sign_in(&app, "10.0.0.1", "anybody", PASSWORD).await.refused(401, "wrong_credentials");
    sign_in(&app, "10.0.0.1", "viewer", PASSWORD).await.refused(429, "too_many_attempts");
    sign_in(&app, "10.0.0.2", "viewer", PASSWORD).await.is(200);
}

#[tokio::test]
async fn a_few_mistakes_cost_nothing_and_success_forgives_them() {
    let app = behind_a_proxy();
    for _ in 0..2 {
        for number in 0..4 {
            sign_in(&app, &format!("10.0.0.{number}"), "viewer", "wrong horse").await.is(401);
        }
        sign_in(&app, "10.0.0.5", "viewer", PASSWORD).await.is(200);
    }
}

#[tokio::test]
async fn failures_at_the_same_time_count_too() {
    let app = behind_a_proxy();
    let tries = (0..20).map(|_| sign_in(&app, "10.0.0.1", "viewer", "wrong horse"));
    let replies = futures_util::future::join_all(tries).await;
    let tried = replies.iter().filter(|reply| reply.status == 401).count();
    assert!((6..=10).contains(&tried), "{tried} of 20 passwords were tried at once");
}

#[tokio::test]
async fn an_address_is_only_believed_from_a_trusted_proxy() {
    let app = TestApp::new();
    app.add_user(Viewer);
    nine_failures(&app, "nobody", "127.0.0.1");
    sign_in(&app, "10.0.0.1", "anybody", PASSWORD).await.is(401);
    sign_in(&app, "10.0.0.9", "viewer", PASSWORD).await.refused(429, "too_many_attempts");
}

#[tokio::test]
async fn guessing_the_password_with_a_stolen_session_is_slowed_down_too() {
    let app = TestApp::new();
    let browser = app.browser(Viewer).await;
    nine_failures(&app, "viewer", "10.0.0.1");
    let guess = json!({ "current": "wrong horse", "new": "battery staple" });
    browser.put("/me/password", &guess).await.refused(401, "wrong_credentials");
    browser.put("/me/password", &guess).await.refused(429, "too_many_attempts");
}
