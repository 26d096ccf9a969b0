//! Taking in what changed between the newest known state and the next one.

mod finish;
mod links;
mod objects;

use std::collections::HashSet;

use diesel::{
    Connection as _, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager as _},
    prelude::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _},
    r2d2::{ConnectionManager, PooledConnection},
};
use jiff::Timestamp;
use nasman_core::{Change, EntryName, Meta, Txg};

use super::{
    datasets::{DatasetId, position},
    forget,
    row::TouchedRow,
    snapshots::{self, NewSnapshot, states},
};
use crate::{
    Catalog, CatalogError, Result,
    schema::{datasets, touched},
};

/// Objects and names per transaction: few enough that others get their turn to write within a blink.
const BATCH: usize = if cfg!(test) { 7 } else { 20_000 };
/// Rows per statement; SQLite takes 32,766 values.
const ROWS: usize = 1_000;
/// While changes come in, more pages are kept in memory (KiB, negative as SQLite wants it).
const CACHE: &str = "PRAGMA cache_size = -49152;";
const CACHE_BACK: &str = "PRAGMA cache_size = -2000; PRAGMA shrink_memory;";

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
///
/// Where the changes are told against an older state than the newest one known (live as last looked at), all that came
/// after it is taken back first. As long as the changes fit one batch, this is the same transaction as the rest; of
/// more, live is answered as of the older state until the end.
pub struct Apply {
    conn: PooledConnection<ConnectionManager<SqliteConnection>>,
    dataset: DatasetId,
    to: State,
    /// The state before; absent when this is the first.
    from: Option<i64>,
    /// What came after `from` is still to be taken back.
    rewind: bool,
    /// All is one transaction, begun already.
    whole: bool,
    /// The same state as before under another name: there is nothing to take in.
    same: bool,
    objects: Vec<(i64, Option<Meta>)>,
    folders: Vec<(i64, Vec<(EntryName, u64)>)>,
    weight: usize,
    /// Lost a name; whether it has another shows at the end.
    loose: HashSet<i64>,
    /// Told to be gone; whether names still lead there shows at the end.
    gone: HashSet<i64>,
    /// Folders told so far, kept for a first state only: all others have nothing to compare with.
    told: HashSet<i64>,
    applied: Applied,
}

impl Catalog {
    /// Begins to take in the changes up to `to`, as they are told against the state at `base`; without one all of `to`
    /// is told. What an earlier, interrupted one left is undone first, so the changes must be told from their beginning.
    ///
    /// # Errors
    /// [`CatalogError::OutOfOrder`] when a snapshot newer than `to` is known, [`CatalogError::NotIndexed`] when `base`
    /// is not.
    pub fn begin_apply(&self, dataset: DatasetId, to: State, base: Option<Txg>) -> Result<Apply> {
        let mut conn = self.conn()?;
        conn.batch_execute(CACHE)?;
        let txg = to.txg().0.cast_signed();
        let base = base.map(|base| base.0.cast_signed());
        let (position, from) = conn.immediate_transaction(|conn| {
            let position = position(conn, dataset)?;
            forget::undo_interrupted(conn, dataset, position)?;
            let from = place(conn, dataset, txg, position, base)?;
            diesel::update(datasets::table.find(dataset.0)).set(datasets::applying.eq(txg)).execute(conn)?;
            if let State::Snapshot(snapshot) = &to {
                snapshots::note(conn, dataset, snapshot)?;
            }
            Ok::<_, CatalogError>((position, from))
        })?;
        Ok(Apply {
            conn,
            dataset,
            from,
            rewind: position != from,
            whole: false,
            same: position == Some(txg),
            to,
            objects: Vec::new(),
            folders: Vec::new(),
            weight: 0,
            loose: HashSet::new(),
            gone: HashSet::new(),
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
    /// Takes in one change. Order does not matter, except that of two about the same object or folder the later
    /// one counts.
    ///
    /// # Errors
    /// When the database fails.
    pub fn push(&mut self, change: Change) -> Result<()> {
        match change {
            Change::Object { inode, meta } => {
                self.weight += 1;
                self.objects.push((inode.cast_signed(), meta));
            }
            Change::Directory { inode, entries } => {
                self.weight += 1 + entries.len();
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

    /// Begins the one transaction that all of this is.
    fn begin_whole(&mut self) -> Result<()> {
        AnsiTransactionManager::begin_transaction_sql(&mut *self.conn, "BEGIN IMMEDIATE")?;
        self.whole = true;
        Ok(())
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
            told: &mut self.told,
            applied: &mut self.applied,
        };
        let (dataset, from, rewind) = (self.dataset, self.from, self.rewind);
        let run = |conn: &mut SqliteConnection| -> Result<T> {
            if rewind {
                forget::rewind(conn, dataset, from)?;
            }
            let mut inodes = Touched::new();
            let answer = work(&mut batch, conn, &mut inodes)?;
            if !batch.first {
                note_touched(conn, batch.dataset, txg, inodes)?;
            }
            Ok(answer)
        };
        let conn: &mut SqliteConnection = &mut self.conn;
        let answer = if self.whole { conn.transaction(run) } else { conn.immediate_transaction(run) }?;
        self.rewind = false;
        Ok(answer)
    }
}

/// The state that changes up to `txg` are taken in after: `base`, or, where all is told, the newest one known. Absent:
/// nothing before it counts.
fn place(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    txg: i64,
    position: Option<i64>,
    base: Option<i64>,
) -> Result<Option<i64>> {
    let states = states(conn, dataset)?;
    if base.is_some_and(|base| base > txg || states.binary_search(&base).is_err()) {
        return Err(CatalogError::NotIndexed);
    }
    if position.is_none_or(|position| position <= txg) {
        return Ok(base.or(position));
    }
    // Newer than `to` may be known only live, through a snapshot that is gone.
    let newest = snapshots::newest_indexed(conn, dataset)?;
    if let Some(newest) = newest.filter(|&newest| newest > txg) {
        return Err(CatalogError::OutOfOrder { asked: txg.cast_unsigned(), newest: newest.cast_unsigned() });
    }
    Ok(base.or(newest))
}

/// Inodes of which something was born or died.
type Touched = HashSet<i64>;

fn note_touched(conn: &mut SqliteConnection, dataset: i64, txg: i64, inodes: Touched) -> Result<()> {
    let mut rows: Vec<_> = inodes.into_iter().map(|inode| TouchedRow { dataset, txg, inode }).collect();
    rows.sort_unstable();
    for rows in rows.chunks(ROWS) {
        diesel::insert_or_ignore_into(touched::table).values(rows).execute(conn)?;
    }
    Ok(())
}

/// What one transaction of an [`Apply`] works with.
struct Batch<'a> {
    dataset: i64,
    txg: i64,
    first: bool,
    loose: &'a mut HashSet<i64>,
    gone: &'a mut HashSet<i64>,
    told: &'a mut HashSet<i64>,
    applied: &'a mut Applied,
}

impl Drop for Apply {
    fn drop(&mut self) {
        if self.whole
            && let Err(error) = AnsiTransactionManager::rollback_transaction(&mut *self.conn)
        {
            tracing::warn!(%error, "an unfinished state could not be rolled back; the next one undoes it");
        }
        // The connection goes back to the others; at worst it keeps its memory.
        if let Err(error) = self.conn.batch_execute(CACHE_BACK) {
            tracing::warn!(%error, "a database connection keeps its larger cache");
        }
    }
}
