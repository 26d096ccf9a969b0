//! The disk of the search index is full: it is said, all else works, and once there is room it goes on by itself.

use std::{
    collections::BTreeMap,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use nasman::{
    config::Config,
    search::{Search, run},
};
use nasman_catalog::Catalog;
use nasman_core::{Kind, ROOT_INODE};
use tokio::sync::watch;

use crate::catalog_common::{dataset, folder, object, snapshot};

const FILES: u64 = 30_000;
const PATIENCE: Duration = Duration::from_secs(120);

/// A filesystem in memory, gone at the end.
struct Mount<'a>(&'a Path);

impl<'a> Mount<'a> {
    /// Absent without the right to mount.
    fn new(folder: &'a Path) -> Option<Self> {
        mount("size=2m", folder).then(|| Self(folder))
    }

    fn has_room(&self) {
        assert!(mount("remount,size=200m", self.0));
    }
}

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

fn mount(options: &str, folder: &Path) -> bool {
    let mut mount = Command::new("mount");
    let tried = mount.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder).status();
    tried.is_ok_and(|status| status.success())
}

/// Ends the follower, also where the test fails: its thread is waited for.
struct Stop<'a>(&'a watch::Sender<bool>, &'a Search);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.send_replace(true);
        self.1.hint();
    }
}

fn wait_for(search: &Search, what: &str, there: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
    let begin = Instant::now();
    loop {
        let status = serde_json::to_value(search.status()).unwrap();
        if there(&status) {
            return status;
        }
        assert!(begin.elapsed() < PATIENCE, "{what}: {status}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_full_disk_is_said_and_search_goes_on_when_there_is_room() {
    let (state, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(mount) = Mount::new(disk.path()) else {
        eprintln!("SKIPPED: a filesystem in memory can't be mounted here");
        return;
    };
    let catalog = Catalog::open(state.path()).unwrap();
    let id = dataset(&catalog);
    let name = |file: u64| (format!("{:x} a file of its own {file}", file.wrapping_mul(0x9e37_79b9)), file);
    let files = (1..=FILES).map(|file| object(file, Kind::File, file));
    let root = [object(ROOT_INODE, Kind::Directory, 0), folder(ROOT_INODE, (1..=FILES).map(name))];
    catalog.apply(id, snapshot(1), None, files.chain(root)).unwrap();

    let settings = [("NASMAN_SERVER_STATE_DIR".to_owned(), disk.path().display().to_string())];
    let search = Search::open(&Config::parse("", BTreeMap::from(settings)).unwrap()).unwrap();
    let (stop, stopping) = watch::channel(false);
    thread::scope(|scope| {
        let _stop = Stop(&stop, &search);
        scope.spawn(|| run(&search, &catalog, &stopping));
        let told = |status: &serde_json::Value| {
            status["detail"].as_str().is_some_and(|detail| detail.contains("no space left"))
        };
        let status = wait_for(&search, "the full disk", told);
        assert_eq!((&status["state"], &status["pending"]), (&"catching_up".into(), &1.into()));
        assert!(catalog.check().unwrap().is_empty());
        mount.has_room();
        search.hint();
        let status = wait_for(&search, "room", |status| status["state"] == "ready");
        assert_eq!((&status["documents"], &status["detail"]), (&FILES.into(), &serde_json::Value::Null));
    });
}
