//! The rows of a state, read and written many at once.

use diesel::{QueryResult, SqliteConnection};

use super::{
    super::{
        many::{self, Many, Values},
        row::{LinkRow, ObjectRow, TouchedRow},
    },
    Batch, Touched,
};
use crate::{
    CatalogError, Result,
    schema::{links, objects},
};

/// A dataset and an inode in it.
type Key = (i64, i64);

macro_rules! kinds {
    ($($(#[$about:meta])* $name:ident($row:ty, $push:ident) -> $answer:ty = $before:literal, $after:literal;)*) => {$(
        $(#[$about])*
        struct $name;

        impl Many for $name {
            type Row = $row;
            type Answer = $answer;
            const BEFORE: &'static str = $before;
            const AFTER: &'static str = $after;

            fn push<'b>(row: &'b $row, values: &mut Values<'_, '_, 'b>) -> QueryResult<()> {
                $push(row, values)
            }
        }
    )*};
}

kinds! {
    /// The versions of objects that last. Of a thousand versions only the newest is looked at.
    OpenObjects(Key, push_key) -> objects::SqlType = "WITH asked (dataset, inode) AS (VALUES ",
        ") SELECT o.* FROM asked CROSS JOIN objects o ON o.dataset = asked.dataset AND o.inode = asked.inode \
        AND o.born = (SELECT max(born) FROM objects WHERE dataset = asked.dataset AND inode = asked.inode) \
        WHERE o.died IS NULL";
    /// The names that folders have.
    OpenNamesIn(Key, push_key) -> links::SqlType = "WITH asked (dataset, inode) AS (VALUES ",
        ") SELECT l.* FROM asked CROSS JOIN links l ON l.dataset = asked.dataset AND l.parent = asked.inode \
        WHERE l.died IS NULL";
    /// The names that lead to objects.
    OpenNamesOf(Key, push_key) -> links::SqlType = "WITH asked (dataset, inode) AS (VALUES ",
        ") SELECT l.* FROM asked CROSS JOIN links l INDEXED BY links_by_inode ON l.dataset = asked.dataset \
        AND l.inode = asked.inode WHERE l.died IS NULL";
    /// `REPLACE` of many rows keeps a copy of each page that it writes to, so that half of it can be undone; this does
    /// not.
    NewObjects(ObjectRow, push_new_object) -> () = "INSERT OR FAIL INTO objects VALUES ", "";
    AnyObjects(ObjectRow, push_new_object) -> () = "REPLACE INTO objects VALUES ", "";
    EndedObjects(ObjectRow, push_object) -> () = "INSERT INTO objects VALUES ",
        " ON CONFLICT DO UPDATE SET died = excluded.died";
    NewLinks(LinkRow, push_new_link) -> () = "INSERT OR FAIL INTO links VALUES ", "";
    AnyLinks(LinkRow, push_new_link) -> () = "REPLACE INTO links VALUES ", "";
    /// The index by inode stays as it is; `REPLACE` would write that anew, too.
    EndedLinks(LinkRow, push_link) -> () = "INSERT INTO links VALUES ",
        " ON CONFLICT DO UPDATE SET died = excluded.died";
    Notes(TouchedRow, push_note) -> () = "INSERT OR IGNORE INTO touched VALUES ", "";
}

fn push_key<'b>((dataset, inode): &'b Key, values: &mut Values<'_, '_, 'b>) -> QueryResult<()> {
    values.numbers([dataset, inode])
}

/// Of rows that begin, dataset and state are the same: a fourth of the values less to bind.
fn push_new_object<'b>(row: &'b ObjectRow, values: &mut Values<'_, '_, 'b>) -> QueryResult<()> {
    values.same("?1", &row.dataset)?;
    values.number(&row.inode)?;
    values.same("?3", &row.born)?;
    values.literal("NULL");
    push_meta(row, values)
}

fn push_object<'b>(row: &'b ObjectRow, values: &mut Values<'_, '_, 'b>) -> QueryResult<()> {
    values.numbers([&row.dataset, &row.inode, &row.born])?;
    values.number_or_null(&row.died)?;
    push_meta(row, values)
}

