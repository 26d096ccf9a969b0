//! A catalog of a million versions in 1,000 snapshots: what is asked of it over HTTP, and what it costs when a snapshot
//! is destroyed. The ZFS in memory has the same dataset and snapshots, so that the server finds nothing to do.

use std::{path::Path, sync::Arc};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use nasman_catalog::{Catalog, DatasetId, NewSnapshot};
use nasman_core::{Guid, SnapshotName};
use nasman_zfs::{FakeZfs, Zfs as _};

use crate::{
    client::{Client, parse},
    index::files,
    report::Row,
    rounds::{percentile, seconds},
    served::Served,
    shape::{self, FLEETING, LARGE},
};

/// What the catalog is one of.
pub const DATASET: &str = "tank/photos";
const SNAPSHOTS: usize = 1000;
/// Requests of each kind.
const REQUESTS: usize = 300;
/// Snapshots that are destroyed.
const DESTROYED: usize = 100;

/// Measures folders, versions of a file, and destroying.
pub fn measure(folder: &Path) -> Result<Vec<Row>> {
    // Half of the versions from the first snapshot, the other half from what changed since.
    let half = files()? as u64 / 2;
    let filled = Filled::make(folder, SNAPSHOTS, half + LARGE, half.div_ceil(SNAPSHOTS as u64))?;
    let Filled { zfs, id, snapshots, versions } = filled;

    let served = Served::start_on(folder, Arc::new(zfs), Some(0))?;
    let mut rows = folders(&served.client, &snapshots, versions)?;
    rows.extend(compared(&served.client, &snapshots, versions)?);
    rows.extend(over_time(&served.client, &snapshots, versions)?);
    rows.extend(versions_of_a_file(&served.client, versions)?);
    drop(served);

    let catalog = Catalog::open(folder)?;
    let mut random = fastrand::Rng::with_seed(2);
    let mut some: Vec<Guid> = snapshots.iter().map(|snapshot| snapshot.guid).collect();
    random.shuffle(&mut some);
    let destroy =
        |guid: &Guid| seconds(|| catalog.forget_snapshot(id, *guid).map(|_| ()).map_err(Into::into));
    let times = some.iter().take(DESTROYED).map(destroy).collect::<Result<Vec<_>>>()?;
    let what = format!("catalog of {versions} versions: one of {SNAPSHOTS} snapshots destroyed");
    rows.extend(row(&what, &times, 50.0)?);
    Ok(rows)
}

/// A catalog, and a ZFS in memory that has the same snapshots.
pub struct Filled {
    /// That ZFS.
    pub zfs: FakeZfs,
    /// The dataset.
    pub id: DatasetId,
    /// Its snapshots, oldest first.
    pub snapshots: Vec<NewSnapshot>,
    /// Versions in the catalog.
    pub versions: u64,
}

impl Filled {
    /// Fills a catalog: so many files in the first snapshot, and so many changes in each of the others.
    pub fn make(folder: &Path, count: usize, files: u64, changes: u64) -> Result<Self> {
        let zfs = FakeZfs::new().with_dataset(DATASET);
        zfs.add_snapshots(DATASET, count);
        let dataset = zfs.dataset(&DATASET.parse()?)?;
        let snapshots = snapshots(&zfs)?;
        let catalog = Catalog::open(folder)?;
        let id = catalog.note_dataset(dataset.guid, &dataset.name, Timestamp::now())?;
        let versions = shape::fill(&catalog, id, &snapshots, files, changes)?;
        Ok(Self { zfs, id, snapshots, versions })
    }
}

/// As the server would note them.
fn snapshots(zfs: &FakeZfs) -> Result<Vec<NewSnapshot>> {
    let found = zfs.snapshots(&DATASET.parse()?)?;
    let names: Vec<SnapshotName> = found.iter().map(|snapshot| snapshot.name.clone()).collect();
    let details = zfs.snapshot_details(&names)?;
    let both = found.into_iter().zip(details);
    let new = both.map(|(snapshot, detail)| NewSnapshot {
        guid: snapshot.guid,
        tag: snapshot.name.tag,
        txg: snapshot.createtxg,
        created_at: detail.created,
    });
    Ok(new.collect())
}

