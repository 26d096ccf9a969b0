//! Taking in what changed between the newest known state and the next one.

mod finish;
#[cfg(test)]
mod full;
mod links;
mod objects;
mod rows;
mod untold;

use std::collections::HashSet;

use diesel::{
    SqliteConnection,
    connection::SimpleConnection as _,
    prelude::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _},
    r2d2::{ConnectionManager, PooledConnection},
};
use jiff::Timestamp;
use nasman_core::{Change, EntryName, Meta, Txg};

use self::{rows::note_touched, untold::Untold};
use super::{
    datasets::{DatasetId, forget_files, position},
    forget,
    snapshots::{self, NewSnapshot},
};
use crate::{Catalog, CatalogError, Result, schema::datasets};

/// Objects and names per transaction: few enough that others get their turn to write within a blink.
const BATCH: usize = if cfg!(test) { 7 } else { 20_000 };
/// Folders whose names are compared at once.
const FOLDERS: usize = if cfg!(test) { 2 } else { 64 };
/// While changes come in, more pages are kept in memory (KiB, negative as SQLite wants it), and the log grows to 256 MiB
/// before it goes into the database: a page that is written again and again goes there once. Of the first index of a
/// million files, waiting for the disk each 32 MiB was a fifth of the time.
const LARGE: &str = "PRAGMA cache_size = -49152; PRAGMA wal_autocheckpoint = 65536;";
/// The next to write brings the log into the database, and then it is cut back to 32 MiB.
const LARGE_BACK: &str = "PRAGMA cache_size = -2000; PRAGMA wal_autocheckpoint = 1000; \
                          PRAGMA journal_size_limit = 33554432; PRAGMA shrink_memory;";

/// A point at which a dataset was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// A snapshot that stays.
    Snapshot(NewSnapshot),
    /// The live filesystem, seen through a snapshot that is destroyed again.
    Live {
        /// That snapshot's `createtxg`.
        txg: Txg,
        /// When it was taken.
        at: Timestamp,
    },
}

impl State {
    /// Its order.
    #[must_use]
    pub const fn txg(&self) -> Txg {
        match self {
            Self::Snapshot(snapshot) => snapshot.txg,
            Self::Live { txg, .. } => *txg,
        }
    }

    const fn at(&self) -> Timestamp {
        match self {
            Self::Snapshot(snapshot) => snapshot.created_at,
            Self::Live { at, .. } => *at,
        }
    }
}

/// What applying a state came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Versions of objects that began.
    pub objects_born: u64,
    /// Versions of objects that ended.
    pub objects_died: u64,
    /// Names that began to lead to an object.
    pub links_born: u64,
    /// Names that ceased to.
    pub links_died: u64,
    /// Versions removed since no state shows them any more.
    pub forgotten: u64,
}

/// Takes in the changes up to one state. Nothing of it is answered before [`Apply::finish`]; dropped before that,
/// or killed, all of it is undone when the next one begins.
pub struct Apply {
    conn: PooledConnection<ConnectionManager<SqliteConnection>>,
    dataset: DatasetId,
    to: State,
    /// The state before; absent when this is the first.
    from: Option<i64>,
    /// The same state as before under another name: there is nothing to take in.
    same: bool,
    objects: Vec<(i64, Option<Meta>)>,
    folders: Vec<(i64, Vec<(EntryName, u64)>)>,
    weight: usize,
    /// Lost a name; whether it has another shows at the end.
    loose: HashSet<i64>,
    /// Told to be gone, or named and not known; whether names still lead there shows at the end.
    gone: HashSet<i64>,
    /// Told to have names and not known as folders; whether they are shows at the end.
    unsure: HashSet<i64>,
    /// Of which something began here and then did not; whether the note of it is void shows at the end.
    void: HashSet<i64>,
    /// What must go back to the base unless it is told.
    untold: Untold,
    /// Folders told so far, kept for a first state only: all others have nothing to compare with.
    told: HashSet<i64>,
    applied: Applied,
}

impl Catalog {
    /// Begins to take in a state of a dataset, told as what is different from the state at `base`; what was touched
    /// after the base and is not told is again as it was there. Without a base all is told, and what no folder names
    /// exists no more. What an earlier, interrupted one left is undone first, so the changes must be told from their
    /// beginning.
    ///
    /// Where live was looked at after `to`, that look is forgotten at once.
    ///
    /// # Errors
    /// [`CatalogError::OutOfOrder`] when a snapshot newer than `to` is indexed, [`CatalogError::NotIndexed`] when
    /// the base is no state known.
    pub fn begin_apply(&self, dataset: DatasetId, to: State, base: Option<Txg>) -> Result<Apply> {
        let mut conn = self.lasting()?;
        conn.batch_execute(LARGE)?;
        let (txg, base) = (to.txg().0.cast_signed(), base.map(|base| base.0.cast_signed()));
        let (from, untold) = conn.immediate_transaction(|conn| {
            let from = position(conn, dataset)?;
            forget::undo_interrupted(conn, dataset, from)?;
            let from = make_room(conn, dataset, from, txg)?;
            if let Some(base) = base
                && !(from.is_some_and(|from| base <= from) && snapshots::is_state(conn, dataset, base)?)
            {
                return Err(CatalogError::NotIndexed);
            }
            let untold = match (base, from) {
                (Some(base), Some(from)) if base < from && from < txg => Untold::load(conn, dataset, base)?,
                _ => Untold::default(),
            };
            diesel::update(datasets::table.find(dataset.0))
                .set((datasets::applying.eq(txg), datasets::applying_base.eq(base)))
                .execute(conn)?;
            if let State::Snapshot(snapshot) = &to {
                snapshots::note(conn, dataset, snapshot)?;
            }
            Ok((from, untold))
        })?;
        Ok(Apply {
            conn,
            dataset,
            from,
            same: from == Some(txg),
            to,
            objects: Vec::new(),
            folders: Vec::new(),
            weight: 0,
            loose: HashSet::new(),
            gone: HashSet::new(),
            unsure: HashSet::new(),
            void: HashSet::new(),
            untold,
            told: HashSet::new(),
            applied: Applied::default(),
        })
    }

