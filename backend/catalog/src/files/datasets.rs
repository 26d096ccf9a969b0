//! Datasets, whatever they are called at the moment.

use diesel::{
    SqliteConnection,
    prelude::{
        ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _,
        Selectable, SelectableHelper as _,
    },
};
use jiff::Timestamp;
use nasman_core::{DatasetName, Guid, Txg};

use super::{row::txg, search};
use crate::{
    Catalog, CatalogError, Result,
    schema::{datasets, links, objects, snapshots, touched},
    time,
};

/// A dataset's identity in this catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DatasetId(pub(crate) i64);

/// A dataset, as last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Identity here.
    pub id: DatasetId,
    /// Identity in ZFS.
    pub guid: Guid,
    /// What it was last called.
    pub name: DatasetName,
    /// The newest state known; live is answered as of it. Absent before the first is complete.
    pub position: Option<Txg>,
    /// When the newest state was how the filesystem looked.
    pub position_at: Option<Timestamp>,
    /// When the catalog met it.
    pub first_seen: Timestamp,
    /// When it was last noted.
    pub last_seen: Timestamp,
    /// Seconds between two looks at live; 0: never, absent: as configured for all.
    pub live_interval: Option<u32>,
    /// Not to be indexed.
    pub excluded: bool,
    /// What ZFS said of it at the last look, in the server's own words.
    pub seen: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = datasets)]
struct Row {
    id: i64,
    guid: i64,
    name: String,
    position: Option<i64>,
    position_at: Option<i64>,
    first_seen: i64,
    last_seen: i64,
    live_interval: Option<i64>,
    excluded: bool,
    seen: Option<String>,
}

impl TryFrom<Row> for Dataset {
    type Error = CatalogError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: DatasetId(row.id),
            guid: Guid(row.guid.cast_unsigned()),
            name: row.name.parse().map_err(|e| CatalogError::Database(format!("a dataset's name: {e}")))?,
            position: row.position.map(txg),
            position_at: row.position_at.map(time::instant),
            first_seen: time::instant(row.first_seen),
            last_seen: time::instant(row.last_seen),
            live_interval: row.live_interval.and_then(|seconds| u32::try_from(seconds).ok()),
            excluded: row.excluded,
            seen: row.seen,
        })
    }
}

