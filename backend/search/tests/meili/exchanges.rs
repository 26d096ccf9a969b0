//! What a real server was asked and answered, and whether the stand-in answers the same.

use serde::Deserialize;
use serde_json::Value;

use crate::fake::{Asked, State};

#[derive(Deserialize)]
struct Exchange {
    what: String,
    method: String,
    path: String,
    content_type: String,
    request: Value,
    status: u16,
    response: Value,
}

fn exchanges() -> Vec<Exchange> {
    let lines = include_str!("exchanges.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The fields of a search, as the real one lists them when it is given another.
pub fn search_fields() -> Vec<String> {
    let exchange = exchanges().into_iter().find(|exchange| exchange.what == "unknown parameter").unwrap();
    let message = exchange.response["message"].as_str().unwrap().to_owned();
    let fields = message.split('`').skip(3).step_by(2);
    fields.map(str::to_owned).collect()
}

/// What of an answer does not depend on clocks and places.
fn essence(response: &Value) -> Value {
    let ids = |hits: &Value| {
        hits.as_array().map(|hits| hits.iter().map(|hit| hit["id"].clone()).collect::<Value>())
    };
    let mut essence = response.clone();
    let Some(fields) = essence.as_object_mut() else { return essence };
    if let Some(hits) = fields.get_mut("hits") {
        *hits = ids(hits).unwrap();
    }
    for changing in
        ["requestUid", "processingTimeMs", "duration", "enqueuedAt", "startedAt", "finishedAt", "link"]
    {
        fields.remove(changing);
    }
    // Messages are for people; codes are what is looked at.
    if fields.contains_key("code") {
        fields.remove("message");
    }
    if fields.get("error").is_some_and(Value::is_object) {
        let code = fields["error"]["code"].clone();
        fields.insert("error".into(), code);
    }
    if fields.get("type").is_some_and(|kind| kind != "documentAdditionOrUpdate") {
        fields.remove("details");
    }
    if fields.contains_key("numberOfDocuments") {
        fields.retain(|name, _| name == "numberOfDocuments" || name == "isIndexing");
    }
    essence
}

#[test]
fn the_stand_in_answers_as_the_real_one_did() {
    let mut state = State::new();
    for Exchange { what, method, path, content_type, request, status, response } in exchanges() {
        let body = match &request {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        state.key = matches!(what.as_str(), "no key" | "wrong key").then(|| "right".to_owned());
        let bearer = (what == "wrong key").then_some("wrong");
        let asked = Asked { method: &method, path: &path, content_type: &content_type, bearer, body: &body };
        if what == "a finished task" {
            assert_eq!(state.answer(&asked).1["status"], "processing");
        }
        let answer = state.answer(&asked);
        assert_eq!(answer.0, status, "{what}: {}", answer.1);
        assert_eq!(essence(&answer.1), essence(&response), "{what}");
    }
    assert!(state.strange.is_empty(), "{:?}", state.strange);
}
