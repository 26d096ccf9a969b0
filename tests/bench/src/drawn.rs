//! A folder of 10,000 names at a moment, in Chromium: from the click until it is painted.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::{
    catalog::{DATASET, Filled},
    report::Row,
    rounds::percentile,
    served::{PASSWORD, Served},
    shape::{self, LARGE},
};

const SCRIPT: &str = "tests/bench/browser/drawn.mjs";
/// On the time line.
const SNAPSHOTS: usize = 5_000;
const ROUNDS: usize = 20;
/// Files in the first snapshot, and changes in each of the others.
const FILES: u64 = 20_000;
const CHANGES: u64 = 20;

/// Measures opening it, and stepping through time in it.
pub fn measure(folder: &Path) -> Result<Vec<Row>> {
    let Filled { zfs, snapshots, .. } = Filled::make(folder, SNAPSHOTS, FILES, CHANGES)?;
    let served = Served::start_on(folder, Arc::new(zfs), Some(0))?;
    let apart = SNAPSHOTS / (ROUNDS + 1);
    let moments = (1..=ROUNDS).map(|number| snapshots[number * apart].tag.to_string());
    let mut node = Command::new("node");
    node.arg(SCRIPT).env("NASMAN_URL", &served.address).env("NASMAN_PASSWORD", PASSWORD);
    node.env("DATASET", DATASET).env("FOLDER", shape::large_folder());
    node.env("MOMENTS", moments.collect::<Vec<_>>().join(","));
    let output = node.stderr(Stdio::inherit()).output().context("node")?;
    ensure!(output.status.success(), "{SCRIPT} failed");
    let told: Value = serde_json::from_slice(&output.stdout).context("what the browser told")?;
    let mut rows = Vec::new();
    for (key, what) in [("opened", "opened"), ("stepped", "one step through time")] {
        let times = told[key].as_array().context("no times")?.iter().filter_map(Value::as_f64);
        let times: Vec<f64> = times.collect();
        ensure!(times.len() == ROUNDS, "{} rounds of {key}", times.len());
        let what = format!("Chromium: folder of {LARGE} at one of {SNAPSHOTS} moments, {what}, painted");
        rows.push(Row::new(format!("{what}: p50"), percentile(times.clone(), 50)?, "ms"));
        rows.push(Row::new(format!("{what}: p95"), percentile(times, 95)?, "ms").at_most(150.0));
    }
    Ok(rows)
}
