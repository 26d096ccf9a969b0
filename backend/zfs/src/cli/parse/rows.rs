//! Rows with named columns, from TAB-separated lines or from JSON.

use std::{borrow::Cow, collections::HashMap, fmt::Display, str::FromStr};

use jiff::Timestamp;
use serde::Deserialize;

use super::{Malformed, Parsed};

/// The columns asked for, in that order. Free text (a mountpoint, a value) must be the last.
pub(crate) type Columns = [&'static str];

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row<'a> {
    columns: &'a Columns,
    cells: Vec<Cow<'a, str>>,
}

/// `zfs|zpool … -Hp -o COLUMNS`: a line each, columns split by TAB. Names hold no TAB; the last column may.
pub(crate) fn rows<'a>(text: &'a str, columns: &'a Columns) -> Parsed<Vec<Row<'a>>> {
    let mut rows = Vec::new();
    for line in text.lines() {
        let cells: Vec<_> = line.splitn(columns.len(), '\t').map(Cow::Borrowed).collect();
        if cells.len() != columns.len() {
            let found = cells.len();
            return Err(Malformed(format!("expected {} columns, found {found} in {line:?}", columns.len())));
        }
        rows.push(Row { columns, cells });
    }
    Ok(rows)
}

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow)]
    datasets: HashMap<Cow<'a, str>, Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    properties: HashMap<Cow<'a, str>, Value<'a>>,
}

#[derive(Deserialize)]
struct Value<'a> {
    #[serde(borrow)]
    value: Cow<'a, str>,
}

/// `zfs list -j -p -o COLUMNS`: values are the texts that `-Hp` prints, but nothing in them can break a line.
///
/// Not with `--json-int`: that prints guids beyond 63 bits as 9223372036854775807 (seen in 2.3.9).
pub(crate) fn rows_json<'a>(text: &'a str, columns: &'a Columns) -> Parsed<Vec<Row<'a>>> {
    let list: List<'_> = serde_json::from_str(text).map_err(|error| Malformed(error.to_string()))?;
    let mut rows = Vec::with_capacity(list.datasets.len());
    for mut item in list.datasets.into_values() {
        let mut cell = |column: &'static str| match item.properties.remove(column) {
            Some(found) => Ok(found.value),
            None if column == "name" => Ok(item.name.clone()),
            None => Err(Malformed(format!("{} has no {column}", item.name))),
        };
        let cells = columns.iter().map(|column| cell(column)).collect::<Parsed<_>>()?;
        rows.push(Row { columns, cells });
    }
    rows.sort_by(|a, b| a.cells.cmp(&b.cells));
    Ok(rows)
}

impl Row<'_> {
    /// The text in a column.
    pub(crate) fn text(&self, column: &'static str) -> Parsed<&str> {
        let position = self.columns.iter().position(|name| *name == column);
        let cell = position.and_then(|position| self.cells.get(position));
        cell.map(AsRef::as_ref).ok_or_else(|| Malformed(format!("the column {column} was not asked for")))
    }

    /// The text, unless ZFS has none (`-`), or the column was not asked for.
    pub(crate) fn some(&self, column: &'static str) -> Option<&str> {
        self.text(column).ok().filter(|text| !matches!(*text, "-" | ""))
    }

    /// The value in a column.
    pub(crate) fn value<T: FromStr<Err: Display>>(&self, column: &'static str) -> Parsed<T> {
        let text = self.text(column)?;
        text.parse().map_err(|error| Malformed(format!("{column} is {text:?}: {error}")))
    }

    /// The value, unless ZFS has none.
    pub(crate) fn optional<T: FromStr<Err: Display>>(&self, column: &'static str) -> Parsed<Option<T>> {
        self.some(column).map(|_| self.value(column)).transpose()
    }

    /// The instant in a column of seconds since 1970.
    pub(crate) fn time(&self, column: &'static str) -> Parsed<Timestamp> {
        let seconds = self.value(column)?;
        Timestamp::from_second(seconds).map_err(|error| Malformed(format!("{column} is {seconds}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &Columns = &["name", "guid", "mountpoint"];

    #[test]
    fn the_last_column_may_hold_anything_but_a_new_line() {
        let rows = rows("tank/a b\t7\t/srv/x\ty\n", COLUMNS).unwrap();
        assert_eq!(rows[0].text("name").unwrap(), "tank/a b");
        assert_eq!(rows[0].value::<u64>("guid").unwrap(), 7);
        assert_eq!(rows[0].text("mountpoint").unwrap(), "/srv/x\ty");
    }

    #[test]
    fn too_few_columns() {
        let Malformed(why) = rows("tank\t7\t/tank\ntank/x\t8\n", COLUMNS).unwrap_err();
        assert!(why.contains("expected 3 columns, found 2"), "{why}");
        assert!(rows("\n", COLUMNS).is_err());
        assert_eq!(rows("", COLUMNS).unwrap().len(), 0);
    }

    #[test]
    fn values_that_are_none() {
        for bad in ["", "-", "x", "-1", "18446744073709551616"] {
            let line = format!("tank\t{bad}\t/tank\n");
            assert!(rows(&line, COLUMNS).unwrap()[0].value::<u64>("guid").is_err(), "{bad}");
        }
        let line = "tank\t-\t/tank\n";
        assert_eq!(rows(line, COLUMNS).unwrap()[0].optional::<u64>("guid").unwrap(), None);
        let line = "tank\t99999999999999\t/tank\n";
        assert!(rows(line, COLUMNS).unwrap()[0].time("guid").is_err());
    }

    #[test]
    fn json_holds_what_lines_can_not() {
        let text = r#"{"output_version":{},"datasets":{"tank":{"name":"tank","type":"FILESYSTEM","properties":
            {"guid":{"value":"18446744073709551615","source":{"type":"NONE","data":"-"}},
             "mountpoint":{"value":"/a\nb\tc","source":{"type":"LOCAL","data":"-"}}}}}}"#;
        let rows = rows_json(text, COLUMNS).unwrap();
        assert_eq!(rows[0].value::<u64>("guid").unwrap(), u64::MAX);
        assert_eq!(rows[0].text("mountpoint").unwrap(), "/a\nb\tc");
    }

    #[test]
    fn json_that_is_not_as_documented() {
        for bad in
            ["", "{}", "[]", r#"{"datasets":[]}"#, r#"{"datasets":{"t":{"name":"t","properties":{}}}}"#]
        {
            assert!(rows_json(bad, COLUMNS).is_err(), "{bad}");
        }
    }
}