    /// Takes in all changes up to `to` at once; see [`Catalog::begin_apply`].
    ///
    /// # Errors
    /// As [`Catalog::begin_apply`], and when the database fails; then nothing has changed.
    pub fn apply(
        &self,
        dataset: DatasetId,
        to: State,
        base: Option<Txg>,
        changes: impl IntoIterator<Item = Change>,
    ) -> Result<Applied> {
        let mut apply = self.begin_apply(dataset, to, base)?;
        for change in changes {
            apply.push(change)?;
        }
        apply.finish()
    }
}

impl Apply {
    /// Whether nothing was known of the dataset before.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        self.from.is_none()
    }

    /// Takes in one change. Order does not matter, except that of two about the same object or folder the later
    /// one counts.
    ///
    /// # Errors
    /// When the database fails.
    pub fn push(&mut self, change: Change) -> Result<()> {
        match change {
            Change::Object { inode, meta } => {
                self.weight += 1;
                if !self.untold.objects.is_empty() {
                    self.untold.objects.remove(&inode.cast_signed());
                }
                self.objects.push((inode.cast_signed(), meta));
            }
            Change::Directory { inode, entries } => {
                self.weight += 1 + entries.len();
                if !self.untold.folders.is_empty() {
                    self.untold.folders.remove(&inode.cast_signed());
                }
                self.folders.push((inode.cast_signed(), entries));
            }
        }
        if self.weight >= BATCH { self.flush() } else { Ok(()) }
    }

    fn txg(&self) -> i64 {
        self.to.txg().0.cast_signed()
    }

    /// Objects first: a name's place in its folder's order depends on what it leads to.
    fn flush(&mut self) -> Result<()> {
        let (objects, folders) = (std::mem::take(&mut self.objects), std::mem::take(&mut self.folders));
        self.weight = 0;
        if self.same {
            return Ok(());
        }
        self.batch(|this, conn, touched| {
            let kinds = this.take_objects(conn, objects, touched)?;
            this.take_folders(conn, folders, &kinds, touched)
        })
    }

    /// Runs `work` in one transaction, together with the notes of what it touched.
    fn batch<T>(
        &mut self,
        work: impl FnOnce(&mut Batch<'_>, &mut SqliteConnection, &mut Touched) -> Result<T>,
    ) -> Result<T> {
        let txg = self.txg();
        let mut batch = Batch {
            dataset: self.dataset.0,
            txg,
            first: self.from.is_none(),
            loose: &mut self.loose,
            gone: &mut self.gone,
            unsure: &mut self.unsure,
            void: &mut self.void,
            told: &mut self.told,
            applied: &mut self.applied,
        };
        let mut failed = None;
        let answer = self.conn.immediate_transaction(|conn| {
            let mut inodes = Touched::new();
            let noted = work(&mut batch, conn, &mut inodes).and_then(|answer| {
                if !batch.first {
                    note_touched(conn, batch.dataset, txg, inodes)?;
                }
                Ok(answer)
            });
            noted.map_err(|error| {
                failed = Some(error);
                diesel::result::Error::RollbackTransaction
            })
        });
        // Where the disk is full SQLite itself has rolled back, and says of diesel's that there is nothing to.
        answer.map_err(|error| failed.unwrap_or_else(|| error.into()))
    }
}

/// Goes back to before `txg` where only live was looked at since. Answers the newest state then.
fn make_room(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    from: Option<i64>,
    txg: i64,
) -> Result<Option<i64>> {
    if from.is_none_or(|from| from <= txg) {
        return Ok(from);
    }
    let newest = snapshots::newest_indexed(conn, dataset)?;
    match newest {
        Some(newest) if newest > txg => {
            Err(CatalogError::OutOfOrder { asked: txg.cast_unsigned(), newest: newest.cast_unsigned() })
        }
        Some(newest) => forget::go_back(conn, dataset, newest).map(|()| Some(newest)),
        None => forget_files(conn, dataset).map(|()| None),
    }
}

/// Inodes of which something was born or died.
type Touched = HashSet<i64>;

/// What one transaction of an [`Apply`] works with.
struct Batch<'a> {
    dataset: i64,
    txg: i64,
    first: bool,
    loose: &'a mut HashSet<i64>,
    gone: &'a mut HashSet<i64>,
    unsure: &'a mut HashSet<i64>,
    void: &'a mut HashSet<i64>,
    told: &'a mut HashSet<i64>,
    applied: &'a mut Applied,
}

impl Batch<'_> {
    /// Something began here and then did not. A first state keeps no notes.
    fn begun_for_nothing(&mut self, inode: i64) {
        if !self.first {
            self.void.insert(inode);
        }
    }
}

impl Drop for Apply {
    fn drop(&mut self) {
        // The connection goes back to the others; at worst it keeps its memory.
        if let Err(error) = self.conn.batch_execute(LARGE_BACK) {
            tracing::warn!(%error, "a database connection keeps its larger cache");
        }
    }
}
