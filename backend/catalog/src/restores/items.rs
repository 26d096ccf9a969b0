//! The items of a restore: noted while it runs, listed, and gone through again to undo it.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
    RunQueryDsl as _, SelectableHelper as _, SqliteConnection, define_sql_function, sqlite::Sqlite,
};
use nasman_core::{
    RelPath,
    restore::{Outcome, Undone},
};
use serde_json::Value;

use super::{
    NewRestoreItem, RestoreItem, pending_from,
    row::{ItemRow, NewRow, outcome_number, path, undone_number},
};
use crate::{
    Catalog, Result,
    schema::{jobs, restore_items, restores},
};

/// A place in a list of items: failures come first, then what was restored, then what was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemCursor {
    /// The last one's outcome.
    pub outcome: Outcome,
    /// Its place in the record.
    pub id: i64,
}

impl Catalog {
    /// Notes what became of entries, and with the same stroke what the job must undo or finish if the process dies now.
    ///
    /// # Errors
    /// When the database fails: then neither is noted.
    pub fn note_restored(
        &self,
        restore: i64,
        items: &[NewRestoreItem],
        marks: Option<(&str, &Value)>,
    ) -> Result<()> {
        self.write(|conn| {
            let mut waits = None;
            for item in items {
                diesel::insert_into(restore_items::table).values(NewRow::new(restore, item)).execute(conn)?;
                if item.pending && waits.is_none() {
                    waits = Some(diesel::select(last_insert_rowid()).get_result::<i64>(conn)?);
                }
            }
            if let Some(first) = waits {
                let none_yet = restores::table.find(restore).filter(restores::pending_from.is_null());
                diesel::update(none_yet).set(restores::pending_from.eq(first)).execute(conn)?;
            }
            if let Some((job, marks)) = marks {
                diesel::update(jobs::table.find(job)).set(jobs::marks.eq(marks.to_string())).execute(conn)?;
            }
            Ok(())
        })
    }

