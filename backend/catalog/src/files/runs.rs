//! How states were taken in, for people to look at.

use diesel::prelude::{
    ExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use jiff::Timestamp;
use nasman_core::SnapshotTag;
use serde_json::Value;

use super::datasets::DatasetId;
use crate::{Catalog, CatalogError, Result, schema::runs, time};

/// Runs kept of each dataset.
const KEPT: i64 = 50;

/// How a state was taken in, or why it was not. The JSON values are the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// When it ended.
    pub at: Timestamp,
    /// Which snapshot; absent: live.
    pub snapshot: Option<SnapshotTag>,
    /// By which means.
    pub means: String,
    /// Which cheaper means were passed over, and why.
    pub passed: Value,
    /// Objects told.
    pub objects: u64,
    /// Folders told.
    pub directories: u64,
    /// Objects told to be gone.
    pub gone: u64,
    /// How long it took.
    pub took_ms: u64,
    /// Things that could not be read.
    pub findings_total: u64,
    /// The first of them.
    pub findings: Value,
    /// Why it failed; absent when it did not.
    pub error: Option<String>,
}

/// A run, as noted.
pub type Run = NewRun;

#[derive(Queryable, Selectable)]
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

impl TryFrom<Row> for Run {
    type Error = CatalogError;

    fn try_from(row: Row) -> Result<Self> {
        let damaged = |e: &dyn std::fmt::Display| CatalogError::Database(format!("a run's row: {e}"));
        let json = |text: &str| serde_json::from_str(text).map_err(|e| damaged(&e));
        Ok(Self {
            at: time::instant(row.at),
            snapshot: row.snapshot.map(|tag| tag.parse()).transpose().map_err(|e| damaged(&e))?,
            means: row.means,
            passed: json(&row.passed)?,
            objects: row.objects.cast_unsigned(),
            directories: row.directories.cast_unsigned(),
            gone: row.gone.cast_unsigned(),
            took_ms: row.took_ms.cast_unsigned(),
            findings_total: row.findings_total.cast_unsigned(),
            findings: json(&row.findings)?,
            error: row.error,
        })
    }
}

impl Catalog {
    /// Notes a run; of each dataset the newest 50 are kept.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note_run(&self, dataset: DatasetId, run: &NewRun) -> Result<()> {
        self.write(|conn| {
            diesel::insert_into(runs::table)
                .values((
                    runs::dataset.eq(dataset.0),
                    runs::at.eq(time::ms(run.at)),
                    runs::snapshot.eq(run.snapshot.as_ref().map(SnapshotTag::as_str)),
                    runs::means.eq(&run.means),
                    runs::passed.eq(run.passed.to_string()),
                    runs::objects.eq(run.objects.cast_signed()),
                    runs::directories.eq(run.directories.cast_signed()),
                    runs::gone.eq(run.gone.cast_signed()),
                    runs::took_ms.eq(run.took_ms.cast_signed()),
                    runs::findings_total.eq(run.findings_total.cast_signed()),
                    runs::findings.eq(run.findings.to_string()),
                    runs::error.eq(&run.error),
                ))
                .execute(conn)?;
            let ids = runs::table.filter(runs::dataset.eq(dataset.0)).select(runs::id);
            let old: Vec<i64> = ids.order(runs::id.desc()).limit(KEPT).offset(KEPT).load(conn)?;
            diesel::delete(runs::table.filter(runs::id.eq_any(old))).execute(conn)?;
            Ok(())
        })
    }

    /// A dataset's runs, newest first.
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

    /// The newest run of each dataset that has one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_runs(&self) -> Result<Vec<(DatasetId, Run)>> {
        let newest =
            diesel::dsl::sql::<diesel::sql_types::Bool>("id IN (SELECT max(id) FROM runs GROUP BY dataset)");
        let rows: Vec<Row> = runs::table.filter(newest).select(Row::as_select()).load(&mut self.conn()?)?;
        rows.into_iter().map(|row| Ok((DatasetId(row.dataset), row.try_into()?))).collect()
    }
}
