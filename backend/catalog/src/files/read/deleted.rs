//! Names that a folder had and has no more.

use std::collections::{BTreeMap, HashSet};

use diesel::{
    SqliteConnection,
    prelude::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, SelectableHelper as _},
};
use nasman_core::{EntryName, Lifetime, Meta, RelPath};

use super::{
    At, Seen, States,
    path::{entry_name, inode_at, links_in, object_at, occupants},
};
use crate::{
    Catalog, CatalogError, Result,
    files::{
        datasets::DatasetId,
        row::{LinkRow, ObjectRow, lifetime},
    },
    schema::links,
};

/// What was last under a name that is no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// The name.
    pub name: EntryName,
    /// The object it led to.
    pub inode: u64,
    /// The object's last state under the name.
    pub meta: Meta,
    /// When that state was under the name.
    pub lifetime: Lifetime,
    /// Which states show it so.
    pub seen: Seen,
    /// True where the object lives on under another name.
    pub moved: bool,
}

/// A page of deleted names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletedPage {
    /// Folders first, then by the bytes of the name.
    pub entries: Vec<Deleted>,
    /// Deleted names in all.
    pub total: u64,
    /// Where the next page begins, as in [`super::DirPage`].
    pub next: Option<(bool, EntryName)>,
}

/// Which link was last under a name, which part of its lifetime the folder was at the path, and the last state in it.
struct Last {
    link: LinkRow,
    life: Lifetime,
    at: i64,
}

impl Catalog {
    /// The names that a folder had in any state and does not have as of `at`; the folder itself may be gone, too.
    /// Names that it has again as of `again` are left out, for who lists those as well.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`] when no state has had such a folder, [`CatalogError::NotIndexed`] when `at` is not
    /// known.
    pub fn deleted(
        &self,
        dataset: DatasetId,
        (at, again): (At, Option<At>),
        path: &RelPath,
        after: Option<&(bool, EntryName)>,
        limit: u32,
    ) -> Result<DeletedPage> {
        self.read(|conn| {
            let at = at.resolve(conn, dataset)?;
            // What came later is none that was deleted by then.
            let states = States::load(conn, dataset)?.until(at);
            let mut present = names_at(conn, dataset, path, at)?;
            if let Some(again) = again {
                let again = again.resolve(conn, dataset)?;
                present.extend(names_at(conn, dataset, path, again)?);
            }
            let mut lasts: Vec<Last> = last_links(conn, dataset, path, &states)?.into_values().collect();
            lasts.retain(|last| !present.contains(&last.link.name));
            lasts.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
            let total = u64::try_from(lasts.len()).unwrap_or_default();
            let begin = after.map_or(0, |(folder, name)| {
                lasts.partition_point(|last| last.key() <= (i64::from(!folder), name.as_bytes()))
            });
            let end = begin.saturating_add(usize::try_from(limit).unwrap_or(usize::MAX)).min(lasts.len());
            let page = lasts.get(begin..end).unwrap_or_default();
            let next = page.last().filter(|_| end < lasts.len()).map(|last| {
                Ok::<_, CatalogError>((last.link.file == 0, entry_name(last.link.name.clone())?))
            });
            let mut entries = Vec::with_capacity(page.len());
            for last in page {
                entries.extend(deleted(conn, dataset, &states, at, last)?);
            }
            Ok(DeletedPage { entries, total, next: next.transpose()? })
        })
    }
}

impl Last {
    /// The order in which folders are listed.
    fn key(&self) -> (i64, &[u8]) {
        (self.link.file, &self.link.name)
    }
}

/// For every name the folder has ever had, the last link that a state shows.
fn last_links(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    path: &RelPath,
    states: &States,
) -> Result<BTreeMap<Vec<u8>, Last>> {
    let mut names: BTreeMap<Vec<u8>, Last> = BTreeMap::new();
    let mut known = false;
    for (inode, stay) in occupants(conn, dataset, path)? {
        known |= states.shows(&stay);
        let rows: Vec<LinkRow> = links::table
            .filter(links::dataset.eq(dataset.0))
            .filter(links::parent.eq(inode))
            .select(LinkRow::as_select())
            .load(conn)?;
        for link in rows {
            let Some(life) = stay.intersect(&lifetime(link.born, link.died)) else { continue };
            let Some(at) = states.last(&life) else { continue };
            if names.get(&link.name).is_none_or(|last| last.at < at) {
                names.insert(link.name.clone(), Last { link, life, at });
            }
        }
    }
    if known { Ok(names) } else { Err(CatalogError::NotFound) }
}

/// The names that the folder has as of a state; none when it is not there.
fn names_at(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    folder: &RelPath,
    at: i64,
) -> Result<HashSet<Vec<u8>>> {
    let inode = match inode_at(conn, dataset, folder, at) {
        Ok(inode) => inode,
        Err(CatalogError::NotFound) => return Ok(HashSet::new()),
        Err(error) => return Err(error),
    };
    Ok(links_in(conn, dataset, inode, at)?.into_iter().map(|(name, _)| name).collect())
}

fn deleted(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    states: &States,
    now: i64,
    last: &Last,
) -> Result<Option<Deleted>> {
    let Some(object) = object_at(conn, dataset, last.link.inode, last.at)? else { return Ok(None) };
    let life = object.lifetime().intersect(&last.life).unwrap_or(last.life);
    let Some(seen) = states.seen(&life) else { return Ok(None) };
    let today = object_at(conn, dataset, object.inode, now)?;
    let same = |today: ObjectRow| today.generation == object.generation;
    Ok(Some(Deleted {
        name: entry_name(last.link.name.clone())?,
        inode: object.inode.cast_unsigned(),
        moved: today.is_some_and(same),
        meta: object.into_meta()?,
        lifetime: life,
        seen,
    }))
}
