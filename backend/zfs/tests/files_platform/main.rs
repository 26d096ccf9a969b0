//! Files on real ZFS, out of real snapshots. Needs root and `NASMAN_TEST_POOL`, the name of an imported pool;
//! each test makes a dataset of its own in it and destroys that at the end.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod grow;
mod tree;

use std::{
    fs::{self, File, Permissions},
    io::Write as _,
    ops::ControlFlow,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{FileExt as _, MetadataExt as _, PermissionsExt as _, chown},
    },
    path::PathBuf,
    process::Command,
    time::Instant,
};

use nasman_core::{EntryName, RelPath};
use nasman_zfs::files::{FileError, Means, Put, Restore, RestoreError, Restored, Root, Way, restore_file};
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, XattrFlags, getxattr, setxattr, utimensat};

const MIB: usize = 1 << 20;

fn run(command: &str, arguments: &[&str]) -> String {
    let output = Command::new(command).args(arguments).env("LC_ALL", "C").output().unwrap();
    assert!(output.status.success(), "{command} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn path(text: &str) -> RelPath {
    RelPath::from_bytes(text.as_bytes()).unwrap()
}

/// A dataset with files, and another one to restore to.
struct Bench {
    pool: String,
    dataset: String,
}

impl Bench {
    /// Absent (and said so) without a pool.
    fn new(name: &str) -> Option<Self> {
        let Ok(pool) = std::env::var("NASMAN_TEST_POOL") else {
            eprintln!("SKIPPED: NASMAN_TEST_POOL names no pool");
            return None;
        };
        let dataset = format!("{pool}/nasman-files-{}-{name}", std::process::id());
        run("zfs", &["create", "-o", "acltype=posixacl", "-o", "xattr=sa", &dataset]);
        let bench = Self { pool, dataset };
        bench.create("home", &[]);
        bench.create("other", &["-o", "compression=off", "-o", "recordsize=1M"]);
        Some(bench)
    }

    fn create(&self, child: &str, options: &[&str]) {
        let name = format!("{}/{child}", self.dataset);
        run("zfs", &[&["create"], options, &[&name]].concat());
    }

    fn zfs(&self, verb: &[&str], child: &str) -> String {
        run("zfs", &[verb, &[&format!("{}/{child}", self.dataset)]].concat())
    }

    fn folder(&self, child: &str) -> PathBuf {
        self.zfs(&["get", "-H", "-o", "value", "mountpoint"], child).into()
    }

    fn at(&self, place: &str) -> PathBuf {
        let (child, rest) = place.split_once('/').unwrap();
        self.folder(child).join(rest)
    }

    fn root(&self, child: &str) -> Root {
        Root::open(&self.folder(child)).unwrap()
    }

    /// Takes a snapshot of `home` and opens it.
    fn snapshot(&self, name: &str) -> Root {
        self.zfs(&["snapshot"], &format!("home@{name}"));
        Root::open(&self.at(&format!("home/.zfs/snapshot/{name}"))).unwrap()
    }

    /// Whether this ZFS can share blocks between files (2.2 and later).
    fn can_clone(&self) -> bool {
        let get = Command::new("zpool").args(["get", "-Hp", "bcloneused", &self.pool]).output().unwrap();
        get.status.success()
    }

    /// Bytes that cloned blocks take, each counted once, and bytes that they save.
    fn cloned(&self) -> (u64, u64) {
        run("zpool", &["sync", &self.pool]);
        let get = |what| run("zpool", &["get", "-Hp", "-o", "value", what, &self.pool]).parse().unwrap();
        (get("bcloneused"), get("bclonesaved"))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let destroyed = Command::new("zfs").args(["destroy", "-rf", &self.dataset]).status();
        if !destroyed.is_ok_and(|status| status.success()) {
            eprintln!("{} is left behind", self.dataset);
        }
    }
}

fn restore(source: &Root, from: &RelPath, target: &Root, to: &RelPath) -> Result<Restored, RestoreError> {
    let temp_name = EntryName::new(".nasman-restore-1-0").unwrap();
    let what = Restore { source, from, target, to, put: Put::New, temp_name: &temp_name, keep_setid: false };
    restore_file(&what, &mut |_| ControlFlow::Continue(()))
}

/// Bytes that no compression makes smaller; each block differs from the others in its first bytes.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..MIB / 8).flat_map(|_| step()).collect()
}

