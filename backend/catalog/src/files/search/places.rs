//! Where objects are and ever were: upwards from an object to its paths, downwards from a path to its objects.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    rc::Rc,
};

use diesel::{
    SqliteConnection,
    prelude::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, SelectableHelper as _},
};
use nasman_core::{Guid, Lifetime, RelPath, Txg};

use super::super::{
    datasets::DatasetId,
    read::{DEEPEST, ROOT, join, occupants, occupants_below, rel_path},
    row::{LinkRow, lifetime},
};
use super::SearchNote;
use crate::{Catalog, Result, schema::links};

/// A path, or what is left of one in the making, and when it led there.
type Place = (Vec<u8>, Lifetime);

/// Objects that are, or may be, different; and the paths that lead, or led, to them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Different {
    /// Each object once, with the state since which it is.
    pub inodes: Vec<(u64, Txg)>,
    /// Paths that the catalog knows, with that state.
    pub paths: HashMap<RelPath, Txg>,
}

impl Catalog {
    /// What notes about single objects of a dataset mean: with all that is below a folder whose names changed.
    ///
    /// # Errors
    /// [`crate::CatalogError::NotFound`] when there is no such dataset.
    pub fn search_different(&self, dataset: Guid, notes: &[SearchNote]) -> Result<Different> {
        let dataset = self.dataset(dataset)?.id;
        self.read(|conn| {
            let mut climb = Climb::new(dataset);
            let always = Lifetime { born: Txg(0), died: None };
            let mut different = HashMap::new();
            for note in notes {
                let Some(inode) = note.inode.map(u64::cast_signed) else { continue };
                note_since(&mut different, inode, note.since);
                if note.named || climb.lost_or_got_name(conn, inode, note.since)? {
                    below(conn, dataset, inode, note.since, &mut different)?;
                }
            }
            let mut paths = HashMap::new();
            for (&inode, &since) in &different {
                for (path, _) in climb.places(conn, inode, always, 0)? {
                    if let Some(path) = rel_path(&path).filter(|path| !path.is_root()) {
                        note_since(&mut paths, path, since);
                    }
                }
            }
            let inodes = different.into_iter().map(|(inode, since)| (inode.cast_unsigned(), since)).collect();
            Ok(Different { inodes, paths })
        })
    }
}

fn note_since<K: std::hash::Hash + Eq>(all: &mut HashMap<K, Txg>, key: K, since: Txg) {
    all.entry(key).and_modify(|known| *known = since.min(*known)).or_insert(since);
}

/// All that is, or ever was, below a folder.
fn below(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    folder: i64,
    since: Txg,
    different: &mut HashMap<i64, Txg>,
) -> Result<()> {
    let (mut open, mut seen) = (VecDeque::from([folder]), HashSet::from([folder]));
    while let Some(folder) = open.pop_front() {
        let rows: Vec<(i64, i64)> = links::table
            .filter(links::dataset.eq(dataset.0))
            .filter(links::parent.eq(folder))
            .select((links::inode, links::file))
            .load(conn)?;
        for (inode, file) in rows {
            note_since(different, inode, since);
            if file == 0 && seen.insert(inode) {
                open.push_back(inode);
            }
        }
    }
    Ok(())
}

fn names_of(conn: &mut SqliteConnection, dataset: DatasetId, inode: i64) -> Result<Vec<LinkRow>> {
    Ok(links::table
        .filter(links::dataset.eq(dataset.0))
        .filter(links::inode.eq(inode))
        .select(LinkRow::as_select())
        .load(conn)?)
}

/// From objects up to the root; folders are climbed from once for each lifetime.
///
/// Over time names can lead in circles, where two folders were in each other one after the other. At no moment they do: so
/// a climb knows when it is, and follows only names of then.
struct Climb {
    dataset: DatasetId,
    names: HashMap<i64, Rc<[LinkRow]>>,
    known: HashMap<(i64, Lifetime), Vec<Place>>,
}

impl Climb {
    fn new(dataset: DatasetId) -> Self {
        Self { dataset, names: HashMap::new(), known: HashMap::new() }
    }

    /// All names that an object ever had; those of folders are remembered.
    fn names(&mut self, conn: &mut SqliteConnection, inode: i64) -> Result<Rc<[LinkRow]>> {
        if let Some(known) = self.names.get(&inode) {
            return Ok(Rc::clone(known));
        }
        let names: Rc<[LinkRow]> = names_of(conn, self.dataset, inode)?.into();
        if is_folder(&names) {
            self.names.insert(inode, Rc::clone(&names));
        }
        Ok(names)
    }

    /// Whether a folder has a name that was born or died since.
    fn lost_or_got_name(&mut self, conn: &mut SqliteConnection, inode: i64, since: Txg) -> Result<bool> {
        let since = since.0.cast_signed();
        let names = self.names(conn, inode)?;
        Ok(names.iter().any(|link| link.file == 0 && (link.born > since || link.died > Some(since))))
    }

    /// Where an object was in a lifetime, and when.
    fn places(
        &mut self,
        conn: &mut SqliteConnection,
        inode: i64,
        during: Lifetime,
        depth: usize,
    ) -> Result<Vec<Place>> {
        if inode == ROOT {
            return Ok(vec![(Vec::new(), during)]);
        }
        // A damaged catalog must not lead in circles.
        if depth > DEEPEST {
            return Ok(Vec::new());
        }
        if let Some(known) = self.known.get(&(inode, during)) {
            return Ok(known.clone());
        }
        let mut places = Vec::new();
        let names = self.names(conn, inode)?;
        for link in names.iter() {
            let Some(then) = during.intersect(&lifetime(link.born, link.died)) else { continue };
            let above = self.places(conn, link.parent, then, depth + 1)?;
            places.extend(above.into_iter().map(|(above, then)| (join(above, &link.name), then)));
        }
        if is_folder(&names) {
            self.known.insert((inode, during), places.clone());
        }
        Ok(places)
    }
}

fn is_folder(names: &[LinkRow]) -> bool {
    names.iter().any(|link| link.file == 0)
}

/// From paths down to the objects they led to; folders are gone through once.
pub(super) struct Descent {
    dataset: DatasetId,
    known: HashMap<RelPath, Vec<(i64, Lifetime)>>,
}

impl Descent {
    pub(super) fn new(dataset: DatasetId) -> Self {
        Self { dataset, known: HashMap::new() }
    }

    pub(super) fn occupants(
        &mut self,
        conn: &mut SqliteConnection,
        path: &RelPath,
    ) -> Result<Vec<(i64, Lifetime)>> {
        let (Some(folder), Some(name)) = (path.parent(), path.name()) else {
            return occupants(conn, self.dataset, path);
        };
        if !self.known.contains_key(&folder) {
            let above = occupants(conn, self.dataset, &folder)?;
            self.known.insert(folder.clone(), above);
        }
        let above = self.known.get(&folder).cloned().unwrap_or_default();
        occupants_below(conn, self.dataset, above, &name)
    }
}
