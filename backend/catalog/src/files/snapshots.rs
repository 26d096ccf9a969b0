//! Snapshots, and which of them the catalog knows the files of.

use diesel::{
    SqliteConnection,
    prelude::{
        ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, QueryableByName,
        RunQueryDsl as _, Selectable, SelectableHelper as _,
    },
    sql_types::BigInt,
};
use jiff::Timestamp;
use nasman_core::{Guid, SnapshotTag, Txg};

use super::{
    datasets::{DatasetId, position},
    row::txg,
};
use crate::{Catalog, CatalogError, Result, schema::snapshots, time};

/// A snapshot, as ZFS tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSnapshot {
    /// Identity in its dataset.
    pub guid: Guid,
    /// What it is called, after the `@`.
    pub tag: SnapshotTag,
    /// Its order.
    pub txg: Txg,
    /// When it was taken.
    pub created_at: Timestamp,
}

/// A snapshot, as last noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Identity in its dataset.
    pub guid: Guid,
    /// What it was last called.
    pub tag: SnapshotTag,
    /// Its order.
    pub txg: Txg,
    /// When it was taken.
    pub created_at: Timestamp,
    /// Whether the catalog knows its files.
    pub indexed: bool,
    /// Why the catalog can't know its files.
    pub failed: Option<String>,
}

/// How many of a dataset's snapshots the catalog knows the files of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Snapshots noted.
    pub total: u64,
    /// Those whose files are known.
    pub indexed: u64,
    /// Those whose files can't be known.
    pub failed: u64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = snapshots)]
struct Row {
    guid: i64,
    tag: String,
    txg: i64,
    created_at: i64,
    indexed: bool,
    failed: Option<String>,
}

impl TryFrom<Row> for Snapshot {
    type Error = CatalogError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            guid: Guid(row.guid.cast_unsigned()),
            tag: row.tag.parse().map_err(|e| CatalogError::Database(format!("a snapshot's name: {e}")))?,
            txg: txg(row.txg),
            created_at: time::instant(row.created_at),
            indexed: row.indexed,
            failed: row.failed,
        })
    }
}

impl Catalog {
    /// Notes that snapshots exist and are called so now, all at once: new ones are added, renamed ones renamed.
    ///
    /// # Errors
    /// When the database fails; then none is noted.
    pub fn note_snapshots(&self, dataset: DatasetId, snapshots: &[NewSnapshot]) -> Result<()> {
        self.write(|conn| snapshots.iter().try_for_each(|snapshot| note(conn, dataset, snapshot)))
    }

    /// Notes why a snapshot's files can't be known. One that is indexed is left as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub fn fail_snapshot(&self, dataset: DatasetId, guid: Guid, reason: &str) -> Result<()> {
        diesel::update(snapshots::table.find((dataset.0, guid.0.cast_signed())))
            .filter(snapshots::indexed.eq(false))
            .set(snapshots::failed.eq(reason))
            .execute(&mut self.conn()?)?;
        Ok(())
    }

    /// For each dataset with snapshots, how many of them are indexed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn coverage(&self) -> Result<Vec<(DatasetId, Coverage)>> {
        let rows: Vec<Covered> = diesel::sql_query(COVERAGE).load(&mut self.conn()?)?;
        let answer = |row: Covered| {
            let [total, indexed, failed] = [row.total, row.indexed, row.failed].map(i64::cast_unsigned);
            (DatasetId(row.dataset), Coverage { total, indexed, failed })
        };
        Ok(rows.into_iter().map(answer).collect())
    }

    /// The snapshot of this name. Names can be stale; of several that were last called so, the newest is meant.
    ///
    /// # Errors
    /// When the database fails.
    pub fn snapshot_by_tag(&self, dataset: DatasetId, tag: &SnapshotTag) -> Result<Option<Snapshot>> {
        snapshots::table
            .filter(snapshots::dataset.eq(dataset.0))
            .filter(snapshots::tag.eq(tag.as_str()))
            .order(snapshots::txg.desc())
            .select(Row::as_select())
            .first::<Row>(&mut self.conn()?)
            .optional()?
            .map(Snapshot::try_from)
            .transpose()
    }

    /// The newest snapshot that had been taken by then.
    ///
    /// # Errors
    /// When the database fails.
    pub fn snapshot_at_or_before(&self, dataset: DatasetId, time: Timestamp) -> Result<Option<Snapshot>> {
        snapshots::table
            .filter(snapshots::dataset.eq(dataset.0))
            .filter(snapshots::created_at.le(time::ms(time)))
            .order((snapshots::created_at.desc(), snapshots::txg.desc()))
            .select(Row::as_select())
            .first::<Row>(&mut self.conn()?)
            .optional()?
            .map(Snapshot::try_from)
            .transpose()
    }

    /// A dataset's snapshots, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn snapshots(&self, dataset: DatasetId) -> Result<Vec<Snapshot>> {
        all(&mut *self.conn()?, dataset)
    }

    /// One snapshot.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`].
    pub fn snapshot(&self, dataset: DatasetId, guid: Guid) -> Result<Snapshot> {
        snapshots::table
            .find((dataset.0, guid.0.cast_signed()))
            .select(Row::as_select())
            .first::<Row>(&mut self.conn()?)?
            .try_into()
    }
}