fn stamped(block: &mut [u8], number: usize) -> &[u8] {
    block[..8].copy_from_slice(&(number as u64).to_le_bytes());
    block
}

#[test]
fn a_big_file_is_cloned_out_of_a_snapshot() {
    const BLOCKS: usize = 1024;
    let Some(bench) = Bench::new("clone") else { return };
    if !bench.can_clone() {
        return eprintln!("SKIPPED: this ZFS does not clone blocks");
    }
    let mut block = noise(1);
    let mut file = File::create(bench.at("home/big")).unwrap();
    (0..BLOCKS).for_each(|number| file.write_all(stamped(&mut block, number)).unwrap());
    let size = (BLOCKS * MIB) as u64;
    let snapshot = bench.snapshot("s");
    fs::remove_file(bench.at("home/big")).unwrap();

    for child in ["home", "other"] {
        let (target, before) = (bench.root(child), bench.cloned());
        let began = Instant::now();
        let restored = restore(&snapshot, &path("big"), &target, &path("back")).unwrap();
        let took = began.elapsed();
        let after = bench.cloned();
        let (used, saved) = (after.0 - before.0, after.1 - before.1);
        println!("1 GiB into {child}: {:.3} s, bcloneused +{used}, bclonesaved +{saved}", took.as_secs_f64());
        assert_eq!((restored.bytes, restored.means), (size, Some(Means::CopyFileRange)));
        assert_eq!(restored.not_kept, []);
        // Blocks cloned a second time are only saved once more.
        assert!(child == "other" || used >= size / 100 * 99, "{used} bytes are clones");
        assert!(saved >= size / 100 * 99, "{saved} bytes are saved");

        let back = File::open(bench.at(&format!("{child}/back"))).unwrap();
        assert_eq!(back.metadata().unwrap().size(), size);
        let mut read = vec![0; MIB];
        for number in (0..BLOCKS).step_by(31).chain([BLOCKS - 1]) {
            back.read_exact_at(&mut read, (number * MIB) as u64).unwrap();
            assert!(read == stamped(&mut block, number), "block {number}");
        }
    }
}

/// `u::rw-, u:1234:r--, g::r--, m::r--, o::---`, in the kernel's form.
fn access_list() -> Vec<u8> {
    let none = u32::MAX;
    let entries: [(u16, u16, u32); 5] =
        [(0x01, 6, none), (0x02, 4, 1234), (0x04, 4, none), (0x10, 4, none), (0x20, 0, none)];
    let mut bytes = 2u32.to_le_bytes().to_vec();
    for (tag, rights, id) in entries {
        bytes.extend(tag.to_le_bytes().iter().chain(&rights.to_le_bytes()).chain(&id.to_le_bytes()));
    }
    bytes
}

fn attribute(place: PathBuf, name: &str) -> Vec<u8> {
    let mut value = vec![0; 4096];
    let len = getxattr(place, name, &mut value[..]).unwrap();
    value.truncate(len);
    value
}

