//! How much changed in each state: what a time line shows of it.

use std::{
    collections::{BTreeMap, HashMap},
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

/// Of states between which live was looked at: what those looks touched counts once, and its bytes as they are at the end.
const WEIGHT: &str = "SELECT ?3 AS txg, count(*) AS objects, \
        CAST(total(CASE WHEN o.kind = 0 THEN o.size END) AS INTEGER) AS bytes \
    FROM (SELECT DISTINCT inode FROM touched WHERE dataset = ?1 AND txg > ?2 AND txg <= ?3) t \
    LEFT JOIN objects o ON o.dataset = ?1 AND o.inode = t.inode AND o.born > ?2 AND o.born <= ?3 \
        AND (o.died IS NULL OR o.died > ?3)";

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
        let counted: BTreeMap<i64, Weight> = rows(conn, WEIGHTS, dataset, (first.0, last.1))?.collect();
        for &step in run {
            let mut within = counted.range(step.0 + 1..=step.1);
            let weight = match (within.next(), within.next()) {
                (None, _) => Weight::default(),
                (Some((&txg, &weight)), None) if txg == step.1 => weight,
                _ => rows(conn, WEIGHT, dataset, step)?.next().map(|(_, weight)| weight).unwrap_or_default(),
            };
            known.insert(step, weight);
        }
    }
    Ok(known)
}

/// What one of the two queries counts after the first state and up to the second.
fn rows(
    conn: &mut SqliteConnection,
    query: &str,
    dataset: DatasetId,
    (after, until): Step,
) -> Result<impl Iterator<Item = (i64, Weight)>> {
    let rows: Vec<Row> = diesel::sql_query(query)
        .bind::<BigInt, _>(dataset.0)
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(until)
        .load(conn)?;
    Ok(rows.into_iter().map(|row| {
        (row.txg, Weight { objects: row.objects.cast_unsigned(), bytes: row.bytes.cast_unsigned() })
    }))
}
