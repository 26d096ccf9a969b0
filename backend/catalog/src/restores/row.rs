//! Rows of items, and what they mean.

use diesel::prelude::{Insertable, Queryable, Selectable};
use nasman_core::{
    FileTime, Kind, RelPath,
    restore::{Outcome, Undone},
};
use serde_json::Value;

use crate::{
    CatalogError, Result,
    files::{kind, kind_number},
    schema::restore_items,
};

pub(super) const UNDONE: i64 = 0;
pub(super) const LEFT: i64 = 1;
const NOT_UNDONE: i64 = 2;

/// What something was like when it was made: it is still that if nothing of this is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MadeAs {
    /// The object number in the target dataset.
    pub inode: u64,
    /// Bytes.
    pub size: u64,
    /// Last change of the content.
    pub mtime: FileTime,
}

/// What became of an entry, to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRestoreItem {
    /// In the snapshot; of what was moved aside: where it was in the target.
    pub source: RelPath,
    /// In the target.
    pub target: RelPath,
    /// What was done, in the server's word.
    pub action: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether it is in a new folder that does not have its name yet.
    pub pending: bool,
    /// What it is; absent where it could not be looked at.
    pub kind: Option<Kind>,
    /// What was made; all zero where nothing was.
    pub made: MadeAs,
    /// Bytes of content.
    pub bytes: u64,
    /// What else there is to tell: JSON, in the server's words.
    pub more: Option<String>,
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct RestoreItem {
    /// Its place in the record.
    pub id: i64,
    /// In the snapshot; of what was moved aside: where it was in the target.
    pub source: RelPath,
    /// In the target.
    pub target: RelPath,
    /// What was done, in the server's word.
    pub action: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What it is; absent where it could not be looked at.
    pub kind: Option<Kind>,
    /// What was made; all zero where nothing was.
    pub made: MadeAs,
    /// Bytes of content.
    pub bytes: u64,
    /// What else there is to tell, in the server's words.
    pub more: Option<Value>,
    /// What undoing it came to; absent where that was not tried.
    pub undone: Option<Undone>,
    /// Why it was left, or could not be undone.
    pub undo_error: Option<String>,
}

// None is NULL, so that all rows are written by one prepared statement; else each is put into words anew.
#[derive(Insertable)]
#[diesel(table_name = restore_items, treat_none_as_default_value = false)]
pub(super) struct NewRow {
    restore: i64,
    source: Vec<u8>,
    target: Vec<u8>,
    action: &'static str,
    outcome: i64,
    kind: Option<i64>,
    inode: i64,
    size: i64,
    mtime_s: i64,
    mtime_ns: i64,
    bytes: i64,
    more: Option<String>,
}

impl NewRow {
    pub(super) fn new(restore: i64, item: &NewRestoreItem) -> Self {
        Self {
            restore,
            source: item.source.as_bytes().to_vec(),
            target: item.target.as_bytes().to_vec(),
            action: item.action,
            outcome: outcome_number(item.outcome),
            kind: item.kind.map(kind_number),
            inode: item.made.inode.cast_signed(),
            size: item.made.size.cast_signed(),
            mtime_s: item.made.mtime.seconds,
            mtime_ns: item.made.mtime.nanos.into(),
            bytes: item.bytes.cast_signed(),
            more: item.more.clone(),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = restore_items)]
pub(super) struct ItemRow {
    id: i64,
    source: Vec<u8>,
    target: Vec<u8>,
    action: String,
    outcome: i64,
    kind: Option<i64>,
    inode: i64,
    size: i64,
    mtime_s: i64,
    mtime_ns: i64,
    bytes: i64,
    more: Option<String>,
    undone: Option<i64>,
    undo_error: Option<String>,
}

impl TryFrom<ItemRow> for RestoreItem {
    type Error = CatalogError;

    fn try_from(row: ItemRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            source: path(&row.source)?,
            target: path(&row.target)?,
            action: row.action,
            outcome: outcome(row.outcome)?,
            kind: row.kind.map(kind).transpose()?,
            made: MadeAs {
                inode: row.inode.cast_unsigned(),
                size: row.size.cast_unsigned(),
                mtime: FileTime {
                    seconds: row.mtime_s,
                    nanos: u32::try_from(row.mtime_ns).unwrap_or_default(),
                },
            },
            bytes: row.bytes.cast_unsigned(),
            more: row.more.as_deref().and_then(|text| serde_json::from_str(text).ok()),
            undone: row.undone.map(undone).transpose()?,
            undo_error: row.undo_error,
        })
    }
}

pub(super) fn path(bytes: &[u8]) -> Result<RelPath> {
    RelPath::from_bytes(bytes).map_err(|error| CatalogError::Database(format!("a restored path: {error}")))
}

pub(super) const fn outcome_number(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Failed => 0,
        Outcome::Restored => 1,
        Outcome::Skipped => 2,
    }
}

pub(super) fn outcome(number: i64) -> Result<Outcome> {
    match number {
        0 => Ok(Outcome::Failed),
        1 => Ok(Outcome::Restored),
        2 => Ok(Outcome::Skipped),
        _ => Err(CatalogError::Database(format!("{number} is no outcome of a restore"))),
    }
}

pub(super) const fn undone_number(undone: Undone) -> i64 {
    match undone {
        Undone::Undone => UNDONE,
        Undone::Left => LEFT,
        Undone::Failed => NOT_UNDONE,
    }
}

fn undone(number: i64) -> Result<Undone> {
    match number {
        UNDONE => Ok(Undone::Undone),
        LEFT => Ok(Undone::Left),
        NOT_UNDONE => Ok(Undone::Failed),
        _ => Err(CatalogError::Database(format!("{number} is no outcome of undoing"))),
    }
}
