//! The end of a state: what lost its last name is gone, and the marker is set.

use std::collections::HashSet;

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
                batch.end_names_of_no_folders(conn, touched)?;
                batch.let_go(conn, touched)?;
                batch.drop_names(conn, touched)
            })?;
        }
        let (dataset, from, txg) = (self.dataset, self.from, self.txg());
        while !self.void.is_empty() {
            let void = some_of(&mut self.void);
            let notes: Vec<_> = void.into_iter().map(|inode| (txg, inode)).collect();
            self.conn.immediate_transaction(|conn| forget::drop_notes(conn, dataset, &notes))?;
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

/// Each takes some of what is open still; what it ends may add to that.
impl Batch<'_> {
    /// Objects without a name are gone.
    fn let_go(&mut self, conn: &mut SqliteConnection, touched: &mut Touched) -> Result<()> {
        let mut loose = some_of(self.loose);
        let named: HashSet<i64> =
            self.open_names_of(conn, &loose)?.into_iter().map(|row| row.inode).collect();
        loose.retain(|inode| *inode != ROOT_INODE.cast_signed() && !named.contains(inode));
        let objects = self.open_objects(conn, &loose)?;
        let folders = objects.iter().filter(|row| row.kind == DIRECTORY).map(|row| row.inode);
        let folders: Vec<i64> = folders.collect();
        self.end_objects(conn, objects, touched)?;
        self.end_names_in(conn, &folders, touched)
    }

    /// A folder that was told and is none has no names.
    fn end_names_of_no_folders(&mut self, conn: &mut SqliteConnection, touched: &mut Touched) -> Result<()> {
        let mut told = some_of(self.unsure);
        let objects = self.open_objects(conn, &told)?.into_iter();
        let folders: HashSet<i64> =
            objects.filter(|row| row.kind == DIRECTORY).map(|row| row.inode).collect();
        told.retain(|inode| !folders.contains(inode));
        self.end_names_in(conn, &told, touched)
    }

    /// Names that lead nowhere are none.
    fn drop_names(&mut self, conn: &mut SqliteConnection, touched: &mut Touched) -> Result<()> {
        let mut gone = some_of(self.gone);
        let objects: HashSet<i64> =
            self.open_objects(conn, &gone)?.into_iter().map(|row| row.inode).collect();
        gone.retain(|inode| !objects.contains(inode));
        let names = self.open_names_of(conn, &gone)?;
        self.end_links(conn, names, touched)
    }
}
