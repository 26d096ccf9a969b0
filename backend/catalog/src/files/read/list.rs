//! Folders as of a state, page by page.

use diesel::{
    SqliteConnection,
    prelude::{QueryableByName, RunQueryDsl as _},
    sql_types::{BigInt, Binary},
};
use nasman_core::{EntryName, Kind, Lifetime, Meta, RelPath};

use super::{
    At,
    path::{entry_name, inode_at, is_folder, object_at},
};
use crate::{
    Catalog, CatalogError, Result,
    files::{
        datasets::DatasetId,
        row::{ObjectRow, lifetime},
    },
};

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirEntry {
    /// Its name.
    pub name: EntryName,
    /// The object it leads to.
    pub inode: u64,
    /// The object's state.
    pub meta: Meta,
    /// When this state was under this name.
    pub lifetime: Lifetime,
}

/// A page of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirPage {
    /// Folders first, then by the bytes of the name.
    pub entries: Vec<DirEntry>,
    /// Entries in the whole folder.
    pub total: u64,
    /// Where the next page begins: whether the last entry is a folder, and its name. Absent on the last page.
    pub next: Option<(bool, EntryName)>,
}

#[derive(QueryableByName)]
pub(super) struct Listed {
    #[diesel(sql_type = Binary)]
    link_name: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    link_born: i64,
    #[diesel(sql_type = diesel::sql_types::Nullable<BigInt>)]
    link_died: Option<i64>,
    #[diesel(embed)]
    pub(super) object: ObjectRow,
}

#[derive(QueryableByName)]
pub(super) struct Count {
    #[diesel(sql_type = BigInt)]
    pub(super) count: i64,
}

impl Listed {
    pub(super) fn entry(self) -> Result<DirEntry> {
        let link = lifetime(self.link_born, self.link_died);
        // Both hold the state asked for, so they meet.
        let lifetime = self.object.lifetime().intersect(&link).unwrap_or(link);
        Ok(DirEntry {
            name: entry_name(self.link_name)?,
            inode: self.object.inode.cast_unsigned(),
            meta: self.object.into_meta()?,
            lifetime,
        })
    }
}

/// The key after which a page begins.
pub(super) fn begin(after: Option<&(bool, EntryName)>) -> (i64, &[u8]) {
    after.map_or((-1, &[][..]), |(folder, name)| (i64::from(!folder), name.as_bytes()))
}

/// The object's version is the last one born by then: one step down the key, however many there are.
const PAGE: &str = "SELECT l.name AS link_name, l.born AS link_born, l.died AS link_died, o.* \
    FROM links l CROSS JOIN objects o ON o.dataset = l.dataset AND o.inode = l.inode AND o.born = \
        (SELECT max(x.born) FROM objects x WHERE x.dataset = l.dataset AND x.inode = l.inode AND x.born <= ?3) \
    WHERE l.dataset = ?1 AND l.parent = ?2 AND l.born <= ?3 AND (l.died IS NULL OR l.died > ?3) \
        AND (o.died IS NULL OR o.died > ?3) AND (l.file, l.name) > (?4, ?5) \
    ORDER BY l.file, l.name LIMIT ?6";
const TOTAL: &str = "SELECT count(*) AS count FROM links \
    WHERE dataset = ?1 AND parent = ?2 AND born <= ?3 AND (died IS NULL OR died > ?3)";

impl Catalog {
    /// Lists a folder as of a state, at most `limit` entries after `after` (a page's `next`).
    ///
    /// # Errors
    /// [`CatalogError::NotIndexed`] when the state is not known; [`CatalogError::NotFound`] when there was no such
    /// folder.
    pub fn list(
        &self,
        dataset: DatasetId,
        at: At,
        path: &RelPath,
        after: Option<&(bool, EntryName)>,
        limit: u32,
    ) -> Result<DirPage> {
        self.read(|conn| {
            let at = at.resolve(conn, dataset)?;
            let inode = inode_at(conn, dataset, path, at)?;
            if !object_at(conn, dataset, inode, at)?.is_some_and(|object| is_folder(&object)) {
                return Err(CatalogError::NotFound);
            }
            let mut entries = page(conn, dataset, inode, at, after, limit.saturating_add(1))?;
            let more = entries.len() > usize::try_from(limit).unwrap_or(usize::MAX);
            entries.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let next = entries
                .last()
                .filter(|_| more)
                .map(|entry| (entry.meta.kind == Kind::Directory, entry.name.clone()));
            let total = if after.is_none() && !more {
                u64::try_from(entries.len()).unwrap_or_default()
            } else {
                total(conn, dataset, inode, at)?
            };
            Ok(DirPage { entries, total, next })
        })
    }

    /// One entry as of a state. The root has no name and is none.
    ///
    /// # Errors
    /// As [`Catalog::list`].
    pub fn entry(&self, dataset: DatasetId, at: At, path: &RelPath) -> Result<(u64, Meta)> {
        self.read(|conn| {
            let at = at.resolve(conn, dataset)?;
            let inode = inode_at(conn, dataset, path, at)?;
            let object = object_at(conn, dataset, inode, at)?.ok_or(CatalogError::NotFound)?;
            Ok((inode.cast_unsigned(), object.into_meta()?))
        })
    }
}

fn page(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    inode: i64,
    at: i64,
    after: Option<&(bool, EntryName)>,
    limit: u32,
) -> Result<Vec<DirEntry>> {
    let (file, name) = begin(after);
    let rows: Vec<Listed> = diesel::sql_query(PAGE)
        .bind::<BigInt, _>(dataset.0)
        .bind::<BigInt, _>(inode)
        .bind::<BigInt, _>(at)
        .bind::<BigInt, _>(file)
        .bind::<Binary, _>(name)
        .bind::<BigInt, _>(i64::from(limit))
        .load(conn)?;
    rows.into_iter().map(Listed::entry).collect()
}

pub(super) fn total(conn: &mut SqliteConnection, dataset: DatasetId, inode: i64, at: i64) -> Result<u64> {
    let count: Count = diesel::sql_query(TOTAL)
        .bind::<BigInt, _>(dataset.0)
        .bind::<BigInt, _>(inode)
        .bind::<BigInt, _>(at)
        .get_result(conn)?;
    Ok(count.count.cast_unsigned())
}
