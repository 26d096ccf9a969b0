//! All versions of a path, and which snapshots hold them.

use std::collections::BTreeMap;

use diesel::{
    SqliteConnection,
    prelude::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, SelectableHelper as _},
};
use nasman_core::{Lifetime, Meta, RelPath, Txg};

use super::{
    States,
    path::{Paths, occupants},
};
use crate::{
    Catalog, CatalogError, Result,
    files::{
        datasets::DatasetId,
        row::{ObjectRow, lifetime},
        snapshots::Snapshot,
    },
    schema::objects,
};

/// One state of a file that is, or was, at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The object.
    pub inode: u64,
    /// Its state.
    pub meta: Meta,
    /// When it was so.
    pub lifetime: Lifetime,
    /// Which states show it.
    pub seen: Seen,
    /// Whether it was at the path asked for; otherwise it was elsewhere then, under another name.
    pub here: bool,
    /// Where it was: the path asked for, or the last one it had while it was so. Absent where no folder known leads
    /// there.
    pub path: Option<RelPath>,
}

/// Which states show a version. Snapshots are states, and so is live as last looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The first.
    pub first: Txg,
    /// The last.
    pub last: Txg,
    /// How many.
    pub states: u64,
}

impl Catalog {
    /// All versions of what is, or ever was, at a path: newest first, also from when it, or a folder above it, had
    /// another name.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`] when no state has had such a path.
    pub fn versions(&self, dataset: DatasetId, path: &RelPath) -> Result<Vec<Version>> {
        self.read(|conn| {
            let states = States::load(conn, dataset)?;
            let mut stays: BTreeMap<i64, Vec<Lifetime>> = BTreeMap::new();
            for (inode, life) in occupants(conn, dataset, path)? {
                if states.shows(&life) {
                    stays.entry(inode).or_default().push(life);
                }
            }
            let mut versions = Vec::new();
            for (inode, stays) in stays {
                for row in object_versions(conn, dataset, inode, &states, &stays)? {
                    versions.extend(version(conn, (dataset, path), &states, &stays, row)?);
                }
            }
            if versions.is_empty() {
                return Err(CatalogError::NotFound);
            }
            versions.sort_by(|a, b| b.lifetime.born.cmp(&a.lifetime.born).then(b.here.cmp(&a.here)));
            Ok(versions)
        })
    }

    /// The snapshots that hold a version, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn snapshots_within(&self, dataset: DatasetId, life: &Lifetime) -> Result<Vec<Snapshot>> {
        let all = self.snapshots(dataset)?;
        Ok(all.into_iter().filter(|snapshot| snapshot.indexed && life.contains(snapshot.txg)).collect())
    }
}

/// The versions of the objects that an inode was while it was at the path: another that used the same number
/// before or after is none of them.
fn object_versions(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    inode: i64,
    states: &States,
    stays: &[Lifetime],
) -> Result<Vec<ObjectRow>> {
    let rows: Vec<ObjectRow> = objects::table
        .filter(objects::dataset.eq(dataset.0))
        .filter(objects::inode.eq(inode))
        .order(objects::born)
        .select(ObjectRow::as_select())
        .load(conn)?;
    let here = |row: &&ObjectRow| is_here(states, stays, &row.lifetime());
    let mut generations: Vec<i64> = rows.iter().filter(here).map(|row| row.generation).collect();
    generations.sort_unstable();
    generations.dedup();
    Ok(rows.into_iter().filter(|row| generations.binary_search(&row.generation).is_ok()).collect())
}

/// Whether a state shows a version at the path. Between states nobody saw where it was.
fn is_here(states: &States, stays: &[Lifetime], life: &Lifetime) -> bool {
    stays.iter().any(|stay| stay.intersect(life).is_some_and(|both| states.shows(&both)))
}

fn version(
    conn: &mut SqliteConnection,
    (dataset, path): (DatasetId, &RelPath),
    states: &States,
    stays: &[Lifetime],
    row: ObjectRow,
) -> Result<Option<Version>> {
    let life = row.lifetime();
    let Some(seen) = states.seen(&life) else { return Ok(None) };
    let here = is_here(states, stays, &life);
    let elsewhere = if here {
        None
    } else {
        Paths::new(dataset, seen.last.0.cast_signed()).of_object(conn, row.inode)?
    };
    let place = if here { Some(path.clone()) } else { elsewhere };
    Ok(Some(Version {
        inode: row.inode.cast_unsigned(),
        lifetime: lifetime(row.born, row.died),
        meta: row.into_meta()?,
        seen,
        here,
        path: place,
    }))
}
