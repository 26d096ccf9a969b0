//! How states were taken in: the latest of each dataset, for people who ask what the index does.

use std::{fs, time::Duration};

use diesel::{
    prelude::{
        ExpressionMethods as _, Insertable, QueryDsl as _, Queryable, QueryableByName, RunQueryDsl as _,
        Selectable, SelectableHelper as _,
    },
    sql_types::BigInt,
};
use jiff::Timestamp;
use nasman_core::SnapshotTag;
use serde_json::Value;

use super::datasets::DatasetId;
use crate::{Catalog, CatalogError, Result, schema::runs, time};

/// Runs kept of each dataset.
const KEPT: i64 = 50;

/// One state that was taken in, or was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// When it began.
    pub at: Timestamp,
    /// Which snapshot; absent: live.
    pub snapshot: Option<SnapshotTag>,
    /// How the changes were found, in the word of who found them.
    pub means: String,
    /// Cheaper means that could not be used: JSON of who tried them.
    pub passed: Value,
    /// Objects told with their state.
    pub objects: u64,
    /// Folders told with their names.
    pub directories: u64,
    /// Objects told to be gone.
    pub gone: u64,
    /// From the first question to the marker.
    pub took: Duration,
    /// What could not be read, in all.
    pub findings_total: u64,
    /// The first of it: JSON of who found it.
    pub findings: Value,
    /// Why it failed; absent when it did not.
    pub error: Option<String>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = runs)]
struct Row {
    dataset: i64,
    at: i64,
    snapshot: Option<String>,
    means: String,
    passed: String,
    objects: i64,
    directories: i64,
    gone: i64,
    took_ms: i64,
    findings_total: i64,
    findings: String,
    error: Option<String>,
}

impl Row {
    fn new(dataset: DatasetId, run: &Run) -> Self {
        Self {
            dataset: dataset.0,
            at: time::ms(run.at),
            snapshot: run.snapshot.as_ref().map(ToString::to_string),
            means: run.means.clone(),
            passed: run.passed.to_string(),
            objects: run.objects.cast_signed(),
            directories: run.directories.cast_signed(),
            gone: run.gone.cast_signed(),
            took_ms: i64::try_from(run.took.as_millis()).unwrap_or(i64::MAX),
            findings_total: run.findings_total.cast_signed(),
            findings: run.findings.to_string(),
            error: run.error.clone(),
        }
    }
}

impl TryFrom<Row> for Run {
    type Error = CatalogError;

    fn try_from(row: Row) -> Result<Self> {
        let damaged = |e: &dyn std::fmt::Display| CatalogError::Database(format!("a run is damaged: {e}"));
        let json = |text: &str| serde_json::from_str(text).map_err(|e| damaged(&e));
        Ok(Self {
            at: time::instant(row.at),
            snapshot: row.snapshot.map(|tag| tag.parse()).transpose().map_err(|e| damaged(&e))?,
            passed: json(&row.passed)?,
            objects: row.objects.cast_unsigned(),
            directories: row.directories.cast_unsigned(),
            gone: row.gone.cast_unsigned(),
            took: Duration::from_millis(row.took_ms.cast_unsigned()),
            findings_total: row.findings_total.cast_unsigned(),
            findings: json(&row.findings)?,
            means: row.means,
            error: row.error,
        })
    }
}

/// Snapshots of a dataset, and how many of them are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Coverage {
    #[diesel(sql_type = BigInt)]
    dataset: i64,
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(sql_type = BigInt)]
    indexed: i64,
    #[diesel(sql_type = BigInt)]
    failed: i64,
}

impl Coverage {
    /// Of which dataset.
    #[must_use]
    pub const fn dataset(&self) -> DatasetId {
        DatasetId(self.dataset)
    }

    /// Snapshots noted.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.total.cast_unsigned()
    }

    /// Those of which the files are known.
    #[must_use]
    pub const fn indexed(&self) -> u64 {
        self.indexed.cast_unsigned()
    }

    /// Those of which the files can't be known.
    #[must_use]
    pub const fn failed(&self) -> u64 {
        self.failed.cast_unsigned()
    }
}

impl Catalog {
    /// Keeps a record of a run, and of no more than the latest 50 of the dataset.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note_run(&self, dataset: DatasetId, run: &Run) -> Result<()> {
        const TRIM: &str = "DELETE FROM runs WHERE dataset = ?1 AND id <= \
            (SELECT id FROM runs WHERE dataset = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
        self.write(|conn| {
            diesel::insert_into(runs::table).values(Row::new(dataset, run)).execute(conn)?;
            diesel::sql_query(TRIM).bind::<BigInt, _>(dataset.0).bind::<BigInt, _>(KEPT).execute(conn)?;
            Ok(())
        })
    }

    /// The latest runs of a dataset, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn runs(&self, dataset: DatasetId, limit: u32) -> Result<Vec<Run>> {
        let rows: Vec<Row> = runs::table
            .filter(runs::dataset.eq(dataset.0))
            .order(runs::id.desc())
            .limit(limit.into())
            .select(Row::as_select())
            .load(&mut self.conn()?)?;
        rows.into_iter().map(Run::try_from).collect()
    }

    /// The latest run of each dataset.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_runs(&self) -> Result<Vec<(DatasetId, Run)>> {
        let newest = runs::table.group_by(runs::dataset).select(diesel::dsl::max(runs::id));
        let mut conn = self.conn()?;
        let ids: Vec<Option<i64>> = newest.load(&mut conn)?;
        let ids = ids.into_iter().flatten();
        let rows: Vec<Row> =
            runs::table.filter(runs::id.eq_any(ids)).select(Row::as_select()).load(&mut conn)?;
        rows.into_iter().map(|row| Ok((DatasetId(row.dataset), row.try_into()?))).collect()
    }

    /// How many snapshots of each dataset are known; datasets without any are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn coverage(&self) -> Result<Vec<Coverage>> {
        const COUNT: &str = "SELECT dataset, count(*) AS total, coalesce(sum(indexed), 0) AS indexed, \
            coalesce(sum(indexed = 0 AND failed IS NOT NULL), 0) AS failed FROM snapshots GROUP BY dataset";
        Ok(diesel::sql_query(COUNT).load(&mut self.conn()?)?)
    }

    /// Bytes on the disk, of the database and its log.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let size = |suffix: &str| {
            let mut file = self.file().as_os_str().to_owned();
            file.push(suffix);
            fs::metadata(file).map_or(0, |meta| meta.len())
        };
        ["", "-wal", "-shm"].into_iter().map(size).sum()
    }
}
