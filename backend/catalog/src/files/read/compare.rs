//! Folders as of a state, with what became of each entry since.

use diesel::{
    SqliteConnection,
    prelude::{QueryableByName, RunQueryDsl as _},
    sql_types::{BigInt, Binary},
};
use nasman_core::{EntryName, Kind, RelPath};

use super::{
    At,
    list::{self, Count, DirEntry, Listed},
    path::{Paths, inode_at, is_folder, object_at},
};
use crate::{Catalog, CatalogError, Result, files::datasets::DatasetId};

/// What became of an entry between a state and live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// Kind, size, time, owner, mode and, of a link, where it leads are the same. Of a folder it tells of its own
    /// names, not of what is further below.
    Same,
    /// Something of that is another.
    Changed,
    /// The name is no more, and neither is what it led to.
    Deleted,
    /// The name is no more; what it led to is elsewhere.
    Moved {
        /// Where; absent where no folder known leads there.
        to: Option<RelPath>,
    },
    /// Only live has the name; what is told of the entry is how it is there.
    Added,
}

/// An entry of a folder, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedEntry {
    /// As of the state.
    pub entry: DirEntry,
    /// Since then.
    pub since: Since,
}

/// A page of a folder, compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedPage {
    /// Folders first, then by the bytes of the name.
    pub entries: Vec<ComparedEntry>,
    /// Entries in the whole folder, those that live has more included if they are listed.
    pub total: u64,
    /// Where the next page begins, as in [`super::DirPage`].
    pub next: Option<(bool, EntryName)>,
}

/// The two states and the folder in each. Inode -1 is no folder.
#[derive(Clone, Copy)]
struct Ends {
    dataset: i64,
    folder: i64,
    at: i64,
    live_folder: i64,
    live: i64,
}

#[derive(QueryableByName)]
struct ComparedRow {
    #[diesel(sql_type = BigInt)]
    since: i64,
    #[diesel(embed)]
    listed: Listed,
}

/// `n` is the name live and `c` what has it; `m` is where the object is live: each one step down a key. None is
/// taken for what lasts since then: a key of NULL leads nowhere at once. 0 same, 1 changed, 2 deleted, 3 moved.
const PAGE: &str = "SELECT l.name AS link_name, l.born AS link_born, l.died AS link_died, o.*, CASE \
        WHEN l.parent = ?7 AND ifnull(l.died > ?8, 1) AND ifnull(o.died > ?8, 1) THEN 0 \
        WHEN c.inode IS NOT NULL THEN NOT (c.kind = o.kind AND (c.size = o.size OR o.kind = 1) \
            AND c.mtime_s = o.mtime_s AND c.mtime_ns = o.mtime_ns AND c.uid = o.uid AND c.gid = o.gid \
            AND c.mode = o.mode AND c.target IS o.target) \
        WHEN EXISTS (SELECT 1 FROM links x WHERE x.dataset = ?1 AND x.parent = ?7 AND x.file = 1 - l.file \
            AND x.name = l.name AND x.born <= ?8 AND (x.died IS NULL OR x.died > ?8)) THEN 1 \
        WHEN EXISTS (SELECT 1 FROM objects m WHERE m.dataset = ?1 AND m.inode = l.inode AND m.born = \
            (SELECT max(y.born) FROM objects y WHERE y.dataset = ?1 AND y.inode = l.inode AND y.born <= ?8) \
            AND (m.died IS NULL OR m.died > ?8) AND m.generation = o.generation) THEN 3 \
        ELSE 2 END AS since \
    FROM links l CROSS JOIN objects o ON o.dataset = l.dataset AND o.inode = l.inode AND o.born = \
        (SELECT max(x.born) FROM objects x WHERE x.dataset = l.dataset AND x.inode = l.inode AND x.born <= ?3) \
    LEFT JOIN links n ON n.dataset = CASE \
            WHEN l.parent = ?7 AND ifnull(l.died > ?8, 1) AND ifnull(o.died > ?8, 1) THEN NULL ELSE ?1 END \
        AND n.parent = ?7 AND n.file = l.file AND n.name = l.name AND n.born = \
        (SELECT max(z.born) FROM links z WHERE z.dataset = ?1 AND z.parent = ?7 AND z.file = l.file \
            AND z.name = l.name AND z.born <= ?8) AND (n.died IS NULL OR n.died > ?8) \
    LEFT JOIN objects c ON c.dataset = n.dataset AND c.inode = n.inode AND c.born = \
        (SELECT max(w.born) FROM objects w WHERE w.dataset = n.dataset AND w.inode = n.inode AND w.born <= ?8) \
        AND (c.died IS NULL OR c.died > ?8) \
    WHERE l.dataset = ?1 AND l.parent = ?2 AND l.born <= ?3 AND (l.died IS NULL OR l.died > ?3) \
        AND (o.died IS NULL OR o.died > ?3) AND (l.file, l.name) > (?4, ?5) \
    ORDER BY l.file, l.name LIMIT ?6";

/// Names that live has and the state had not. In the same folder one that is older was there then.
macro_rules! added {
    ($columns:literal, $objects:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM links l ",
            $objects,
            " WHERE l.dataset = ?1 AND l.parent = ?2 AND l.born <= ?3 AND (l.died IS NULL OR l.died > ?3) \
                AND (?2 <> ?4 OR l.born > ?5) AND NOT EXISTS (SELECT 1 FROM links x WHERE x.dataset = ?1 \
                AND x.parent = ?4 AND x.file IN (0, 1) AND x.name = l.name AND x.born <= ?5 \
                AND (x.died IS NULL OR x.died > ?5)) ",
            $rest
        )
    };
}
const ADDED: &str = added!(
    "l.name AS link_name, l.born AS link_born, l.died AS link_died, o.*",
    "CROSS JOIN objects o ON o.dataset = l.dataset AND o.inode = l.inode AND o.born = \
        (SELECT max(x.born) FROM objects x WHERE x.dataset = l.dataset AND x.inode = l.inode AND x.born <= ?3)",
    "AND (o.died IS NULL OR o.died > ?3) AND (l.file, l.name) > (?6, ?7) ORDER BY l.file, l.name LIMIT ?8"
);
const ADDED_TOTAL: &str = added!("count(*) AS count", "", "");

