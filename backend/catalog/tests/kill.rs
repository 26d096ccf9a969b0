//! Killed at any moment, the next start continues to the same catalog.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use common::{dataset, dump, folder, object, snapshot};
use nasman_catalog::{Catalog, State};
use nasman_core::{Change, Kind, ROOT_INODE, Txg};

const KILLS: u32 = 50;
const SNAPSHOTS: u64 = 50;
const FOLDERS: u64 = 20;
const STATE: &str = "NASMAN_KILL_TEST_STATE";

/// All files of a state, the same however often it is asked for: each folder's names change every few snapshots.
fn tree(number: u64) -> Vec<Change> {
    let mut changes = vec![
        object(ROOT_INODE, Kind::Directory, 0),
        folder(ROOT_INODE, (1..=FOLDERS).map(|inode| (format!("folder {inode}"), inode))),
    ];
    for inode in 1..=FOLDERS {
        let mut random = fastrand::Rng::with_seed(inode * 1_000 + (number + inode) / 5);
        let files: Vec<u64> =
            (0..60).filter(|_| random.u8(..) < 200).map(|file| inode * 100 + file).collect();
        changes.push(object(inode, Kind::Directory, 0));
        changes.extend(files.iter().map(|&file| object(file, Kind::File, random.u64(..3))));
        changes.push(folder(inode, files.into_iter().map(|file| (format!("file {file}"), file))));
    }
    changes
}

/// Goes on from what the catalog says: live between snapshots, and now and then a snapshot is destroyed.
fn work(state: &Path) {
    let catalog = Catalog::open(state).unwrap();
    let id = dataset(&catalog);
    for number in 1..=SNAPSHOTS {
        let destroyed = |other: u64| other % 7 == 3 && other + 4 <= number;
        let newest = (1..number).rev().find(|&other| {
            !destroyed(other) && catalog.snapshot(id, nasman_core::Guid(other)).is_ok_and(|s| s.indexed)
        });
        let base = newest.map(|number| Txg(number * 10));
        let position = catalog.datasets().unwrap()[0].position;
        if position.is_none_or(|position| position < Txg(number * 10)) {
            let live = State::Live { txg: Txg(number * 10 - 5), at: jiff::Timestamp::UNIX_EPOCH };
            if position.is_none_or(|position| position < live.txg()) {
                catalog.apply(id, live, base, tree(number + 1_000)).unwrap();
            }
            catalog.apply(id, snapshot(number), base, tree(number)).unwrap();
        }
        for other in (1..=number).filter(|&other| destroyed(other)) {
            catalog.forget_snapshot(id, nasman_core::Guid(other)).unwrap();
        }
    }
}

/// The child: this test alone, in a process of its own.
#[test]
fn child() {
    if let Some(state) = std::env::var_os(STATE) {
        work(Path::new(&state));
    }
}

fn start(state: &Path) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child"])
        .env(STATE, state)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

#[test]
fn killed_fifty_times_it_comes_to_the_same_catalog() {
    let (whole, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let begin = Instant::now();
    assert!(start(whole.path()).wait().unwrap().success());
    let took = begin.elapsed();
    let mut random = fastrand::Rng::with_seed(5);
    let (mut kills, mut within) = (0, 0);
    while kills < KILLS {
        let mut child = start(killed.path());
        // Each gets on by a fiftieth of the way on average, beside what it takes to start.
        let millis = u64::try_from(took.as_millis()).unwrap() / 25 + 10;
        std::thread::sleep(Duration::from_millis(random.u64(5..5 + millis)));
        if child.try_wait().unwrap().is_some_and(|status| status.success()) {
            // Done early: from the beginning again.
            std::fs::remove_dir_all(killed.path()).unwrap();
            continue;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        within += u32::from(dump_or_none(killed.path()).iter().any(|line| is_interrupted(line)));
    }
    assert!(start(killed.path()).wait().unwrap().success());
    assert_eq!(dump(killed.path()), dump(whole.path()));
    assert_eq!(Catalog::open(killed.path()).unwrap().check().unwrap(), []);
    assert!(within > 5, "only {within} of {KILLS} were killed while a state was taken in");
}

fn dump_or_none(state: &Path) -> Vec<String> {
    let whole =
        state.join("nasman.db").metadata().is_ok_and(|meta| meta.len() > 0) && Catalog::open(state).is_ok();
    if whole { dump(state) } else { Vec::new() }
}

/// Where the state being applied is noted.
fn is_interrupted(line: &str) -> bool {
    line.strip_prefix("datasets ").is_some_and(|row| row.split(' ').nth(3).is_some_and(|text| text != "NULL"))
}