const COVERAGE: &str = "SELECT dataset, count(*) AS total, sum(indexed) AS indexed, \
    sum(failed IS NOT NULL AND NOT indexed) AS failed FROM snapshots GROUP BY dataset";

#[derive(QueryableByName)]
struct Covered {
    #[diesel(sql_type = BigInt)]
    dataset: i64,
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(sql_type = BigInt)]
    indexed: i64,
    #[diesel(sql_type = BigInt)]
    failed: i64,
}

pub(super) fn note(conn: &mut SqliteConnection, dataset: DatasetId, snapshot: &NewSnapshot) -> Result<()> {
    diesel::insert_into(snapshots::table)
        .values((
            snapshots::dataset.eq(dataset.0),
            snapshots::guid.eq(snapshot.guid.0.cast_signed()),
            snapshots::tag.eq(snapshot.tag.as_str()),
            snapshots::txg.eq(snapshot.txg.0.cast_signed()),
            snapshots::created_at.eq(time::ms(snapshot.created_at)),
            snapshots::indexed.eq(false),
        ))
        .on_conflict((snapshots::dataset, snapshots::guid))
        .do_update()
        .set(snapshots::tag.eq(snapshot.tag.as_str()))
        .execute(conn)?;
    Ok(())
}

/// A dataset's snapshots, oldest first.
pub(super) fn all(conn: &mut SqliteConnection, dataset: DatasetId) -> Result<Vec<Snapshot>> {
    let rows: Vec<Row> = snapshots::table
        .filter(snapshots::dataset.eq(dataset.0))
        .order((snapshots::txg, snapshots::guid))
        .select(Row::as_select())
        .load(conn)?;
    rows.into_iter().map(Snapshot::try_from).collect()
}

/// The newest snapshot whose files are known.
pub(super) fn newest_indexed(conn: &mut SqliteConnection, dataset: DatasetId) -> Result<Option<i64>> {
    Ok(snapshots::table
        .filter(snapshots::dataset.eq(dataset.0))
        .filter(snapshots::indexed.eq(true))
        .select(diesel::dsl::max(snapshots::txg))
        .first(conn)?)
}

/// Whether the files of that state are known.
pub(super) fn is_state(conn: &mut SqliteConnection, dataset: DatasetId, txg: i64) -> Result<bool> {
    if position(conn, dataset)? == Some(txg) {
        return Ok(true);
    }
    let snapshot = snapshots::table
        .filter(snapshots::dataset.eq(dataset.0))
        .filter(snapshots::txg.eq(txg))
        .filter(snapshots::indexed.eq(true));
    Ok(diesel::select(diesel::dsl::exists(snapshot)).get_result(conn)?)
}

/// Every state whose files are known, oldest first: the indexed snapshots, and live as last looked at.
pub(super) fn states(conn: &mut SqliteConnection, dataset: DatasetId) -> Result<Vec<i64>> {
    let mut states: Vec<i64> = snapshots::table
        .filter(snapshots::dataset.eq(dataset.0))
        .filter(snapshots::indexed.eq(true))
        .select(snapshots::txg)
        .order(snapshots::txg)
        .load(conn)?;
    states.extend(position(conn, dataset)?);
    states.sort_unstable();
    states.dedup();
    Ok(states)
}
