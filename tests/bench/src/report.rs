//! What was measured, as a table and as JSON.

use std::{fmt::Write as _, path::Path};

use anyhow::Result;
use serde::Serialize;

/// One figure.
#[derive(Debug, Serialize)]
pub struct Row {
    name: String,
    value: f64,
    unit: &'static str,
    peer: Option<String>,
    peer_value: Option<f64>,
    /// Value by the peer's value.
    ratio: Option<f64>,
    bound: Option<String>,
    /// True also where there is no bound to hold.
    holds: bool,
}

impl Row {
    /// A figure for information.
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        let name = name.into();
        Self { name, value, unit, peer: None, peer_value: None, ratio: None, bound: None, holds: true }
    }

    /// The same of a peer, measured in the same run.
    pub fn against(mut self, peer: impl Into<String>, value: f64) -> Self {
        self.peer = Some(peer.into());
        self.peer_value = Some(value);
        self.ratio = Some(self.value / value);
        self
    }

    /// The value must not be more.
    pub fn at_most(mut self, bound: f64) -> Self {
        self.bound = Some(format!("<= {} {}", digits(bound), self.unit));
        self.holds = self.value <= bound;
        self
    }

    /// The value must not be less.
    pub fn at_least(mut self, bound: f64) -> Self {
        self.bound = Some(format!(">= {} {}", digits(bound), self.unit));
        self.holds = self.value >= bound;
        self
    }

    /// The value must not be more than so many times the peer's.
    pub fn at_most_times_the_peer(mut self, bound: f64) -> Self {
        self.bound = Some(format!("ratio <= {}", digits(bound)));
        self.holds = self.ratio.is_some_and(|ratio| ratio <= bound);
        self
    }

    /// The value must not be less than this share of the peer's.
    pub fn at_least_times_the_peer(mut self, bound: f64) -> Self {
        self.bound = Some(format!("ratio >= {}", digits(bound)));
        self.holds = self.ratio.is_some_and(|ratio| ratio >= bound);
        self
    }

    fn cells(&self) -> [String; 6] {
        let peer = match (&self.peer, self.peer_value) {
            (Some(peer), Some(value)) => format!("{} {} {peer}", digits(value), self.unit),
            _ => String::new(),
        };
        let verdict = if self.bound.is_none() {
            ""
        } else if self.holds {
            "holds"
        } else {
            "DOES NOT HOLD"
        };
        [
            self.name.clone(),
            format!("{} {}", digits(self.value), self.unit),
            peer,
            self.ratio.map(digits).unwrap_or_default(),
            self.bound.clone().unwrap_or_default(),
            verdict.into(),
        ]
    }
}

/// Three significant digits; whole numbers whole.
fn digits(value: f64) -> String {
    if value.fract() == 0.0 {
        return format!("{value:.0}");
    }
    let before = value.abs().log10().floor().max(-6.0) as i32;
    format!("{value:.*}", usize::try_from(2 - before).unwrap_or(0))
}

/// All figures of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order measured.
    pub rows: Vec<Row>,
}

impl Report {
    /// Whether every bound holds.
    pub fn holds(&self) -> bool {
        self.rows.iter().all(|row| row.holds)
    }

    /// Writes the JSON array.
    pub fn write(&self, file: &Path) -> Result<()> {
        Ok(std::fs::write(file, serde_json::to_string_pretty(&self.rows)? + "\n")?)
    }

    /// For people.
    pub fn table(&self) -> String {
        let head = ["what", "NASMan", "peer", "ratio", "bound", ""].map(str::to_owned);
        let lines: Vec<_> = std::iter::once(head).chain(self.rows.iter().map(Row::cells)).collect();
        let width =
            |column: usize| lines.iter().map(|cells| cells[column].chars().count()).max().unwrap_or(0);
        let widths: [usize; 6] = std::array::from_fn(width);
        let mut text = String::new();
        for cells in &lines {
            let mut line = String::new();
            for (cell, width) in cells.iter().zip(widths) {
                // Writing to a string can't fail.
                let _ = write!(line, "{cell:width$}  ");
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_decide() {
        assert!(Row::new("a", 1.0, "s").at_most(1.0).holds);
        assert!(!Row::new("a", 1.01, "s").at_most(1.0).holds);
        assert!(!Row::new("a", 0.98, "GiB").at_least(0.99).holds);
        assert!(Row::new("a", 95.0, "MB/s").against("cp", 100.0).at_least_times_the_peer(0.95).holds);
        assert!(!Row::new("a", 94.0, "MB/s").against("cp", 100.0).at_least_times_the_peer(0.95).holds);
        assert!(!Row::new("a", 94.0, "MB/s").at_least_times_the_peer(0.95).holds, "no peer was measured");
        assert!(Row::new("a", 2.0, "s").against("find", 1.0).at_most_times_the_peer(2.0).holds);
        assert!(!Row::new("a", 2.1, "s").against("find", 1.0).at_most_times_the_peer(2.0).holds);
        assert!(!Row::new("a", 1.0, "s").at_most_times_the_peer(2.0).holds, "no peer was measured");
        let rows = vec![Row::new("a", 1.0, "s"), Row::new("b", 2.0, "s").at_most(1.0)];
        assert!(!Report { rows }.holds());
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in
            [(1234.5, "1234"), (12.345, "12.3"), (0.012_345, "0.0123"), (2.0, "2"), (0.0, "0")]
        {
            assert_eq!(digits(value), text);
        }
    }
}