#[test]
fn a_deleted_folder_comes_back_with_its_file_as_they_were() {
    let Some(bench) = Bench::new("meta") else { return };
    let (folder, file) = (bench.at("home/folder"), bench.at("home/folder/file"));
    fs::create_dir(&folder).unwrap();
    fs::write(&file, "content").unwrap();
    let attributes: [(&str, &[u8]); 3] = [
        ("user.nasman.test", b"any\x00\xff"),
        ("trusted.nasman.test", b"t"),
        ("system.posix_acl_access", &access_list()),
    ];
    let set = |place: &PathBuf, name, value| setxattr(place, name, value, XattrFlags::empty()).unwrap();
    attributes.iter().for_each(|(name, value)| set(&file, *name, value));
    set(&folder, "system.posix_acl_default", &access_list());
    fs::set_permissions(&folder, Permissions::from_mode(0o2750)).unwrap();
    let time = |tv_sec, tv_nsec| Timespec { tv_sec, tv_nsec };
    for (place, seconds) in [(&file, 1_000_000_000), (&folder, 999)] {
        chown(place, Some(4321), Some(1234)).unwrap();
        let times =
            Timestamps { last_access: time(seconds, 3), last_modification: time(seconds, 123_456_789) };
        utimensat(CWD, place, &times, AtFlags::empty()).unwrap();
    }
    fs::set_permissions(&folder, Permissions::from_mode(0o2750)).unwrap();
    let snapshot = bench.snapshot("s");
    let before = ["folder", "folder/file"].map(|place| snapshot.stat(&path(place)).unwrap());
    fs::remove_dir_all(&folder).unwrap();

    for child in ["home", "other"] {
        let target = bench.root(child);
        let restored = restore(&snapshot, &path("folder/file"), &target, &path("folder/file")).unwrap();
        assert_eq!(restored.not_kept, []);
        assert_eq!(restored.created, [path("folder")]);
        for (place, before) in ["folder", "folder/file"].into_iter().zip(&before) {
            let after = target.stat(&path(place)).unwrap();
            assert_eq!((after.uid, after.gid, after.mode), (before.uid, before.gid, before.mode), "{place}");
            assert_eq!((after.mtime.nanos, after.mtime), (123_456_789, before.mtime), "{place}");
        }
        for (name, value) in attributes {
            assert_eq!(attribute(bench.at(&format!("{child}/folder/file")), name), value, "{name}");
        }
        let default = attribute(bench.at(&format!("{child}/folder")), "system.posix_acl_default");
        assert_eq!(default, access_list());
    }
}

#[test]
fn holes_stay_holes() {
    let Some(bench) = Bench::new("sparse") else { return };
    let write = |place: PathBuf| {
        let file = File::create(place).unwrap();
        file.write_all_at(&noise(2), 0).unwrap();
        file.write_all_at(b"middle", 300 << 20).unwrap();
        file.set_len(1 << 30).unwrap();
        file.sync_all().unwrap();
    };
    write(bench.at("home/sparse"));
    let elsewhere = tempfile::tempdir_in("/dev/shm").unwrap();
    write(elsewhere.path().join("sparse"));
    let out_of_snapshot = if bench.can_clone() { Means::CopyFileRange } else { Means::ReadWrite };
    let sources = [
        ("cloned", bench.snapshot("s"), out_of_snapshot),
        ("copied", Root::open(elsewhere.path()).unwrap(), Means::ReadWrite),
    ];
    for (name, source, means) in &sources {
        // Without compression, where zeros that were written would take space.
        let target = bench.root("other");
        let restored = restore(source, &path("sparse"), &target, &path(name)).unwrap();
        assert_eq!((restored.bytes, restored.means), (1 << 30, Some(*means)));
        run("zpool", &["sync", &bench.pool]);
        let stat = target.stat(&path(name)).unwrap();
        assert_eq!(stat.size, 1 << 30);
        assert!(
            stat.allocated >= MIB as u64 && stat.allocated < 4 * MIB as u64,
            "{name}: {}",
            stat.allocated
        );
        let mut middle = [1; 7];
        let back = File::open(bench.at(&format!("other/{name}"))).unwrap();
        back.read_exact_at(&mut middle, 300 << 20).unwrap();
        assert_eq!(&middle, b"middle\0");
    }
}

