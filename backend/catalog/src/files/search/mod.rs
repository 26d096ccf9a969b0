//! What search must be told: notes of what is, or may be, different, and all versions of a path.
//!
//! Every change to what is known of files leaves notes in the transaction that makes it. Whoever keeps a search index
//! takes them in order, makes the index say what the catalog says *now* of what they name, and removes them when that
//! is committed. So nothing is missed, whatever is killed when, and the index can always be made anew.

mod places;
mod versions;

use diesel::{
    SqliteConnection,
    prelude::{
        ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _,
        Selectable, SelectableHelper as _,
    },
    sql_types::BigInt,
};
use nasman_core::{Guid, Txg};

pub use places::Different;
pub use versions::PathVersion;

use super::{datasets::DatasetId, row::txg};
use crate::{
    Catalog, Result,
    schema::{datasets, search_notes, settings},
};

/// The random name of what a search index projects; another one, and nothing it says counts.
const CATALOG: &str = "search.catalog";
/// The last note that was taken in and removed.
const DONE: &str = "search.done";

/// That something is, or may be, different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchNote {
    /// Its number; later notes have greater ones.
    pub id: i64,
    /// The dataset, which may be gone.
    pub dataset: Guid,
    /// The object that it is about; absent: all of the dataset.
    pub inode: Option<u64>,
    /// What died at or before this state is as it was.
    pub since: Txg,
    /// Whether paths below it may be different where no version of it tells.
    pub named: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = search_notes)]
struct Row {
    id: i64,
    dataset: i64,
    inode: Option<i64>,
    since: i64,
    named: bool,
}

impl Catalog {
    /// The name of what a search index of this catalog projects, the last note that was removed, and the newest that
    /// there ever was. Another name, an earlier note than the one or a later one than the other: then the index is one
    /// of another catalog.
    ///
    /// # Errors
    /// When the database fails.
    pub fn search_marker(&self) -> Result<(String, i64, i64)> {
        let catalog = self.setting_or(CATALOG, || uuid::Uuid::now_v7().to_string())?;
        let conn = &mut self.conn()?;
        let done = settings::table.find(DONE).select(settings::value).first::<String>(conn).optional()?;
        let done = done.and_then(|done| done.parse().ok()).unwrap_or(0);
        let newest: Option<i64> =
            search_notes::table.select(diesel::dsl::max(search_notes::id)).first(conn)?;
        Ok((catalog, done, newest.unwrap_or(0).max(done)))
    }

    /// The oldest notes, in their order.
    ///
    /// # Errors
    /// When the database fails.
    pub fn search_notes(&self, limit: u32) -> Result<Vec<SearchNote>> {
        let rows: Vec<Row> = search_notes::table
            .order(search_notes::id)
            .limit(limit.into())
            .select(Row::as_select())
            .load(&mut self.conn()?)?;
        Ok(rows.into_iter().map(SearchNote::from).collect())
    }

    /// How many notes there are.
    ///
    /// # Errors
    /// When the database fails.
    pub fn search_pending(&self) -> Result<u64> {
        let notes: i64 = search_notes::table.count().get_result(&mut self.conn()?)?;
        Ok(u64::try_from(notes).unwrap_or_default())
    }

    /// Removes the notes up to one, once they are committed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn search_done(&self, up_to: i64) -> Result<()> {
        self.write(|conn| {
            diesel::delete(search_notes::table.filter(search_notes::id.le(up_to))).execute(conn)?;
            diesel::replace_into(settings::table)
                .values((settings::key.eq(DONE), settings::value.eq(up_to.to_string())))
                .execute(conn)?;
            Ok(())
        })
    }

    /// Notes all there is, for an index that is made anew.
    ///
    /// # Errors
    /// When the database fails.
    pub fn search_anew(&self) -> Result<()> {
        self.write(|conn| {
            diesel::delete(search_notes::table).execute(conn)?;
            let all: Vec<i64> = datasets::table.order(datasets::id).select(datasets::id).load(conn)?;
            all.into_iter().try_for_each(|id| note_all(conn, DatasetId(id)))
        })
    }
}