fn folders(client: &Client, snapshots: &[NewSnapshot], versions: u64) -> Result<Vec<Row>> {
    let mut random = fastrand::Rng::with_seed(1);
    let mut rows = Vec::new();
    for (limit, deleted) in [(100, ""), (1000, ""), (100, "&deleted=true")] {
        let mut ask = || {
            // The first snapshot has none of the names that come and go.
            let at = &snapshots[random.usize(1..snapshots.len())].tag;
            let folder = shape::large_folder();
            let path = format!("{}/files?path={folder}&at={at}&limit={limit}{deleted}", dataset());
            let (seconds, bytes) = client.timed(&path)?;
            let page = parse(&bytes)?;
            let items = page["items"].as_array().map_or(0, Vec::len);
            ensure!(page["source"] == "catalog" && items == limit, "{path} gave {items} items");
            let total = page["total"].as_u64().context("no total")?;
            ensure!(!deleted.is_empty() || total == LARGE + FLEETING, "{path} has {total} names");
            Ok(seconds)
        };
        let times = (0..REQUESTS).map(|_| ask()).collect::<Result<Vec<_>>>()?;
        let what =
            format!("catalog of {versions} versions: folder of {LARGE} in a snapshot, page of {limit}");
        if deleted.is_empty() {
            rows.extend(row(&what, &times, 40.0)?);
        } else {
            let p99 = 1e3 * percentile(times, 99)?;
            rows.push(Row::new(format!("{what} with deleted names: p99"), p99, "ms"));
        }
    }
    Ok(rows)
}

/// Of each name what became of it, and those that came since.
fn compared(client: &Client, snapshots: &[NewSnapshot], versions: u64) -> Result<Vec<Row>> {
    let mut random = fastrand::Rng::with_seed(3);
    let mut rows = Vec::new();
    for added in ["", "&added=true"] {
        let mut ask = || {
            let at = &snapshots[random.usize(1..snapshots.len() - 1)].tag;
            let folder = shape::large_folder();
            let path = format!("{}/files?path={folder}&at={at}&compare=live{added}&limit=1000", dataset());
            let (seconds, bytes) = client.timed(&path)?;
            let page = parse(&bytes)?;
            let items = page["items"].as_array().context("no items")?;
            ensure!(items.len() == 1000 && items.iter().all(|item| item["now"].is_string()), "{path}");
            // The names that came and went are deleted, those of the last snapshot are new.
            let more = if added.is_empty() { 0 } else { FLEETING };
            ensure!(page["total"] == LARGE + FLEETING + more, "{path} has {} names", page["total"]);
            Ok(seconds)
        };
        let times = (0..REQUESTS).map(|_| ask()).collect::<Result<Vec<_>>>()?;
        let with = if added.is_empty() { "" } else { " and what came since" };
        let what = format!(
            "catalog of {versions} versions: folder of {LARGE} in a snapshot, compared with live{with}, page of 1000"
        );
        rows.extend(row(&what, &times, 40.0)?);
    }
    Ok(rows)
}

/// The time line, first counted and then remembered; and all that changed between the first snapshot and now.
fn over_time(client: &Client, snapshots: &[NewSnapshot], versions: u64) -> Result<Vec<Row>> {
    let path = format!("{}/moments", dataset());
    let first = 1e3 * client.timed(&path)?.0;
    let what = format!("catalog of {versions} versions: {SNAPSHOTS} moments");
    let mut rows = vec![Row::new(format!("{what}, counted for the first time"), first, "ms")];
    let times = (0..REQUESTS).map(|_| Ok(client.timed(&path)?.0)).collect::<Result<Vec<_>>>()?;
    rows.extend(row(&what, &times, 100.0)?);
    let path = format!("{}/diff/summary?from={}", dataset(), snapshots[0].tag);
    let (seconds, bytes) = client.timed(&path)?;
    let total = parse(&bytes)?["total"].as_u64().context("no total")?;
    let what = format!("catalog of {versions} versions: {total} differences counted");
    rows.push(Row::new(what, 1e3 * seconds, "ms"));
    Ok(rows)
}

fn versions_of_a_file(client: &Client, versions: u64) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for limit in [100, 1000] {
        let path = format!("{}/versions?path={}&limit={limit}", dataset(), shape::busy_file());
        let page = client.get(&path)?;
        let items = page["items"].as_array().map_or(0, Vec::len);
        ensure!(items == limit && page["total"] == SNAPSHOTS, "{path} gave {items} of {}", page["total"]);
        let times = (0..REQUESTS).map(|_| Ok(client.timed(&path)?.0)).collect::<Result<Vec<_>>>()?;
        let what = format!("catalog of {versions} versions: {SNAPSHOTS} of one file, page of {limit}");
        rows.extend(row(&what, &times, 5.0)?);
    }
    Ok(rows)
}

fn dataset() -> String {
    format!("/datasets/{}", DATASET.replace('/', "%2F"))
}

/// What usually happens, for information, and what has to hold nearly always. The bound is in ms.
fn row(what: &str, seconds: &[f64], bound: f64) -> Result<[Row; 2]> {
    let [usual, worst] = [50, 99].map(|percent| percentile(seconds.to_vec(), percent));
    Ok([
        Row::new(format!("{what}: p50"), 1e3 * usual?, "ms"),
        Row::new(format!("{what}: p99"), 1e3 * worst?, "ms").at_most(bound),
    ])
}