    /// The new folder has its name now, and so has what is in it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn settle_restored(&self, restore: i64) -> Result<()> {
        let mut conn = self.conn()?;
        nothing_waits(&mut conn, restore)
    }

    /// A new folder did not come to be, and so did not what was to be in it. The root stands for all new folders.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_pending_restored(&self, restore: i64, folder: &RelPath) -> Result<()> {
        let (first, end) = beneath(folder);
        self.write(|conn| {
            let from = pending_from(conn, restore)?;
            let waits = || {
                restore_items::table
                    .filter(restore_items::restore.eq(restore).and(restore_items::id.ge(from)))
                    .filter(restore_items::outcome.eq(outcome_number(Outcome::Restored)))
            };
            let within = restore_items::target.ge(first).and(restore_items::target.lt(end));
            diesel::delete(waits().filter(within)).execute(conn)?;
            // Else what waits is in the folder that this one was to be in.
            if waits().select(restore_items::id).first::<i64>(conn).optional()?.is_none() {
                nothing_waits(conn, restore)?;
            }
            Ok(())
        })
    }

    /// Before a restore is gone on with: forgets all but what was restored, since the rest is tried again.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_not_restored(&self, restore: i64) -> Result<()> {
        let restored = outcome_number(Outcome::Restored);
        diesel::delete(restore_items::table)
            .filter(restore_items::restore.eq(restore).and(restore_items::outcome.ne(restored)))
            .execute(&mut self.conn()?)?;
        Ok(())
    }

    /// Where the entry at this path in the snapshot was restored to: mostly one place, or none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn restored_to(&self, restore: i64, source: &RelPath) -> Result<Vec<RelPath>> {
        let found: Vec<Vec<u8>> = restore_items::table
            .filter(restore_items::restore.eq(restore).and(restore_items::source.eq(source.as_bytes())))
            .filter(restore_items::outcome.eq(outcome_number(Outcome::Restored)))
            .select(restore_items::target)
            .load(&mut self.conn()?)?;
        found.iter().map(|bytes| path(bytes)).collect()
    }

    /// Items, failures first, then those restored, then those left out, each in the order in which they were noted: of one
    /// outcome where one is named, after the cursor, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn restored_items(
        &self,
        restore: i64,
        outcome: Option<Outcome>,
        after: Option<ItemCursor>,
        limit: u32,
    ) -> Result<Vec<RestoreItem>> {
        let mut conn = self.conn()?;
        let mut query = restore_items::table
            .filter(restore_items::restore.eq(restore))
            .filter(counts(pending_from(&mut conn, restore)?))
            .order((restore_items::outcome, restore_items::id))
            .limit(limit.into())
            .select(ItemRow::as_select())
            .into_boxed();
        if let Some(outcome) = outcome {
            query = query.filter(restore_items::outcome.eq(outcome_number(outcome)));
        }
        if let Some(after) = after {
            let number = outcome_number(after.outcome);
            query = query.filter(
                restore_items::outcome
                    .gt(number)
                    .or(restore_items::outcome.eq(number).and(restore_items::id.gt(after.id))),
            );
        }
        items(query.load(&mut conn)?)
    }

    /// What was restored and is not undone yet, at most `limit`: in the order of the record, so that what is in a folder comes
    /// before it, after the place `from`; of all actions but one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn restored_but(
        &self,
        restore: i64,
        but: &str,
        from: Option<i64>,
        limit: u32,
    ) -> Result<Vec<RestoreItem>> {
        let mut conn = self.conn()?;
        let rows = not_undone(&mut conn, restore)?
            .filter(restore_items::action.ne(but))
            .filter(restore_items::id.gt(from.unwrap_or_default()))
            .order(restore_items::id)
            .limit(limit.into())
            .select(ItemRow::as_select())
            .load(&mut conn)?;
        items(rows)
    }

    /// The same of one action.
    ///
    /// # Errors
    /// When the database fails.
    pub fn restored_by(
        &self,
        restore: i64,
        action: &str,
        from: Option<i64>,
        limit: u32,
    ) -> Result<Vec<RestoreItem>> {
        let mut conn = self.conn()?;
        let rows = not_undone(&mut conn, restore)?
            .filter(restore_items::action.eq(action))
            .filter(restore_items::id.gt(from.unwrap_or_default()))
            .order(restore_items::id)
            .limit(limit.into())
            .select(ItemRow::as_select())
            .load(&mut conn)?;
        items(rows)
    }

    /// Items that were gone through when undoing, failures first, then those left, then those undone; at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn undone_items(&self, restore: i64, limit: u32) -> Result<Vec<RestoreItem>> {
        let rows = restore_items::table
            .filter(restore_items::restore.eq(restore).and(restore_items::undone.is_not_null()))
            .filter(restore_items::outcome.eq(outcome_number(Outcome::Restored)))
            .order((restore_items::undone.desc(), restore_items::id))
            .limit(limit.into())
            .select(ItemRow::as_select())
            .load(&mut self.conn()?)?;
        items(rows)
    }

    /// Whether any item of a restore was done in this way and could still be undone.
    ///
    /// # Errors
    /// When the database fails.
    pub fn restore_has(&self, restore: i64, actions: &[&str]) -> Result<bool> {
        let mut conn = self.conn()?;
        let found = not_undone(&mut conn, restore)?
            .filter(restore_items::action.eq_any(actions))
            .select(restore_items::id)
            .first::<i64>(&mut conn)
            .optional()?;
        Ok(found.is_some())
    }

    /// Notes what undoing came to, by places in the record, and with the same stroke the job's marks.
    ///
    /// # Errors
    /// When the database fails: then neither is noted.
    pub fn note_undone(
        &self,
        outcomes: &[(i64, Undone, Option<String>)],
        marks: Option<(&str, &Value)>,
    ) -> Result<()> {
        self.write(|conn: &mut SqliteConnection| {
            for (id, undone, error) in outcomes {
                diesel::update(restore_items::table.find(id))
                    .set((
                        restore_items::undone.eq(undone_number(*undone)),
                        restore_items::undo_error.eq(error),
                    ))
                    .execute(conn)?;
            }
            if let Some((job, marks)) = marks {
                diesel::update(jobs::table.find(job)).set(jobs::marks.eq(marks.to_string())).execute(conn)?;
            }
            Ok(())
        })
    }
}

define_sql_function! {
    /// The id of the row that this connection inserted last.
    fn last_insert_rowid() -> diesel::sql_types::BigInt;
}

fn nothing_waits(conn: &mut SqliteConnection, restore: i64) -> Result<()> {
    let none = restores::pending_from.eq(None::<i64>);
    diesel::update(restores::table.find(restore)).set(none).execute(conn)?;
    Ok(())
}