impl Catalog {
    /// Notes that a dataset exists and is called so now: a new one is added, a renamed one renamed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note_dataset(&self, guid: Guid, name: &DatasetName, now: Timestamp) -> Result<DatasetId> {
        let now = time::ms(now);
        self.write(|conn| {
            let guid = guid.0.cast_signed();
            let called: Option<String> = datasets::table
                .filter(datasets::guid.eq(guid))
                .select(datasets::name)
                .first(conn)
                .optional()?;
            let id = diesel::insert_into(datasets::table)
                .values((
                    datasets::guid.eq(guid),
                    datasets::name.eq(name.as_str()),
                    datasets::first_seen.eq(now),
                    datasets::last_seen.eq(now),
                ))
                .on_conflict(datasets::guid)
                .do_update()
                .set((datasets::name.eq(name.as_str()), datasets::last_seen.eq(now)))
                .returning(datasets::id)
                .get_result(conn)?;
            if called.is_some_and(|called| called != name.as_str()) {
                search::note_all(conn, DatasetId(id))?;
                crate::grants::follow(conn, guid, name)?;
            }
            Ok(DatasetId(id))
        })
    }

    /// All datasets known, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub fn datasets(&self) -> Result<Vec<Dataset>> {
        let rows: Vec<Row> = datasets::table
            .select(Row::as_select())
            .order((datasets::name, datasets::id))
            .load(&mut self.conn()?)?;
        rows.into_iter().map(Dataset::try_from).collect()
    }

    /// One dataset.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`].
    pub fn dataset(&self, guid: Guid) -> Result<Dataset> {
        datasets::table
            .filter(datasets::guid.eq(guid.0.cast_signed()))
            .select(Row::as_select())
            .first::<Row>(&mut self.conn()?)?
            .try_into()
    }

    /// The dataset that was last called so: names can be stale, since a renamed one is noted when it is next seen.
    ///
    /// # Errors
    /// When the database fails.
    pub fn dataset_by_name(&self, name: &DatasetName) -> Result<Option<Dataset>> {
        datasets::table
            .filter(datasets::name.eq(name.as_str()))
            .order((datasets::last_seen.desc(), datasets::id.desc()))
            .select(Row::as_select())
            .first::<Row>(&mut self.conn()?)
            .optional()?
            .map(Dataset::try_from)
            .transpose()
    }

    /// Sets how many seconds are between two looks at live; 0: never, absent: as configured for all.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`].
    pub fn set_live_interval(&self, id: DatasetId, seconds: Option<u32>) -> Result<()> {
        one(diesel::update(datasets::table.find(id.0))
            .set(datasets::live_interval.eq(seconds.map(i64::from)))
            .execute(&mut self.conn()?)?)
    }

    /// Sets whether it is left out of indexing. What is known of it stays.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`].
    pub fn set_excluded(&self, id: DatasetId, excluded: bool) -> Result<()> {
        one(diesel::update(datasets::table.find(id.0))
            .set(datasets::excluded.eq(excluded))
            .execute(&mut self.conn()?)?)
    }

    /// Notes what ZFS said of it at the last look, so that the next one shows whether anything happened.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`].
    pub fn set_seen(&self, id: DatasetId, seen: Option<&str>) -> Result<()> {
        one(diesel::update(datasets::table.find(id.0))
            .set(datasets::seen.eq(seen))
            .execute(&mut self.conn()?)?)
    }

    /// Notes that live was still as the newest state known.
    ///
    /// # Errors
    /// When the database fails.
    pub fn touch_live(&self, id: DatasetId, at: Timestamp) -> Result<()> {
        diesel::update(datasets::table.find(id.0))
            .set(datasets::position_at.eq(time::ms(at)))
            .execute(&mut self.conn()?)?;
        Ok(())
    }

    /// Forgets a dataset with all its files, as after it was destroyed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget_dataset(&self, id: DatasetId) -> Result<()> {
        self.write(|conn| {
            clear(conn, id)?;
            diesel::delete(datasets::table.find(id.0)).execute(conn)?;
            Ok(())
        })
    }

    /// Forgets all files of a dataset, that its snapshots were indexed or failed, and what was last seen of it, so
    /// that it can be indexed anew.
    ///
    /// # Errors
    /// When the database fails.
    pub fn reset_dataset(&self, id: DatasetId) -> Result<()> {
        self.write(|conn| {
            forget_files(conn, id)?;
            diesel::update(datasets::table.find(id.0))
                .set(datasets::seen.eq(None::<String>))
                .execute(conn)?;
            diesel::update(snapshots::table.filter(snapshots::dataset.eq(id.0)))
                .set((snapshots::indexed.eq(false), snapshots::failed.eq(None::<String>)))
                .execute(conn)?;
            Ok(())
        })
    }
}

fn one(changed: usize) -> Result<()> {
    if changed == 1 { Ok(()) } else { Err(CatalogError::NotFound) }
}

/// Goes back to before the first state.
pub(super) fn forget_files(conn: &mut SqliteConnection, id: DatasetId) -> Result<()> {
    clear(conn, id)?;
    let none = None::<i64>;
    diesel::update(datasets::table.find(id.0))
        .set((
            datasets::position.eq(none),
            datasets::applying.eq(none),
            datasets::applying_base.eq(none),
            datasets::position_at.eq(none),
        ))
        .execute(conn)?;
    Ok(())
}

/// Removes all that is known of a dataset's files.
pub(super) fn clear(conn: &mut SqliteConnection, id: DatasetId) -> Result<()> {
    search::note_all(conn, id)?;
    diesel::delete(objects::table.filter(objects::dataset.eq(id.0))).execute(conn)?;
    diesel::delete(links::table.filter(links::dataset.eq(id.0))).execute(conn)?;
    diesel::delete(touched::table.filter(touched::dataset.eq(id.0))).execute(conn)?;
    Ok(())
}

/// The newest complete state. The outer absence: no such dataset.
pub(super) fn position(conn: &mut SqliteConnection, id: DatasetId) -> Result<Option<i64>> {
    datasets::table
        .find(id.0)
        .select(datasets::position)
        .first(conn)
        .optional()?
        .ok_or(CatalogError::NotFound)
}
