//! Search: from a walk, or from the catalog, until a million files are found; asked over HTTP by several at once; what it
//! takes in memory and on disk. Beside it `find`, `plocate`, and Meilisearch where there is one.

mod ask;
pub mod process;
mod tree;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use nasman_catalog::{Catalog, NewSnapshot, State};
use nasman_zfs::Zfs as _;

use self::{
    ask::{CLIENTS, Kind, crowd, kinds, milliseconds},
    process::{Indexed, Server},
};
use crate::{
    index::{DATASET, PRINTED, fake, files, find},
    report::Row,
    rounds::{alternate, median, repeat, seconds, undisturbed, wait_for},
};

const ROUNDS: usize = 3;
/// Files that change: of each three one is removed, one is written, one gets another name.
const CHANGES: usize = 3_000;
/// A word of the new names, and of none before.
const RENAMED: &str = "zzrenamedzz";
/// After so long without a request memory is what an idle server has.
const IDLE: Duration = Duration::from_secs(100);
/// Asked of `plocate`, of each kind.
const LOCATED: usize = 15;
/// A Meilisearch to measure, too.
const MEILISEARCH: &str = "MEILISEARCH_URL";
const INSTALL: &str = "tests/guest/lib/apt.sh";

/// Measures it all.
pub fn measure(folder: &Path) -> Result<Vec<Row>> {
    let (tree, files) = (folder.join("tree"), files()?);
    tree::grow(&tree, files)?;
    // All that either asks for is in memory from now on.
    find(&tree)?;
    let state = folder.join("state");
    let mut rows = index(&tree, &state, files)?;
    let mut server = Server::start(&state, Some(&tree), None)?;
    let size = at_rest(&state)?;
    rows.push(Row::new(format!("search of {files} files: index on disk"), size, "MB").at_most(120.0));
    rows.extend(asked(&server, &tree, folder, files)?);
    rows.push(idle(&server, files)?);
    rows.push(changes(&mut server, &tree)?);
    drop(server);
    if let Ok(url) = std::env::var(MEILISEARCH) {
        rows.extend(meilisearch(&url, &state, files)?);
    }
    Ok(rows)
}

/// How it grows: catalogs without files, and no bounds.
pub fn growth(folder: &Path) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for files in [100_000, 1_000_000, 5_000_000] {
        let state = folder.join(files.to_string());
        fill(&state, files)?;
        let indexed = Indexed::measure(None, &state)?;
        let server = Server::start(&state, None, None)?;
        let size = at_rest(&state)?;
        let asked = crowd(&server.client, files)?;
        let what = format!("search of {files} files");
        let rate = indexed.documents / indexed.projected;
        rows.push(Row::new(format!("{what}: catalog to searchable"), rate, "documents/s"));
        rows.push(Row::new(format!("{what}: memory at its peak"), indexed.memory, "MB"));
        rows.push(Row::new(format!("{what}: index on disk"), size, "MB"));
        for percent in [50, 99] {
            let name = format!("{what}: {CLIENTS} clients: p{percent}");
            rows.push(Row::new(name, milliseconds(&asked, percent)?, "ms"));
        }
        fs::remove_dir_all(&state)?;
    }
    Ok(rows)
}

/// MB of the index, once the server has put its parts together.
fn at_rest(state: &Path) -> Result<f64> {
    wait_for(Duration::from_secs(300), "the index at rest", || {
        let (mut parts, mut bytes) = (0, 0);
        for file in fs::read_dir(state.join("search"))? {
            let file = file?;
            parts += usize::from(file.path().extension().is_some_and(|extension| extension == "store"));
            bytes += file.metadata()?.len();
        }
        Ok((parts == 1).then_some(bytes as f64 / 1e6))
    })
}

