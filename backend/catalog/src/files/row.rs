//! Rows as the database has them, and what they mean.

use diesel::prelude::{AsChangeset, Insertable, Queryable, QueryableByName, Selectable};
use nasman_core::{FileTime, Kind, Lifetime, Meta, Txg};

use crate::{
    CatalogError, Result,
    schema::{links, objects, touched},
};

/// A version of an object.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, QueryableByName, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = objects, treat_none_as_default_value = false, treat_none_as_null = true)]
#[diesel(primary_key(dataset, inode, born))]
pub(super) struct ObjectRow {
    pub dataset: i64,
    pub inode: i64,
    pub born: i64,
    pub died: Option<i64>,
    pub generation: i64,
    pub kind: i64,
    pub size: i64,
    pub mtime_s: i64,
    pub mtime_ns: i64,
    pub ctime_s: i64,
    pub ctime_ns: i64,
    pub uid: i64,
    pub gid: i64,
    pub mode: i64,
    pub nlink: i64,
    pub target: Option<Vec<u8>>,
}

/// A version of a name in a folder.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = links, treat_none_as_default_value = false)]
pub(super) struct LinkRow {
    pub dataset: i64,
    pub parent: i64,
    pub file: i64,
    pub name: Vec<u8>,
    pub born: i64,
    pub died: Option<i64>,
    pub inode: i64,
}

/// A note that something about an object was born or died at a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Insertable)]
#[diesel(table_name = touched)]
pub(super) struct TouchedRow {
    pub dataset: i64,
    pub txg: i64,
    pub inode: i64,
}

pub(super) const DIRECTORY: i64 = 1;

const KINDS: [Kind; 7] =
    [Kind::File, Kind::Directory, Kind::Symlink, Kind::Fifo, Kind::Socket, Kind::Block, Kind::Char];

/// What a link stores of the kind: whether it comes after the folders.
pub(super) fn file_flag(kind: i64) -> i64 {
    i64::from(kind != DIRECTORY)
}

impl ObjectRow {
    pub(super) fn new(dataset: i64, inode: i64, born: i64, meta: Meta) -> Self {
        Self {
            dataset,
            inode,
            born,
            died: None,
            generation: meta.generation,
            kind: kind_number(meta.kind),
            size: meta.size.cast_signed(),
            mtime_s: meta.mtime.seconds,
            mtime_ns: meta.mtime.nanos.into(),
            ctime_s: meta.ctime.seconds,
            ctime_ns: meta.ctime.nanos.into(),
            uid: meta.uid.into(),
            gid: meta.gid.into(),
            mode: meta.mode.into(),
            nlink: meta.nlink.into(),
            target: meta.target,
        }
    }

    /// The same state of the same object, whenever it lives.
    pub(super) fn same_state(&self, other: &Self) -> bool {
        let numbers = |row: &Self| {
            let times = (row.generation, row.mtime_s, row.mtime_ns, row.ctime_s, row.ctime_ns);
            (times, row.kind, row.size, row.uid, row.gid, row.mode, row.nlink)
        };
        numbers(self) == numbers(other) && self.target == other.target
    }

    pub(super) fn lifetime(&self) -> Lifetime {
        lifetime(self.born, self.died)
    }

    pub(super) fn kind(&self) -> Result<Kind> {
        kind(self.kind)
    }

    pub(super) fn into_meta(self) -> Result<Meta> {
        let small = |number: i64| {
            u32::try_from(number)
                .map_err(|_| CatalogError::Database(format!("{number} is out of a file's range")))
        };
        Ok(Meta {
            generation: self.generation,
            kind: self.kind()?,
            size: self.size.cast_unsigned(),
            mtime: FileTime { seconds: self.mtime_s, nanos: small(self.mtime_ns)? },
            ctime: FileTime { seconds: self.ctime_s, nanos: small(self.ctime_ns)? },
            uid: small(self.uid)?,
            gid: small(self.gid)?,
            mode: small(self.mode)?,
            nlink: small(self.nlink)?,
            target: self.target,
        })
    }
}

/// The number that is stored for a kind.
pub(crate) fn kind_number(kind: Kind) -> i64 {
    let place = KINDS.iter().position(|&known| known == kind).unwrap_or_default();
    i64::try_from(place).unwrap_or_default()
}

/// What a number means.
pub(crate) fn kind(number: i64) -> Result<Kind> {
    let kind = usize::try_from(number).ok().and_then(|kind| KINDS.get(kind).copied());
    kind.ok_or_else(|| CatalogError::Database(format!("{number} is no kind of file")))
}

pub(super) fn lifetime(born: i64, died: Option<i64>) -> Lifetime {
    Lifetime { born: txg(born), died: died.map(txg) }
}

pub(super) fn txg(number: i64) -> Txg {
    Txg(number.cast_unsigned())
}
