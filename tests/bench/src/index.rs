//! The first index of a large tree, beside `find` that tells the same of it. No ZFS is needed: the snapshot is an
//! ordinary folder. Indexing runs in a process of its own, whose memory is measured.

use std::{
    fs::{self, File},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use nasman_catalog::Catalog;
use nasman_zfs::{Dataset, FakeZfs, Snapshot, Zfs as _, feed::Means};
use serde_json::{Value, json};

use crate::{
    inside::{self, take_in, told},
    report::Row,
    rounds::{alternate, seconds, undisturbed},
};

/// What the snapshot is one of.
pub const DATASET: &str = "tank/photos";
const ROUNDS: usize = 3;
const PER_FOLDER: usize = 20;
const FOLDERS_IN_ONE: usize = 40;
/// As `find` is asked to print it.
pub const PRINTED: &str = "%s %T@ %i %p\\n";

/// Files in all, unless `NASMAN_BENCH_FILES` says otherwise.
pub fn files() -> Result<usize> {
    match std::env::var("NASMAN_BENCH_FILES") {
        Ok(text) => text.parse().context("NASMAN_BENCH_FILES is no number"),
        Err(_) => Ok(1_000_000),
    }
}

/// Measures the time, the memory, and what the catalog takes on disk.
pub fn measure(folder: &Path) -> Result<Vec<Row>> {
    let (tree, files) = (folder.join("tree"), files()?);
    grow(&tree, files)?;
    // All that either asks for is in memory from now on.
    find(&tree)?;
    let mut runs = Vec::new();
    let index = || {
        let run = Indexed::measure(&tree, folder, files)?;
        runs.push(run);
        Ok(run.seconds)
    };
    let (ours, theirs) = alternate(ROUNDS, undisturbed, index, || find(&tree))?;
    let most = |figure: fn(&Indexed) -> f64| runs.iter().map(figure).fold(0.0, f64::max);
    let what = format!("first index of {files} files");
    Ok(vec![
        Row::new(&what, ours, "s")
            .against(format!("find -printf '{PRINTED}'"), theirs)
            .at_most_times_the_peer(2.0),
        Row::new(format!("{what}: memory at its peak"), most(|run| run.memory), "MB").at_most(200.0),
        Row::new(format!("{what}: SQLite for a version"), most(|run| run.bytes), "bytes").at_most(220.0),
    ])
}

/// Makes the tree: three levels of folders, and empty files with ordinary names.
fn grow(tree: &Path, files: usize) -> Result<()> {
    let mut folder = PathBuf::new();
    for number in 0..files {
        if number % PER_FOLDER == 0 {
            let leaf = number / PER_FOLDER;
            let [above, middle] =
                [leaf / FOLDERS_IN_ONE / FOLDERS_IN_ONE, leaf / FOLDERS_IN_ONE % FOLDERS_IN_ONE];
            folder = tree.join(format!("{above:03}/{middle:02}/Album {:02}", leaf % FOLDERS_IN_ONE));
            fs::create_dir_all(&folder)?;
        }
        File::create(folder.join(format!("IMG_2023_{number:08}.jpeg")))?;
    }
    Ok(())
}

/// Seconds in which `find` tells it.
pub fn find(tree: &Path) -> Result<f64> {
    let mut find = Command::new("find");
    find.arg(tree).args(["-printf", PRINTED]).env("LC_ALL", "C").stdout(Stdio::null());
    seconds(|| {
        ensure!(find.status()?.success(), "find failed");
        Ok(())
    })
}

/// A finished index.
#[derive(Debug, Clone, Copy)]
struct Indexed {
    /// From the first look to the last change in the catalog.
    seconds: f64,
    /// MB that the process took at most.
    memory: f64,
    /// Bytes of the database by the versions in it.
    bytes: f64,
}

impl Indexed {
    /// Indexes in a process of its own, into a new catalog.
    fn measure(tree: &Path, folder: &Path, files: usize) -> Result<Self> {
        let state = tempfile::tempdir_in(folder)?;
        let mut child = Command::new(std::env::current_exe()?);
        child.args([inside::WORD, "index"]).args([tree, state.path()]).stderr(Stdio::inherit());
        let output = child.output()?;
        ensure!(output.status.success(), "the process that indexes failed");
        let told = told(std::str::from_utf8(&output.stdout)?)?;
        let number = |key: &str| told[key].as_f64().with_context(|| format!("no {key} in {told}"));
        ensure!(number("versions")? >= files as f64, "not all files were indexed: {told}");
        // It has ended, so that nothing is left in SQLite's log.
        let sizes = fs::read_dir(state.path())?.map(|entry| Ok(entry?.metadata()?.len()));
        let bytes: u64 = sizes.sum::<Result<_>>()?;
        Ok(Self {
            seconds: number("seconds")?,
            memory: number("memory")? / 1e6,
            bytes: bytes as f64 / number("versions")?,
        })
    }
}

/// In the process of its own: indexes the tree as if it were a snapshot's folder.
pub fn inside(tree: &Path, state: &Path) -> Result<Value> {
    let (zfs, dataset, snapshot) = as_snapshot(tree)?;
    let catalog = Catalog::open(state)?;
    let id = catalog.note_dataset(dataset.guid, &dataset.name, Timestamp::now())?;
    let (seconds, run, applied) = take_in(&zfs, &catalog, id, None, &snapshot)?;
    ensure!(run.means == Means::Walk && run.findings.is_empty(), "{:?}: {:?}", run.means, run.findings);
    Ok(json!({ "seconds": seconds, "memory": memory()?, "versions": applied.objects_born }))
}

/// A ZFS in memory with one snapshot. Always the same, whoever makes it.
pub fn fake() -> FakeZfs {
    let zfs = FakeZfs::new().with_dataset(DATASET);
    zfs.add_snapshots(DATASET, 1);
    zfs
}

/// The same, and the tree is what the snapshot holds.
pub fn as_snapshot(tree: &Path) -> Result<(FakeZfs, Dataset, Snapshot)> {
    let zfs = fake();
    let dataset = zfs.dataset(&DATASET.parse()?)?;
    let snapshot = zfs.snapshots(&dataset.name)?.pop().context("a snapshot")?;
    hold(&zfs, &snapshot, tree)?;
    Ok((zfs, dataset, snapshot))
}

/// From now on the tree is what the snapshot holds.
pub fn hold(zfs: &FakeZfs, snapshot: &Snapshot, tree: &Path) -> Result<()> {
    let folder = zfs.snapshot_folder(&snapshot.name)?;
    fs::remove_dir(&folder)?;
    Ok(symlink(fs::canonicalize(tree)?, &folder)?)
}

/// Bytes of memory that this process has had at once, at most.
pub fn memory() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib << 10)
}
