//! How much changed in each state: what a time line shows of it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use diesel::{
    SqliteConnection,
    prelude::{QueryableByName, RunQueryDsl as _},
    sql_types::BigInt,
};
use nasman_core::Guid;

use super::States;
use crate::{
    Catalog, Result,
    files::{
        datasets::{Dataset, DatasetId, position},
        snapshots::{self, Snapshot},
    },
};

/// How much is different from the state before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weight {
    /// Files, folders and others that came, went, changed or got another name.
    pub objects: u64,
    /// Bytes of the files that are new or another.
    pub bytes: u64,
}

/// A dataset over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moments {
    /// Every snapshot, oldest first. Not known is how much changed in the first one, and in those that are not
    /// indexed.
    pub snapshots: Vec<(Snapshot, Option<Weight>)>,
    /// What changed from the last indexed snapshot until live was looked at.
    pub live: Option<Weight>,
}

/// A state and the one before it.
type Step = (i64, i64);

/// What was counted before, by dataset. What lies between two states never becomes another, so only new neighbours
/// are counted.
#[derive(Default)]
pub(crate) struct WeightCache(Mutex<HashMap<Guid, HashMap<Step, Weight>>>);

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    txg: i64,
    #[diesel(sql_type = BigInt)]
    objects: i64,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// `total` rather than `sum`, which fails beyond 64 bits: sparse files are easily that large.
const WEIGHTS: &str = "SELECT t.txg AS txg, count(*) AS objects, \
        CAST(total(CASE WHEN o.kind = 0 THEN o.size END) AS INTEGER) AS bytes \
    FROM touched t LEFT JOIN objects o ON o.dataset = t.dataset AND o.inode = t.inode AND o.born = t.txg \
    WHERE t.dataset = ?1 AND t.txg > ?2 AND t.txg <= ?3 GROUP BY t.txg";

impl Catalog {
    /// Every snapshot of a dataset with how much changed in it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn moments(&self, dataset: &Dataset) -> Result<Moments> {
        self.read(|conn| {
            let States(states) = States::load(conn, dataset.id)?;
            let steps: Vec<Step> = states.windows(2).map(|two| (two[0], two[1])).collect();
            let weights = count(conn, dataset.id, &steps, self.weights.of(dataset.guid, &steps))?;
            let of_state: HashMap<i64, Weight> =
                weights.iter().map(|(&(_, state), &weight)| (state, weight)).collect();
            self.weights.keep(dataset.guid, weights);
            let position = position(conn, dataset.id)?;
            let mut live = position.and_then(|position| of_state.get(&position).copied());
            let mut snapshots = Vec::new();
            for snapshot in snapshots::all(conn, dataset.id)? {
                let txg = snapshot.txg.0.cast_signed();
                if snapshot.indexed && position == Some(txg) {
                    live = Some(Weight::default());
                }
                let weight = of_state.get(&txg).filter(|_| snapshot.indexed).copied();
                snapshots.push((snapshot, weight));
            }
            Ok(Moments { snapshots, live })
        })
    }
}

impl WeightCache {
    fn of(&self, dataset: Guid, steps: &[Step]) -> HashMap<Step, Weight> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = cache.get(&dataset) else { return HashMap::new() };
        steps.iter().filter_map(|step| Some((*step, *known.get(step)?))).collect()
    }

    /// In place of all that was kept of the dataset.
    fn keep(&self, dataset: Guid, weights: HashMap<Step, Weight>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(dataset, weights);
    }
}

/// Counts what is not known yet: neighbours together.
fn count(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    steps: &[Step],
    mut known: HashMap<Step, Weight>,
) -> Result<HashMap<Step, Weight>> {
    let unknown: Vec<Step> = steps.iter().filter(|step| !known.contains_key(step)).copied().collect();
    for run in unknown.chunk_by(|one, next| one.1 == next.0) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let rows: Vec<Row> = diesel::sql_query(WEIGHTS)
            .bind::<BigInt, _>(dataset.0)
            .bind::<BigInt, _>(first.0)
            .bind::<BigInt, _>(last.1)
            .load(conn)?;
        let weight = |row: Row| {
            (row.txg, Weight { objects: row.objects.cast_unsigned(), bytes: row.bytes.cast_unsigned() })
        };
        let counted: HashMap<i64, Weight> = rows.into_iter().map(weight).collect();
        known.extend(run.iter().map(|step| (*step, counted.get(&step.1).copied().unwrap_or_default())));
    }
    Ok(known)
}
