//! Objects: what state they are in now.

use std::collections::HashMap;

use diesel::{
    SqliteConnection,
    prelude::{
        ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, RunQueryDsl as _,
        SelectableHelper as _,
    },
};
use nasman_core::Meta;

use super::{
    super::row::{DIRECTORY, ObjectRow, file_flag},
    AT_ONCE, Batch, Touched,
};
use crate::{Result, schema::objects};

/// Of the objects told in this batch, what the ones that exist are.
pub(super) type Kinds = HashMap<i64, i64>;

impl Batch<'_> {
    pub(super) fn take_objects(
        &mut self,
        conn: &mut SqliteConnection,
        told: Vec<(i64, Option<Meta>)>,
        touched: &mut Touched,
    ) -> Result<Kinds> {
        // Of two tellings the later one counts; in order of the key, since that writes least.
        let mut told: Vec<_> = told.into_iter().collect::<HashMap<_, _>>().into_iter().collect();
        told.sort_unstable_by_key(|(inode, _)| *inode);
        let mut kinds = Kinds::with_capacity(told.len());
        let mut born = Vec::new();
        for (inode, meta) in told {
            let new = self.first && meta.is_some() && !self.told.contains(&inode);
            let known = if new { None } else { self.open_object(conn, inode)? };
            match meta {
                Some(meta) => {
                    let row = ObjectRow::new(self.dataset, inode, self.txg, meta);
                    kinds.insert(inode, row.kind);
                    self.gone.remove(&inode);
                    if known.as_ref().is_some_and(|known| known.same_state(&row)) {
                        continue;
                    }
                    self.change_kind(conn, known.as_ref(), &row, touched)?;
                    match known {
                        Some(known) => self.end_object(conn, &known, touched)?,
                        // All that a first state tells has a name.
                        None if !self.first => _ = self.loose.insert(inode),
                        None => {}
                    }
                    touched.insert(inode);
                    born.push(row);
                }
                None => {
                    self.gone.insert(inode);
                    if let Some(known) = known {
                        self.end_object(conn, &known, touched)?;
                        self.end_names_in(conn, inode, touched)?;
                    }
                }
            }
        }
        self.applied.objects_born += u64::try_from(born.len()).unwrap_or_default();
        // Statements of one length, which are prepared once; one of all rows would be parsed each time.
        let (whole, rest) = born.as_chunks::<AT_ONCE>();
        for rows in whole {
            diesel::replace_into(objects::table).values(rows).execute(conn)?;
        }
        for row in rest {
            diesel::replace_into(objects::table).values(row).execute(conn)?;
        }
        Ok(kinds)
    }

    /// The version that lasts.
    pub(super) fn open_object(&self, conn: &mut SqliteConnection, inode: i64) -> Result<Option<ObjectRow>> {
        let newest: Option<ObjectRow> = objects::table
            .filter(objects::dataset.eq(self.dataset))
            .filter(objects::inode.eq(inode))
            .order(objects::born.desc())
            .select(ObjectRow::as_select())
            .first(conn)
            .optional()?;
        Ok(newest.filter(|row| row.died.is_none()))
    }

    /// Ends a version here; one that began here never was.
    pub(super) fn end_object(
        &mut self,
        conn: &mut SqliteConnection,
        row: &ObjectRow,
        touched: &mut Touched,
    ) -> Result<()> {
        let key = objects::table.find((row.dataset, row.inode, row.born));
        if row.born == self.txg {
            diesel::delete(key).execute(conn)?;
            self.void.insert(row.inode);
            self.applied.objects_born -= 1;
        } else {
            diesel::update(key).set(objects::died.eq(self.txg)).execute(conn)?;
            self.applied.objects_died += 1;
            touched.insert(row.inode);
        }
        Ok(())
    }

    /// A folder where there was none, or the reverse: names that led here keep another place in their folder.
    fn change_kind(
        &mut self,
        conn: &mut SqliteConnection,
        known: Option<&ObjectRow>,
        now: &ObjectRow,
        touched: &mut Touched,
    ) -> Result<()> {
        let before = known.map_or(file_flag(-1), |known| file_flag(known.kind));
        if before == file_flag(now.kind) {
            return Ok(());
        }
        if known.is_some_and(|known| known.kind == DIRECTORY) {
            self.end_names_in(conn, now.inode, touched)?;
        }
        self.move_names_of(conn, now.inode, file_flag(now.kind), touched)
    }
}
