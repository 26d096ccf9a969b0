//! An answer, and what holds for every one of them.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer of the server.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Method and address, for messages.
    pub asked: String,
}

impl Reply {
    /// Reads an answer, and checks what every answer must be.
    pub async fn read(asked: String, response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect("the whole body").to_vec();
        let reply = Self { status, headers, body, asked };
        reply.check();
        reply
    }

    fn check(&self) {
        let what = format!("{}: {} {}", self.asked, self.status, self.text());
        assert_ne!(self.status, 500, "{what}");
        let id = self.header("x-request-id").unwrap_or_else(|| panic!("no request id: {what}"));
        for name in
            ["x-content-type-options", "x-frame-options", "content-security-policy", "referrer-policy"]
        {
            assert!(self.header(name).is_some(), "no {name}: {what}");
        }
        if self.status >= 400 && !self.asked.starts_with("HEAD") {
            assert_eq!(self.header("content-type"), Some("application/problem+json"), "{what}");
            let problem = self.json();
            assert_eq!(problem["status"], self.status, "{what}");
            assert_eq!(problem["request_id"], id, "{what}");
            for field in ["code", "title", "detail", "type"] {
                assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "no {field}: {what}");
            }
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{}: {e}: {}", self.asked, self.text()))
    }

    /// This status, or the test ends.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.text());
        self
    }

    /// The JSON of a 200.
    #[track_caller]
    pub fn ok(self) -> Value {
        self.is(200).json()
    }

    /// Refused with this code; answers its `detail`.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> String {
        let reply = self.is(status);
        let problem = reply.json();
        assert_eq!(problem["code"], code, "{}: {problem}", reply.asked);
        problem["detail"].as_str().unwrap_or_default().to_owned()
    }
}
