//! From paths to inodes and back, as of a state and over all time.

use std::collections::HashMap;

use diesel::{
    SqliteConnection,
    prelude::{
        BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
        RunQueryDsl as _, SelectableHelper as _,
    },
};
use nasman_core::{EntryName, Lifetime, ROOT_INODE, RelPath, Txg};

use super::super::{
    datasets::DatasetId,
    row::{DIRECTORY, LinkRow, ObjectRow, lifetime},
};
use crate::{
    CatalogError, Result,
    schema::{links, objects},
};

pub(in crate::files) const ROOT: i64 = ROOT_INODE.cast_signed();
/// No path the kernel takes has more parts; a damaged catalog must not lead in circles.
pub(in crate::files) const DEEPEST: usize = 2_048;

/// The inode that a name in a folder leads to. Folders and all else have separate places.
pub(super) fn child(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    (parent, name): (i64, &EntryName),
    at: i64,
) -> Result<Option<i64>> {
    for file in [0, 1] {
        let newest: Option<(i64, Option<i64>)> = links::table
            .filter(links::dataset.eq(dataset.0))
            .filter(links::parent.eq(parent))
            .filter(links::file.eq(file))
            .filter(links::name.eq(name.as_bytes()))
            .filter(links::born.le(at))
            .order(links::born.desc())
            .select((links::inode, links::died))
            .first(conn)
            .optional()?;
        if let Some((inode, _)) = newest.filter(|(_, died)| died.is_none_or(|died| at < died)) {
            return Ok(Some(inode));
        }
    }
    Ok(None)
}

/// The inode at a path as of a state.
pub(super) fn inode_at(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    path: &RelPath,
    at: i64,
) -> Result<i64> {
    path.names()
        .try_fold(ROOT, |inode, name| child(conn, dataset, (inode, &name), at)?.ok_or(CatalogError::NotFound))
}

/// The object with this inode as of a state.
pub(in crate::files) fn object_at(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    inode: i64,
    at: i64,
) -> Result<Option<ObjectRow>> {
    let newest: Option<ObjectRow> = objects::table
        .filter(objects::dataset.eq(dataset.0))
        .filter(objects::inode.eq(inode))
        .filter(objects::born.le(at))
        .order(objects::born.desc())
        .select(ObjectRow::as_select())
        .first(conn)
        .optional()?;
    Ok(newest.filter(|row| row.died.is_none_or(|died| at < died)))
}

/// The names that lead to an object as of a state.
pub(super) fn links_to(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    inode: i64,
    at: i64,
) -> Result<Vec<LinkRow>> {
    Ok(links::table
        .filter(links::dataset.eq(dataset.0))
        .filter(links::inode.eq(inode))
        .filter(links::born.le(at))
        .filter(links::died.is_null().or(links::died.gt(at)))
        .select(LinkRow::as_select())
        .load(conn)?)
}

/// The names in a folder as of a state, and where they lead.
pub(in crate::files) fn links_in(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    parent: i64,
    at: i64,
) -> Result<Vec<(Vec<u8>, i64)>> {
    Ok(links::table
        .filter(links::dataset.eq(dataset.0))
        .filter(links::parent.eq(parent))
        .filter(links::born.le(at))
        .filter(links::died.is_null().or(links::died.gt(at)))
        .select((links::name, links::inode))
        .load(conn)?)
}

/// Which inodes a path led to, and when: every one there ever was, oldest first.
pub(in crate::files) fn occupants(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    path: &RelPath,
) -> Result<Vec<(i64, Lifetime)>> {
    let mut found = vec![(ROOT, Lifetime { born: Txg(0), died: None })];
    for name in path.names() {
        found = occupants_below(conn, dataset, found, &name)?;
    }
    Ok(found)
}

/// Which inodes a name in these folders led to while they were there, oldest first.
pub(in crate::files) fn occupants_below(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    folders: Vec<(i64, Lifetime)>,
    name: &EntryName,
) -> Result<Vec<(i64, Lifetime)>> {
    let mut below = Vec::new();
    for (folder, life) in folders {
        // Two literals rather than a list: the key's order serves each alone.
        for file in [0, 1] {
            let rows: Vec<(i64, i64, Option<i64>)> = links::table
                .filter(links::dataset.eq(dataset.0))
                .filter(links::parent.eq(folder))
                .filter(links::file.eq(file))
                .filter(links::name.eq(name.as_bytes()))
                .select((links::inode, links::born, links::died))
                .load(conn)?;
            below.extend(
                rows.into_iter()
                    .filter_map(|(child, born, died)| Some((child, life.intersect(&lifetime(born, died))?))),
            );
        }
    }
    below.sort_unstable_by_key(|(_, life)| life.born);
    Ok(below)
}

/// Paths of folders as of one state, each looked up once.
pub(super) struct Paths {
    dataset: DatasetId,
    at: i64,
    folders: HashMap<i64, Option<Vec<u8>>>,
}

impl Paths {
    pub(super) fn new(dataset: DatasetId, at: i64) -> Self {
        Self { dataset, at, folders: HashMap::from([(ROOT, Some(Vec::new()))]) }
    }

    pub(super) const fn at(&self) -> i64 {
        self.at
    }

    /// A path of an object; absent where no folder known leads there.
    pub(super) fn of_object(&mut self, conn: &mut SqliteConnection, inode: i64) -> Result<Option<RelPath>> {
        for link in links_to(conn, self.dataset, inode, self.at)? {
            if let Some(path) = self.of_link(conn, link.parent, &link.name)? {
                return Ok(rel_path(&path));
            }
        }
        Ok(None)
    }

    /// The path of a name in a folder; absent when the folder was not there.
    pub(super) fn of_link(
        &mut self,
        conn: &mut SqliteConnection,
        parent: i64,
        name: &[u8],
    ) -> Result<Option<Vec<u8>>> {
        Ok(self.of_folder(conn, parent)?.map(|folder| join(folder, name)))
    }

    fn of_folder(&mut self, conn: &mut SqliteConnection, inode: i64) -> Result<Option<Vec<u8>>> {
        // Upwards to a folder whose path is known, then down again.
        let mut climbed = Vec::new();
        let mut folder = inode;
        let mut path = loop {
            if let Some(known) = self.folders.get(&folder) {
                break known.clone();
            }
            let link = links_to(conn, self.dataset, folder, self.at)?.into_iter().next();
            match link {
                Some(link) if climbed.len() < DEEPEST => {
                    climbed.push((folder, link.name));
                    folder = link.parent;
                }
                _ => break None,
            }
        };
        for (folder, name) in climbed.into_iter().rev() {
            path = path.map(|path| join(path, &name));
            self.folders.insert(folder, path.clone());
        }
        Ok(path)
    }
}

pub(in crate::files) fn join(mut folder: Vec<u8>, name: &[u8]) -> Vec<u8> {
    if !folder.is_empty() {
        folder.push(b'/');
    }
    folder.extend_from_slice(name);
    folder
}

/// A path out of the database. One longer than the kernel takes (a folder moved deep down) is none.
pub(in crate::files) fn rel_path(bytes: &[u8]) -> Option<RelPath> {
    RelPath::from_bytes(bytes).ok()
}

/// A name out of the database.
pub(in crate::files) fn entry_name(bytes: Vec<u8>) -> Result<EntryName> {
    EntryName::new(bytes).map_err(|e| CatalogError::Database(format!("a file's name: {e}")))
}

/// Whether a row is a folder's.
pub(super) fn is_folder(row: &ObjectRow) -> bool {
    row.kind == DIRECTORY
}
