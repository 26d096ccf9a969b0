//! `nasman-bench [lists|folders|restore|downloads|index|catalog|drawn|search|search-growth|guest|steps]...`: measures, prints a table, writes `target/bench/results.json`.
//! Run it from the top of the checkout; `make bench` does.

mod catalog;
mod client;
mod downloads;
mod drawn;
mod folders;
mod guest;
mod index;
mod inside;
mod lists;
mod report;
mod restore;
mod rounds;
mod search;
mod served;
mod shape;
mod small;
mod steps;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use report::{Report, Row};

/// Measures one thing; what it leaves on disk lies in the folder given.
type Measure = fn(&Path) -> Result<Vec<Row>>;

/// Takes long, and holds no bounds: measured only where it is named.
const GROWTH: &str = "search-growth";

const MEASURES: [(&str, Measure); 11] = [
    ("lists", lists::measure),
    ("folders", folders::measure),
    ("restore", restore::measure),
    ("downloads", downloads::measure),
    ("index", index::measure),
    ("catalog", catalog::measure),
    ("drawn", drawn::measure),
    ("search", search::measure),
    (GROWTH, search::growth),
    ("guest", guest::measure),
    ("steps", steps::measure),
];

fn main() -> Result<ExitCode> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some((inside::WORD, arguments)) = wanted.split_first().map(|(word, rest)| (word.as_str(), rest)) {
        return inside::run(arguments).map(|()| ExitCode::SUCCESS);
    }
    let names = MEASURES.map(|(name, _)| name);
    if let Some(unknown) = wanted.iter().find(|name| !names.contains(&name.as_str())) {
        bail!("'{unknown}' is none of {}", names.join(", "));
    }
    let folder = PathBuf::from("target/bench");
    std::fs::create_dir_all(&folder).context("making target/bench (not in the checkout?)")?;
    let mut report = Report::default();
    for (name, measure) in MEASURES {
        if (wanted.is_empty() && name != GROWTH) || wanted.iter().any(|w| w == name) {
            writeln!(std::io::stderr(), "measuring {name}")?;
            // On this disk, and away again whatever comes.
            let place = tempfile::tempdir_in(&folder)?;
            report.rows.extend(measure(place.path()).with_context(|| format!("measuring {name}"))?);
        }
    }
    report.write(&folder.join("results.json"))?;
    write!(std::io::stdout(), "\n{}", report.table())?;
    Ok(if report.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
