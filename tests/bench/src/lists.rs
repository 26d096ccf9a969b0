//! Lists of many datasets and snapshots, over HTTP. The ZFS is the one in memory: what is measured is what NASMan
//! itself adds, and that it never asks for the costly columns of more snapshots than a page shows.

use std::{path::Path, sync::Arc};

use anyhow::{Result, ensure};
use nasman_zfs::FakeZfs;

use crate::{
    client::{Client, parse},
    report::Row,
    rounds::{percentile, repeat},
    served::Served,
};

const DATASETS: usize = 500;
const SNAPSHOTS: usize = 5000;
const ROUNDS: usize = 15;
const CLIENTS: usize = 8;
/// Requests of each client.
const REQUESTS: usize = 40;
/// What each list may take.
const SECONDS: f64 = 1.0;

/// Measures the lists of datasets and of snapshots.
pub fn measure(folder: &Path) -> Result<Vec<Row>> {
    let mut rows = many_datasets(folder)?;
    rows.extend(many_snapshots(folder)?);
    Ok(rows)
}

/// The snapshots are spread evenly over the datasets.
fn many_datasets(folder: &Path) -> Result<Vec<Row>> {
    let zfs = FakeZfs::new().with_pool("tank");
    zfs.add_snapshots("tank", SNAPSHOTS / DATASETS);
    for number in 1..DATASETS {
        let dataset = format!("tank/d{number:03}");
        zfs.add_dataset(&dataset);
        zfs.add_snapshots(&dataset, SNAPSHOTS / DATASETS);
    }
    let served = Served::start(folder, Arc::new(zfs))?;
    let what = format!("of {DATASETS} with {SNAPSHOTS} snapshots in all");
    let mut rows = list(&served.client, "/datasets?limit=1000", &format!("datasets: all {what}"), DATASETS)?;
    let one = format!("snapshots: one dataset {what}");
    rows.extend(list(&served.client, "/datasets/tank%2Fd250/snapshots", &one, SNAPSHOTS / DATASETS)?);
    Ok(rows)
}

/// One dataset has all snapshots.
fn many_snapshots(folder: &Path) -> Result<Vec<Row>> {
    let zfs = Arc::new(FakeZfs::new().with_pool("tank"));
    zfs.add_snapshots("tank", SNAPSHOTS);
    let served = Served::start(folder, Arc::clone(&zfs))?;
    let mut rows = Vec::new();
    for limit in [100, 1000] {
        let path = format!("/datasets/tank/snapshots?limit={limit}");
        let what = format!("snapshots: page of {limit} of {SNAPSHOTS}");
        rows.extend(list(&served.client, &path, &what, limit)?);
        zfs.reset_calls();
        served.client.get(&path)?;
        let opened = zfs.details_asked() as f64;
        rows.push(Row::new(format!("{what}: opened for it"), opened, "snapshots").at_most(limit as f64));
    }
    Ok(rows)
}

/// One client alone, which has to hold the bound; then many at once, for information.
fn list(client: &Client, path: &str, what: &str, items: usize) -> Result<Vec<Row>> {
    let answer = parse(&client.timed(path)?.1)?;
    let found = answer["items"].as_array().map_or(0, Vec::len);
    ensure!(found == items, "{path} gave {found} items instead of {items}");
    let alone = repeat(ROUNDS, || Ok(client.timed(path)?.0))?;
    let crowded = crowd(client, path)?;
    Ok(vec![
        Row::new(what, alone, "s").at_most(SECONDS),
        Row::new(format!("{what}: p50, {CLIENTS} clients"), percentile(crowded.clone(), 50)?, "s"),
        Row::new(format!("{what}: p99, {CLIENTS} clients"), percentile(crowded, 99)?, "s"),
    ])
}

fn crowd(client: &Client, path: &str) -> Result<Vec<f64>> {
    let ask = |client: Client| (0..REQUESTS).map(|_| Ok(client.timed(path)?.0)).collect::<Result<Vec<_>>>();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let client = client.another();
                scope.spawn(|| ask(client))
            })
            .collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().map_err(|_| anyhow::anyhow!("a client's thread was lost"))??);
        }
        Ok(all)
    })
}