/// What a walk would have left in a catalog.
fn fill(state: &Path, files: usize) -> Result<()> {
    let zfs = fake();
    let dataset = zfs.dataset(&DATASET.parse()?)?;
    let snapshot = zfs.snapshots(&dataset.name)?.pop().context("a snapshot")?;
    let catalog = Catalog::open(state)?;
    let id = catalog.note_dataset(dataset.guid, &dataset.name, Timestamp::now())?;
    let to = State::Snapshot(NewSnapshot {
        guid: snapshot.guid,
        tag: snapshot.name.tag,
        txg: snapshot.createtxg,
        created_at: Timestamp::now(),
    });
    catalog.apply(id, to, None, tree::told(files)?)?;
    Ok(())
}

fn index(tree: &Path, state: &Path, files: usize) -> Result<Vec<Row>> {
    let mut runs: Vec<Indexed> = Vec::new();
    let measured = || {
        if state.exists() {
            fs::remove_dir_all(state)?;
        }
        let run = Indexed::measure(Some(tree), state)?;
        ensure!(run.documents >= files as f64, "not all files are found: {run:?}");
        runs.push(run);
        Ok(run.walked + run.projected)
    };
    let (ours, theirs) = alternate(ROUNDS, undisturbed, measured, || find(tree))?;
    let mut anew: Vec<Indexed> = Vec::new();
    let projected = repeat(ROUNDS, undisturbed, || {
        fs::remove_dir_all(state.join("search"))?;
        let run = Indexed::measure(None, state)?;
        anew.push(run);
        Ok(run.projected)
    })?;
    let documents = anew.iter().map(|run| run.documents).fold(0.0, f64::max);
    ensure!(documents >= files as f64, "not all files are found: {anew:?}");
    let memory = runs.iter().chain(&anew).map(|run| run.memory).fold(0.0, f64::max);
    let what = format!("search of {files} files");
    Ok(vec![
        Row::new(format!("{what}: catalog to searchable"), documents / projected, "documents/s")
            .at_least(60_000.0),
        Row::new(format!("{what}: walk to searchable"), ours, "s")
            .against(format!("find -printf '{PRINTED}'"), theirs)
            .at_most_times_the_peer(3.0),
        Row::new(format!("{what}: memory at its peak while indexing"), memory, "MB").at_most(300.0),
    ])
}

fn asked(server: &Server, tree: &Path, folder: &Path, files: usize) -> Result<Vec<Row>> {
    // What is asked for the first time is read from the disk, for both.
    crowd(&server.client, files)?;
    let asked = crowd(&server.client, files)?;
    let what = format!("search of {files} files, {CLIENTS} clients");
    let mut rows = vec![
        Row::new(format!("{what}, mixed: p50"), milliseconds(&asked, 50)?, "ms").at_most(5.0),
        Row::new(format!("{what}, mixed: p99"), milliseconds(&asked, 99)?, "ms").at_most(25.0),
    ];
    rows.extend(kinds(&what, &asked)?);
    let database = updated(tree, folder)?;
    for (kind, name) in [(Kind::Rare, "rare"), (Kind::Frequent, "frequent")] {
        let mut random = fastrand::Rng::with_seed(5);
        let words: Vec<String> = (0..LOCATED).map(|_| kind.query(&mut random, files)).collect();
        let mut ask = words.iter().cycle();
        let mut search = || {
            let word = ask.next().context("words")?;
            Ok(server.client.timed(&format!("/search?facets={}&q={word}", ask::FACETS))?.0)
        };
        let mut locate = words.iter().cycle();
        let mut located = || locate_one(&database, locate.next().context("words")?);
        // Once unmeasured.
        search()?;
        located()?;
        let (ours, theirs) = alternate(LOCATED, median, search, located)?;
        let row = Row::new(format!("search of {files} files, 1 client: {name} word"), 1e3 * ours, "ms");
        rows.push(row.against("plocate -i", 1e3 * theirs));
    }
    Ok(rows)
}

