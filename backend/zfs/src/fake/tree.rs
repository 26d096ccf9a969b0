//! Folders of the fake: copies of them, and what they hold in bytes.

use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::{FileTypeExt as _, MetadataExt as _, lchown, symlink},
    path::{Path, PathBuf},
};

use rustix::fs::{AtFlags, CWD, FileType, Mode, Timespec, Timestamps, mknodat, utimensat};

/// What a folder holds: each path from its root, and its state. Two folders that hold the same state of a
/// file share its space, as a snapshot and its successor do.
pub(super) type Manifest = BTreeMap<PathBuf, Stamp>;

/// One state of a file or folder, as far as space is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Bytes; none of a folder.
    pub(super) len: u64,
    modified: (i64, i64),
    mode: u32,
}

impl Stamp {
    /// Whether both share their content's space.
    fn shares(&self, other: &Self) -> bool {
        (self.len, self.modified) == (other.len, other.modified)
    }
}

/// Lists what is beneath a folder. A folder that does not exist yet holds none.
pub(super) fn manifest(root: &Path) -> io::Result<Manifest> {
    let mut files = Manifest::new();
    if root.try_exists()? {
        collect(root, root, &mut files)?;
    }
    Ok(files)
}

fn collect(root: &Path, folder: &Path, files: &mut Manifest) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let meta = path.symlink_metadata()?;
        if meta.is_dir() {
            collect(root, &path, files)?;
        }
        let len = if meta.is_dir() { 0 } else { meta.len() };
        let stamp = Stamp { len, modified: (meta.mtime(), meta.mtime_nsec()), mode: meta.mode() };
        files.insert(path.strip_prefix(root).unwrap_or(&path).to_owned(), stamp);
    }
    Ok(())
}

/// Bytes of the files in `these` that none of `others` has in the same state.
pub(super) fn only_in(these: &Manifest, others: &[&Manifest]) -> u64 {
    these
        .iter()
        .filter(|(path, stamp)| !others.iter().any(|other| other.get(*path).is_some_and(|o| o.shares(stamp))))
        .map(|(_, stamp)| stamp.len)
        .sum()
}

/// How many paths are not in the same state in both.
pub(super) fn differing(these: &Manifest, others: &Manifest) -> u64 {
    let new = these.iter().filter(|(path, stamp)| others.get(*path) != Some(*stamp)).count();
    let gone = others.keys().filter(|path| !these.contains_key(*path)).count();
    (new + gone) as u64
}

/// Copies a folder with all beneath it: names as bytes, symlinks as such, owner, mode and times kept; sockets and
/// devices are left out, hard links become files of their own.
pub(super) fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_tree(&source, &target)?;
            continue;
        } else if kind.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else if kind.is_fifo() {
            mknodat(CWD, &target, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
        } else if kind.is_file() {
            fs::copy(&source, &target)?;
        } else {
            continue;
        }
        keep_metadata(&source, &target)?;
    }
    // Last, since filling the folder changed its times.
    keep_metadata(from, to)
}

fn keep_metadata(from: &Path, to: &Path) -> io::Result<()> {
    let meta = from.symlink_metadata()?;
    let now = to.symlink_metadata()?;
    if (meta.uid(), meta.gid()) != (now.uid(), now.gid()) {
        lchown(to, Some(meta.uid()), Some(meta.gid()))?;
    }
    if !meta.is_symlink() {
        fs::set_permissions(to, meta.permissions())?;
    }
    let times = Timestamps {
        last_access: Timespec { tv_sec: meta.atime(), tv_nsec: meta.atime_nsec() },
        last_modification: Timespec { tv_sec: meta.mtime(), tv_nsec: meta.mtime_nsec() },
    };
    Ok(utimensat(CWD, to, &times, AtFlags::SYMLINK_NOFOLLOW)?)
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};

    use super::*;

    #[test]
    fn a_copy_keeps_bytes_names_modes_and_times() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        let odd = OsStr::from_bytes(b"caf\xe9\n");
        fs::create_dir_all(from.join("sub")).unwrap();
        fs::write(from.join("sub").join(odd), b"bytes").unwrap();
        symlink("../nowhere", from.join("link")).unwrap();
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o640);
        fs::set_permissions(from.join("sub").join(odd), private).unwrap();

        copy_tree(&from, &to).unwrap();

        let (old, new) = (from.join("sub").join(odd), to.join("sub").join(odd));
        assert_eq!(fs::read(&new).unwrap(), b"bytes");
        let (old, new) = (old.metadata().unwrap(), new.metadata().unwrap());
        assert_eq!((old.mode(), old.mtime(), old.mtime_nsec()), (new.mode(), new.mtime(), new.mtime_nsec()));
        let (old, new) = (from.join("sub").metadata().unwrap(), to.join("sub").metadata().unwrap());
        assert_eq!((old.mtime(), old.mtime_nsec()), (new.mtime(), new.mtime_nsec()));
        assert_eq!(fs::read_link(to.join("link")).unwrap(), Path::new("../nowhere"));
        assert_eq!(manifest(&from).unwrap(), manifest(&to).unwrap());
    }

    #[test]
    fn only_what_no_other_has_counts() {
        let stamp = |len| Stamp { len, modified: (1, 0), mode: 0o644 };
        let a = Manifest::from([("x".into(), stamp(3)), ("y".into(), stamp(5))]);
        let b = Manifest::from([("x".into(), stamp(3)), ("y".into(), stamp(6))]);
        assert_eq!(only_in(&a, &[&b]), 5);
        assert_eq!(only_in(&a, &[]), 8);
        assert_eq!(only_in(&a, &[&a]), 0);
        let other_mode = Manifest::from([("x".into(), Stamp { mode: 0o600, ..stamp(3) })]);
        assert_eq!((only_in(&a, &[&other_mode]), differing(&a, &other_mode)), (5, 2));
        assert_eq!((differing(&a, &b), differing(&other_mode, &a), differing(&a, &a)), (1, 2, 0));
    }
}
