//! What is different between two states.

use std::collections::HashMap;

use diesel::{
    SqliteConnection,
    prelude::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _},
};
use nasman_core::{Kind, Meta, RelPath};

use super::{
    At,
    path::{Paths, inode_at, rel_path},
    sides::{Place, SOME, Side, sides},
};
use crate::{Catalog, CatalogError, Result, files::datasets::DatasetId, schema::touched};

/// How an entry differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Differs {
    /// Only the later state has the path.
    Created,
    /// Only the earlier state has the path.
    Removed,
    /// Another content, or another object in its place.
    Modified,
    /// The same content; owner, mode or the like is another.
    Attributes,
    /// The same object had this path before.
    Moved {
        /// The earlier path.
        from: RelPath,
    },
}

/// An entry that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where: in the later state, or in the earlier one when removed.
    pub path: RelPath,
    /// How.
    pub differs: Differs,
    /// Its state in the earlier state; absent when created.
    pub before: Option<Meta>,
    /// Its state in the later state; absent when removed.
    pub after: Option<Meta>,
}

/// A page of differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferencePage {
    /// By the bytes of the path.
    pub items: Vec<Difference>,
    /// Differences in all.
    pub total: u64,
    /// Bytes that files have more in the later state (fewer: negative), over all differences. A file with several
    /// names counts under each.
    pub bytes: i64,
    /// Where the next page begins: after this path. Absent on the last page.
    pub next: Option<RelPath>,
}

/// So many entries, and the bytes of the files among them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Entries.
    pub entries: u64,
    /// Bytes of the files among them, at the later state where that has them.
    pub bytes: u64,
}

/// What is different, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DifferenceSummary {
    /// Only the later state has them.
    pub created: Tally,
    /// Only the earlier state has them.
    pub removed: Tally,
    /// Their content is another.
    pub modified: Tally,
    /// Only owner, mode or the like is another.
    pub attributes: Tally,
    /// They have another path.
    pub moved: Tally,
    /// Bytes that files have more in the later state (fewer: negative).
    pub bytes: i64,
}

/// What both states have under one path; a path can be left by one object and taken by another that moved there.
type Found = Vec<(Vec<u8>, Differs, Option<Meta>, Option<Meta>)>;
type Names = HashMap<Vec<u8>, Meta>;

impl Catalog {
    /// What is different in `path` and below it between two states, of which `from` is the earlier one. A folder
    /// that was moved is one difference, whatever is below it.
    ///
    /// # Errors
    /// [`CatalogError::NotIndexed`] when a state is not known or they are the wrong way round,
    /// [`CatalogError::NotFound`] when neither has the path.
    pub fn difference(
        &self,
        dataset: DatasetId,
        (from, to): (At, At),
        path: &RelPath,
        after: Option<&RelPath>,
        limit: u32,
    ) -> Result<DifferencePage> {
        self.read(|conn| {
            let ends = ends(conn, dataset, (from, to), path)?;
            let mut all = Vec::new();
            differences(conn, dataset, ends, path, |difference| all.push(difference))?;
            all.sort_by(|a, b| (&a.path, a.after.is_some()).cmp(&(&b.path, b.after.is_some())));
            Ok(page(all, after, limit))
        })
    }

    /// The same differences, counted.
    ///
    /// # Errors
    /// As [`Catalog::difference`].
    pub fn difference_summary(
        &self,
        dataset: DatasetId,
        (from, to): (At, At),
        path: &RelPath,
    ) -> Result<DifferenceSummary> {
        self.read(|conn| {
            let ends = ends(conn, dataset, (from, to), path)?;
            let mut summary = DifferenceSummary::default();
            differences(conn, dataset, ends, path, |difference| summary.add(&difference))?;
            Ok(summary)
        })
    }
}

impl DifferenceSummary {
    fn add(&mut self, difference: &Difference) {
        let (before, after) = (file_size(difference.before.as_ref()), file_size(difference.after.as_ref()));
        let (tally, bytes) = match difference.differs {
            Differs::Created => (&mut self.created, after),
            Differs::Removed => (&mut self.removed, before),
            Differs::Modified => (&mut self.modified, after),
            Differs::Attributes => (&mut self.attributes, after),
            Differs::Moved { .. } => (&mut self.moved, after),
        };
        tally.entries += 1;
        tally.bytes = tally.bytes.saturating_add(bytes.unsigned_abs());
        self.bytes = self.bytes.saturating_add(after.saturating_sub(before));
    }
}

/// The two states' numbers.
fn ends(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    (from, to): (At, At),
    path: &RelPath,
) -> Result<(i64, i64)> {
    let (from, to) = (from.resolve(conn, dataset)?, to.resolve(conn, dataset)?);
    if from > to {
        return Err(CatalogError::NotIndexed);
    }
    let there = [from, to].map(|at| inode_at(conn, dataset, path, at));
    if there.iter().all(|found| matches!(found, Err(CatalogError::NotFound))) {
        return Err(CatalogError::NotFound);
    }
    Ok((from, to))
}

