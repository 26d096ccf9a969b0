//! States that are no more: a destroyed snapshot, live as it was, what a rollback took back, an unfinished one.

use std::collections::BTreeSet;

use diesel::{
    SqliteConnection,
    prelude::{
        ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryableByName, RunQueryDsl as _,
    },
    sql_types::BigInt,
};
use nasman_core::{Guid, Txg};

use super::{
    datasets::{DatasetId, clear, position},
    snapshots::states,
};
use crate::{
    Catalog, CatalogError, Result,
    schema::{datasets, snapshots},
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
            rewind(conn, dataset, Some(to))?;
            Ok(())
        })
    }
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
    diesel::update(datasets::table.find(dataset.0)).set(datasets::applying.eq(None::<i64>)).execute(conn)?;
    Ok(())
}

/// Makes the state at `to` the newest one known; absent: nothing is known any more.
pub(super) fn rewind(conn: &mut SqliteConnection, dataset: DatasetId, to: Option<i64>) -> Result<()> {
    let Some(to) = to else {
        clear(conn, dataset)?;
        diesel::update(datasets::table.find(dataset.0))
            .set((datasets::position.eq(None::<i64>), datasets::position_at.eq(None::<i64>)))
            .execute(conn)?;
        return Ok(());
    };
    undo_after(conn, dataset, to)?;
    diesel::update(datasets::table.find(dataset.0)).set(datasets::position.eq(to)).execute(conn)?;
    let at: Option<i64> = snapshots::table
        .filter(snapshots::dataset.eq(dataset.0))
        .filter(snapshots::txg.eq(to))
        .select(snapshots::created_at)
        .first(conn)
        .optional()?;
    if let Some(at) = at {
        diesel::update(datasets::table.find(dataset.0)).set(datasets::position_at.eq(at)).execute(conn)?;
    }
    Ok(())
}

/// Takes back all that was born or died after `txg`.
fn undo_after(conn: &mut SqliteConnection, dataset: DatasetId, txg: i64) -> Result<()> {
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

/// Removes the versions that only the state at `txg` showed, if it is a state no more. Answers how many.
pub(super) fn drop_state(conn: &mut SqliteConnection, dataset: DatasetId, txg: i64) -> Result<u64> {
    let states = states(conn, dataset)?;
    let (Err(place), false) = (states.binary_search(&txg), states.is_empty()) else { return Ok(0) };
    // Nothing comes after live, so what is known last is never dropped.
    let Some(&next) = states.get(place) else { return Ok(0) };
    let before = place.checked_sub(1).and_then(|place| states.get(place)).copied().unwrap_or(i64::MIN);
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
        notes.extend(rows.iter().flat_map(|row| [(row.inode, row.born), (row.inode, row.died)]));
    }
    for (inode, txg) in notes {
        diesel::sql_query(DROP_NOTE)
            .bind::<BigInt, _>(dataset.0)
            .bind::<BigInt, _>(txg)
            .bind::<BigInt, _>(inode)
            .execute(conn)?;
    }
    Ok(u64::try_from(removed).unwrap_or_default())
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

const DROP_OBJECTS: &str = "DELETE FROM objects WHERE dataset = ?1 AND born > ?2 AND died <= ?4 \
    AND inode IN (SELECT inode FROM touched WHERE dataset = ?1 AND txg > ?3 AND txg <= ?4) \
    RETURNING inode, born, died";
const DROP_LINKS: &str = "DELETE FROM links INDEXED BY links_by_inode \
    WHERE dataset = ?1 AND born > ?2 AND died <= ?4 \
    AND inode IN (SELECT inode FROM touched WHERE dataset = ?1 AND txg > ?3 AND txg <= ?4) \
    RETURNING inode, born, died";
/// A note stays while something else is born or dies then. What dies then is the last version born before.
const DROP_NOTE: &str = "DELETE FROM touched WHERE dataset = ?1 AND txg = ?2 AND inode = ?3 \
    AND NOT EXISTS (SELECT 1 FROM objects WHERE dataset = ?1 AND inode = ?3 AND born = ?2) \
    AND ?2 IS NOT (SELECT died FROM objects \
        WHERE dataset = ?1 AND inode = ?3 AND born < ?2 ORDER BY born DESC LIMIT 1) \
    AND NOT EXISTS (SELECT 1 FROM links INDEXED BY links_by_inode \
        WHERE dataset = ?1 AND inode = ?3 AND (born = ?2 OR died = ?2))";
