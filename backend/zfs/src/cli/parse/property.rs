//! Properties with their sources.

use std::{borrow::Cow, collections::HashMap};

use serde::Deserialize;

use super::{Malformed, Parsed, rows};
use crate::Property;

/// `zfs get -Hp -o property,source,value all DATASET`. The value is the last column: a user's may hold TABs. One that
/// holds a new line makes this fail; [`properties_json`] reads those.
pub(crate) fn properties(text: &str) -> Parsed<Vec<Property>> {
    let mut properties = Vec::new();
    for row in rows(text, &["name", "source", "value"])? {
        let cell = |column| row.text(column).map(str::to_owned);
        properties.push(Property { name: cell("name")?, value: cell("value")?, source: cell("source")? });
    }
    properties.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(properties)
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    datasets: HashMap<Cow<'a, str>, Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    properties: HashMap<Cow<'a, str>, Value<'a>>,
}

#[derive(Deserialize)]
struct Value<'a> {
    #[serde(borrow)]
    value: Cow<'a, str>,
    #[serde(borrow)]
    source: Source<'a>,
}

#[derive(Deserialize)]
struct Source<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    data: Cow<'a, str>,
}

/// `zfs get -j -p all DATASET`. Not with `--json-int`, which prints guids beyond 63 bits wrong.
pub(crate) fn properties_json(text: &str) -> Parsed<Vec<Property>> {
    let answer: Answer<'_> = serde_json::from_str(text).map_err(|error| Malformed(error.to_string()))?;
    let item = answer.datasets.into_values().next();
    let item = item.ok_or_else(|| Malformed("expected a dataset, found none".into()))?;
    let property = |(name, found): (Cow<'_, str>, Value<'_>)| {
        let source = source(&found.source)?;
        Ok(Property { name: name.into_owned(), value: found.value.into_owned(), source })
    };
    let mut properties = item.properties.into_iter().map(property).collect::<Parsed<Vec<_>>>()?;
    properties.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(properties)
}

/// The same words as in the lines.
fn source(source: &Source<'_>) -> Parsed<String> {
    Ok(match source.kind.as_ref() {
        "NONE" => "-".to_owned(),
        "INHERITED" => format!("inherited from {}", source.data),
        "DEFAULT" | "LOCAL" | "RECEIVED" | "TEMPORARY" => source.kind.to_ascii_lowercase(),
        other => return Err(Malformed(format!("a source is {other:?}"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_hold_tabs() {
        let found = properties("org.nasman:x\tlocal\ta\tb\natime\tdefault\ton\n").unwrap();
        let names: Vec<_> = found.iter().map(|property| property.name.as_str()).collect();
        assert_eq!(names, ["atime", "org.nasman:x"]);
        assert_eq!((found[1].value.as_str(), found[1].source.as_str()), ("a\tb", "local"));
        assert!(properties("atime\tdefault\n").is_err());
    }

    #[test]
    fn json_has_the_same_words() {
        let text = r#"{"datasets":{"t/x":{"name":"t/x","properties":{
            "a":{"value":"1","source":{"type":"NONE","data":"-"}},
            "b":{"value":"x\ny","source":{"type":"LOCAL","data":"-"}},
            "c":{"value":"/t/x","source":{"type":"INHERITED","data":"t"}}}}}}"#;
        let found = properties_json(text).unwrap();
        let seen: Vec<_> = found.iter().map(|p| (p.value.as_str(), p.source.as_str())).collect();
        assert_eq!(seen, [("1", "-"), ("x\ny", "local"), ("/t/x", "inherited from t")]);
        assert!(properties_json(&text.replace("LOCAL", "GUESSED")).is_err());
        assert!(properties_json(r#"{"datasets":{}}"#).is_err());
    }
}
