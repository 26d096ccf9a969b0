//! A stand-in for Meilisearch: it does as much as the engine asks for, and is strict where the real one is. What it
//! answers is held against recorded exchanges in [`crate::exchanges`].

mod documents;
mod filter;
mod http;
mod rank;
mod search;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use serde_json::{Map, Value, json};

pub use http::Fake;

/// One request.
pub struct Asked<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub content_type: &'a str,
    pub bearer: Option<&'a str>,
    pub body: &'a str,
}

pub type Answer = (u16, Value);

#[derive(Default)]
pub struct Index {
    /// As they were set.
    pub settings: Map<String, Value>,
    /// In the order in which they came.
    pub documents: Vec<Map<String, Value>>,
}

/// What it holds, and how it shall behave.
pub struct State {
    pub indexes: BTreeMap<String, Index>,
    tasks: Vec<Value>,
    /// Tasks that were looked at; at the first look they are under way.
    looked_at: Vec<usize>,
    pub key: Option<String>,
    /// Whether the key is one for a single index.
    pub limited: bool,
    pub version: String,
    /// What the next requests that match are answered instead: a part of the path, and the answer.
    pub troubles: VecDeque<(&'static str, Answer)>,
    /// Errors by which the next tasks fail.
    pub failures: VecDeque<(&'static str, &'static str)>,
    /// All that was asked: method, path and body.
    pub log: Vec<(String, String, String)>,
    /// What the real one would not have understood.
    pub strange: Vec<String>,
    /// Fields that a search may have.
    fields: Vec<String>,
}

pub type Shared = Arc<Mutex<State>>;

impl State {
    pub fn new() -> Self {
        Self {
            indexes: BTreeMap::new(),
            tasks: Vec::new(),
            looked_at: Vec::new(),
            key: None,
            limited: false,
            version: "1.50.0".into(),
            troubles: VecDeque::new(),
            failures: VecDeque::new(),
            log: Vec::new(),
            strange: Vec::new(),
            fields: crate::exchanges::search_fields(),
        }
    }

    pub fn answer(&mut self, asked: &Asked<'_>) -> Answer {
        self.log.push((asked.method.to_owned(), asked.path.to_owned(), asked.body.to_owned()));
        if let Some(at) = self.troubles.iter().position(|(part, _)| asked.path.contains(part)) {
            return self.troubles.remove(at).unwrap().1;
        }
        if let Some(refused) = self.refused(asked) {
            return refused;
        }
        let (path, _query) = asked.path.split_once('?').unwrap_or((asked.path, ""));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (asked.method, parts.as_slice()) {
            ("GET", ["health"]) => (200, json!({"status": "available"})),
            ("GET", ["version"]) => {
                (200, json!({"commitSha": "x", "commitDate": "unknown", "pkgVersion": self.version}))
            }
            ("GET", ["indexes"]) => (200, json!({"results": [], "offset": 0, "limit": 20, "total": 0})),
            ("POST", ["indexes"]) => self.create(asked),
            ("GET", ["tasks", task]) => self.task(task),
            (method, ["indexes", index, rest @ ..]) => self.index(asked, method, index, rest),
            _ => self.strange(asked),
        }
    }

    pub fn strange(&mut self, asked: &Asked<'_>) -> Answer {
        self.strange.push(format!("{} {} {}", asked.method, asked.path, asked.body));
        (404, Value::Null)
    }

    fn refused(&self, asked: &Asked<'_>) -> Option<Answer> {
        let key = self.key.as_deref().filter(|_| asked.path != "/health")?;
        match asked.bearer {
            None => Some(error(
                401,
                "missing_authorization_header",
                "The Authorization header is missing. It must use the bearer authorization method.",
            )),
            Some(given) if given != key || (self.limited && asked.path == "/version") => {
                Some(error(403, "invalid_api_key", "The provided API key is invalid."))
            }
            Some(_) => None,
        }
    }

    fn create(&mut self, asked: &Asked<'_>) -> Answer {
        let body: Value = serde_json::from_str(asked.body).unwrap();
        let uid = body["uid"].as_str().unwrap().to_owned();
        assert_eq!(body["primaryKey"], "id");
        let details = json!({"primaryKey": "id"});
        if self.indexes.contains_key(&uid) {
            let message = format!("Index `{uid}` already exists.");
            return self.enqueue(&uid, "indexCreation", details, Err(("index_already_exists", message)));
        }
        self.indexes.insert(uid.clone(), Index::default());
        self.enqueue(&uid, "indexCreation", details, Ok(()))
    }

    fn index(&mut self, asked: &Asked<'_>, method: &str, uid: &str, rest: &[&str]) -> Answer {
        if !self.indexes.contains_key(uid) {
            return error(404, "index_not_found", &format!("Index `{uid}` not found."));
        }
        match (method, rest) {
            ("GET", ["settings"]) => (200, self.indexes[uid].settings()),
            ("PATCH", ["settings"]) => self.set(asked, uid),
            ("GET", ["stats"]) => {
                (200, json!({"numberOfDocuments": self.indexes[uid].documents.len(), "isIndexing": false}))
            }
            ("POST", ["documents"]) => self.take(asked, uid, false),
            ("PUT", ["documents"]) => self.take(asked, uid, true),
            ("POST", ["documents", "delete"]) => self.delete_where(asked, uid),
            ("POST", ["documents", "delete-batch"]) => self.delete_those(asked, uid),
            ("POST", ["search"]) => self.search(asked, uid),
            ("DELETE", []) => {
                self.indexes.remove(uid);
                self.enqueue(uid, "indexDeletion", Value::Null, Ok(()))
            }
            _ => self.strange(asked),
        }
    }

