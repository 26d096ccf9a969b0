//! How the client library reaches the server: over `ureq`, which blocks. Its futures are therefore complete when they
//! are first looked at, and need no runtime.

use std::{pin::pin, time::Duration};

use async_trait::async_trait;
use futures_util::io::{AsyncRead, AsyncReadExt as _};
use meilisearch_sdk::{
    errors::Error,
    request::{HttpClient, Method, parse_response},
};
use serde::{Serialize, de::DeserializeOwned};
use ureq::{
    Agent,
    http::{HeaderValue, Request, header},
    tls::{RootCerts, TlsConfig},
};

/// How long to try to reach it.
const CONNECT: Duration = Duration::from_secs(3);
/// How long one request may take in all; the largest sends some megabytes.
const REQUEST: Duration = Duration::from_secs(60);
/// The longest answer that is read, in bytes.
const ANSWER: u64 = 256 << 20;

/// The server could not be reached, or broke off.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Away(String);

/// A client with its key.
#[derive(Clone)]
pub(super) struct Http {
    agent: Agent,
    bearer: Option<HeaderValue>,
}

impl Http {
    pub(super) fn new(bearer: Option<HeaderValue>) -> Self {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(REQUEST))
            .max_redirects(0)
            .tls_config(tls)
            .user_agent(concat!("NASMan/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.new_agent(), bearer }
    }

    fn send(
        &self,
        verb: &str,
        url: &str,
        content_type: &str,
        body: Option<Vec<u8>>,
    ) -> Result<(u16, String), Error> {
        let mut request = Request::builder().method(verb).uri(url);
        if let Some(bearer) = &self.bearer {
            request = request.header(header::AUTHORIZATION, bearer);
        }
        let answer = match body {
            Some(body) => {
                let request = request.header(header::CONTENT_TYPE, content_type).body(body);
                self.agent.run(request.map_err(|_| Error::InvalidRequest)?)
            }
            None => self.agent.run(request.body(()).map_err(|_| Error::InvalidRequest)?),
        };
        let mut answer = answer.map_err(|error| away(&error))?;
        let text =
            answer.body_mut().with_config().limit(ANSWER).read_to_string().map_err(|error| away(&error))?;
        Ok((answer.status().as_u16(), text))
    }
}

#[async_trait]
impl HttpClient for Http {
    async fn stream_request<
        Query: Serialize + Send + Sync,
        Body: AsyncRead + Send + Sync + 'static,
        Output: DeserializeOwned + 'static,
    >(
        &self,
        url: &str,
        method: Method<Query, Body>,
        content_type: &str,
        expected_status_code: u16,
    ) -> Result<Output, Error> {
        let verb = verb(&method);
        let url = with_query(url, method.query())?;
        let body = match method.into_body() {
            Some(body) => {
                let mut bytes = Vec::new();
                pin!(body).read_to_end(&mut bytes).await.map_err(|error| Error::Other(Box::new(error)))?;
                Some(bytes)
            }
            None => None,
        };
        let (status, text) = self.send(verb, &url, content_type, body)?;
        let text = if text.is_empty() { "null" } else { &text };
        parse_response(status, expected_status_code, text, url)
    }
}

const fn verb<Q, B>(method: &Method<Q, B>) -> &'static str {
    match method {
        Method::Get { .. } => "GET",
        Method::Post { .. } => "POST",
        Method::Patch { .. } => "PATCH",
        Method::Put { .. } => "PUT",
        Method::Delete { .. } => "DELETE",
    }
}

/// The parameters behind a `?`; their names and values are plain words in all that is asked here.
fn with_query(url: &str, query: &impl Serialize) -> Result<String, Error> {
    let serde_json::Value::Object(query) = serde_json::to_value(query)? else {
        return Ok(url.to_owned());
    };
    let pairs = query.iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_str()?)));
    Ok(format!("{url}?{}", pairs.collect::<Vec<_>>().join("&")))
}

fn away(error: &ureq::Error) -> Error {
    Error::Other(Box::new(Away(error.to_string())))
}