/// All but what waits in a new folder, by [`pending_from`].
#[diesel::dsl::auto_type]
pub(super) fn counts(from: i64) -> _ {
    let other: i64 = outcome_number(Outcome::Restored);
    restore_items::id.lt(from).or(restore_items::outcome.ne(other))
}

/// Restored items of a restore that were not undone, or could not be.
fn not_undone<'a>(
    conn: &mut SqliteConnection,
    restore: i64,
) -> Result<restore_items::BoxedQuery<'a, Sqlite>> {
    let from = pending_from(conn, restore)?;
    Ok(restore_items::table
        .filter(restore_items::restore.eq(restore).and(restore_items::id.lt(from)))
        .filter(restore_items::outcome.eq(outcome_number(Outcome::Restored)))
        .filter(restore_items::undone.is_null().or(restore_items::undone.eq(undone_number(Undone::Failed))))
        .into_boxed())
}

fn items(rows: Vec<ItemRow>) -> Result<Vec<RestoreItem>> {
    rows.into_iter().map(RestoreItem::try_from).collect()
}

/// The range that all paths beneath a folder are in, and no other: from `folder/` up to `folder0`, since `0` comes after `/`.
fn beneath(folder: &RelPath) -> (Vec<u8>, Vec<u8>) {
    if folder.is_root() {
        // Beyond all paths, since a name has at most 255 bytes.
        return (Vec::new(), vec![0xff; 256]);
    }
    let with = |end: &[u8]| [folder.as_bytes(), end].concat();
    (with(b"/"), with(b"0"))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use nasman_core::Kind;
    use serde_json::json;

    use super::*;
    use crate::{MadeAs, NewJob, RestoreCounts};

    fn with_restore() -> (tempfile::TempDir, Catalog, String, i64) {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path()).unwrap();
        let new = NewJob { kind: "restore", title: "x", user_id: 1, user_name: "x", request: &json!({}) };
        let job = catalog.add_job(&new, Timestamp::UNIX_EPOCH).unwrap();
        let restore = catalog.begin_restore(&job.id).unwrap();
        assert_eq!(catalog.begin_restore(&job.id).unwrap(), restore, "begun once");
        (folder, catalog, job.id, restore.id)
    }

    fn path(text: &str) -> RelPath {
        RelPath::decode(text).unwrap()
    }

    fn item(at: &str, outcome: Outcome, pending: bool) -> NewRestoreItem {
        NewRestoreItem {
            source: path(at),
            target: path(&format!("to/{at}")),
            action: "create",
            outcome,
            pending,
            kind: Some(Kind::File),
            made: MadeAs { inode: 7, size: 3, ..MadeAs::default() },
            bytes: 3,
            more: Some(json!({"means": "none"}).to_string()),
        }
    }

    fn sources(items: &[RestoreItem]) -> Vec<String> {
        items.iter().map(|item| item.source.encode()).collect()
    }

    #[test]
    fn items_are_noted_with_marks_and_listed_failures_first() {
        let (_folder, catalog, job, id) = with_restore();
        let noted = [
            item("a", Outcome::Skipped, false),
            item("b", Outcome::Restored, false),
            item("c", Outcome::Failed, false),
            item("d", Outcome::Restored, false),
        ];
        catalog.note_restored(id, &noted, Some((&job, &json!({"now": 1})))).unwrap();
        assert_eq!(catalog.job(&job).unwrap().marks, json!({"now": 1}));
        let first = catalog.restored_items(id, None, None, 2).unwrap();
        assert_eq!(sources(&first), ["c", "b"]);
        let cursor = ItemCursor { outcome: first[1].outcome, id: first[1].id };
        assert_eq!(sources(&catalog.restored_items(id, None, Some(cursor), 9).unwrap()), ["d", "a"]);
        let restored = catalog.restored_items(id, Some(Outcome::Restored), Some(cursor), 9).unwrap();
        assert_eq!(sources(&restored), ["d"]);
        assert_eq!((restored[0].made, restored[0].kind), (noted[3].made, Some(Kind::File)));
        assert_eq!(restored[0].more.as_ref().map(Value::to_string), noted[3].more);
        let counts = catalog.restore_counts(id).unwrap();
        assert_eq!(
            counts,
            RestoreCounts { restored: 2, skipped: 1, failed: 1, bytes: 6, ..RestoreCounts::default() }
        );
        catalog.forget_not_restored(id).unwrap();
        assert_eq!(sources(&catalog.restored_items(id, None, None, 9).unwrap()), ["b", "d"]);
        assert_eq!(catalog.restored_to(id, &path("b")).unwrap(), [path("to/b")]);
        assert!(catalog.restored_to(id, &path("a")).unwrap().is_empty());
    }

    #[test]
    fn what_is_in_a_new_folder_counts_when_that_has_its_name() {
        let (_folder, catalog, _, id) = with_restore();
        let note = |at: &[&str], pending| {
            let noted: Vec<_> = at.iter().map(|at| item(at, Outcome::Restored, pending)).collect();
            catalog.note_restored(id, &noted, None).unwrap();
        };
        let there = || sources(&catalog.restored_items(id, None, None, 9).unwrap());
        note(&["e"], false);
        note(&["f/a", "f/g/b", "f/g0"], true);
        catalog.note_restored(id, &[item("f/c", Outcome::Failed, false)], None).unwrap();
        note(&["f/h/a"], true);
        assert_eq!(catalog.restore_counts(id).unwrap().restored, 1);
        assert_eq!(sources(&catalog.restored_but(id, "merge", None, 9).unwrap()), ["e"]);
        assert_eq!(there(), ["f/c", "e"], "what failed is told of at once");
        catalog.forget_pending_restored(id, &path("to/f/g")).unwrap();
        assert_eq!(there(), ["f/c", "e"], "the folder that it was to be in still waits");
        catalog.settle_restored(id).unwrap();
        assert_eq!(there(), ["f/c", "e", "f/a", "f/g0", "f/h/a"]);
        note(&["i/a"], true);
        catalog.forget_pending_restored(id, &path("to/i")).unwrap();
        note(&["k"], false);
        assert_eq!(there(), ["f/c", "e", "f/a", "f/g0", "f/h/a", "k"], "nothing waits any more");
        note(&["l/a"], true);
        catalog.forget_pending_restored(id, &RelPath::root()).unwrap();
        assert_eq!(there(), ["f/c", "e", "f/a", "f/g0", "f/h/a", "k"]);
    }

    #[test]
    fn undoing_goes_on_where_it_was_and_ends() {
        let (_folder, catalog, job, id) = with_restore();
        let noted = ["a", "b", "c"].map(|at| item(at, Outcome::Restored, false));
        catalog.note_restored(id, &noted, None).unwrap();
        let first = catalog.restored_but(id, "merge", None, 2).unwrap();
        assert_eq!(sources(&first), ["a", "b"]);
        assert_eq!(catalog.restored_by(id, "create", None, 2).unwrap(), first);
        let rest = catalog.restored_but(id, "merge", Some(first[1].id), 2).unwrap();
        assert_eq!(sources(&rest), ["c"]);
        assert_eq!(catalog.restored_by(id, "create", Some(first[1].id), 2).unwrap(), rest);
        assert!(catalog.restored_but(id, "create", None, 2).unwrap().is_empty());
        assert!(catalog.restored_by(id, "merge", None, 2).unwrap().is_empty());
        assert!(
            catalog.restore_has(id, &["create"]).unwrap() && !catalog.restore_has(id, &["replace"]).unwrap()
        );
        let outcomes = [
            (rest[0].id, Undone::Undone, None),
            (first[1].id, Undone::Left, Some("changed".to_owned())),
            (first[0].id, Undone::Failed, Some("read-only".to_owned())),
        ];
        catalog.note_undone(&outcomes, None).unwrap();
        let counts = catalog.restore_counts(id).unwrap();
        assert_eq!((counts.undone, counts.left, counts.not_undone), (1, 1, 1));
        assert_eq!(sources(&catalog.undone_items(id, 2).unwrap()), ["a", "b"]);
        assert_eq!(
            sources(&catalog.restored_by(id, "create", None, 9).unwrap()),
            ["a"],
            "a failure is tried again"
        );
        assert!(catalog.note_restore_undo(id, None, "first").unwrap());
        assert!(!catalog.note_restore_undo(id, None, "second").unwrap());
        assert!(catalog.note_restore_undo(id, Some("first"), "second").unwrap());
        let record = catalog.restore_record(&job).unwrap().unwrap();
        assert_eq!(record.undo_job.as_deref(), Some("second"));
    }
}
