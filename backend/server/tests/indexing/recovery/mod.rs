//! Recovery on real ZFS: the server's binary restores, undoes and sends archives, and is killed, hindered and interrupted.
//! What came of it is compared by `rsync`, which knows nothing of NASMan.

mod busy;
mod client;
mod files;
mod killed;
mod refused;
mod room;
mod unmounted;

use std::path::PathBuf;

use nasman_catalog::{NewToken, NewUser};
use nasman_core::{DatasetName, Role};
use nasman_zfs::Zfs as _;
use serde_json::{Value, json};

use self::client::Client;
use crate::{
    scene::{Scene, run, zfs},
    server::Server,
};

/// Datasets of one test, and a server that does not index them.
struct Stage {
    // Dropped in this order: it must be gone before they go.
    server: Server,
    scene: Scene,
    secret: String,
}

impl Stage {
    /// Absent (and said so) without a pool or a binary.
    fn new(name: &str) -> Option<Self> {
        let program = Server::program()?;
        let scene = Scene::new(name, &["-o", "acltype=posixacl", "-o", "xattr=sa"])?;
        let server = Server::new(&program);
        let catalog = server.catalog();
        let user = NewUser { name: "admin", password_hash: "none", role: Role::Admin, restricted: false };
        let user = catalog.add_user(&user, jiff::Timestamp::now()).unwrap();
        let secret = nasman::auth::new_secret().unwrap();
        let hash = nasman::auth::hash_token(&secret);
        let token =
            NewToken { user_id: user.id, name: "test", hash: &hash, role: Role::Admin, expires_at: None };
        catalog.add_token(&token, jiff::Timestamp::now()).unwrap();
        Some(Self { server, scene, secret })
    }

    /// A dataset below the test's own.
    fn create(&self, name: &str, options: &[&str]) -> DatasetName {
        let name: DatasetName = format!("{}/{name}", self.scene.root).parse().unwrap();
        zfs(&[&["create"], options, &[name.as_str()]].concat());
        name
    }

    /// `files` in the snapshot `then` of one dataset, and another one to restore to, with a snapshot `before`.
    fn two(&self) -> (DatasetName, DatasetName) {
        let (home, target) = (self.create("home", &[]), self.create("target", &[]));
        files::fill(&self.folder(&home).join("files"), 2000, 1);
        files::fill(&self.folder(&target).join("mine"), 20, 2);
        self.snapshot(&home, "then");
        self.snapshot(&target, "before");
        (home, target)
    }

    fn folder(&self, dataset: &DatasetName) -> PathBuf {
        self.scene.folder(dataset)
    }

    /// Takes a snapshot.
    fn snapshot(&self, dataset: &DatasetName, tag: &str) {
        zfs(&["snapshot", &format!("{dataset}@{tag}")]);
    }

    /// Where its files are.
    fn then(&self, dataset: &DatasetName, tag: &str) -> PathBuf {
        self.scene.zfs.snapshot_folder(&format!("{dataset}@{tag}").parse().unwrap()).unwrap()
    }

    fn start(&mut self) -> Client {
        self.server.index_only(&*self.scene.zfs, None);
        self.server.start();
        Client::new(&self.server.address(), &self.secret)
    }

    /// Waits until the job that runs has so many items on its record, and holds the server still.
    fn pause_amid(&self, items: i64) {
        let sql = "SELECT count(*) AS n FROM restore_items WHERE EXISTS (SELECT 1 FROM jobs \
                   WHERE kind = 'restore' AND state = 'processing')";
        self.server.wait("the midst of the restore", |server| server.ask(sql).is_some_and(|n| n >= items));
        self.server.pause();
        let running = "SELECT count(*) AS n FROM jobs WHERE kind = 'restore' AND state = 'processing'";
        assert_eq!(self.server.ask(running), Some(1), "it had ended before it was held");
    }

    /// No hold, no hidden folder and no fault is left.
    fn is_clean(&self) {
        assert_eq!(self.holds(), "");
        for dataset in self.scene.datasets() {
            self.has_nothing_hidden(&dataset);
        }
        self.server.is_sound();
    }

    fn has_nothing_hidden(&self, dataset: &DatasetName) {
        let folder = self.folder(dataset);
        let hidden = run("find", &[folder.to_str().unwrap(), "-xdev", "-name", ".nasman-*"]);
        assert_eq!(hidden, "", "left half made");
    }

    /// All holds there are.
    fn holds(&self) -> String {
        let root = self.scene.root.as_str();
        let snapshots = zfs(&["list", "-H", "-r", "-t", "snapshot", "-o", "name", root]);
        let snapshots: Vec<&str> = snapshots.lines().collect();
        if snapshots.is_empty() { String::new() } else { zfs(&[&["holds", "-H"], &snapshots[..]].concat()) }
    }
}

/// What to restore to where it was.
fn request(dataset: &DatasetName, paths: &[&str]) -> Value {
    json!({ "dataset": dataset, "at": "then", "paths": paths })
}

/// The same to a folder of another dataset.
fn request_to(dataset: &DatasetName, paths: &[&str], to: &DatasetName, path: &str) -> Value {
    json!({ "dataset": dataset, "at": "then", "paths": paths, "to": { "dataset": to, "path": path } })
}

/// The end of a job that failed for this reason.
fn failed(job: &Value, code: &str) {
    assert_eq!((&job["state"], &job["error"]["code"]), (&json!("failed"), &json!(code)), "{job}");
}

/// The end of a job that did all it was to do.
fn succeeded(job: &Value) {
    assert_eq!(job["state"], "succeeded", "{job}");
}
