//! The search index follows the catalog: killed at any moment, the next start comes to what the catalog says.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use jiff::{Timestamp, tz::TimeZone};
use nasman::{
    config::Config,
    search::{Ahead, Search, run},
};
use nasman_catalog::{Catalog, State};
use nasman_core::{Change, Guid, Kind, ROOT_INODE, Txg};
use nasman_search::{Embedded, Request, Scope, SearchIndex as _, Sort, SortBy, Versions, query};
use tokio::sync::watch;

use crate::catalog_common::{dataset, folder, object, snapshot};

const KILLS: u32 = 50;
const SNAPSHOTS: u64 = 30;
const FOLDERS: u64 = 40;
const STATE: &str = "NASMAN_SEARCH_KILL_TEST_STATE";

/// Live files of a state, the same however often it is asked for. Every few states a folder has another name.
fn tree(number: u64) -> Vec<Change> {
    let of_folder = |inode: u64| fastrand::Rng::with_seed(inode * 1_000 + (number + inode) / 3);
    let named = |inode: u64| (format!("folder {inode} {}", (number + inode) / 9), inode);
    let mut changes =
        vec![object(ROOT_INODE, Kind::Directory, 0), folder(ROOT_INODE, (1..=FOLDERS).map(named))];
    for inode in 1..=FOLDERS {
        let mut random = of_folder(inode);
        let files: Vec<u64> =
            (0..60).filter(|_| random.u8(..) < 200).map(|file| inode * 100 + file).collect();
        changes.push(object(inode, Kind::Directory, 0));
        changes.extend(files.iter().map(|&file| object(file, Kind::File, random.u64(..3))));
        changes.push(folder(inode, files.into_iter().map(|file| (format!("file {file}.txt"), file))));
    }
    changes
}

/// Takes a state in as a job does: the first one is told to search meanwhile.
fn take_in(search: &Search, catalog: &Catalog, number: u64, base: Option<Txg>) {
    let id = dataset(catalog);
    let mut apply = catalog.begin_apply(id, snapshot(number), base).unwrap();
    let mut ahead = apply.is_first().then(|| search.ahead(Guid(1), Txg(number * 10)));
    for change in tree(number) {
        if let Some(ahead) = &mut ahead {
            ahead.tell(&change);
        }
        apply.push(change).unwrap();
    }
    apply.finish().unwrap();
    ahead.map(Ahead::end);
}

/// Goes on from what the catalog says, while search follows; ends when both are done.
fn work(state: &Path) {
    let catalog = Catalog::open(state).unwrap();
    let search = Search::open(&config(state)).unwrap();
    let (stop, stopping) = watch::channel(false);
    thread::scope(|scope| {
        scope.spawn(|| run(&search, &catalog, &stopping));
        let id = dataset(&catalog);
        for number in 1..=SNAPSHOTS {
            let known = |number: u64| catalog.snapshot(id, Guid(number)).is_ok_and(|known| known.indexed);
            if !known(number) && catalog.datasets().unwrap()[0].position < Some(Txg(number * 10)) {
                let base = (1..number).rev().find(|&other| known(other)).map(|other| Txg(other * 10));
                take_in(&search, &catalog, number, base);
            }
            if number % 5 == 0 && known(number - 3) {
                catalog.forget_snapshot(id, Guid(number - 3)).unwrap();
            }
            search.hint();
            thread::sleep(Duration::from_millis(5));
        }
        let live = State::Live { txg: Txg(SNAPSHOTS * 10 + 5), at: Timestamp::UNIX_EPOCH };
        catalog.apply(id, live, Some(Txg(SNAPSHOTS * 10)), tree(SNAPSHOTS + 1)).unwrap();
        while catalog.search_pending().unwrap() > 0 {
            search.hint();
            thread::sleep(Duration::from_millis(5));
        }
        stop.send_replace(true);
        search.hint();
    });
}

fn config(state: &Path) -> Config {
    let settings = [("NASMAN_SERVER_STATE_DIR".to_owned(), state.display().to_string())];
    Config::parse("", BTreeMap::from(settings)).unwrap()
}

/// What a version is found by, one line each.
type Lines = Vec<String>;

fn in_catalog(state: &Path) -> Lines {
    let catalog = Catalog::open(state).unwrap();
    let mut lines = Vec::new();
    let mut tell = |version: nasman_catalog::PathVersion| {
        lines.push(format!("{} {:?} {}", version.path.display(), version.lifetime, version.versions));
        ControlFlow::Continue(())
    };
    catalog.every_version(Guid(1), &mut tell).unwrap();
    lines.sort();
    lines
}

