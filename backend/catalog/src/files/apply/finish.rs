//! The end of a state: what lost its last name is gone, and the marker is set.

use diesel::{
    Connection as _, SqliteConnection,
    connection::{AnsiTransactionManager, TransactionManager as _},
    prelude::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _},
};
use nasman_core::ROOT_INODE;

use super::{
    super::{forget, row::DIRECTORY},
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
        // Not flushed before: all of it fits one transaction.
        if self.rewind {
            self.begin_whole()?;
        }
        self.flush()?;
        // A told folder that is gone lets go of what was in it, so this goes on until nothing is loose.
        while !self.loose.is_empty() || !self.gone.is_empty() {
            self.batch(|batch, conn, touched| {
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
        let at = time::ms(self.to.at());
        let to = &self.to;
        let complete = |conn: &mut SqliteConnection| -> Result<u64> {
            diesel::update(datasets::table.find(dataset.0))
                .set((
                    datasets::position.eq(txg),
                    datasets::position_at.eq(at),
                    datasets::applying.eq(None::<i64>),
                ))
                .execute(conn)?;
            if let State::Snapshot(snapshot) = to {
                let key = (dataset.0, snapshot.guid.0.cast_signed());
                diesel::update(snapshots::table.find(key)).set(snapshots::indexed.eq(true)).execute(conn)?;
            }
            // Live as it was last looked at is a state no more, unless a snapshot keeps it.
            from.map_or(Ok(0), |from| forget::drop_state(conn, dataset, from))
        };
        let conn: &mut SqliteConnection = &mut self.conn;
        let forgotten = if self.whole {
            let forgotten = conn.transaction(complete)?;
            AnsiTransactionManager::commit_transaction(conn)?;
            self.whole = false;
            forgotten
        } else {
            conn.immediate_transaction(complete)?
        };
        Ok(Applied { forgotten, ..self.applied })
    }
}

fn some_of(set: &mut Touched) -> Vec<i64> {
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
