//! Clients, typed by who calls.

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use super::Reply;

/// How a caller proves who they are.
pub trait Who {
    fn sign(&self, request: RequestBuilder) -> RequestBuilder;
}

/// Nobody.
pub struct Anonymous;

/// A signed-in browser on NASMan's own page.
pub struct Browser {
    pub cookie: String,
}

/// A script with a token.
pub struct Script {
    pub secret: String,
}

impl Who for Anonymous {
    fn sign(&self, request: RequestBuilder) -> RequestBuilder {
        request
    }
}

impl Who for Browser {
    fn sign(&self, request: RequestBuilder) -> RequestBuilder {
        request.header("cookie", &self.cookie).header("x-requested-with", "nasman")
    }
}

impl Who for Script {
    fn sign(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(&self.secret)
    }
}

/// A client of one server.
pub struct Api<W> {
    http: Client,
    base: String,
    pub who: W,
}

impl<W: Who> Api<W> {
    pub fn new(base: &str, who: W) -> Self {
        let http = Client::builder().no_proxy().build().expect("a client");
        Self { http, base: base.to_owned(), who }
    }

    /// A request yet to be sent. `path` is below `/api/v1`, or whole when it begins with two slashes.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let path = path
            .strip_prefix('/')
            .filter(|p| p.starts_with('/'))
            .map_or_else(|| format!("/api/v1{path}"), str::to_owned);
        self.who.sign(self.http.request(method, format!("{}{path}", self.base)))
    }

    pub async fn send(&self, request: RequestBuilder) -> Reply {
        let request = request.build().expect("a request");
        let asked = format!("{} {}", request.method(), request.url());
        Reply::read(asked, self.http.execute(request).await.expect("an answer")).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn head(&self, path: &str) -> Reply {
        self.send(self.request(Method::HEAD, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(Method::PATCH, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// A `GET` with one more header.
    pub async fn get_with(&self, path: &str, name: &str, value: &str) -> Reply {
        self.send(self.request(Method::GET, path).header(name, value)).await
    }

    /// The job, once it has ended.
    pub async fn ended(&self, id: &str) -> Value {
        self.job_when(id, |state| !matches!(state, "enqueued" | "processing")).await
    }

    /// The job, once its state is such.
    pub async fn job_when(&self, id: &str, such: impl Fn(&str) -> bool) -> Value {
        for _ in 0..1000 {
            let job = self.get(&format!("/jobs/{id}")).await.ok();
            if job["state"].as_str().is_some_and(&such) {
                return job;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the job {id} does not get there");
    }
}

impl Api<Anonymous> {
    pub async fn sign_in(&self, name: &str, password: &str) -> Reply {
        self.post("/session", &json!({ "name": name, "password": password })).await
    }
}

/// `path?name=value&…`, each value encoded as any client's library would.
pub fn query(path: &str, fields: &[(&str, &str)]) -> String {
    let encode = |value: &str| percent_encode(value.as_bytes(), NON_ALPHANUMERIC).to_string();
    let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    format!("{path}?{}", pairs.join("&"))
}