fn push_meta<'b>(row: &'b ObjectRow, values: &mut Values<'_, '_, 'b>) -> QueryResult<()> {
    values.numbers([&row.generation, &row.kind, &row.size, &row.mtime_s, &row.mtime_ns])?;
    values.numbers([&row.ctime_s, &row.ctime_ns, &row.uid, &row.gid, &row.mode, &row.nlink])?;
    values.bytes_or_null(&row.target)
}

fn push_new_link<'b>(row: &'b LinkRow, values: &mut Values<'_, '_, 'b>) -> QueryResult<()> {
    values.same("?1", &row.dataset)?;
    values.numbers([&row.parent, &row.file])?;
    values.bytes(&row.name)?;
    values.same("?5", &row.born)?;
    values.literal("NULL");
    values.number(&row.inode)
}

fn push_link<'b>(row: &'b LinkRow, values: &mut Values<'_, '_, 'b>) -> QueryResult<()> {
    values.numbers([&row.dataset, &row.parent, &row.file])?;
    values.bytes(&row.name)?;
    values.number(&row.born)?;
    values.number_or_null(&row.died)?;
    values.number(&row.inode)
}

fn push_note<'b>(row: &'b TouchedRow, values: &mut Values<'_, '_, 'b>) -> QueryResult<()> {
    values.numbers([&row.dataset, &row.txg, &row.inode])
}

/// Writes rows that are new; where one of them is not, all of them over what is there.
fn write<New: Many, Any: Many<Row = New::Row>>(conn: &mut SqliteConnection, rows: &[New::Row]) -> Result<()> {
    match many::run::<New>(conn, rows) {
        Err(CatalogError::Taken) => many::run::<Any>(conn, rows),
        result => result,
    }
}

pub(super) fn note_touched(
    conn: &mut SqliteConnection,
    dataset: i64,
    txg: i64,
    inodes: Touched,
) -> Result<()> {
    let mut rows: Vec<_> = inodes.into_iter().map(|inode| TouchedRow { dataset, txg, inode }).collect();
    rows.sort_unstable();
    many::run::<Notes>(conn, &rows)
}

/// Each asks the database for many inodes at once, and sees nothing that is not written yet.
impl Batch<'_> {
    fn keys(&self, inodes: &[i64]) -> Vec<Key> {
        let mut keys: Vec<Key> = inodes.iter().map(|&inode| (self.dataset, inode)).collect();
        // Neighbours lie on the same page.
        keys.sort_unstable();
        keys
    }

    /// The versions that last, of those that have one; by inode.
    pub(super) fn open_objects(&self, conn: &mut SqliteConnection, inodes: &[i64]) -> Result<Vec<ObjectRow>> {
        many::load::<OpenObjects, _>(conn, &self.keys(inodes))
    }

    /// The names that folders have; by folder.
    pub(super) fn open_names_in(&self, conn: &mut SqliteConnection, parents: &[i64]) -> Result<Vec<LinkRow>> {
        many::load::<OpenNamesIn, _>(conn, &self.keys(parents))
    }

    /// The names that lead to objects.
    pub(super) fn open_names_of(&self, conn: &mut SqliteConnection, inodes: &[i64]) -> Result<Vec<LinkRow>> {
        many::load::<OpenNamesOf, _>(conn, &self.keys(inodes))
    }

    pub(super) fn begin_objects(&mut self, conn: &mut SqliteConnection, rows: &[ObjectRow]) -> Result<()> {
        self.applied.objects_born += u64::try_from(rows.len()).unwrap_or_default();
        write::<NewObjects, AnyObjects>(conn, rows)
    }

    pub(super) fn begin_links(&mut self, conn: &mut SqliteConnection, rows: &[LinkRow]) -> Result<()> {
        self.applied.links_born += u64::try_from(rows.len()).unwrap_or_default();
        write::<NewLinks, AnyLinks>(conn, rows)
    }

    /// Notes for versions that last until now that they do no more.
    pub(super) fn died_objects(&mut self, conn: &mut SqliteConnection, rows: &[ObjectRow]) -> Result<()> {
        self.applied.objects_died += u64::try_from(rows.len()).unwrap_or_default();
        many::run::<EndedObjects>(conn, rows)
    }

    /// The same for names.
    pub(super) fn died_links(&mut self, conn: &mut SqliteConnection, rows: &[LinkRow]) -> Result<()> {
        self.applied.links_died += u64::try_from(rows.len()).unwrap_or_default();
        many::run::<EndedLinks>(conn, rows)
    }
}
