//! The end of a state: what lost its last name is gone, and the marker is set.

use diesel::{
    SqliteConnection,
    prelude::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _},
};
use nasman_core::ROOT_INODE;

use super::{
    super::{forget, row::DIRECTORY, search},
    Applied, Apply, BATCH, Batch, State, Touched,
};
use crate::{
    Result,
    schema::{datasets, snapshots},
    time,
};

impl Apply {
    /// Completes the state: from now on it is answered, as of its snapshot and as live.
    ///
    /// # Errors
    /// When the database fails; then the state is not complete.
    pub fn finish(mut self) -> Result<Applied> {
        self.flush()?;
        self.take_back()?;
        // A told folder that is gone lets go of what was in it, so this goes on until nothing is loose.
        while !(self.loose.is_empty() && self.gone.is_empty() && self.unsure.is_empty()) {
            self.batch(|batch, conn, touched| {
                for inode in some_of(batch.unsure) {
                    batch.end_names_unless_folder(conn, inode, touched)?;
                }
                for inode in some_of(batch.loose) {
                    batch.let_go(conn, inode, touched)?;
                }
                for inode in some_of(batch.gone) {
                    batch.drop_names(conn, inode, touched)?;
                }
                Ok(())
            })?;
        }
        let (dataset, from, txg) = (self.dataset, self.from, self.txg());
        while !self.void.is_empty() {
            let void = some_of(&mut self.void);
            self.conn.immediate_transaction(|conn| {
                void.into_iter().try_for_each(|inode| forget::drop_note(conn, dataset, txg, inode))
            })?;
        }
        let at = time::ms(self.to.at());
        let (to, same) = (&self.to, self.same);
        let forgotten = self.conn.immediate_transaction(|conn| {
            let base = forget::applying_base(conn, dataset)?;
            diesel::update(datasets::table.find(dataset.0))
                .set((datasets::position.eq(txg), datasets::position_at.eq(at)))
                .execute(conn)?;
            if let State::Snapshot(snapshot) = to {
                let key = (dataset.0, snapshot.guid.0.cast_signed());
                diesel::update(snapshots::table.find(key))
                    .set((snapshots::indexed.eq(true), snapshots::failed.eq(None::<String>)))
                    .execute(conn)?;
            }
            if !same {
                search::note_state(conn, dataset, txg, base.or(from))?;
            }
            forget::end_applying(conn, dataset)?;
            // Live as it was last looked at is a state no more, unless a snapshot keeps it.
            from.map_or(Ok(0), |from| forget::drop_state(conn, dataset, from))
        })?;
        Ok(Applied { forgotten, ..self.applied })
    }
}

pub(super) fn some_of(set: &mut Touched) -> Vec<i64> {
    if set.len() <= BATCH {
        return set.drain().collect();
    }
    let some: Vec<i64> = set.iter().copied().take(BATCH).collect();
    for inode in &some {
        set.remove(inode);
    }
    some
}

impl Batch<'_> {
    /// An object without a name is gone.
    fn let_go(&mut self, conn: &mut SqliteConnection, inode: i64, touched: &mut Touched) -> Result<()> {
        if inode == ROOT_INODE.cast_signed() || !self.open_names_of(conn, inode)?.is_empty() {
            return Ok(());
        }
        let Some(object) = self.open_object(conn, inode)? else { return Ok(()) };
        self.end_object(conn, &object, touched)?;
        if object.kind == DIRECTORY {
            self.end_names_in(conn, inode, touched)?;
        }
        Ok(())
    }

    /// A folder that was told and is none has no names.
    fn end_names_unless_folder(
        &mut self,
        conn: &mut SqliteConnection,
        inode: i64,
        touched: &mut Touched,
    ) -> Result<()> {
        if self.open_object(conn, inode)?.is_some_and(|object| object.kind == DIRECTORY) {
            return Ok(());
        }
        self.end_names_in(conn, inode, touched)
    }

    /// A name that leads nowhere is none.
    fn drop_names(&mut self, conn: &mut SqliteConnection, inode: i64, touched: &mut Touched) -> Result<()> {
        if self.open_object(conn, inode)?.is_some() {
            return Ok(());
        }
        for row in self.open_names_of(conn, inode)? {
            self.end_link(conn, &row, touched)?;
        }
        Ok(())
    }
}