#[test]
fn odd_names_are_listed_and_come_back() {
    let Some(bench) = Bench::new("names") else { return };
    let names = [
        b"\xff\xfe not utf-8".to_vec(),
        b"new\nline".to_vec(),
        b"tab\tab".to_vec(),
        b"back\\slash".to_vec(),
        vec![b'x'; 255],
        vec![0xE9; 255],
    ];
    for name in &names {
        fs::write(bench.folder("home").join(std::ffi::OsStr::from_bytes(name)), name).unwrap();
    }
    let (snapshot, target) = (bench.snapshot("s"), bench.root("other"));
    let listing = snapshot.list(&RelPath::root(), None, 100).unwrap();
    assert_eq!((listing.entries.len(), listing.findings.len()), (names.len(), 0));
    for entry in listing.entries {
        let path = RelPath::root().join(&entry.name).unwrap();
        restore(&snapshot, &path, &target, &path).unwrap();
        let back = fs::read(bench.folder("other").join(entry.name.as_os_str())).unwrap();
        assert_eq!(back, entry.name.as_bytes());
    }
    assert_eq!(target.list(&RelPath::root(), None, 100).unwrap().total, names.len());
}

#[test]
fn the_control_folder_is_no_file_of_the_dataset() {
    let Some(bench) = Bench::new("control") else { return };
    fs::write(bench.at("home/file"), "").unwrap();
    let snapshot = bench.snapshot("s");
    bench.zfs(&["set", "snapdir=visible"], "home");
    assert!(fs::read_dir(bench.folder("home")).unwrap().any(|entry| entry.unwrap().file_name() == ".zfs"));

    let home = bench.root("home");
    let listing = home.list(&RelPath::root(), None, 10).unwrap();
    assert_eq!(listing.entries.iter().map(|entry| entry.name.display()).collect::<Vec<_>>(), ["file"]);
    for inside in [".zfs", ".zfs/snapshot", ".zfs/snapshot/s/file"] {
        let refused = FileError::Control { path: path(inside) };
        assert_eq!(home.stat(&path(inside)).unwrap_err(), refused);
    }
    // A folder made in there would take a snapshot.
    let to = path(".zfs/snapshot/new/file");
    let error = restore(&snapshot, &path("file"), &home, &to).unwrap_err();
    assert_eq!(error, RestoreError::Target(FileError::Control { path: to }));
    assert_eq!(bench.zfs(&["list", "-H", "-o", "name", "-t", "snapshot"], "home").lines().count(), 1);
}

#[test]
fn places_that_can_not_be_written_are_told_and_left_as_they_were() {
    let Some(bench) = Bench::new("refused") else { return };
    let mut file = File::create(bench.at("home/file")).unwrap();
    (0..64).for_each(|seed| file.write_all(&noise(seed + 1)).unwrap());
    let (snapshot, file) = (bench.snapshot("s"), path("file"));
    bench.create("home/child", &[]);
    let home = bench.root("home");
    assert!(home.stat(&path("child")).unwrap().mountpoint);
    let error = restore(&snapshot, &file, &home, &path("child/file")).unwrap_err();
    let mounted = FileError::Escapes { path: path("child"), way: Way::Mount };
    assert_eq!(error, RestoreError::Target(mounted));
    assert_eq!(
        restore(&snapshot, &file, &home, &file).unwrap_err(),
        RestoreError::Exists { path: path("file") }
    );

    let error = restore(&snapshot, &file, &snapshot, &path("new")).unwrap_err();
    assert_eq!(error, RestoreError::ReadOnly { path: path("new") });

    bench.create("small", &["-o", "quota=8M"]);
    let small = bench.root("small");
    let error = restore(&snapshot, &file, &small, &path("made/file")).unwrap_err();
    assert_eq!(error, RestoreError::NoSpace { path: path("made/file") });
    assert_eq!(small.list(&RelPath::root(), None, 10).unwrap().total, 0);
}
