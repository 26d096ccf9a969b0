//! What is in a folder, found out by the plainest means: the standard library, name by name.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{FileTypeExt as _, MetadataExt as _},
    },
    path::Path,
    time::UNIX_EPOCH,
};

use nasman_core::{EntryName, FileTime, Kind, Meta, ROOT_INODE, RelPath};
use nasman_zfs::feed::FolderNames;

/// Every path in a snapshot's folder with its inode and state.
pub(crate) fn walk(folder: &Path, exclude: &FolderNames) -> BTreeMap<RelPath, (u64, Meta)> {
    let mut found = BTreeMap::new();
    let mut todo = vec![RelPath::root()];
    while let Some(path) = todo.pop() {
        let at = folder.join(path.as_path());
        let (mut inode, meta) = look(&at);
        if path.is_root() {
            inode = ROOT_INODE;
        }
        if meta.kind == Kind::Directory && !path.name().is_some_and(|name| exclude.matches(&name)) {
            for entry in fs::read_dir(&at).unwrap() {
                let name = EntryName::new(entry.unwrap().file_name().as_bytes()).unwrap();
                todo.push(path.join(&name).unwrap());
            }
        }
        found.insert(path, (inode, meta));
    }
    found
}

fn look(path: &Path) -> (u64, Meta) {
    let stat = fs::symlink_metadata(path).unwrap();
    let kind = match stat.file_type() {
        kind if kind.is_dir() => Kind::Directory,
        kind if kind.is_symlink() => Kind::Symlink,
        kind if kind.is_fifo() => Kind::Fifo,
        kind if kind.is_file() => Kind::File,
        kind => panic!("{path:?} is {kind:?}"),
    };
    let target =
        (kind == Kind::Symlink).then(|| fs::read_link(path).unwrap().as_os_str().as_bytes().to_vec());
    let time = |seconds, nanos: i64| FileTime { seconds, nanos: nanos.try_into().unwrap() };
    let generation = stat.created().unwrap().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let meta = Meta {
        generation: generation.try_into().unwrap(),
        kind,
        size: stat.size(),
        mtime: time(stat.mtime(), stat.mtime_nsec()),
        ctime: time(stat.ctime(), stat.ctime_nsec()),
        uid: stat.uid(),
        gid: stat.gid(),
        mode: stat.mode() & 0o7777,
        nlink: stat.nlink().try_into().unwrap(),
        target,
    };
    (stat.ino(), meta)
}
