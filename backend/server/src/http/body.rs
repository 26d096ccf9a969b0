//! JSON bodies, whose wrong fields are refused by name.

use actix_web::{FromRequest, HttpMessage as _, HttpRequest, dev::Payload, http::StatusCode, web};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::error::{ApiError, ApiResult, Code};

/// A request's body as `T`. Unknown fields are refused by name (`#[serde(deny_unknown_fields)]` on `T`).
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, ApiResult<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = request.content_type().eq_ignore_ascii_case("application/json");
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            if !json {
                let detail = "the body must be JSON, with 'Content-Type: application/json'";
                return Err(ApiError::new(Code::InvalidRequest, detail));
            }
            parse(&bytes.await.map_err(|error| unreadable(&error))?).map(Self)
        })
    }
}

fn unreadable(error: &actix_web::Error) -> ApiError {
    let code = match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
        _ => Code::InvalidRequest,
    };
    ApiError::new(code, format!("in the body: {error}"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> ApiResult<T> {
    // Left to itself, the library takes a list for the fields in their order.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(ApiError::new(Code::InvalidRequest, "in the body: a list, where an object is needed"));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value =
        serde_path_to_error::deserialize(&mut json).map_err(|error| ApiError::refused("body", error))?;
    json.end().map_err(|error| ApiError::new(Code::InvalidRequest, format!("in the body: {error}")))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use nasman_core::{DatasetName, RelPath};
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by serde")]
    struct Place {
        dataset: DatasetName,
        paths: Vec<RelPath>,
        #[serde(default)]
        number: u8,
    }

    fn refused(body: &str) -> (Code, Option<String>) {
        let error = parse::<Place>(body.as_bytes()).unwrap_err();
        (error.code, error.field)
    }

    #[test]
    fn what_is_wrong_is_named() {
        let field = |name: &str| Some(name.to_owned());
        assert_eq!(refused(r#"{"dataset": "a@b", "paths": []}"#), (Code::InvalidName, field("dataset")));
        assert_eq!(
            refused(r#"{"dataset": "a", "paths": ["x", "../y"]}"#),
            (Code::InvalidPath, field("paths[1]"))
        );
        assert_eq!(
            refused(r#"{"dataset": "a", "paths": [], "number": "1"}"#),
            (Code::InvalidRequest, field("number"))
        );
        assert_eq!(refused(r#"{"colour": 1}"#), (Code::InvalidRequest, field("colour")));
        assert_eq!(refused(r#"{"dataset": "a"}"#), (Code::InvalidRequest, None));
        assert_eq!(refused(r#"{"dataset": "a", "paths": []} x"#), (Code::InvalidRequest, None));
        assert_eq!(refused(r#"{"dataset": "a", "#), (Code::InvalidRequest, None));
        assert_eq!(refused(r#"["a", []]"#), (Code::InvalidRequest, None));
        assert_eq!(refused(r#"{"dataset": "a"#), (Code::InvalidRequest, field("dataset")));
    }
}
