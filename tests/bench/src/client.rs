//! Asks a server as scripts do: JSON over HTTP with a bearer token, gzip accepted as browsers accept it.

use std::{io::Read as _, time::Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use ureq::{Agent, Body, http::Response};

use crate::downloads::drained;

/// One client, with connections of its own that stay open.
pub struct Client {
    agent: Agent,
    api: String,
    token: String,
}

impl Client {
    /// Signs the administrator in and makes a token, which, unlike a session, lasts for the longest measurement.
    pub fn sign_in(server: &str, password: &str) -> Result<Self> {
        let client = Self { agent: agent(), api: format!("{server}/api/v1"), token: String::new() };
        let body = json!({"name": "admin", "password": password}).to_string();
        let session = client
            .agent
            .post(format!("{}/session", client.api))
            .content_type("application/json")
            .send(body)?;
        let cookie = session.headers().get("set-cookie").context("signing in gave no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let made = client
            .agent
            .post(format!("{}/tokens", client.api))
            .header("cookie", cookie)
            .header("x-requested-with", "nasman-bench")
            .content_type("application/json")
            .send(json!({"name": "bench", "role": "admin"}).to_string())?;
        let token = parse(&read(made)?)?["secret"].as_str().context("the token has no secret")?.to_owned();
        Ok(Self { token: format!("Bearer {token}"), ..client })
    }

    /// Another client of the same server.
    pub fn another(&self) -> Self {
        Self { agent: agent(), api: self.api.clone(), token: self.token.clone() }
    }

    /// Asks, and tells how many seconds it took until the answer's last byte was there.
    pub fn timed(&self, path: &str) -> Result<(f64, Vec<u8>)> {
        let began = Instant::now();
        let response =
            self.agent.get(format!("{}{path}", self.api)).header("authorization", &self.token).call()?;
        let bytes = read(response)?;
        Ok((began.elapsed().as_secs_f64(), bytes))
    }

    /// Asks, and tells how many bytes the answer has; they are thrown away as they come.
    pub fn drained(&self, path: &str) -> Result<u64> {
        let request = self.agent.get(format!("{}{path}", self.api)).header("authorization", &self.token);
        let response = request.call()?;
        if !response.status().is_success() {
            bail!("{path}: {}", response.status());
        }
        drained(response.into_body().into_reader())
    }

    /// The answer.
    pub fn get(&self, path: &str) -> Result<Value> {
        parse(&self.timed(path)?.1)
    }

    /// Asks for something to be done.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.agent.post(format!("{}{path}", self.api)).header("authorization", &self.token);
        parse(&read(request.content_type("application/json").send(body.to_string())?)?)
    }
}

fn agent() -> Agent {
    // Refusals come with a text that says why: not thrown away, but told by `read`.
    Agent::config_builder().http_status_as_error(false).build().into()
}

fn read(response: Response<Body>) -> Result<Vec<u8>> {
    let status = response.status();
    let mut bytes = Vec::new();
    response.into_body().into_reader().read_to_end(&mut bytes)?;
    if !status.is_success() {
        bail!("{status}: {}", String::from_utf8_lossy(&bytes));
    }
    Ok(bytes)
}

/// Reads an answer.
pub fn parse(bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes).context("the answer is not JSON")
}
