//! Who may do what: every operation of the OpenAPI document, without credentials and with too little.

use nasman_core::Role::{self, Admin, Operator, Viewer};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, HOME, Reply, TestApp, Who};

/// The least role of each operation; none for those that are anybody's.
const NEEDED: &[(&str, &str, Option<Role>)] = &[
    ("get", "/healthz", None),
    ("get", "/readyz", None),
    ("get", "/metrics", Some(Viewer)),
    ("post", "/api/v1/session", None),
    ("delete", "/api/v1/session", Some(Viewer)),
    ("get", "/api/v1/me", Some(Viewer)),
    ("put", "/api/v1/me/password", Some(Viewer)),
    ("get", "/api/v1/users", Some(Admin)),
    ("post", "/api/v1/users", Some(Admin)),
    ("patch", "/api/v1/users/{id}", Some(Admin)),
    ("delete", "/api/v1/users/{id}", Some(Admin)),
    ("get", "/api/v1/users/{id}/grants", Some(Admin)),
    ("put", "/api/v1/users/{id}/grants", Some(Admin)),
    ("get", "/api/v1/audit", Some(Admin)),
    ("get", "/api/v1/tokens", Some(Viewer)),
    ("post", "/api/v1/tokens", Some(Viewer)),
    ("delete", "/api/v1/tokens/{id}", Some(Viewer)),
    ("get", "/api/v1/pools", Some(Viewer)),
    ("get", "/api/v1/pools/{pool}", Some(Viewer)),
    ("get", "/api/v1/datasets", Some(Viewer)),
    ("get", "/api/v1/datasets/{dataset}", Some(Viewer)),
    ("get", "/api/v1/datasets/{dataset}/snapshots", Some(Viewer)),
    ("post", "/api/v1/datasets/{dataset}/snapshots", Some(Operator)),
    ("get", "/api/v1/datasets/{dataset}/snapshots/{snapshot}", Some(Viewer)),
    ("delete", "/api/v1/datasets/{dataset}/snapshots/{snapshot}", Some(Admin)),
    ("get", "/api/v1/datasets/{dataset}/snapshots/{snapshot}/destroy-plan", Some(Viewer)),
    ("get", "/api/v1/datasets/{dataset}/files", Some(Viewer)),
    ("get", "/api/v1/datasets/{dataset}/entry", Some(Viewer)),
    ("get", "/api/v1/datasets/{dataset}/content", Some(Viewer)),
    ("get", "/api/v1/datasets/{dataset}/versions", Some(Viewer)),
    ("get", "/api/v1/datasets/{dataset}/diff", Some(Viewer)),
    ("get", "/api/v1/datasets/{dataset}/diff/summary", Some(Viewer)),
    ("get", "/api/v1/datasets/{dataset}/moments", Some(Viewer)),
    ("post", "/api/v1/downloads", Some(Viewer)),
    ("get", "/api/v1/downloads/{id}", Some(Viewer)),
    ("get", "/api/v1/search", Some(Viewer)),
    ("get", "/api/v1/search/suggest", Some(Viewer)),
    ("get", "/api/v1/searches", Some(Viewer)),
    ("post", "/api/v1/searches", Some(Viewer)),
    ("delete", "/api/v1/searches/{search}", Some(Viewer)),
    ("get", "/api/v1/index", Some(Viewer)),
    ("get", "/api/v1/index/{dataset}", Some(Viewer)),
    ("post", "/api/v1/index/{dataset}", Some(Operator)),
    ("patch", "/api/v1/index/{dataset}", Some(Operator)),
    ("post", "/api/v1/restores/plan", Some(Operator)),
    ("post", "/api/v1/restores", Some(Operator)),
    ("get", "/api/v1/restores/{id}", Some(Viewer)),
    ("get", "/api/v1/restores/{id}/items", Some(Viewer)),
    ("post", "/api/v1/restores/{id}/undo", Some(Operator)),
    ("get", "/api/v1/jobs", Some(Viewer)),
    ("get", "/api/v1/jobs/{id}", Some(Viewer)),
    ("delete", "/api/v1/jobs/{id}", Some(Operator)),
    ("get", "/api/v1/events", Some(Viewer)),
];

