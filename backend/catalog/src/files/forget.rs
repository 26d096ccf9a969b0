//! States that are no more: a destroyed snapshot, live as it was, what a rollback took back, an unfinished one.

use std::collections::BTreeSet;

use diesel::{
    QueryResult, SqliteConnection,
    prelude::{
        ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryableByName, RunQueryDsl as _,
    },
    sql_types::{BigInt, Binary, Nullable},
};
use nasman_core::{Guid, Txg};

use super::{
    datasets::{DatasetId, clear, position},
    many::{self, Many, Values},
    row::TouchedRow,
    search,
    snapshots::states,
};
use crate::{
    Catalog, CatalogError, Result,
    schema::{datasets, links, objects, snapshots},
};

impl Catalog {
    /// Forgets a destroyed snapshot, and the versions that no other state shows. Answers how many those were; an
    /// unknown snapshot is none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_snapshot(&self, dataset: DatasetId, guid: Guid) -> Result<u64> {
        self.write(|conn| {
            let key = snapshots::table.find((dataset.0, guid.0.cast_signed()));
            let known: Option<(i64, bool)> =
                key.select((snapshots::txg, snapshots::indexed)).first(conn).optional()?;
            diesel::delete(key).execute(conn)?;
            match known {
                Some((txg, true)) => drop_state(conn, dataset, txg),
                _ => Ok(0),
            }
        })
    }

    /// Follows a rollback: all that came after the snapshot at `to` is forgotten, and live is as it was then.
    ///
    /// # Errors
    /// [`CatalogError::NotIndexed`] when that state is not known; then the dataset must be indexed anew.
    pub fn rollback(&self, dataset: DatasetId, to: Txg) -> Result<()> {
        let to = to.0.cast_signed();
        self.write(|conn| {
            let from = position(conn, dataset)?;
            undo_interrupted(conn, dataset, from)?;
            if !states(conn, dataset)?.contains(&to) {
                return Err(CatalogError::NotIndexed);
            }
            let later =
                snapshots::table.filter(snapshots::dataset.eq(dataset.0)).filter(snapshots::txg.gt(to));
            diesel::delete(later).execute(conn)?;
            go_back(conn, dataset, to)?;
            Ok(())
        })
    }
}

/// Makes an earlier state the newest one.
pub(super) fn go_back(conn: &mut SqliteConnection, dataset: DatasetId, to: i64) -> Result<()> {
    undo_after(conn, dataset, to)?;
    let at: Option<i64> = snapshots::table
        .filter(snapshots::dataset.eq(dataset.0))
        .filter(snapshots::txg.eq(to))
        .select(snapshots::created_at)
        .first(conn)
        .optional()?;
    diesel::update(datasets::table.find(dataset.0)).set(datasets::position.eq(to)).execute(conn)?;
    if let Some(at) = at {
        diesel::update(datasets::table.find(dataset.0)).set(datasets::position_at.eq(at)).execute(conn)?;
    }
    Ok(())
}

/// Takes back what an unfinished state left.
pub(super) fn undo_interrupted(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    position: Option<i64>,
) -> Result<()> {
    let applying: Option<i64> = datasets::table.find(dataset.0).select(datasets::applying).first(conn)?;
    if applying.is_none() {
        return Ok(());
    }
    match position {
        Some(position) => undo_after(conn, dataset, position)?,
        None => clear(conn, dataset)?,
    }
    end_applying(conn, dataset)
}

/// Nothing is being applied any more; a base that was forgotten meanwhile goes now.
pub(super) fn end_applying(conn: &mut SqliteConnection, dataset: DatasetId) -> Result<()> {
    let base = applying_base(conn, dataset)?;
    let none = None::<i64>;
    diesel::update(datasets::table.find(dataset.0))
        .set((datasets::applying.eq(none), datasets::applying_base.eq(none)))
        .execute(conn)?;
    if let Some(base) = base {
        drop_state(conn, dataset, base)?;
    }
    Ok(())
}

pub(super) fn applying_base(conn: &mut SqliteConnection, dataset: DatasetId) -> Result<Option<i64>> {
    Ok(datasets::table.find(dataset.0).select(datasets::applying_base).first(conn)?)
}

