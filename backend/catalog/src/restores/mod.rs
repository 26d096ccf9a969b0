//! What restores made, entry by entry.

mod items;
mod row;

use diesel::{
    SqliteConnection, SqliteExpressionMethods as _,
    prelude::{
        ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _,
        Selectable, SelectableHelper as _,
    },
};
use nasman_core::{Guid, restore::Outcome};

pub use items::ItemCursor;
pub use row::{MadeAs, NewRestoreItem, RestoreItem};

use crate::{
    Catalog, Result,
    schema::{restore_items, restores},
};

/// A restore, as it is remembered beside its job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreRecord {
    /// Identity, for its items.
    pub id: i64,
    /// The snapshot that keeps what was replaced: its full name when it was taken, and its guid.
    pub guard: Option<(String, Guid)>,
    /// The last job that undid it, or began to.
    pub undo_job: Option<String>,
}

/// How many items came to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RestoreCounts {
    /// In place.
    pub restored: u64,
    /// Left out.
    pub skipped: u64,
    /// Not restored.
    pub failed: u64,
    /// Bytes of content that were restored.
    pub bytes: u64,
    /// Restored ones that are as they were before.
    pub undone: u64,
    /// Restored ones that were left when the rest was undone.
    pub left: u64,
    /// Restored ones that could not be undone.
    pub not_undone: u64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = restores)]
struct Row {
    id: i64,
    guard: Option<String>,
    guard_guid: Option<i64>,
    undo_job: Option<String>,
}

impl From<Row> for RestoreRecord {
    fn from(row: Row) -> Self {
        let guard = row.guard.zip(row.guard_guid.map(|guid| Guid(guid.cast_unsigned())));
        Self { id: row.id, guard, undo_job: row.undo_job }
    }
}

/// From which id on what was restored is in a new folder that has no name yet.
fn pending_from(conn: &mut SqliteConnection, restore: i64) -> Result<i64> {
    let from: Option<Option<i64>> =
        restores::table.find(restore).select(restores::pending_from).first(conn).optional()?;
    Ok(from.flatten().unwrap_or(i64::MAX))
}

impl Catalog {
    /// Begins the record of a restore. One that was begun is gone on with.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_restore(&self, job_id: &str) -> Result<RestoreRecord> {
        self.write(|conn| {
            diesel::insert_or_ignore_into(restores::table)
                .values(restores::job_id.eq(job_id))
                .execute(conn)?;
            let own = restores::table.filter(restores::job_id.eq(job_id));
            Ok(own.select(Row::as_select()).first::<Row>(conn)?.into())
        })
    }

    /// The record of a restore; absent where the job kept none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn restore_record(&self, job_id: &str) -> Result<Option<RestoreRecord>> {
        let own = restores::table.filter(restores::job_id.eq(job_id));
        let row = own.select(Row::as_select()).first::<Row>(&mut self.conn()?).optional()?;
        Ok(row.map(RestoreRecord::from))
    }

    /// Notes the snapshot that keeps what is replaced.
    ///
    /// # Errors
    /// When the database fails: then nothing must be replaced.
    pub fn note_restore_guard(&self, restore: i64, name: &str, guid: Guid) -> Result<()> {
        diesel::update(restores::table.find(restore))
            .set((restores::guard.eq(name), restores::guard_guid.eq(guid.0.cast_signed())))
            .execute(&mut self.conn()?)?;
        Ok(())
    }

    /// Notes the job that undoes a restore, in place of the one that `before` names. Answers whether it did: another one may
    /// have been noted meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note_restore_undo(&self, restore: i64, before: Option<&str>, job_id: &str) -> Result<bool> {
        let noted = diesel::update(restores::table.find(restore))
            .filter(restores::undo_job.is(before))
            .set(restores::undo_job.eq(job_id))
            .execute(&mut self.conn()?)?;
        Ok(noted == 1)
    }

    /// How many of a restore's items came to what. Those of a new folder that has no name yet don't count.
    ///
    /// # Errors
    /// When the database fails.
    pub fn restore_counts(&self, restore: i64) -> Result<RestoreCounts> {
        use diesel::dsl::count_star;
        let mut conn = self.conn()?;
        let groups: Vec<(i64, Option<i64>, i64, Option<i64>)> = restore_items::table
            .filter(restore_items::restore.eq(restore))
            .filter(items::counts(pending_from(&mut conn, restore)?))
            .group_by((restore_items::outcome, restore_items::undone))
            .select((
                restore_items::outcome,
                restore_items::undone,
                count_star(),
                diesel::dsl::sql::<diesel::sql_types::Nullable<diesel::sql_types::BigInt>>("sum(bytes)"),
            ))
            .load(&mut conn)?;
        let mut counts = RestoreCounts::default();
        for (outcome, undone, count, bytes) in groups {
            let count = count.cast_unsigned();
            match row::outcome(outcome)? {
                Outcome::Failed => counts.failed += count,
                Outcome::Skipped => counts.skipped += count,
                Outcome::Restored => {
                    counts.restored += count;
                    counts.bytes += bytes.unwrap_or_default().cast_unsigned();
                    match undone {
                        Some(row::UNDONE) => counts.undone += count,
                        Some(row::LEFT) => counts.left += count,
                        Some(_) => counts.not_undone += count,
                        None => {}
                    }
                }
            }
        }
        Ok(counts)
    }
}
