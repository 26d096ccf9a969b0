//! Random changes to a folder, the same ones for the same seed.

use std::{
    ffi::OsString,
    fs::{self, OpenOptions, Permissions},
    io::Write as _,
    os::unix::{
        ffi::OsStringExt as _,
        fs::{PermissionsExt as _, symlink},
    },
    path::{Path, PathBuf},
};

use fastrand::Rng;
use rustix::fs::{CWD, FileType, Mode, XattrFlags, mknodat, setxattr};

/// Names that break careless code.
const ODD: [&[u8]; 8] = [
    b"a b",
    b"tab\there",
    b"new\nline",
    b"back\\slash\\0040",
    b"gr\xc3\xbcn",
    b"not-utf8-\xff\xfe",
    b"-rf",
    b"\xe2\x80\xae",
];

pub(crate) struct Workload {
    root: PathBuf,
    rng: Rng,
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
    count: usize,
    hard_links: bool,
}

impl Workload {
    pub(crate) fn new(root: &Path, seed: u64) -> Self {
        let folders = vec![root.to_owned()];
        Self {
            root: root.to_owned(),
            rng: Rng::with_seed(seed),
            folders,
            files: Vec::new(),
            count: 0,
            hard_links: true,
        }
    }

    pub(crate) fn without_hard_links(self) -> Self {
        Self { hard_links: false, ..self }
    }

    pub(crate) fn run(&mut self, steps: usize) {
        for _ in 0..steps {
            self.one();
        }
    }

    /// A new path in some folder.
    fn fresh(&mut self) -> PathBuf {
        self.count += 1;
        let mut name =
            if self.rng.u8(..5) == 0 { ODD[self.rng.usize(..ODD.len())].to_vec() } else { b"n".to_vec() };
        name.extend_from_slice(self.count.to_string().as_bytes());
        // In some tests folders with such a name are not entered.
        if self.rng.u8(..4) == 0 {
            name.extend_from_slice(b".skip");
        }
        let folder = self.folders[self.rng.usize(..self.folders.len())].clone();
        folder.join(OsString::from_vec(name))
    }

    fn file(&mut self) -> Option<PathBuf> {
        self.rng.choice(self.files.clone())
    }

    /// Any folder but the root.
    fn folder(&mut self) -> Option<PathBuf> {
        self.rng.choice(self.folders[1..].to_vec())
    }

    fn create(&mut self) {
        let path = self.fresh();
        fs::write(&path, vec![7; self.rng.usize(..3000)]).unwrap();
        self.files.push(path);
    }

    /// After folders moved or went, what is there is looked up anew.
    pub(crate) fn look(&mut self) {
        self.folders = vec![self.root.clone()];
        self.files.clear();
        let mut at = 0;
        while at < self.folders.len() {
            let mut entries: Vec<_> = fs::read_dir(&self.folders[at]).unwrap().map(Result::unwrap).collect();
            // The order of a folder is not the seed's.
            entries.sort_by_key(fs::DirEntry::file_name);
            for entry in entries {
                // With snapdir=visible it is there.
                if entry.file_name() == ".zfs" {
                    continue;
                }
                let kind = entry.file_type().unwrap();
                if kind.is_dir() { self.folders.push(entry.path()) } else { self.files.push(entry.path()) }
            }
            at += 1;
        }
    }

    fn one(&mut self) {
        match self.rng.u8(..24) {
            0..6 => self.create(),
            6 | 7 => {
                let path = self.fresh();
                fs::create_dir(&path).unwrap();
                self.folders.push(path);
            }
            8 => {
                let path = self.fresh();
                symlink(format!("target {}", self.count), &path).unwrap();
                self.files.push(path);
            }
            9 => {
                let path = self.fresh();
                mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
                self.files.push(path);
            }
            10 => self.move_folder(),
            11 => self.swap_folders(),
            12 => self.remove_folder(),
            13 => self.replace_folder(),
            _ => self.change_file(),
        }
    }

    fn change_file(&mut self) {
        let Some(path) = self.file() else { return self.create() };
        let stat = fs::symlink_metadata(&path).unwrap();
        match self.rng.u8(..9) {
            0 if stat.is_file() => {
                OpenOptions::new().append(true).open(&path).unwrap().write_all(b"more").unwrap();
            }
            1 if stat.is_file() => OpenOptions::new().write(true).open(&path).unwrap().set_len(17).unwrap(),
            2 if stat.is_file() => {
                let value = self.rng.u64(..).to_string().repeat(self.rng.usize(1..40));
                setxattr(&path, "user.note", value.as_bytes(), XattrFlags::empty()).unwrap();
            }
            3 if stat.is_file() => {
                fs::set_permissions(&path, Permissions::from_mode(self.rng.u32(0o400..0o777))).unwrap();
            }
            4 if self.hard_links => {
                let link = self.fresh();
                fs::hard_link(&path, &link).unwrap();
                self.files.push(link);
            }
            5 | 6 => {
                let to = self.fresh();
                fs::rename(&path, &to).unwrap();
                self.files.retain(|file| *file != path);
                self.files.push(to);
            }
            // Saved by rename: the same name, another object.
            7 => {
                let temp = path.with_file_name("temp");
                fs::write(&temp, b"new").unwrap();
                fs::rename(&temp, &path).unwrap();
            }
            _ => {
                fs::remove_file(&path).unwrap();
                self.files.retain(|file| *file != path);
            }
        }
    }

    fn move_folder(&mut self) {
        let (Some(folder), to) = (self.folder(), self.fresh()) else { return };
        if !to.starts_with(&folder) {
            fs::rename(&folder, &to).unwrap();
            self.look();
        }
    }

    /// Two folders take each other's names.
    fn swap_folders(&mut self) {
        let (Some(a), Some(b)) = (self.folder(), self.folder()) else { return };
        if a.starts_with(&b) || b.starts_with(&a) {
            return;
        }
        let between = self.root.join("between");
        fs::rename(&a, &between).unwrap();
        fs::rename(&b, &a).unwrap();
        fs::rename(&between, &b).unwrap();
        self.look();
    }

    fn remove_folder(&mut self) {
        if self.folders.len() < 6 {
            return;
        }
        let Some(folder) = self.folder() else { return };
        fs::remove_dir_all(folder).unwrap();
        self.look();
    }

    /// A file takes a folder's name, or a folder a file's.
    fn replace_folder(&mut self) {
        if let Some(file) = self.file() {
            fs::remove_file(&file).unwrap();
            fs::create_dir(&file).unwrap();
            fs::write(file.join("inside"), b"1").unwrap();
        }
        if let Some(folder) = self.folder().filter(|_| self.folders.len() > 6) {
            fs::remove_dir_all(&folder).unwrap();
            fs::write(&folder, b"a file now").unwrap();
        }
        self.look();
    }
}