/// The database of `plocate`, installed where it is missing.
fn updated(tree: &Path, folder: &Path) -> Result<PathBuf> {
    let database = folder.join("plocate.db");
    ensure!(Command::new(INSTALL).arg("plocate").status()?.success(), "{INSTALL} failed");
    let mut update = Command::new("updatedb");
    // Nothing is left out by what the system's settings say.
    update.args(["--require-visibility", "no", "--prunepaths", "", "--prunefs", "", "--prunenames", ""]);
    update.arg("-U").arg(fs::canonicalize(tree)?).arg("-o").arg(&database);
    ensure!(update.status().context("updatedb")?.success(), "updatedb failed");
    Ok(database)
}

fn locate_one(database: &Path, word: &str) -> Result<f64> {
    let mut locate = Command::new("plocate");
    locate.arg("-d").arg(database).args(["-i", word]).stdout(Stdio::null());
    seconds(|| {
        // It finds nothing, which is an answer, too: a word of the tree in general need not be in this one.
        locate.status().context("plocate")?;
        Ok(())
    })
}

fn idle(server: &Server, files: usize) -> Result<Row> {
    thread::sleep(IDLE);
    let (all, own) = server.memory()?;
    let what =
        format!("search of {files} files: memory of the server after {} s without requests", IDLE.as_secs());
    Ok(Row::new(format!("{what} ({own:.0} MB of it not of files)"), all, "MB").at_most(80.0))
}

/// From the end of the job until all of it is found.
fn changes(server: &mut Server, tree: &Path) -> Result<Row> {
    change(tree)?;
    server.take_in()?;
    let began = Instant::now();
    let limit = Duration::from_secs(60);
    let total = |query: &str| -> Result<Option<u64>> {
        Ok(server.client.get(&format!("/search?q={query}&limit=1"))?["total"]["count"].as_u64())
    };
    let third = CHANGES as u64 / 3;
    let took = wait_for(limit, "the changes", || {
        let there = total(RENAMED)? == Some(third) && total("is:deleted")? == Some(2 * third);
        Ok(there.then(|| began.elapsed().as_secs_f64()))
    })?;
    Ok(Row::new(format!("search: {CHANGES} changes searchable after the job's end"), took, "s").at_most(1.0))
}

fn change(tree: &Path) -> Result<()> {
    // Spread over the tree, as they would be.
    let mut all = tree::folders(files()?).flat_map(|folder| {
        let path = tree.join(folder.path);
        folder.files.into_iter().map(move |file| path.join(file.name))
    });
    let apart = files()? / CHANGES;
    for number in 0..CHANGES {
        let file = all.nth(apart.saturating_sub(1)).context("fewer files than changes")?;
        match number % 3 {
            0 => fs::remove_file(file)?,
            1 => fs::write(file, b"other content")?,
            _ => fs::rename(&file, file.with_file_name(format!("{RENAMED} {number}.txt")))?,
        }
    }
    Ok(())
}

/// The same questions to the same server, which has them answered by Meilisearch.
fn meilisearch(url: &str, state: &Path, files: usize) -> Result<Vec<Row>> {
    let index = format!("nasman-bench-{}", std::process::id());
    let began = Instant::now();
    let server = Server::start(state, None, Some((url, &index)))?;
    let filled = began.elapsed().as_secs_f64();
    let asked = crowd(&server.client, files)?;
    let what = format!("search of {files} files by Meilisearch");
    let mut rows = vec![
        Row::new(format!("{what}: catalog to searchable"), files as f64 / filled, "documents/s"),
        Row::new(format!("{what}, {CLIENTS} clients, mixed: p50"), milliseconds(&asked, 50)?, "ms"),
        Row::new(format!("{what}, {CLIENTS} clients, mixed: p99"), milliseconds(&asked, 99)?, "ms"),
    ];
    rows.extend(kinds(&format!("{what}, {CLIENTS} clients"), &asked)?);
    let mut remove = ureq::delete(format!("{}/indexes/{index}", url.trim_end_matches('/')));
    if let Ok(key) = std::env::var("MEILISEARCH_KEY") {
        remove = remove.header("authorization", format!("Bearer {key}"));
    }
    remove.call()?;
    Ok(rows)
}
