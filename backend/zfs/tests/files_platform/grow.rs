//! Random trees with all that a filesystem can hold, and random damage to them. The same seed, the same tree.

use std::{
    fs::{self, File, Permissions},
    io,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{FileExt as _, PermissionsExt as _, lchown, symlink},
    },
    path::{Path, PathBuf},
};

use fastrand::Rng;
use rustix::fs::{AtFlags, CWD, Mode, Timespec, Timestamps, XattrFlags, lsetxattr, mkfifoat, utimensat};

/// Entries of a folder, and levels.
const WIDTH: usize = 9;
const DEPTH: usize = 3;

pub(crate) struct Grower {
    pub(crate) random: Rng,
    /// Files that may get a further name.
    files: Vec<PathBuf>,
    number: usize,
}

impl Grower {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: Rng::with_seed(seed), files: Vec::new(), number: 0 }
    }

    /// Makes the folder with all that is in it.
    pub(crate) fn grow(&mut self, folder: &Path, depth: usize) {
        fs::create_dir(folder).unwrap();
        for _ in 0..self.random.usize(0..=WIDTH) + usize::from(depth == DEPTH) * 3 {
            let place = self.place(folder);
            match self.random.u8(0..10) {
                0..=2 if depth > 0 => self.grow(&place, depth - 1),
                3 => self.link(&place),
                4 => {
                    mkfifoat(CWD, &place, Mode::RUSR).unwrap();
                    self.dress(&place, true);
                }
                5 if !self.files.is_empty() => {
                    let file = &self.files[self.random.usize(0..self.files.len())];
                    fs::hard_link(file, &place).unwrap();
                }
                _ => self.file(place),
            }
        }
        self.dress(folder, true);
        if self.random.bool() {
            let list = self.access_list();
            self.set(folder, "system.posix_acl_default", &list);
            self.stamp(folder);
        }
    }

    /// Changes it beyond what anybody would do by accident.
    pub(crate) fn damage(&mut self, folder: &Path) {
        let entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        for place in entries {
            let meta = fs::symlink_metadata(&place).unwrap();
            match (self.random.u8(0..8), meta.is_dir()) {
                (0, true) => fs::remove_dir_all(&place).unwrap(),
                (1, true) => {
                    fs::remove_dir_all(&place).unwrap();
                    fs::write(&place, "a file where a folder was").unwrap();
                }
                (_, true) => self.damage(&place),
                (0, false) => fs::remove_file(&place).unwrap(),
                (1, false) => {
                    fs::remove_file(&place).unwrap();
                    symlink("/etc/passwd", &place).unwrap();
                }
                (2, false) if meta.is_file() => fs::write(&place, "changed").unwrap(),
                (3, false) => lchown(&place, Some(77), Some(77)).unwrap(),
                (4, false) if !meta.is_symlink() => {
                    lsetxattr(&place, "trusted.damage", b"more", XattrFlags::empty()).unwrap();
                }
                _ => {}
            }
        }
        if self.random.bool() {
            fs::write(folder.join("added since"), "new").unwrap();
        }
        if self.random.bool() {
            fs::set_permissions(folder, Permissions::from_mode(0o700)).unwrap();
            lsetxattr(folder, "user.damage", b"more", XattrFlags::empty()).unwrap();
        }
    }

    fn place(&mut self, folder: &Path) -> PathBuf {
        self.number += 1;
        let mut name = format!("{}-", self.number).into_bytes();
        match self.random.u8(0..8) {
            0 => name.extend(b"\xff\xfe not utf-8"),
            1 => name.extend(b"new\nline\ttab"),
            2 => name.extend(b" \\ %41&?#'\"* "),
            3 => name.resize(255, b'x'),
            4 => name.extend("Gr\u{fc}\u{df}e \u{1f5c4}".as_bytes()),
            _ => name.extend(b"plain.txt"),
        }
        folder.join(std::ffi::OsStr::from_bytes(&name))
    }

    fn file(&mut self, place: PathBuf) {
        let file = File::create(&place).unwrap();
        match self.random.u8(0..4) {
            0 => {}
            1 => file.write_all_at(&self.noise(300_000), 0).unwrap(),
            2 => {
                let (begin, end) = (self.noise(9), self.noise(70_000));
                let at = self.random.u64(1 << 20..40 << 20);
                file.write_all_at(&begin, 0).and_then(|()| file.write_all_at(&end, at)).unwrap();
                file.set_len(at + (1 << 21)).unwrap();
            }
            _ => file.write_all_at(&self.noise(3000), 0).unwrap(),
        }
        self.dress(&place, true);
        self.files.push(place);
    }

    fn link(&mut self, place: &Path) {
        let to = ["/etc/passwd", "../../../../outside", "gone", "."][self.random.usize(0..4)];
        symlink(to, place).unwrap();
        self.dress(place, false);
    }

    /// Owner, attributes, access list, mode and times. A link has no mode and no list.
    fn dress(&mut self, place: &Path, whole: bool) {
        lchown(place, Some(self.random.u32(0..70_000)), Some(self.random.u32(0..9))).unwrap();
        let meta = fs::symlink_metadata(place).unwrap();
        if whole {
            let setid = if meta.is_file() || meta.is_dir() { 0o6000 } else { 0 };
            let mode = self.random.u32(0..=0o777) | (self.random.u32(0..=0o7777) & setid);
            fs::set_permissions(place, Permissions::from_mode(mode)).unwrap();
            if self.random.u8(0..4) == 0 {
                let list = self.access_list();
                self.set(place, "system.posix_acl_access", &list);
            }
        }
        let own = meta.is_file() || meta.is_dir();
        for name in ["user.a", "trusted.b", "security.nasman"] {
            if self.random.u8(0..4) == 0 && (own || !name.starts_with("user.")) {
                let len = [1, 200, 65_000][self.random.usize(0..3)];
                let value = self.noise(len);
                self.set(place, name, &value);
            }
        }
        self.stamp(place);
    }

    fn set(&self, place: &Path, name: &str, value: &[u8]) {
        let done = lsetxattr(place, name, value, XattrFlags::empty()).map_err(io::Error::from);
        done.unwrap_or_else(|error| panic!("{name} of {} bytes on {place:?}: {error}", value.len()));
    }

    fn stamp(&mut self, place: &Path) {
        let mut time = || Timespec {
            tv_sec: self.random.i64(1..2_000_000_000),
            tv_nsec: self.random.i64(0..1_000_000_000),
        };
        let times = Timestamps { last_access: time(), last_modification: time() };
        utimensat(CWD, place, &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
    }

    fn noise(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        self.random.fill(&mut bytes);
        bytes
    }

    /// `u::*, u:ID:*, g::*, m::*, o::*`, in the kernel's form.
    fn access_list(&mut self) -> Vec<u8> {
        let mut bytes = 2u32.to_le_bytes().to_vec();
        let somebody = self.random.u32(1000..9000);
        let none = u32::MAX;
        for (tag, id) in [(0x01u16, none), (0x02, somebody), (0x04, none), (0x10, none), (0x20, none)] {
            let rights = self.random.u16(0..8);
            bytes.extend(tag.to_le_bytes().iter().chain(&rights.to_le_bytes()).chain(&id.to_le_bytes()));
        }
        bytes
    }
}
