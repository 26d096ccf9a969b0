//! Meilisearch's filter expressions, as text.

use std::{fmt::Display, ops::Bound};

/// Text as a value: in quotes, what would end them escaped.
pub(super) fn quoted(text: &str) -> String {
    let mut value = String::with_capacity(text.len() + 2);
    value.push('\'');
    for c in text.chars() {
        if matches!(c, '\'' | '\\') {
            value.push('\\');
        }
        value.push(c);
    }
    value.push('\'');
    value
}

/// The field is this text.
pub(super) fn is(field: &str, text: &str) -> String {
    format!("{field} = {}", quoted(text))
}

/// The field is one of these texts.
pub(super) fn one_of<T: AsRef<str>>(field: &str, texts: impl IntoIterator<Item = T>) -> String {
    numbers(field, texts.into_iter().map(|text| quoted(text.as_ref())))
}

/// The field is one of these numbers.
pub(super) fn numbers<T: Display>(field: &str, numbers: impl IntoIterator<Item = T>) -> String {
    let numbers: Vec<_> = numbers.into_iter().map(|number| number.to_string()).collect();
    format!("{field} IN [{}]", numbers.join(", "))
}

/// The field is between these; absent where anything is.
pub(super) fn between<T: Display>(field: &str, from: &Bound<T>, to: &Bound<T>) -> Option<String> {
    let from = match from {
        Bound::Included(from) => Some(format!("{field} >= {from}")),
        Bound::Excluded(from) => Some(format!("{field} > {from}")),
        Bound::Unbounded => None,
    };
    let to = match to {
        Bound::Included(to) => Some(format!("{field} <= {to}")),
        Bound::Excluded(to) => Some(format!("{field} < {to}")),
        Bound::Unbounded => None,
    };
    match (from, to) {
        (Some(from), Some(to)) => Some(format!("{from} AND {to}")),
        (one, other) => one.or(other),
    }
}

/// Any of these holds.
pub(super) fn any(conditions: &[String]) -> String {
    let each: Vec<_> = conditions.iter().map(|condition| format!("({condition})")).collect();
    each.join(" OR ")
}

/// All of these hold.
pub(super) fn all(conditions: &[String]) -> String {
    let each: Vec<_> = conditions.iter().map(|condition| format!("({condition})")).collect();
    each.join(" AND ")
}

/// It does not hold.
pub(super) fn not(condition: &str) -> String {
    format!("NOT ({condition})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_values() {
        assert_eq!(is("exact", "it's"), r"exact = 'it\'s'");
        assert_eq!(is("exact", r"a\' OR host = 'b"), r"exact = 'a\\\' OR host = \'b'");
        assert_eq!(one_of("ext", ["a", "b'"]), r"ext IN ['a', 'b\'']");
        assert_eq!(numbers("entry", [1, 2]), "entry IN [1, 2]");
    }

    #[test]
    fn bounds() {
        assert_eq!(
            between("size", &Bound::Included(1), &Bound::Excluded(5)).as_deref(),
            Some("size >= 1 AND size < 5")
        );
        assert_eq!(
            between("modified", &Bound::Excluded(-3), &Bound::Unbounded).as_deref(),
            Some("modified > -3")
        );
        assert_eq!(between::<u64>("size", &Bound::Unbounded, &Bound::Unbounded), None);
    }
}