    fn set(&mut self, asked: &Asked<'_>, uid: &str) -> Answer {
        let body: Map<String, Value> = serde_json::from_str(asked.body).unwrap();
        let defaults = defaults();
        for (name, value) in &body {
            if !defaults.as_object().unwrap().contains_key(name) {
                return self.strange(asked);
            }
            if name == "rankingRules" {
                let known = ["words", "typo", "proximity", "attribute", "sort", "exactness"];
                let newer = ["attributeRank", "wordPosition"];
                let is_new = !self.version.starts_with("1.15");
                let is_rule = |rule: &str| {
                    known.contains(&rule)
                        || is_new && newer.contains(&rule)
                        || rule.ends_with([':'])
                        || rule.contains(':')
                };
                if !value.as_array().unwrap().iter().all(|rule| is_rule(rule.as_str().unwrap())) {
                    return error(400, "invalid_settings_ranking_rules", "ranking rule is invalid");
                }
            }
        }
        let index = self.indexes.get_mut(uid).unwrap();
        index.settings.extend(body.clone());
        self.enqueue(uid, "settingsUpdate", Value::Object(body), Ok(()))
    }

    /// What is done is done at once; who asks sees it when they have waited for the task.
    fn enqueue(&mut self, uid: &str, kind: &str, details: Value, end: Result<(), (&str, String)>) -> Answer {
        let at = "2026-11-23T02:14:20.120193225Z";
        let task = self.tasks.len();
        let end = match self.failures.pop_front() {
            Some((code, message)) => Err((code, message.to_owned())),
            None => end,
        };
        let (status, error) = match end {
            Ok(()) => ("succeeded", Value::Null),
            Err((code, message)) => ("failed", error(0, code, &message).1),
        };
        self.tasks.push(json!({
            "uid": task, "batchUid": task, "indexUid": uid, "status": status, "type": kind, "canceledBy": null,
            "details": details, "error": error, "duration": "PT0.008109812S", "enqueuedAt": at, "startedAt": at,
            "finishedAt": at,
        }));
        let task =
            json!({"taskUid": task, "indexUid": uid, "status": "enqueued", "type": kind, "enqueuedAt": at});
        (202, task)
    }

    fn task(&mut self, uid: &str) -> Answer {
        let uid: usize = uid.parse().unwrap();
        let Some(task) = self.tasks.get(uid) else {
            return error(404, "task_not_found", &format!("Task `{uid}` not found."));
        };
        let mut task = task.clone();
        if !self.looked_at.contains(&uid) {
            self.looked_at.push(uid);
            task["status"] = "processing".into();
            task["error"] = Value::Null;
            task["duration"] = Value::Null;
            task["finishedAt"] = Value::Null;
        }
        (200, task)
    }
}

fn defaults() -> Value {
    json!({
        "displayedAttributes": ["*"], "searchableAttributes": ["*"], "filterableAttributes": [],
        "sortableAttributes": [], "stopWords": [], "nonSeparatorTokens": [], "separatorTokens": [], "dictionary": [],
        "rankingRules": ["words", "typo", "proximity", "attributeRank", "sort", "wordPosition", "exactness"],
        "synonyms": {}, "distinctAttribute": null, "proximityPrecision": "byWord",
        "typoTolerance": {
            "enabled": true, "minWordSizeForTypos": {"oneTypo": 5, "twoTypos": 9}, "disableOnWords": [],
            "disableOnAttributes": [], "disableOnNumbers": false
        },
        "faceting": {"maxValuesPerFacet": 100, "sortFacetValuesBy": {"*": "alpha"}},
        "pagination": {"maxTotalHits": 1000}, "embedders": {}, "searchCutoffMs": null, "localizedAttributes": null,
        "facetSearch": true, "prefixSearch": "indexingTime"
    })
}

impl Index {
    /// What was set over what is so by itself.
    pub fn settings(&self) -> Value {
        let mut settings = defaults();
        merge(&mut settings, &Value::Object(self.settings.clone()));
        settings["sortableAttributes"].as_array_mut().unwrap().sort_by_key(|name| name.to_string());
        settings
    }

    pub fn names(&self, setting: &str) -> Vec<String> {
        let settings = self.settings();
        let names = settings[setting].as_array().unwrap();
        names.iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    }
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

pub fn error(status: u16, code: &str, message: &str) -> Answer {
    let kind = match code {
        "missing_authorization_header" | "invalid_api_key" => "auth",
        "internal" | "no_space_left_on_device" => "internal",
        _ => "invalid_request",
    };
    let link = format!("https://docs.meilisearch.com/errors#{code}");
    (status, json!({"message": message, "code": code, "type": kind, "link": link}))
}