/// Takes back all that was born or died after `txg`.
fn undo_after(conn: &mut SqliteConnection, dataset: DatasetId, txg: i64) -> Result<()> {
    search::note_undone(conn, dataset, txg)?;
    const TOUCHED: &str = "inode IN (SELECT inode FROM touched WHERE dataset = ?1 AND txg > ?2)";
    for sql in [
        format!("DELETE FROM objects WHERE dataset = ?1 AND {TOUCHED} AND born > ?2"),
        format!("UPDATE objects SET died = NULL WHERE dataset = ?1 AND {TOUCHED} AND died > ?2"),
        format!("DELETE FROM links INDEXED BY links_by_inode WHERE dataset = ?1 AND {TOUCHED} AND born > ?2"),
        format!(
            "UPDATE links INDEXED BY links_by_inode SET died = NULL WHERE dataset = ?1 AND {TOUCHED} AND died > ?2"
        ),
        "DELETE FROM touched WHERE dataset = ?1 AND txg > ?2".to_owned(),
    ] {
        diesel::sql_query(sql).bind::<BigInt, _>(dataset.0).bind::<BigInt, _>(txg).execute(conn)?;
    }
    Ok(())
}

/// Removes the versions that only the state at `txg` showed, if it is a state no more, and makes one of what is the
/// same on both sides of it. Answers how many versions were removed.
pub(super) fn drop_state(conn: &mut SqliteConnection, dataset: DatasetId, txg: i64) -> Result<u64> {
    let mut states = states(conn, dataset)?;
    // What is being applied is told against it.
    states.extend(applying_base(conn, dataset)?);
    states.sort_unstable();
    let (Err(place), false) = (states.binary_search(&txg), states.is_empty()) else { return Ok(0) };
    // Nothing comes after live, so what is known last is never dropped.
    let Some(&next) = states.get(place) else { return Ok(0) };
    let before = place.checked_sub(1).and_then(|place| states.get(place)).copied().unwrap_or(i64::MIN);
    search::note_dropping(conn, dataset, (before, txg, next))?;
    let mut notes = BTreeSet::new();
    let mut removed = 0;
    for sql in [DROP_OBJECTS, DROP_LINKS] {
        let rows: Vec<Dropped> = diesel::sql_query(sql)
            .bind::<BigInt, _>(dataset.0)
            .bind::<BigInt, _>(before)
            .bind::<BigInt, _>(txg)
            .bind::<BigInt, _>(next)
            .load(conn)?;
        removed += rows.len();
        notes.extend(rows.iter().flat_map(|row| [(row.born, row.inode), (row.died, row.inode)]));
    }
    if before != i64::MIN {
        for find in [SAME_OBJECTS, SAME_LINKS] {
            let pairs: Vec<Pair> = diesel::sql_query(find)
                .bind::<BigInt, _>(dataset.0)
                .bind::<BigInt, _>(before)
                .bind::<BigInt, _>(next)
                .load(conn)?;
            for pair in pairs {
                pair.join(conn, dataset)?;
                notes.extend([(pair.ended, pair.inode), (pair.begun, pair.inode)]);
            }
        }
    }
    drop_notes(conn, dataset, &notes.into_iter().collect::<Vec<_>>())?;
    Ok(u64::try_from(removed).unwrap_or_default())
}

/// Removes notes, each of a state and an inode, that are about nothing any more.
pub(super) fn drop_notes(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    notes: &[(i64, i64)],
) -> Result<()> {
    let rows = notes.iter().map(|&(txg, inode)| TouchedRow { dataset: dataset.0, txg, inode });
    many::run_each::<DropNotes>(conn, &rows.collect::<Vec<_>>())
}

/// What a removed version leaves notes of.
#[derive(QueryableByName)]
struct Dropped {
    #[diesel(sql_type = BigInt)]
    inode: i64,
    #[diesel(sql_type = BigInt)]
    born: i64,
    #[diesel(sql_type = BigInt)]
    died: i64,
}

/// Two versions of the same, with no state between them any more.
#[derive(QueryableByName)]
struct Pair {
    #[diesel(sql_type = BigInt)]
    inode: i64,
    /// When the first was born.
    #[diesel(sql_type = BigInt)]
    born: i64,
    /// When the first died.
    #[diesel(sql_type = BigInt)]
    ended: i64,
    /// When the second was born.
    #[diesel(sql_type = BigInt)]
    begun: i64,
    /// When the second died.
    #[diesel(sql_type = Nullable<BigInt>)]
    died: Option<i64>,
    /// Of a link: its folder, place and name; an object's is empty.
    #[diesel(sql_type = BigInt)]
    parent: i64,
    #[diesel(sql_type = BigInt)]
    file: i64,
    #[diesel(sql_type = Binary)]
    name: Vec<u8>,
}