fn file_size(meta: Option<&Meta>) -> i64 {
    meta.filter(|meta| meta.kind == Kind::File).map_or(0, |meta| meta.size.cast_signed())
}

fn page(all: Vec<Difference>, after: Option<&RelPath>, limit: u32) -> DifferencePage {
    let more =
        |item: &Difference| file_size(item.after.as_ref()).saturating_sub(file_size(item.before.as_ref()));
    let bytes = all.iter().map(more).sum();
    let total = u64::try_from(all.len()).unwrap_or_default();
    let mut rest = all.into_iter().filter(|item| after.is_none_or(|after| item.path > *after)).peekable();
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut items: Vec<Difference> = rest.by_ref().take(limit).collect();
    // The next page begins after a path, so all of one path are on one page.
    while let Some(item) = rest.next_if(|item| items.last().is_some_and(|last| last.path == item.path)) {
        items.push(item);
    }
    let next = rest.next().and_then(|_| items.last()).map(|item| item.path.clone());
    DifferencePage { items, total, bytes, next }
}

/// Tells each difference, in no order.
fn differences(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    (from, to): (i64, i64),
    below: &RelPath,
    mut tell: impl FnMut(Difference),
) -> Result<()> {
    let (mut paths_from, mut paths_to) = (Paths::new(dataset, from), Paths::new(dataset, to));
    let (mut removed, mut created, mut found) = (Names::new(), Names::new(), Found::new());
    let mut keep = |path: &[u8], differs, before, after| {
        let Some(path) = rel_path(path) else { return };
        let from_within = matches!(&differs, Differs::Moved { from } if is_within(from, below));
        if from_within || is_within(&path, below) {
            tell(Difference { path, differs, before, after });
        }
    };
    for inodes in changed(conn, dataset, from, to)?.chunks(SOME) {
        let before = sides(conn, dataset, inodes, &mut paths_from)?;
        let after = sides(conn, dataset, inodes, &mut paths_to)?;
        for (before, after) in before.into_iter().zip(after) {
            match (before, after) {
                (Some(before), Some(after)) if before.meta.generation == after.meta.generation => {
                    same_object(before, after, &mut removed, &mut created, &mut found);
                }
                (before, after) => {
                    removed.extend(before.into_iter().flat_map(Side::by_path));
                    created.extend(after.into_iter().flat_map(Side::by_path));
                }
            }
        }
        for (path, differs, before, after) in found.drain(..) {
            keep(&path, differs, before, after);
        }
    }
    // Two objects at one path are one difference: that is how most programs save a file.
    for (path, after) in created {
        let before = removed.remove(&path);
        let differs = if before.is_some() { Differs::Modified } else { Differs::Created };
        keep(&path, differs, before, Some(after));
    }
    for (path, before) in removed {
        keep(&path, Differs::Removed, Some(before), None);
    }
    Ok(())
}

/// An object that both states have: names that came and went in pairs are a move.
fn same_object(before: Side, after: Side, removed: &mut Names, created: &mut Names, found: &mut Found) {
    let had = |place: &Place| before.names.iter().any(|old| old.is(place));
    let (stay, new): (Vec<_>, Vec<_>) = after.names.into_iter().partition(had);
    let gone = before.names.into_iter().filter(|old| !stay.iter().any(|place| place.is(old)));
    let gone: Vec<Place> = gone.collect();
    let mut gone = gone.into_iter();
    for place in stay {
        if let Some(differs) = differs(&before.meta, &after.meta) {
            found.push((place.path, differs, Some(before.meta.clone()), Some(after.meta.clone())));
        }
    }
    for place in new {
        let Some(from) = gone.next() else {
            created.insert(place.path, after.meta.clone());
            continue;
        };
        if let Some(from) = rel_path(&from.path) {
            let moved = Differs::Moved { from };
            found.push((place.path, moved, Some(before.meta.clone()), Some(after.meta.clone())));
        }
    }
    removed.extend(gone.map(|place| (place.path, before.meta.clone())));
}

/// Absent where the difference is only that names came or went: those are told themselves.
fn differs(before: &Meta, after: &Meta) -> Option<Differs> {
    let content = |meta: &Meta| (meta.size, meta.mtime, meta.target.clone());
    let attributes = |meta: &Meta| (meta.uid, meta.gid, meta.mode);
    if after.kind != Kind::Directory && content(before) != content(after) {
        return Some(Differs::Modified);
    }
    (attributes(before) != attributes(after)).then_some(Differs::Attributes)
}

/// The inodes of which something was born or died on the way, in order.
fn changed(conn: &mut SqliteConnection, dataset: DatasetId, from: i64, to: i64) -> Result<Vec<i64>> {
    let mut inodes: Vec<i64> = touched::table
        .filter(touched::dataset.eq(dataset.0))
        .filter(touched::txg.gt(from))
        .filter(touched::txg.le(to))
        .select(touched::inode)
        .load(conn)?;
    inodes.sort_unstable();
    inodes.dedup();
    Ok(inodes)
}

fn is_within(path: &RelPath, below: &RelPath) -> bool {
    below.is_root()
        || path
            .as_bytes()
            .strip_prefix(below.as_bytes())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}
