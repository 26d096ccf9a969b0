//! Takes settings out of a TOML table and the environment, one by one, and remembers every problem.

use std::{collections::BTreeMap, str::FromStr, time::Duration};

use toml::{Table, Value};

use super::ConfigError;

pub(super) struct Reader {
    table: Table,
    env: BTreeMap<String, String>,
    known: Vec<(&'static str, &'static str)>,
    problems: Vec<String>,
}

impl Reader {
    /// # Errors
    /// When the text is not TOML: with the place.
    pub(super) fn new(
        text: &str,
        mut env: BTreeMap<String, String>,
        other_variables: &[&str],
    ) -> Result<Self, ConfigError> {
        let table = text.parse::<Table>().map_err(|e| ConfigError(vec![e.to_string()]))?;
        env.retain(|name, _| name.starts_with("NASMAN_") && !other_variables.contains(&name.as_str()));
        Ok(Self { table, env, known: Vec::new(), problems: Vec::new() })
    }

    /// The setting, or the default when it is absent or wrong (which is remembered).
    pub(super) fn get<T: FromStr>(
        &mut self,
        section: &'static str,
        key: &'static str,
        expected: &str,
        default: impl FnOnce() -> T,
    ) -> T {
        self.get_optional(section, key, expected).unwrap_or_else(default)
    }

    /// The setting, absent when it is not set or wrong (which is remembered).
    pub(super) fn get_optional<T: FromStr>(
        &mut self,
        section: &'static str,
        key: &'static str,
        expected: &str,
    ) -> Option<T> {
        self.known.push((section, key));
        let from_file = self.take(section, key);
        let (place, text) = match self.env.remove(&variable(section, key)) {
            Some(text) => (variable(section, key), text),
            None => (format!("{section}.{key}"), from_file?),
        };
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.problems.push(format!("{place}: '{text}' is not {expected}"));
        }
        parsed
    }

    fn take(&mut self, section: &str, key: &str) -> Option<String> {
        as_text(self.table.get_mut(section)?.as_table_mut()?.remove(key)?)
    }

    /// # Errors
    /// When anything was wrong, what nobody asked for included.
    pub(super) fn finish(mut self) -> Result<(), ConfigError> {
        let mut left: Vec<String> = Vec::new();
        for (section, value) in &self.table {
            match value {
                Value::Table(table) => left.extend(table.keys().map(|key| format!("{section}.{key}"))),
                _ => left.push(section.clone()),
            }
        }
        let settings: Vec<String> = self.known.iter().map(|(s, k)| format!("{s}.{k}")).collect();
        let variables: Vec<String> = self.known.iter().map(|(s, k)| variable(s, k)).collect();
        self.problems.extend(left.iter().map(|name| unknown(name, &settings)));
        self.problems.extend(self.env.keys().map(|name| unknown(name, &variables)));
        if self.problems.is_empty() { Ok(()) } else { Err(ConfigError(self.problems)) }
    }
}

fn variable(section: &str, key: &str) -> String {
    format!("NASMAN_{section}_{key}").to_uppercase()
}

/// Every setting has a text form, so that the file and the environment are read by the same code.
fn as_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Array(items) => {
            items.into_iter().map(as_text).collect::<Option<Vec<_>>>().map(|t| t.join(","))
        }
        other => Some(other.to_string()),
    }
}

fn unknown(name: &str, known: &[String]) -> String {
    let near = known.iter().map(|k| (distance(name, k), k)).min();
    match near {
        Some((steps, near)) if steps <= 3 => format!("{name}: no such setting; did you mean {near}?"),
        _ => format!("{name}: no such setting; known are {}", known.join(", ")),
    }
}

/// Levenshtein's edit distance, with one row kept.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// A list: comma separated in the environment.
pub(super) struct Many<T>(pub(super) Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: FromStr> FromStr for Many<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        text.split(',')
            .map(str::trim)
            .filter(|t| !t.is_empty())
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

/// A span of at least one second.
pub(super) struct Seconds(pub(super) u64);

impl Seconds {
    pub(super) const fn duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

impl FromStr for Seconds {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.parse().ok().filter(|&n| n > 0).map(Self).ok_or(())
    }
}