impl From<Row> for SearchNote {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            dataset: Guid(row.dataset.cast_unsigned()),
            inode: row.inode.map(i64::cast_unsigned),
            since: txg(row.since),
            named: row.named,
        }
    }
}

/// All of a dataset is different.
pub(super) fn note_all(conn: &mut SqliteConnection, dataset: DatasetId) -> Result<()> {
    const ALL: &str = "INSERT INTO search_notes (dataset, inode, since, named) \
        SELECT guid, NULL, 0, 0 FROM datasets WHERE id = ?1";
    diesel::sql_query(ALL).bind::<BigInt, _>(dataset.0).execute(conn)?;
    Ok(())
}

/// A state is complete: what it touched is different since the one it was told against.
pub(super) fn note_state(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    txg: i64,
    since: Option<i64>,
) -> Result<()> {
    const TOUCHED: &str = "INSERT INTO search_notes (dataset, inode, since, named) \
        SELECT d.guid, t.inode, ?3, 0 FROM datasets d \
        CROSS JOIN touched t ON t.dataset = d.id AND t.txg = ?2 WHERE d.id = ?1";
    let Some(since) = since else { return note_all(conn, dataset) };
    diesel::sql_query(TOUCHED)
        .bind::<BigInt, _>(dataset.0)
        .bind::<BigInt, _>(txg)
        .bind::<BigInt, _>(since)
        .execute(conn)?;
    Ok(())
}

/// What came after a state is about to be taken back.
pub(super) fn note_undone(conn: &mut SqliteConnection, dataset: DatasetId, txg: i64) -> Result<()> {
    const UNDONE: &str = "INSERT INTO search_notes (dataset, inode, since, named) \
        SELECT d.guid, t.inode, ?2, EXISTS (SELECT 1 FROM links l INDEXED BY links_by_inode \
            WHERE l.dataset = ?1 AND l.inode = t.inode AND l.file = 0 AND (l.born > ?2 OR l.died > ?2)) \
        FROM datasets d CROSS JOIN (SELECT DISTINCT inode FROM touched WHERE dataset = ?1 AND txg > ?2) t \
        WHERE d.id = ?1";
    diesel::sql_query(UNDONE).bind::<BigInt, _>(dataset.0).bind::<BigInt, _>(txg).execute(conn)?;
    Ok(())
}

/// A state between two others is about to be one no more. Versions that only it showed begin and end around it, of the
/// object itself or by a folder above it, and whether a row tells of that alone or only two of them together. What was born
/// at a first state is not noted as touched there, so all that ended after it counts.
pub(super) fn note_dropping(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    (before, txg, next): (i64, i64, i64),
) -> Result<()> {
    const OBJECTS: &str = "INSERT INTO search_notes (dataset, inode, since, named) \
        SELECT d.guid, t.inode, max(?2, 0), 0 FROM datasets d \
        CROSS JOIN (SELECT DISTINCT inode FROM touched WHERE dataset = ?1 AND txg > ?3 AND txg <= ?4) t \
        WHERE d.id = ?1 AND (?2 < 0 \
            OR t.inode IN (SELECT inode FROM touched WHERE dataset = ?1 AND txg > ?2 AND txg <= ?3))";
    const FOLDERS: &str = "INSERT INTO search_notes (dataset, inode, since, named) \
        SELECT d.guid, t.inode, max(?2, 0), 1 FROM datasets d CROSS JOIN ( \
            SELECT DISTINCT inode FROM touched WHERE dataset = ?1 AND txg > ?2 AND txg <= ?4) t \
        WHERE d.id = ?1 AND EXISTS (SELECT 1 FROM links l INDEXED BY links_by_inode \
            WHERE l.dataset = ?1 AND l.inode = t.inode AND l.file = 0 \
            AND (l.born > ?2 AND l.born <= ?4 OR l.died > ?2 AND l.died <= ?4 AND ?3 > ?2))";
    for sql in [OBJECTS, FOLDERS] {
        diesel::sql_query(sql)
            .bind::<BigInt, _>(dataset.0)
            .bind::<BigInt, _>(before)
            .bind::<BigInt, _>(txg)
            .bind::<BigInt, _>(next)
            .execute(conn)?;
    }
    Ok(())
}
