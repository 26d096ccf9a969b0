//! A client of the server's API.

use reqwest::{Method, Response};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use crate::server::wait_for;

pub(super) struct Client {
    runtime: Runtime,
    http: reqwest::Client,
    base: String,
    secret: String,
}

impl Client {
    pub(super) fn new(address: &str, secret: &str) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { runtime, http, base: format!("{address}/api/v1"), secret: secret.to_owned() }
    }

    fn send(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        self.runtime.block_on(async {
            let request = self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.secret);
            let request = match body {
                Some(body) => request.json(body),
                None => request,
            };
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let text = response.text().await.unwrap();
            (status, serde_json::from_str(&text).unwrap_or_default())
        })
    }

    pub(super) fn get(&self, path: &str) -> Value {
        let (status, answer) = self.send(Method::GET, path, None);
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(Method::POST, path, Some(body))
    }

    pub(super) fn delete(&self, path: &str) -> (u16, Value) {
        self.send(Method::DELETE, path, None)
    }

    pub(super) fn plan(&self, request: &Value) -> Value {
        let (status, plan) = self.post("/restores/plan", request);
        assert_eq!(status, 200, "{plan}");
        plan
    }

    /// Asks for a restore; its job.
    pub(super) fn begin(&self, request: &Value) -> String {
        let (status, job) = self.post("/restores", request);
        assert_eq!(status, 202, "{job}");
        job["id"].as_str().unwrap().to_owned()
    }

    /// Asks for it to be undone; the job that does.
    pub(super) fn begin_undo(&self, restore: &str) -> String {
        let (status, job) = self.post(&format!("/restores/{restore}/undo"), &Value::Null);
        assert_eq!(status, 202, "{job}");
        job["id"].as_str().unwrap().to_owned()
    }

    /// The job, once it has ended.
    pub(super) fn ended(&self, job: &str) -> Value {
        let mut found = Value::Null;
        wait_for("the job's end", || {
            found = self.get(&format!("/jobs/{job}"));
            !matches!(found["state"].as_str(), Some("enqueued" | "processing"))
        });
        found
    }

    pub(super) fn restore(&self, request: &Value) -> Value {
        self.ended(&self.begin(request))
    }

    pub(super) fn undo(&self, restore: &Value) -> Value {
        self.ended(&self.begin_undo(restore["id"].as_str().unwrap()))
    }

    /// An answer of which nothing but the head was read.
    pub(super) fn open(&self, address: &str) -> Response {
        let (base, _) = self.base.split_once("/api/").unwrap();
        let request = self.http.get(format!("{base}{address}")).bearer_auth(&self.secret);
        let response = self.runtime.block_on(request.send()).unwrap();
        assert_eq!(response.status(), 200);
        response
    }

    /// Some more bytes of it; none at its end.
    pub(super) fn more(&self, response: &mut Response) -> Option<Vec<u8>> {
        self.runtime.block_on(response.chunk()).unwrap().map(|bytes| bytes.to_vec())
    }
}
