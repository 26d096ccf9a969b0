//! Back to text.

use std::{
    fmt::{self, Display, Formatter},
    ops::Bound::{self, Excluded, Included, Unbounded},
};

use super::{Clause, Condition, PathPattern, Query, glob, size, time, token::must_be_quoted};
use crate::Category;

/// A text that is understood as the same, whenever and in whichever zone: dates are printed to the second, in UTC. It
/// may be longer than what was typed.
impl Display for Query {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        for (at, clause) in self.clauses.iter().enumerate() {
            let before = if at == 0 { "" } else { " " };
            write!(to, "{before}{clause}")?;
        }
        // A blank tells that nobody goes on typing.
        let ends = matches!(
            self.clauses.last().map(|clause| &clause.condition),
            Some(Condition::Words { prefix: false, .. })
        );
        to.write_str(if ends { " " } else { "" })
    }
}

impl Display for Clause {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        write!(to, "{}{}", if self.negated { "-" } else { "" }, self.condition)
    }
}

impl Display for Condition {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words { words, .. } => to.write_str(&words.join("_")),
            Self::Phrase(words) => write!(to, "\"{}\"", words.join(" ")),
            Self::Glob(pattern) if is_plain_glob(pattern) => to.write_str(pattern),
            Self::Glob(pattern) => write!(to, "name:{}", quoted(pattern)),
            Self::Extension(all) => write!(to, "ext:{}", all.join(",")),
            Self::Category(all) => {
                let words: Vec<&str> = all.iter().map(|category: &Category| category.word()).collect();
                write!(to, "type:{}", words.join(","))
            }
            Self::Size(from, up_to) => write!(to, "size:{}", bytes(*from, *up_to)),
            Self::Modified(from, up_to) => {
                write!(to, "modified:{}", seconds(*from, *up_to))
            }
            Self::In(place) => write!(to, "in:{}", quoted(place)),
            Self::Path(pattern) => write!(to, "path:{}", quoted(&pattern.to_string())),
            Self::State(state) => write!(to, "is:{}", state.word()),
            Self::At(at) => write!(to, "at:{}", quoted(at)),
            Self::Owner(owner) => write!(to, "owner:{}", quoted(owner)),
        }
    }
}

impl Display for PathPattern {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        let (before, after) = (if self.from_start { "/" } else { "" }, if self.folder { "/" } else { "" });
        write!(to, "{before}{}{after}", self.names.join("/"))
    }
}

/// Whether it can stand without `name:`.
fn is_plain_glob(pattern: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-*?".contains(&byte);
    glob::is_glob(pattern) && !pattern.starts_with('-') && pattern.bytes().all(plain)
}

fn quoted(value: &str) -> String {
    if value.is_empty() || value.contains(must_be_quoted) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}

fn bytes(from: Bound<u64>, up_to: Bound<u64>) -> String {
    let print = |bytes| size::print(u64::try_from(bytes).unwrap_or_default());
    range(from.map(i128::from), up_to.map(i128::from), print, 0)
}

fn seconds(from: Bound<i64>, up_to: Bound<i64>) -> String {
    let print = |second| time::print(i64::try_from(second).unwrap_or_default());
    range(from.map(i128::from), up_to.map(i128::from), print, i64::MIN.into())
}

/// What stands behind the colon. `least` is where a range without bounds begins.
fn range(from: Bound<i128>, up_to: Bound<i128>, print: impl Fn(i128) -> String, least: i128) -> String {
    match (from, up_to) {
        (Unbounded, Unbounded) => format!(">={}", print(least)),
        (Included(from), Unbounded) => format!(">={}", print(from)),
        (Excluded(from), Unbounded) => format!(">{}", print(from)),
        (Unbounded, Included(to)) => format!("<={}", print(to)),
        (Unbounded, Excluded(to)) => format!("<{}", print(to)),
        (Included(from), Included(to)) => format!("{}..{}", print(from), print(to)),
        (Excluded(from), to) => range(Included(from + 1), to, print, least),
        (from, Excluded(to)) => range(from, Included(to - 1), print, least),
    }
}