impl Pair {
    /// The first one lives as long as the second did.
    fn join(&self, conn: &mut SqliteConnection, dataset: DatasetId) -> Result<()> {
        if self.name.is_empty() {
            let key = |born| objects::table.find((dataset.0, self.inode, born));
            diesel::delete(key(self.begun)).execute(conn)?;
            diesel::update(key(self.born)).set(objects::died.eq(self.died)).execute(conn)?;
        } else {
            let key = |born| links::table.find((dataset.0, self.parent, self.file, &self.name, born));
            diesel::delete(key(self.begun)).execute(conn)?;
            diesel::update(key(self.born)).set(links::died.eq(self.died)).execute(conn)?;
        }
        Ok(())
    }
}

const SAME_OBJECTS: &str = "SELECT a.inode, a.born, a.died AS ended, b.born AS begun, b.died, \
        0 AS parent, 0 AS file, x'' AS name \
    FROM (SELECT DISTINCT inode FROM touched WHERE dataset = ?1 AND txg > ?2 AND txg <= ?3) t \
    CROSS JOIN objects b ON b.dataset = ?1 AND b.inode = t.inode AND b.born > ?2 AND b.born <= ?3 \
    CROSS JOIN objects a ON a.dataset = ?1 AND a.inode = b.inode AND a.born <= ?2 AND a.died > ?2 \
        AND a.died <= b.born \
    WHERE (a.generation, a.kind, a.size, a.mtime_s, a.mtime_ns, a.ctime_s, a.ctime_ns, a.uid, a.gid, a.mode, a.nlink) \
        = (b.generation, b.kind, b.size, b.mtime_s, b.mtime_ns, b.ctime_s, b.ctime_ns, b.uid, b.gid, b.mode, b.nlink) \
        AND a.target IS b.target";
const SAME_LINKS: &str = "SELECT a.inode, a.born, a.died AS ended, b.born AS begun, b.died, \
        a.parent, a.file, a.name \
    FROM (SELECT DISTINCT inode FROM touched WHERE dataset = ?1 AND txg > ?2 AND txg <= ?3) t \
    CROSS JOIN links b INDEXED BY links_by_inode ON b.dataset = ?1 AND b.inode = t.inode \
        AND b.born > ?2 AND b.born <= ?3 \
    CROSS JOIN links a ON a.dataset = ?1 AND a.parent = b.parent AND a.file = b.file AND a.name = b.name \
        AND a.born <= ?2 AND a.died > ?2 AND a.died <= b.born AND a.inode = b.inode";
const DROP_OBJECTS: &str = "DELETE FROM objects WHERE dataset = ?1 AND born > ?2 AND died <= ?4 \
    AND inode IN (SELECT inode FROM touched WHERE dataset = ?1 AND txg > ?3 AND txg <= ?4) \
    RETURNING inode, born, died";
const DROP_LINKS: &str = "DELETE FROM links INDEXED BY links_by_inode \
    WHERE dataset = ?1 AND born > ?2 AND died <= ?4 \
    AND inode IN (SELECT inode FROM touched WHERE dataset = ?1 AND txg > ?3 AND txg <= ?4) \
    RETURNING inode, born, died";

/// A note stays while something else is born or dies then. What dies then is the last version born before.
struct DropNotes;

impl Many for DropNotes {
    type Row = TouchedRow;
    type Answer = ();
    const BEFORE: &'static str = "DELETE FROM touched WHERE (dataset, txg, inode) = ";
    const AFTER: &'static str = " \
    AND NOT EXISTS (SELECT 1 FROM objects o \
        WHERE o.dataset = touched.dataset AND o.inode = touched.inode AND o.born = touched.txg) \
    AND txg IS NOT (SELECT o.died FROM objects o \
        WHERE o.dataset = touched.dataset AND o.inode = touched.inode AND o.born < touched.txg \
        ORDER BY o.born DESC LIMIT 1) \
    AND NOT EXISTS (SELECT 1 FROM links l INDEXED BY links_by_inode \
        WHERE l.dataset = touched.dataset AND l.inode = touched.inode \
        AND (l.born = touched.txg OR l.died = touched.txg))";

    fn push<'b>(row: &'b TouchedRow, values: &mut Values<'_, '_, 'b>) -> QueryResult<()> {
        values.numbers([&row.dataset, &row.txg, &row.inode])
    }
}
