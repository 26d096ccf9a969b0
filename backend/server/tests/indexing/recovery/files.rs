//! Files to lose, and the comparison of what came back.

use std::{
    fs::{self, File, Permissions},
    io::Write as _,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{FileExt as _, PermissionsExt as _, lchown, symlink},
    },
    path::{Path, PathBuf},
};

use fastrand::Rng;
use rustix::fs::{
    AtFlags, CWD, FileType, Mode, Timespec, Timestamps, XattrFlags, mknodat, setxattr, utimensat,
};

use crate::scene::run;

const MIB: usize = 1 << 20;
/// Files in a folder.
const MANY: usize = 50;
const SPRING: i64 = 1_000_000_000;

/// What `rsync` would have to do to make the second folder like the first: content, owners, modes, times, links, lists and
/// attributes.
pub(super) fn differences(from: &Path, to: &Path, more: &[&str]) -> String {
    let [from, to] = [from, to].map(|path| format!("{}/", path.display()));
    let flags = ["-aHAXSn", "--itemize-changes", "--checksum", "--delete"];
    run("rsync", &[&flags[..], more, &[from.as_str(), to.as_str()]].concat())
}

pub(super) fn same(from: &Path, to: &Path) {
    assert_eq!(differences(from, to, &[]), "", "{} and {}", from.display(), to.display());
}

/// The same but for the times of folders: those in which something was made and removed again have others.
pub(super) fn same_but_times(from: &Path, to: &Path) {
    let found = differences(from, to, &["--omit-dir-times"]);
    assert_eq!(found, "", "{} and {}", from.display(), to.display());
}

pub(super) fn differ(from: &Path, to: &Path) {
    assert_ne!(differences(from, to, &[]), "", "{} and {}", from.display(), to.display());
}

/// Many small files of every kind, in folders, each with an owner, a mode and a time of its own.
pub(super) fn fill(top: &Path, files: usize, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let mut folders = vec![top.to_owned()];
    fs::create_dir(top).unwrap();
    for number in 0..files {
        if number % MANY == 0 {
            // Every other one lies deeper than the one before.
            let above: &Path = if (number / MANY).is_multiple_of(2) { top } else { folders.last().unwrap() };
            let folder = above.join(format!("d{}", number / MANY));
            fs::create_dir(&folder).unwrap();
            folders.push(folder);
        }
        let [.., before, folder] = &folders[..] else { unreachable!("two folders at least") };
        one(before, folder, number, &mut rng);
    }
    // Last of all, the innermost first: what is made in a folder changes its times.
    for (number, folder) in folders.iter().enumerate().rev() {
        fs::set_permissions(folder, Permissions::from_mode(0o700 + (number as u32 % 8) * 0o11)).unwrap();
        set_time(folder, number);
    }
}

fn one(before: &Path, folder: &Path, number: usize, rng: &mut Rng) {
    let path = folder.join(match number % 10 {
        7 => std::ffi::OsStr::from_bytes(b"not-utf8-\xff-").to_owned(),
        8 => format!("new\nline {number}").into(),
        _ => format!("file {number}").into(),
    });
    match number % MANY {
        10 => symlink(format!("file {}", number - 1), &path).unwrap(),
        20 => mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap(),
        30 => {
            let file = File::create(&path).unwrap();
            file.write_all_at(b"after a hole", 300_000).unwrap();
        }
        _ => {
            let mut content = vec![0; rng.usize(..4000)];
            rng.fill(&mut content);
            fs::write(&path, content).unwrap();
        }
    }
    lchown(&path, Some(1000 + number as u32 % 3), Some(100)).unwrap();
    if path.symlink_metadata().unwrap().is_file() {
        let mode = [0o600, 0o640, 0o644, 0o755, 0o444][number % 5];
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    }
    match number % MANY {
        1 => setxattr(&path, "user.note", b"kept", XattrFlags::empty()).unwrap(),
        2 => drop(run("setfacl", &["-m", "u:1001:r-x,g:1002:---", path.to_str().unwrap()])),
        3 => {
            for folder in [before, folder] {
                fs::hard_link(&path, folder.join(format!("link {number} {}", folder == before))).unwrap();
            }
        }
        _ => {}
    }
    set_time(&path, number);
}

fn set_time(path: &Path, number: usize) {
    let time = Timespec { tv_sec: SPRING + number as i64, tv_nsec: 123_456_789 };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

/// Loses and changes files of a folder that was filled, and adds some. Of files with several names each is lost: one
/// that is left as it is would not become the same file again.
pub(super) fn spoil(top: &Path) {
    fs::remove_dir_all(top.join("d2")).unwrap();
    for (number, path) in all_files(top).iter().enumerate() {
        let name = path.file_name().unwrap().as_bytes();
        // `file 3` has further names that begin so.
        let linked = number_of(name).is_some_and(|number| number % MANY == 3);
        if number % 3 == 0 || linked || name.starts_with(b"link") {
            fs::remove_file(path).unwrap();
        } else if number % 3 == 1 && path.symlink_metadata().unwrap().is_file() {
            fs::write(path, format!("changed {number}")).unwrap();
        }
        if number % 4 == 0 {
            fs::write(path.with_file_name(format!("since {number}")), "since").unwrap();
        }
    }
    fs::create_dir(top.join("since")).unwrap();
    fs::write(top.join("since/inside"), "since").unwrap();
    fs::set_permissions(top.join("d0"), Permissions::from_mode(0o711)).unwrap();
}

fn number_of(name: &[u8]) -> Option<usize> {
    std::str::from_utf8(name).ok()?.strip_prefix("file ")?.parse().ok()
}

/// All that are no folders, sorted.
pub(super) fn all_files(top: &Path) -> Vec<PathBuf> {
    let (mut files, mut folders) = (Vec::new(), vec![top.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.symlink_metadata().unwrap().is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// Files of one MiB that can't be compressed.
pub(super) fn fill_with_noise(top: &Path, files: usize) {
    fs::create_dir_all(top).unwrap();
    for number in 0..files {
        noise(&top.join(format!("noise {number}")), MIB, number as u64);
    }
}

/// Bytes that no compression makes fewer.
pub(super) fn noise(path: &Path, size: usize, seed: u64) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut block = || {
        let step = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_le_bytes()
        };
        std::iter::repeat_with(step).take(MIB / 8).flatten().collect::<Vec<u8>>()
    };
    let mut file = File::create(path).unwrap();
    let mut left = size;
    while left > 0 {
        let now = left.min(MIB);
        file.write_all(&block()[..now]).unwrap();
        left -= now;
    }
    file.sync_all().unwrap();
}
