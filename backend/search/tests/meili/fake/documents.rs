//! Documents that come and go.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::{Answer, Asked, State, error, filter};

impl State {
    pub(super) fn take(&mut self, asked: &Asked<'_>, uid: &str, partly: bool) -> Answer {
        let documents = match read(asked) {
            Ok(documents) => documents,
            Err(answer) => return answer,
        };
        let counted =
            |indexed: usize| json!({"receivedDocuments": documents.len(), "indexedDocuments": indexed});
        if let Some(failure) = documents.iter().find_map(unfit) {
            return self.enqueue(uid, "documentAdditionOrUpdate", counted(0), Err(failure));
        }
        let details = counted(documents.len());
        if self.failures.is_empty() {
            let stored = &mut self.indexes.get_mut(uid).unwrap().documents;
            let id = |document: &Map<String, Value>| document["id"].as_str().unwrap().to_owned();
            let mut places: HashMap<_, _> = stored.iter().map(id).zip(0..).collect();
            for document in documents {
                let place = *places.entry(id(&document)).or_insert(stored.len());
                match stored.get_mut(place) {
                    Some(known) if partly => known.extend(document),
                    Some(known) => *known = document,
                    None => stored.push(document),
                }
            }
        }
        self.enqueue(uid, "documentAdditionOrUpdate", details, Ok(()))
    }

    pub(super) fn delete_where(&mut self, asked: &Asked<'_>, uid: &str) -> Answer {
        let body: Map<String, Value> = serde_json::from_str(asked.body).unwrap();
        assert_eq!(body.keys().collect::<Vec<_>>(), ["filter"]);
        let text = body["filter"].as_str().unwrap();
        let index = self.indexes.get_mut(uid).unwrap();
        let condition = match filter::parse(text, &index.names("filterableAttributes"), &self.version) {
            Ok(condition) => condition,
            Err(message) => return error(400, "invalid_document_filter", &message),
        };
        let before = index.documents.len();
        if self.failures.is_empty() {
            index.documents.retain(|document| !condition.holds(document));
        }
        let gone = before - index.documents.len();
        let details = json!({"providedIds": 0, "deletedDocuments": gone, "originalFilter": Value::from(text).to_string()});
        self.enqueue(uid, "documentDeletion", details, Ok(()))
    }

    pub(super) fn delete_those(&mut self, asked: &Asked<'_>, uid: &str) -> Answer {
        let ids: Vec<Value> = serde_json::from_str(asked.body).unwrap();
        let documents = &mut self.indexes.get_mut(uid).unwrap().documents;
        documents.retain(|document| !ids.contains(&document["id"]));
        self.enqueue(uid, "documentDeletion", Value::Null, Ok(()))
    }
}

fn read(asked: &Asked<'_>) -> Result<Vec<Map<String, Value>>, Answer> {
    let malformed = |failure: serde_json::Error| error(400, "malformed_payload", &failure.to_string());
    match asked.content_type {
        "application/json" => serde_json::from_str(asked.body).map_err(malformed),
        "application/x-ndjson" => {
            asked.body.lines().map(|line| serde_json::from_str(line).map_err(malformed)).collect()
        }
        other => Err(error(415, "invalid_content_type", &format!("The Content-Type `{other}` is invalid."))),
    }
}

fn unfit(document: &Map<String, Value>) -> Option<(&'static str, String)> {
    let Some(id) = document.get("id") else {
        return Some((
            "missing_document_id",
            format!("Document doesn't have a `id` attribute: `{document:?}`."),
        ));
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let fits = id.as_str().is_some_and(|id| id.len() <= 511 && !id.is_empty() && id.chars().all(is_plain));
    (!fits).then(|| ("invalid_document_id", format!("Document identifier `{id}` is invalid.")))
}
