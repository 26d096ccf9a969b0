//! Query strings, read as bytes.
//!
//! The usual extractor replaces what is not UTF-8 before anybody sees it. Paths need every byte, so values
//! are decoded once into text where they are text, and a path's value is itself percent-encoded text
//! ([`nasman_core::RelPath::decode`]): a client passes on the `path` it was given, encoded like any other value. A raw
//! byte beyond UTF-8 in the query is put back into its percent-encoded form, so both ways lead to the same file.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode, percent_encode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::{ApiError, Code};

/// A query string as `T`, all of whose fields are text, numbers or flags. Unknown fields are refused by name
/// (`#[serde(deny_unknown_fields)]` on `T`).
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map(Self))
    }
}

fn parse<T: DeserializeOwned>(query: &str) -> Result<T, ApiError> {
    let mut fields = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name);
        if fields.insert(name.clone(), Value::String(decode(value))).is_some() {
            return Err(ApiError::field(Code::InvalidRequest, &name, "is given twice"));
        }
    }
    serde_path_to_error::deserialize(Value::Object(fields)).map_err(|error| ApiError::refused("query", error))
}

/// `+` is a space, as browsers send it.
fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    let bytes: Vec<u8> = percent_decode(spaced.as_bytes()).collect();
    let mut decoded = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        decoded.extend(percent_encode(chunk.invalid(), NON_ALPHANUMERIC));
    }
    decoded
}

/// For `#[serde(deserialize_with)]`: a whole number, written as text.
///
/// # Errors
/// When it is none.
pub fn number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    use serde::{Deserialize as _, de::Error as _};
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(|_| D::Error::custom(format!("'{text}' is no whole number")))
}

/// For `#[serde(deserialize_with)]`: `true` or `false`; a name without a value means `true`.
///
/// # Errors
/// When it is something else.
pub fn flag<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    use serde::{Deserialize as _, de::Error as _};
    match String::deserialize(deserializer)?.as_str() {
        "true" | "" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        other => Err(D::Error::custom(format!("'{other}' is neither true nor false"))),
    }
}

#[cfg(test)]
mod tests {
    use nasman_core::RelPath;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Fields {
        #[serde(default)]
        path: RelPath,
        #[serde(default, deserialize_with = "number")]
        limit: Option<u32>,
        #[serde(default, deserialize_with = "flag")]
        download: bool,
    }

    #[test]
    fn every_byte_of_a_path_arrives() {
        let bytes = |query: &str| parse::<Fields>(query).unwrap().path.as_bytes().to_vec();
        assert_eq!(bytes("path=a%2Fb+c"), b"a/b c");
        // As the API gave it (r%E9sum.txt), encoded once more by a client's URL library.
        assert_eq!(bytes("path=r%25E9sum.txt"), b"r\xe9sum.txt");
        // As somebody types it, raw bytes encoded once.
        assert_eq!(bytes("path=r%E9sum.txt"), b"r\xe9sum.txt");
        assert_eq!(bytes("path=r%C3%A9sum.txt"), "résum.txt".as_bytes());
        assert_eq!(bytes("path=a%250Ab"), b"a\nb");
        assert_eq!(bytes(""), b"");
    }

    #[test]
    fn wrong_fields_are_named() {
        let detail = |query: &str| parse::<Fields>(query).unwrap_err().detail;
        let error = parse::<Fields>("path=a%2F..").unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), (Code::InvalidPath, Some("path")));
        assert_eq!(parse::<Fields>("limit=x").unwrap_err().field.as_deref(), Some("limit"));
        assert!(detail("colour=red").contains("colour"));
        assert!(detail("limit=many").contains("many"));
        assert!(detail("path=..%2Fx").contains(".."));
        assert!(detail("path=a&path=b").contains("path"));
        let fields = parse::<Fields>("limit=5&download").unwrap();
        assert_eq!((fields.limit, fields.download), (Some(5), true));
    }
}
