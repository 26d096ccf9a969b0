//! A corner of a real pool for one case.

use std::{
    fs,
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use nasman_core::{DatasetName, SnapshotName};
use nasman_zfs::{CliZfs, Zfs};

use crate::contract::{Fixture, Undo};

/// Runs a command that must succeed; its output without the last new line.
pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).env("LC_ALL", "C").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// One case's corner of the pool, destroyed when dropped.
pub(crate) struct Scene {
    zfs: CliZfs,
    pub(crate) home: DatasetName,
    /// Outside the pool.
    pub(crate) folder: tempfile::TempDir,
    /// A small pool, once made.
    full: String,
}

impl Scene {
    pub(crate) fn new(pool: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let id = format!("contract-{}-{number}", std::process::id());
        let home: DatasetName = format!("{pool}/{id}").parse().unwrap();
        run("zfs", &["create", home.as_str()]);
        let folder = tempfile::tempdir_in("/var/tmp").unwrap();
        Self { zfs: CliZfs::default(), home, folder, full: format!("full-{id}") }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        for (program, name) in [("zfs", self.home.as_str()), ("zpool", &self.full)] {
            let known = Command::new(program)
                .args(["list", name])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            if !known.is_ok_and(|status| status.success()) {
                continue;
            }
            // Holds a failed case left behind.
            let holds = r#"zfs list -H -r -t snapshot -o name,userrefs "$0" | awk -F'\t' '$2 > 0 { print $1 }' |
                while read -r s; do zfs holds -H "$s" | awk -F'\t' '{ print $2 }' | while read -r t; do zfs release "$t" "$s"; done; done"#;
            let _ = Command::new("sh").args(["-c", holds, name]).status();
            let options: &[&str] =
                if program == "zfs" { &["destroy", "-R", "-f"] } else { &["destroy", "-f"] };
            let gone = Command::new(program).args(options).arg(name).status();
            if !gone.is_ok_and(|status| status.success()) {
                eprintln!("{name} could not be destroyed");
            }
        }
    }
}

impl Fixture for Scene {
    fn zfs(&self) -> &dyn Zfs {
        &self.zfs
    }

    fn home(&self) -> DatasetName {
        self.home.clone()
    }

    fn add_filesystem(&self, name: &DatasetName) {
        run("zfs", &["create", name.as_str()]);
    }

    fn add_volume(&self, name: &DatasetName) {
        run("zfs", &["create", "-s", "-V", "16M", name.as_str()]);
    }

    fn add_encrypted(&self, name: &DatasetName) {
        let key = self.folder.path().join("key");
        fs::write(&key, "x".repeat(32)).unwrap();
        let location = format!("keylocation=file://{}", key.display());
        let options =
            ["create", "-o", "encryption=on", "-o", "keyformat=raw", "-o", &location, name.as_str()];
        run("zfs", &options);
    }

    fn unload_key(&self, name: &DatasetName) {
        run("zfs", &["unmount", name.as_str()]);
        run("zfs", &["unload-key", name.as_str()]);
    }

    fn add_clone(&self, snapshot: &SnapshotName, clone: &DatasetName) {
        run("zfs", &["clone", &snapshot.to_string(), clone.as_str()]);
    }

    fn remove(&self, name: &DatasetName) {
        run("zfs", &["destroy", name.as_str()]);
    }

    fn set_mounted(&self, name: &DatasetName, mounted: bool) {
        run("zfs", &[if mounted { "mount" } else { "unmount" }, name.as_str()]);
    }

    fn mount_elsewhere(&self, name: &DatasetName) -> Box<dyn Undo + '_> {
        // A namespace of its own mounts it, and gives up all that it was born with: other cases' mounts too.
        let script = r#"umount -a -t zfs; mount -t zfs -o zfsutil "$0" "$1" && echo ready; exec cat"#;
        let mut holder = Command::new("unshare")
            .args(["--mount", "--propagation", "private", "sh", "-c", script, name.as_str()])
            .arg(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert_eq!(ready, "ready\n");
        run("umount", &[&run("zfs", &["get", "-H", "-o", "value", "mountpoint", name.as_str()])]);
        Box::new(Ended(holder))
    }

    fn read_on(&self, snapshot: &SnapshotName) -> Box<dyn Undo + '_> {
        let folder = self.zfs.snapshot_folder(snapshot).unwrap();
        Box::new(File::open(folder.join("file")).unwrap())
    }

    fn full(&self) -> DatasetName {
        let disk = self.folder.path().join("disk");
        File::create(&disk).unwrap().set_len(64 << 20).unwrap();
        let disk = disk.to_str().unwrap();
        run("zpool", &["create", "-O", "compression=off", &self.full, disk]);
        fill(Path::new(&run("zfs", &["get", "-H", "-o", "value", "mountpoint", &self.full])));
        run("zpool", &["sync", &self.full]);
        self.full.parse().unwrap()
    }
}

/// A child that ends with its standard input.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Writes until nothing more goes in, in ever smaller pieces.
fn fill(folder: &Path) {
    for size in [1 << 20, 64 << 10, 4 << 10] {
        // Where not even a file can be made any more, it is full.
        let Ok(mut file) = File::create(folder.join(size.to_string())) else { return };
        while file.write_all(&vec![7; size]).is_ok() && file.sync_data().is_ok() {}
    }
}
