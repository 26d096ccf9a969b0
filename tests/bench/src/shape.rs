//! A catalog filled with what a busy photo archive would have left there, without a file system: many ordinary folders,
//! one with very many names, a file that is in every snapshot another, and names that come and go.

use anyhow::{Result, ensure};
use nasman_catalog::{Catalog, DatasetId, NewSnapshot, State};
use nasman_core::{Change, EntryName, FileTime, Kind, Meta, ROOT_INODE};

/// Names that the large folder always has.
pub const LARGE: u64 = 10_000;
/// Names that it has for the time of one snapshot each.
pub const FLEETING: u64 = 10;
const LARGE_FOLDER: u64 = 7;
const BUSY_FOLDER: u64 = 9;
const PER_FOLDER: u64 = 16;
const FIRST_FILE: u64 = 10_000_000;
const FIRST_IN_LARGE: u64 = 1_000_000_000;
const FIRST_FLEETING: u64 = 2_000_000_000;

/// Path of the folder with very many names.
pub fn large_folder() -> String {
    folder_name(LARGE_FOLDER)
}

/// Path of the file that has a version in each snapshot.
pub fn busy_file() -> String {
    format!("{}/{}", folder_name(BUSY_FOLDER), file_name(busy_inode()))
}

/// Fills the catalog: `files` in the first snapshot, and so many changes in each of the others. Answers how many
/// versions there are.
pub fn fill(
    catalog: &Catalog,
    dataset: DatasetId,
    snapshots: &[NewSnapshot],
    files: u64,
    changes: u64,
) -> Result<u64> {
    ensure!(files > LARGE + BUSY_FOLDER * PER_FOLDER, "too few files for the shape");
    let folders = (files - LARGE) / PER_FOLDER;
    let (mut base, mut versions) = (None, 0);
    for (clock, snapshot) in (0..).zip(snapshots) {
        let state = State::Snapshot(snapshot.clone());
        let told = if clock == 0 { all(folders)? } else { some(folders, clock, changes)? };
        versions += catalog.apply(dataset, state, base, told)?.objects_born;
        base = Some(snapshot.txg);
    }
    Ok(versions)
}

fn busy_inode() -> u64 {
    FIRST_FILE + BUSY_FOLDER * PER_FOLDER
}

fn folder_name(inode: u64) -> String {
    format!("album-{inode:06}")
}

fn file_name(inode: u64) -> String {
    format!("IMG_2023_{inode:010}.jpeg")
}

fn files_of(folder: u64) -> std::ops::Range<u64> {
    let first = FIRST_FILE + folder * PER_FOLDER;
    if folder == LARGE_FOLDER { FIRST_IN_LARGE..FIRST_IN_LARGE + LARGE } else { first..first + PER_FOLDER }
}

/// Folders lie in the root; their inodes are beyond the root's own.
fn inode_of(folder: u64) -> u64 {
    ROOT_INODE + folder
}

fn object(inode: u64, kind: Kind, clock: i64) -> Change {
    let time = FileTime { seconds: 1_700_000_000 + clock * 60, nanos: 123_456_789 };
    let meta = Meta {
        generation: 1_700_000_000_123_456_789,
        kind,
        size: inode * 977 + clock.unsigned_abs(),
        mtime: time,
        ctime: time,
        uid: 1000,
        gid: 1000,
        mode: 0o644,
        nlink: 1,
        target: None,
    };
    Change::Object { inode, meta: Some(meta) }
}

fn entries(files: impl Iterator<Item = u64>) -> Result<Vec<(EntryName, u64)>> {
    files.map(|inode| Ok((EntryName::new(file_name(inode))?, inode))).collect()
}

fn all(folders: u64) -> Result<Vec<Change>> {
    let names = (1..=folders).map(|folder| Ok((EntryName::new(folder_name(folder))?, inode_of(folder))));
    let top = Change::Directory { inode: ROOT_INODE, entries: names.collect::<Result<_>>()? };
    let mut told = vec![object(ROOT_INODE, Kind::Directory, 0), top];
    for folder in 1..=folders {
        told.push(object(inode_of(folder), Kind::Directory, 0));
        told.push(Change::Directory { inode: inode_of(folder), entries: entries(files_of(folder))? });
        told.extend(files_of(folder).map(|inode| object(inode, Kind::File, 0)));
    }
    Ok(told)
}

fn some(folders: u64, clock: i64, changes: u64) -> Result<Vec<Change>> {
    let mut random = fastrand::Rng::with_seed(clock.unsigned_abs());
    let before = FIRST_FLEETING + clock.unsigned_abs() * FLEETING;
    let fleeting = before..before + FLEETING;
    let names = entries(files_of(LARGE_FOLDER).chain(fleeting.clone()))?;
    let mut told = vec![
        object(busy_inode(), Kind::File, clock),
        object(inode_of(LARGE_FOLDER), Kind::Directory, clock),
        Change::Directory { inode: inode_of(LARGE_FOLDER), entries: names },
    ];
    told.extend(fleeting.map(|inode| object(inode, Kind::File, clock)));
    while (told.len() as u64) <= changes {
        let folder = random.u64(1..=folders);
        told.push(object(random.u64(files_of(folder)), Kind::File, clock));
    }
    Ok(told)
}
