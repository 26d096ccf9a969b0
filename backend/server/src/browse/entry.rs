//! An entry, as clients see it.

use jiff::Timestamp;
use nasman_catalog::{ComparedEntry, Deleted, DirEntry, Since};
use nasman_core::{FileTime, Kind, Meta, RelPath};
use nasman_zfs::files::{Owners, Stat};
use serde::Serialize;
use utoipa::ToSchema;

use super::Sighting;

/// A file, folder or other entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    /// For people: bytes that are not UTF-8 show as `�`.
    #[schema(example = "Tax return 2025.pdf")]
    pub name: String,
    /// Its path in the dataset, percent-encoded: loses nothing, and is what other calls take.
    #[schema(value_type = String, example = "anna/Documents/Tax%20return%202025.pdf")]
    pub path: RelPath,
    /// What it is.
    pub kind: Kind,
    /// Bytes, holes included.
    pub size: u64,
    /// Bytes allocated, after compression; null where only the catalog was asked.
    pub allocated: Option<u64>,
    /// Last change of the content; null for a time beyond the calendar.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub modified: Option<Timestamp>,
    /// Last change of anything.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub changed: Option<Timestamp>,
    /// When made; null where the file system does not tell.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created: Option<Timestamp>,
    /// Permission bits, as a number: 420 is rw-r--r--.
    pub mode: u32,
    /// Owner's number.
    pub uid: u32,
    /// Group's number.
    pub gid: u32,
    /// Owner's name on this machine; the number where it has none.
    pub owner: String,
    /// Group's name on this machine; the number where it has none.
    pub group: String,
    /// Number of names it has.
    pub links: u32,
    /// The object number in its dataset.
    pub inode: String,
    /// Where a symbolic link points, for people.
    pub target: Option<String>,
    /// Another file system is mounted here; look in that dataset instead.
    pub mountpoint: bool,
    /// Set on an entry that is no more as of the moment shown: what is told of it is how it was last.
    pub deleted: Option<DeletedView>,
    /// What became of it until live was last looked at; null where it was not compared.
    pub now: Option<Now>,
    /// Of one that moved since, where it is; percent-encoded.
    #[schema(value_type = Option<String>)]
    pub now_at: Option<RelPath>,
}

/// What became of an entry between the moment shown and now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Now {
    /// Kind, size, time, owner, mode and, of a link, where it leads are the same. Of a folder it tells of its own
    /// names, not of what is further below.
    Same,
    /// Something of that is another.
    Changed,
    /// It is no more.
    Deleted,
    /// It has another name or place.
    Moved,
    /// It was not there then; what is told of it is how it is now.
    Added,
}

/// Where an entry that is no more was seen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deleted)]
pub struct DeletedView {
    /// The first state that shows it so.
    pub first: Sighting,
    /// The last state that shows it: open, download or restore it from there.
    pub last: Sighting,
    /// How many snapshots show it so.
    pub snapshots: u64,
    /// It was not deleted, but has another name or place now.
    pub moved: bool,
}

/// As people write an owner: by name where the machine has one.
pub(super) fn user_name(owners: &Owners, uid: u32) -> String {
    owners.user(uid).unwrap_or_else(|| uid.to_string())
}

pub(super) fn group_name(owners: &Owners, gid: u32) -> String {
    owners.group(gid).unwrap_or_else(|| gid.to_string())
}

/// When an object was made, as the catalog keeps it.
pub(super) fn made(meta: &Meta) -> Option<Timestamp> {
    (meta.generation != 0).then(|| FileTime::from_nanos(meta.generation).timestamp()).flatten()
}

pub(super) fn text(target: Option<&[u8]>) -> Option<String> {
    target.map(|bytes| String::from_utf8_lossy(bytes).into_owned())
}

impl Entry {
    /// As the file system has it.
    pub(super) fn of_stat(
        name: String,
        path: RelPath,
        stat: &Stat,
        target: Option<&[u8]>,
        owners: &Owners,
    ) -> Self {
        Self {
            name,
            path,
            kind: stat.kind,
            size: stat.size,
            allocated: Some(stat.allocated),
            modified: stat.mtime.timestamp(),
            changed: stat.ctime.timestamp(),
            created: stat.btime.and_then(FileTime::timestamp),
            mode: stat.mode,
            uid: stat.uid,
            gid: stat.gid,
            owner: user_name(owners, stat.uid),
            group: group_name(owners, stat.gid),
            links: stat.nlink,
            inode: stat.inode.to_string(),
            target: text(target),
            mountpoint: stat.mountpoint,
            deleted: None,
            now: None,
            now_at: None,
        }
    }

    /// As the catalog has it.
    pub(super) fn of_meta(name: String, path: RelPath, inode: u64, meta: &Meta, owners: &Owners) -> Self {
        Self {
            name,
            path,
            kind: meta.kind,
            size: meta.size,
            allocated: None,
            modified: meta.mtime.timestamp(),
            changed: meta.ctime.timestamp(),
            created: made(meta),
            mode: meta.mode,
            uid: meta.uid,
            gid: meta.gid,
            owner: user_name(owners, meta.uid),
            group: group_name(owners, meta.gid),
            links: meta.nlink,
            inode: inode.to_string(),
            target: text(meta.target.as_deref()),
            mountpoint: false,
            deleted: None,
            now: None,
            now_at: None,
        }
    }

    pub(super) fn of_known(path: RelPath, known: &DirEntry, owners: &Owners) -> Self {
        Self::of_meta(known.name.display(), path, known.inode, &known.meta, owners)
    }

    pub(super) fn of_compared(path: RelPath, compared: &ComparedEntry, owners: &Owners) -> Self {
        let (now, now_at) = match &compared.since {
            Since::Same => (Now::Same, None),
            Since::Changed => (Now::Changed, None),
            Since::Deleted => (Now::Deleted, None),
            Since::Moved { to } => (Now::Moved, to.clone()),
            Since::Added => (Now::Added, None),
        };
        Self { now: Some(now), now_at, ..Self::of_known(path, &compared.entry, owners) }
    }

    pub(super) fn of_deleted(path: RelPath, known: &Deleted, deleted: DeletedView, owners: &Owners) -> Self {
        let entry = Self::of_meta(known.name.display(), path, known.inode, &known.meta, owners);
        Self { deleted: Some(deleted), ..entry }
    }

    /// Its place in a folder's order.
    pub(super) fn key(&self) -> (bool, Vec<u8>) {
        let name = self.path.name().map(|name| name.as_bytes().to_vec()).unwrap_or_default();
        (self.kind != Kind::Directory, name)
    }
}
