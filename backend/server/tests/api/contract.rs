//! The contract that is checked in is the one that is served.

use serde_json::Value;

use crate::support::TestApp;

const CHECKED_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/nasman.json");

#[test]
fn the_document_checked_in_is_the_servers() {
    let file = std::fs::read_to_string(CHECKED_IN).unwrap();
    let now = nasman::routes::openapi::document().unwrap();
    assert!(file == now, "openapi/nasman.json is stale: run `make openapi` and commit what it changes");
}

#[tokio::test]
async fn the_document_served_is_the_same() {
    let app = TestApp::new();
    let served = app.anonymous().get("//openapi.json").await.ok();
    let printed: Value = serde_json::from_str(&nasman::routes::openapi::document().unwrap()).unwrap();
    assert_eq!(served, printed);
}

#[test]
fn every_error_an_operation_names_is_in_the_table() {
    let document: Value = serde_json::from_str(&nasman::routes::openapi::document().unwrap()).unwrap();
    let known: Vec<_> = nasman::http::error::Code::ALL.iter().map(|c| (c.as_str(), c.status())).collect();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|p| p.as_object().unwrap().values());
    let mut named = 0;
    for response in operations.flat_map(|operation| operation["responses"].as_object().unwrap()) {
        let (status, description) =
            (response.0.parse::<u16>().unwrap(), response.1["description"].as_str().unwrap());
        for word in description.split('`').skip(1).step_by(2).filter(|_| status >= 400) {
            if word != "Retry-After" {
                assert!(known.contains(&(word, status)), "{word} is no code with the status {status}");
                named += 1;
            }
        }
    }
    assert!(named > 30, "only {named} codes were found in the document");
}
