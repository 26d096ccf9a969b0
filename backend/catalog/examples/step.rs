//! What the next snapshot costs: a third of the changes are files removed, a third written, a third moved to another
//! folder. Each time it is taken into a fresh copy of the catalog, as after a start of the server. No ZFS is needed.
//! `cargo run --release --example step -- [changes] [times] [files] [files] …`
//!
//! On a busy machine count instructions instead: `valgrind --tool=callgrind --toggle-collect='*taken_in*' …/step 3000 1 20000`
#![allow(clippy::print_stdout, clippy::expect_used, missing_docs)]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use nasman_catalog::{Applied, Catalog, DatasetId, NewSnapshot, State};
use nasman_core::{Change, EntryName, FileTime, Guid, Kind, Meta, ROOT_INODE, Txg};

const PER_FOLDER: u64 = 100;

/// As ZFS numbers them: a folder, then the files in it.
fn folder_inode(folder: u64) -> u64 {
    ROOT_INODE + 1 + folder * (PER_FOLDER + 1)
}

fn file_inode(file: u64) -> u64 {
    folder_inode(file / PER_FOLDER) + 1 + file % PER_FOLDER
}

fn name(text: String) -> EntryName {
    EntryName::new(text).expect("a name")
}

fn object(inode: u64, kind: Kind, clock: i64) -> Change {
    let generation = 1_700_000_000_123_456_789 + i64::try_from(inode).expect("small");
    let time = FileTime { seconds: 1_700_000_000 + clock, nanos: 123_456_789 };
    let (mtime, ctime, size) = (time, time, 7);
    let (uid, gid, mode, nlink, target) = (0, 0, 0o644, 1, None);
    let meta = Meta { generation, kind, size, mtime, ctime, uid, gid, mode, nlink, target };
    Change::Object { inode, meta: Some(meta) }
}

fn files_in(folder: u64) -> impl Iterator<Item = u64> {
    folder * PER_FOLDER..(folder + 1) * PER_FOLDER
}

fn walk(files: u64) -> impl Iterator<Item = Change> {
    let folders = files / PER_FOLDER;
    let entries = (0..folders).map(|folder| (name(format!("d{folder:04}")), folder_inode(folder))).collect();
    let root = [object(ROOT_INODE, Kind::Directory, 0), Change::Directory { inode: ROOT_INODE, entries }];
    root.into_iter().chain((0..folders).flat_map(|folder| {
        let inode = folder_inode(folder);
        let entries = files_in(folder).map(|file| (name(format!("f{file}")), file_inode(file))).collect();
        [object(inode, Kind::Directory, 0)]
            .into_iter()
            .chain(files_in(folder).map(|file| object(file_inode(file), Kind::File, 0)))
            .chain([Change::Directory { inode, entries }])
    }))
}

fn changes(count: u64) -> Vec<Change> {
    let mut changes = Vec::new();
    for folder in 0..count.div_ceil(PER_FOLDER) {
        let inode = folder_inode(folder);
        let stays = files_in(folder).filter(|file| *file >= count || file % 3 == 1);
        let mut entries: Vec<_> = stays.map(|file| (name(format!("f{file}")), file_inode(file))).collect();
        if folder == 0 {
            let moved = (0..count).filter(|file| file % 3 == 2);
            entries.extend(moved.map(|file| (name(format!("moved{file}")), file_inode(file))));
        }
        changes.extend([object(inode, Kind::Directory, 1), Change::Directory { inode, entries }]);
    }
    changes.extend((0..count).map(|file| match file % 3 {
        0 => Change::Object { inode: file_inode(file), meta: None },
        _ => object(file_inode(file), Kind::File, 1),
    }));
    changes
}

fn state(clock: u64) -> State {
    let tag = format!("s{clock}").parse().expect("a tag");
    let (guid, txg) = (Guid(clock), Txg(clock * 10));
    State::Snapshot(NewSnapshot { guid, tag, txg, created_at: Timestamp::UNIX_EPOCH })
}

/// Time this thread has had a processor.
fn on_cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default())
}

#[inline(never)]
fn taken_in(catalog: &Catalog, dataset: DatasetId, changes: Vec<Change>) -> Applied {
    catalog.apply(dataset, state(2), Some(state(1).txg()), changes).expect("applied")
}

fn measure(first: &Path, dataset: DatasetId, count: u64) -> (Duration, Duration, Applied) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(first.join("nasman.db"), folder.path().join("nasman.db")).expect("a copy");
    let catalog = Catalog::open(folder.path()).expect("a catalog");
    let changes = changes(count);
    let (begin, cpu) = (Instant::now(), on_cpu());
    let applied = taken_in(&catalog, dataset, changes);
    (begin.elapsed(), on_cpu().saturating_sub(cpu), applied)
}

fn main() {
    let arguments: Vec<u64> = std::env::args().skip(1).map(|text| text.parse().expect("a number")).collect();
    let &[count, times, ref sizes @ ..] = arguments.as_slice() else {
        return println!("step <changes> <times> <files> [files …]");
    };
    for &files in sizes {
        let folder = tempfile::tempdir().expect("a folder");
        let catalog = Catalog::open(folder.path()).expect("a catalog");
        let dataset = catalog
            .note_dataset(Guid(1), &"tank/photos".parse().expect("a name"), Timestamp::UNIX_EPOCH)
            .expect("a dataset");
        catalog.apply(dataset, state(1), None, walk(files)).expect("applied");
        // Its log goes into the file.
        drop(catalog);
        let mut runs: Vec<_> = (0..times.max(1)).map(|_| measure(folder.path(), dataset, count)).collect();
        runs.sort_by_key(|(_, cpu, _)| *cpu);
        let (wall, cpu, applied) = runs[runs.len() / 4];
        println!("{count} changes in {files} files: {wall:?}, processor {cpu:?}; {applied:?}");
    }
}
