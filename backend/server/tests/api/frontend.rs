//! The single-page application, served beside the API.

use std::fs;

use crate::support::{State, TestApp};

/// A server with a frontend of three files, and a secret beside its folder.
fn scene() -> TestApp {
    let state = State::new();
    let dist = state.folder.path().join("dist");
    fs::create_dir_all(dist.join("assets")).unwrap();
    fs::write(dist.join("index.html"), "the start page").unwrap();
    fs::write(dist.join("docs.html"), "the API's page").unwrap();
    fs::write(dist.join("assets/app-1a2b.js"), "the program").unwrap();
    fs::write(state.folder.path().join("secret.txt"), "a secret").unwrap();
    state.start(&format!("[server]\nfrontend_dir = '{}'", dist.display()))
}

#[tokio::test]
async fn pages_of_the_application_are_its_start_page() {
    let app = scene();
    for path in ["//", "//pools", "//datasets/tank%2Fhome/files", "//datasets/tank%2Fv1.2"] {
        let reply = app.anonymous().get(path).await.is(200);
        assert_eq!(
            (reply.text().as_str(), reply.header("cache-control")),
            ("the start page", Some("no-cache"))
        );
        assert_eq!(reply.header("content-type"), Some("text/html"));
    }
    assert_eq!(app.anonymous().get("//docs").await.is(200).text(), "the API's page");
}

#[tokio::test]
async fn files_with_a_hash_in_their_name_are_kept_by_browsers() {
    let app = scene();
    let reply = app.anonymous().get("//assets/app-1a2b.js").await.is(200);
    assert_eq!(reply.header("cache-control"), Some("public, max-age=31536000, immutable"));
    app.anonymous().get("//assets/app-9z9z.js").await.refused(404, "not_found");
}

#[tokio::test]
async fn nothing_beside_the_folder_is_served() {
    let app = scene();
    for path in
        ["//..%2fsecret.txt", "//%2e%2e/secret.txt", "//assets/..%2f..%2fsecret.txt", "//%2fetc/passwd"]
    {
        let reply = app.anonymous().get(path).await;
        assert!(!reply.text().contains("a secret") && !reply.text().contains("root:"), "{path}");
    }
}

#[tokio::test]
async fn errors_lead_to_a_page_about_them() {
    let app = TestApp::new();
    let problem = app.anonymous().get("/me").await.is(401).json();
    let (page, anchor) = problem["type"].as_str().unwrap().split_once('#').unwrap();
    let page = app.anonymous().get(&format!("/{page}")).await.is(200).text();
    assert!(page.contains(&format!("id=\"{anchor}\"")), "{anchor}");
}
