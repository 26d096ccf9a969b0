//! A source and a target folder, and short words for what the tests do with them.

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    process::Command,
};

use nasman_core::{EntryName, RelPath};
use nasman_zfs::files::{Expected, NotKept, Put, Restore, RestoreError, Restored, Root, restore_file};
use rustix::process::geteuid;

/// Names that are hard on programs, all of them fine for the kernel.
pub(crate) fn odd_names() -> Vec<Vec<u8>> {
    vec![
        b"\xff\xfe not utf-8".to_vec(),
        b"new\nline".to_vec(),
        b"tab\tab".to_vec(),
        b"back\\slash".to_vec(),
        b" leading and trailing ".to_vec(),
        b"-rf".to_vec(),
        b"%41&?#=+".to_vec(),
        "Gr\u{fc}\u{df}e \u{1f5c4}".as_bytes().to_vec(),
        vec![b'x'; 255],
        vec![0xE9; 255],
    ]
}

pub(crate) fn path(text: &str) -> RelPath {
    RelPath::from_bytes(text.as_bytes()).unwrap()
}

pub(crate) fn name(text: &str) -> EntryName {
    EntryName::new(text).unwrap()
}

pub(crate) fn is_root() -> bool {
    geteuid().is_root()
}

/// Says why a test proves nothing here.
pub(crate) fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}

pub(crate) fn go_on(_: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

pub(crate) struct Bench {
    dir: tempfile::TempDir,
    pub(crate) source: Root,
    pub(crate) target: Root,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["source", "target", "outside"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        let open = |folder| Root::open(&dir.path().join(folder)).unwrap();
        Self { source: open("source"), target: open("target"), dir }
    }

    /// With a file in the source.
    pub(crate) fn with(file: &str, content: impl AsRef<[u8]>) -> Self {
        let bench = Self::new();
        bench.write(&format!("source/{file}"), content);
        bench
    }

    pub(crate) fn at(&self, place: &str) -> PathBuf {
        self.dir.path().join(place)
    }

    pub(crate) fn write(&self, place: &str, content: impl AsRef<[u8]>) {
        let place = self.at(place);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, content).unwrap();
    }

    pub(crate) fn read(&self, place: &str) -> String {
        fs::read_to_string(self.at(place)).unwrap()
    }

    /// All there is in a folder, sorted.
    pub(crate) fn names(&self, place: &str) -> Vec<String> {
        let entries = fs::read_dir(self.at(place)).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub(crate) fn expected(&self, place: &str) -> Expected {
        Expected::from(&self.target.stat(&path(place)).unwrap())
    }

    pub(crate) fn restore(&self, from: &str, to: &str, put: Put) -> Result<Restored, RestoreError> {
        self.restore_watched(from, to, put, &mut go_on)
    }

    pub(crate) fn restore_watched(
        &self,
        from: &str,
        to: &str,
        put: Put,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Restored, RestoreError> {
        let (from, to, temp_name) = (path(from), path(to), name(".nasman-restore-1-0"));
        let what = Restore {
            source: &self.source,
            from: &from,
            target: &self.target,
            to: &to,
            put,
            temp_name: &temp_name,
            keep_setid: false,
        };
        restore_file(&what, progress)
    }
}

/// What was named as not kept.
pub(crate) fn lacks(not_kept: &[NotKept]) -> Vec<&str> {
    not_kept.iter().map(|lost| lost.what.as_str()).collect()
}

/// A small filesystem in memory, unmounted at the end. Absent (and said so) where it can't be had.
pub(crate) struct Tmpfs(PathBuf);

impl Tmpfs {
    pub(crate) fn mount(at: &Path, options: &str) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mount = || Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).output();
        if !is_root() || !mount().is_ok_and(|output| output.status.success()) {
            skipped("a tmpfs can't be mounted here; run as root");
            return None;
        }
        Some(Self(at.to_owned()))
    }

    pub(crate) fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        assert!(Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