/// Method, path and whether it is marked as anybody's, of each operation in the document.
fn operations() -> Vec<(String, String, bool)> {
    let document: Value = serde_json::from_str(&nasman::routes::openapi::document().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let each = paths.flat_map(|(path, operations)| {
        operations.as_object().unwrap().iter().map(move |(method, operation)| {
            (method.clone(), path.clone(), operation["security"] == json!([{}]))
        })
    });
    each.collect()
}

#[test]
fn the_table_is_the_document() {
    let mut table: Vec<_> =
        NEEDED.iter().map(|(m, p, role)| ((*m).to_owned(), (*p).to_owned(), role.is_none())).collect();
    let mut document = operations();
    table.sort();
    document.sort();
    assert_eq!(document, table, "the document and this table of roles must name the same operations");
}

/// Asks with everything else wrong, too: access comes first, and tells nobody what else there is.
async fn ask_badly<W: Who>(api: &Api<W>, method: &str, path: &str) -> Reply {
    let path = path.replace("{dataset}", "no%40name").replace("{snapshot}", "s").replace("{pool}", "9");
    let method: Method = method.to_uppercase().parse().unwrap();
    let request = api.request(method, &format!("/{}?nonsense=1", path.replace("{id}", "none")));
    api.send(request.header("content-type", "application/json").body("{nonsense")).await
}

#[tokio::test]
async fn nothing_is_told_to_nobody() {
    let app = TestApp::new();
    for (method, path, _) in NEEDED.iter().filter(|(_, _, role)| role.is_some()) {
        ask_badly(&app.anonymous(), method, path).await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_lesser_role_is_refused_before_anything_is_read() {
    let app = TestApp::new();
    let scripts = [(Viewer, app.script(Viewer)), (Operator, app.script(Operator))];
    for (method, path, needed) in NEEDED {
        for (role, script) in scripts.iter().filter(|(role, _)| needed.is_some_and(|needed| *role < needed)) {
            let detail = ask_badly(script, method, path).await.refused(403, "forbidden");
            assert!(detail.contains(role.as_str()) && detail.contains(needed.unwrap().as_str()), "{detail}");
        }
    }
}

#[tokio::test]
async fn the_role_needed_is_enough() {
    let app = TestApp::new();
    for (method, path, needed) in NEEDED {
        let Some(needed) = needed.filter(|_| *path != "/api/v1/session" && *path != "/api/v1/events") else {
            continue;
        };
        let status = ask_badly(&app.script(needed), method, path).await.status;
        assert!(!matches!(status, 401 | 403), "{method} {path}: {status}");
    }
}

#[tokio::test]
async fn what_is_anybodys_answers_nobody() {
    let app = TestApp::new();
    assert_eq!(app.anonymous().get("//healthz").await.ok()["status"], "ok");
    let ready = app.anonymous().get("//readyz").await.ok();
    assert_eq!((&ready["status"], &ready["zfs"]), (&json!("ok"), &json!("2.3.9-fake")));
    assert_eq!(app.anonymous().get("//openapi.json").await.ok()["info"]["title"], "NASMan");
}

#[tokio::test]
async fn a_change_asked_for_by_another_page_is_refused() {
    let app = TestApp::new();
    let browser = app.browser(Admin).await;
    let foreign = app.anonymous();
    for (method, path, _) in NEEDED.iter().filter(|(method, _, role)| *method != "get" && role.is_some()) {
        let path = path.replace("{dataset}", "tank%2Fhome").replace("{snapshot}", "s").replace("{id}", "1");
        let request = foreign.request(method.to_uppercase().parse().unwrap(), &format!("/{path}"));
        let reply = foreign.send(request.header("cookie", &browser.who.cookie).json(&json!({}))).await;
        reply.refused(403, "foreign_request");
    }
    browser.get("/me").await.ok();
    browser.post(&format!("{HOME}/snapshots"), &json!({})).await.is(201);
}

#[tokio::test]
async fn credentials_that_are_none_are_refused() {
    let app = TestApp::new();
    let api = app.anonymous();
    for value in ["Basic YWRtaW46YWRtaW4=", "Bearer", "Bearer nasman_0000", "bearer x"] {
        api.get_with("/me", "authorization", value).await.refused(401, "unauthenticated");
    }
    for value in ["nasman_session=", "nasman_session=a.b.c", "other=1"] {
        api.get_with("/me", "cookie", value).await.refused(401, "unauthenticated");
    }
}