fn found(state: &Path) -> Lines {
    let index = Embedded::open(&state.join("search"), "here");
    let request = Request {
        query: query::parse("", &Timestamp::UNIX_EPOCH.to_zoned_datetime(TimeZone::UTC)).query,
        filters: nasman_search::Filters::default(),
        scope: Scope::All,
        versions: Versions::All,
        sort: Sort { by: SortBy::Name, descending: false },
        facets: Vec::new(),
        facet_values: 0,
        offset: 0,
        limit: 1_000_000,
    };
    let answer = index.search(&request).unwrap();
    let hits = answer.hits.iter().map(|hit| {
        let versions = if hit.document.latest { hit.document.versions } else { 0 };
        format!("{} {:?} {versions}", hit.document.path.display(), hit.document.lifetime)
    });
    let mut lines: Lines = hits.collect();
    lines.sort();
    lines
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
        .args(["--exact", "search_follows::child"])
        .env(STATE, state)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

#[test]
fn killed_fifty_times_it_finds_what_the_catalog_knows() {
    let (whole, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let begin = Instant::now();
    assert!(start(whole.path()).wait().unwrap().success());
    let took = u64::try_from(begin.elapsed().as_millis()).unwrap();
    let mut random = fastrand::Rng::with_seed(5);
    let (mut kills, mut within) = (0, 0);
    while kills < KILLS {
        let mut child = start(killed.path());
        // Each gets on by a twentieth of the way on average, beside what it takes to start.
        thread::sleep(Duration::from_millis(random.u64(5..25 + took / 10)));
        if child.try_wait().unwrap().is_some_and(|status| status.success()) {
            // Done early: from the beginning again.
            std::fs::remove_dir_all(killed.path()).unwrap();
            continue;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        within += u32::from(lags(killed.path()));
    }
    assert!(start(killed.path()).wait().unwrap().success());
    assert_eq!(in_catalog(killed.path()), in_catalog(whole.path()));
    for state in [&whole, &killed] {
        assert_eq!(found(state.path()), in_catalog(state.path()));
    }
    assert!(within > 10, "only {within} of {KILLS} were killed while search followed");
}

/// Whether there is something in the catalog that the index was not told.
fn lags(state: &Path) -> bool {
    let whole = state.join("nasman.db").metadata().is_ok_and(|meta| meta.len() > 0);
    whole && Catalog::open(state).is_ok_and(|catalog| catalog.search_pending().is_ok_and(|notes| notes > 0))
}

/// Runs `work` while search follows, and waits until nothing is left to follow.
fn followed<T>(state: &Path, work: impl FnOnce(&Search, &Catalog) -> T) -> T {
    let catalog = Catalog::open(state).unwrap();
    let search = Search::open(&config(state)).unwrap();
    let (stop, stopping) = watch::channel(false);
    thread::scope(|scope| {
        scope.spawn(|| run(&search, &catalog, &stopping));
        wait_for("search to follow", || is_ready(&search, &catalog));
        let answer = work(&search, &catalog);
        search.hint();
        wait_for("search to follow", || is_ready(&search, &catalog));
        stop.send_replace(true);
        search.hint();
        answer
    })
}

fn is_ready(search: &Search, catalog: &Catalog) -> bool {
    catalog.search_pending().unwrap() == 0
        && serde_json::to_value(search.status()).unwrap()["state"] == "ready"
}

fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "never came: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_is_walked_is_taken_in_meanwhile() {
    let state = tempfile::tempdir().unwrap();
    let documents = |search: &Search| serde_json::to_value(search.status()).unwrap()["documents"].as_u64();
    followed(state.path(), |search, catalog| {
        let id = dataset(catalog);
        let mut apply = catalog.begin_apply(id, snapshot(1), None).unwrap();
        let mut ahead = search.ahead(Guid(1), Txg(10));
        for change in tree(1) {
            ahead.tell(&change);
            apply.push(change).unwrap();
        }
        assert_eq!(documents(search), Some(0), "found before the catalog has it");
        apply.finish().unwrap();
        assert!(ahead.end(), "search did not listen to the end");
        search.hint();
        wait_for("the first state", || documents(search) > Some(0));
        // Changes since, which come by notes.
        take_in(search, catalog, 2, Some(Txg(10)));
    });
    assert_eq!(found(state.path()), in_catalog(state.path()));
}

#[test]
fn of_a_walk_that_broke_off_nothing_is_found() {
    let state = tempfile::tempdir().unwrap();
    followed(state.path(), |search, catalog| {
        let id = dataset(catalog);
        let apply = catalog.begin_apply(id, snapshot(1), None).unwrap();
        let mut ahead = search.ahead(Guid(1), Txg(10));
        tree(9).iter().cycle().take(20_000).for_each(|change| ahead.tell(change));
        drop((ahead, apply));
        // Something else is committed after it.
        let other = catalog.note_dataset(Guid(2), &"tank/b".parse().unwrap(), Timestamp::UNIX_EPOCH).unwrap();
        catalog.apply(other, snapshot(3), None, [object(ROOT_INODE, Kind::Directory, 0)]).unwrap();
    });
    assert_eq!(found(state.path()), Lines::new());
    followed(state.path(), |search, catalog| take_in(search, catalog, 2, None));
    assert_eq!(found(state.path()), in_catalog(state.path()));
    assert!(found(state.path()).len() > 1_000);
}