impl Catalog {
    /// Lists a folder as of a state as [`Catalog::list`] does, and tells of each entry what became of it until live
    /// was last looked at. Compared is what has the same name in the folder that has the same path; with `added`,
    /// names that only live has are listed, too.
    ///
    /// # Errors
    /// As [`Catalog::list`].
    pub fn list_compared(
        &self,
        dataset: DatasetId,
        at: At,
        path: &RelPath,
        added: bool,
        after: Option<&(bool, EntryName)>,
        limit: u32,
    ) -> Result<ComparedPage> {
        self.read(|conn| {
            let ends = Ends::find(conn, dataset, at, path)?;
            let ask = limit.saturating_add(1);
            let mut entries = compared(conn, ends, after, ask)?;
            let mut total = list::total(conn, dataset, ends.folder, ends.at)?;
            if added && ends.live_folder >= 0 {
                entries.extend(ends.added(conn, after, ask)?);
                entries.sort_by(|a, b| key(a).cmp(&key(b)));
                total = total.saturating_add(ends.added_total(conn)?);
            }
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let more = entries.len() > limit;
            entries.truncate(limit);
            let next = entries.last().filter(|_| more);
            let next = next.map(|last| (last.entry.meta.kind == Kind::Directory, last.entry.name.clone()));
            Ok(ComparedPage { entries, total, next })
        })
    }
}

fn key(compared: &ComparedEntry) -> (bool, &[u8]) {
    (compared.entry.meta.kind != Kind::Directory, compared.entry.name.as_bytes())
}

impl Ends {
    fn find(conn: &mut SqliteConnection, dataset: DatasetId, at: At, path: &RelPath) -> Result<Self> {
        let (at, live) = (at.resolve(conn, dataset)?, At::Live.resolve(conn, dataset)?);
        let folder = folder(conn, dataset, path, at)?.ok_or(CatalogError::NotFound)?;
        let live_folder = self::folder(conn, dataset, path, live)?.unwrap_or(-1);
        Ok(Self { dataset: dataset.0, folder, at, live_folder, live })
    }

    fn added(
        self,
        conn: &mut SqliteConnection,
        after: Option<&(bool, EntryName)>,
        limit: u32,
    ) -> Result<Vec<ComparedEntry>> {
        let (file, name) = list::begin(after);
        let rows: Vec<Listed> = diesel::sql_query(ADDED)
            .bind::<BigInt, _>(self.dataset)
            .bind::<BigInt, _>(self.live_folder)
            .bind::<BigInt, _>(self.live)
            .bind::<BigInt, _>(self.folder)
            .bind::<BigInt, _>(self.at)
            .bind::<BigInt, _>(file)
            .bind::<Binary, _>(name)
            .bind::<BigInt, _>(i64::from(limit))
            .load(conn)?;
        let entry = |row: Listed| Ok(ComparedEntry { entry: row.entry()?, since: Since::Added });
        rows.into_iter().map(entry).collect()
    }

    fn added_total(self, conn: &mut SqliteConnection) -> Result<u64> {
        let count: Count = diesel::sql_query(ADDED_TOTAL)
            .bind::<BigInt, _>(self.dataset)
            .bind::<BigInt, _>(self.live_folder)
            .bind::<BigInt, _>(self.live)
            .bind::<BigInt, _>(self.folder)
            .bind::<BigInt, _>(self.at)
            .get_result(conn)?;
        Ok(count.count.cast_unsigned())
    }
}

/// The folder at a path as of a state; absent when there was none.
fn folder(conn: &mut SqliteConnection, dataset: DatasetId, path: &RelPath, at: i64) -> Result<Option<i64>> {
    let inode = match inode_at(conn, dataset, path, at) {
        Err(CatalogError::NotFound) => return Ok(None),
        inode => inode?,
    };
    Ok(object_at(conn, dataset, inode, at)?.filter(is_folder).map(|_| inode))
}

fn compared(
    conn: &mut SqliteConnection,
    ends: Ends,
    after: Option<&(bool, EntryName)>,
    limit: u32,
) -> Result<Vec<ComparedEntry>> {
    let (file, name) = list::begin(after);
    let rows: Vec<ComparedRow> = diesel::sql_query(PAGE)
        .bind::<BigInt, _>(ends.dataset)
        .bind::<BigInt, _>(ends.folder)
        .bind::<BigInt, _>(ends.at)
        .bind::<BigInt, _>(file)
        .bind::<Binary, _>(name)
        .bind::<BigInt, _>(i64::from(limit))
        .bind::<BigInt, _>(ends.live_folder)
        .bind::<BigInt, _>(ends.live)
        .load(conn)?;
    let mut paths = Paths::new(DatasetId(ends.dataset), ends.live);
    let mut entries = Vec::with_capacity(rows.len());
    for ComparedRow { since, listed } in rows {
        let since = match since {
            0 => Since::Same,
            1 => Since::Changed,
            2 => Since::Deleted,
            _ => Since::Moved { to: paths.of_object(conn, listed.object.inode)? },
        };
        entries.push(ComparedEntry { entry: listed.entry()?, since });
    }
    Ok(entries)
}
