//! All versions of paths, as a search index has them.

use std::{collections::HashMap, ops::ControlFlow};

use diesel::{
    BoolExpressionMethods as _, JoinOnDsl as _, SqliteConnection,
    prelude::{
        ExpressionMethods as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
    },
};
use nasman_core::{EntryName, Guid, Kind, Lifetime, RelPath, Txg};

use super::{
    super::{
        datasets::{DatasetId, position},
        forget::applying_base,
        read::{ROOT, States, entry_name},
        row::{DIRECTORY, kind, lifetime},
    },
    places::Descent,
};
use crate::{
    Catalog, Result,
    schema::{links, objects},
};

/// One state of what was at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathVersion {
    /// The object.
    pub inode: u64,
    /// Where; never the root.
    pub path: RelPath,
    /// What it is.
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
    /// When its content last changed, in seconds since 1970.
    pub modified: i64,
    /// Its owner's number.
    pub owner: u32,
    /// When it was so, here.
    pub lifetime: Lifetime,
    /// Whether nothing was here later.
    pub latest: bool,
    /// How many versions there are here; told of the latest, 0 of others.
    pub versions: u32,
}

/// A version of an object.
#[derive(Queryable, Selectable)]
#[diesel(table_name = objects)]
struct Object {
    inode: i64,
    born: i64,
    died: Option<i64>,
    kind: i64,
    size: i64,
    mtime_s: i64,
    uid: i64,
}

/// A version of an object under a version of its name.
#[derive(Queryable)]
struct Named {
    name: Vec<u8>,
    born: i64,
    died: Option<i64>,
    object: Object,
}

/// What is at a path: versions to tell, and folders to go into.
#[derive(Default)]
struct Found {
    versions: Vec<(Lifetime, Object)>,
    folders: Vec<(i64, Lifetime)>,
}

impl PathVersion {
    /// Of all versions of a path, oldest first, the ones that must be told when something is different since a state;
    /// and the state after which what was told of the path earlier died, or lives, if they replace it. That is one
    /// version more than what is different, since it may have become the latest, or ceased to be it.
    #[must_use]
    pub fn different(mut versions: Vec<Self>, since: Txg) -> (Txg, Vec<Self>) {
        let same =
            versions.partition_point(|version| version.lifetime.died.is_some_and(|died| died <= since));
        let Some(before) = same.checked_sub(1) else { return (Txg(0), versions) };
        let told = versions.split_off(before);
        let since = versions.last().and_then(|version| version.lifetime.died).unwrap_or(Txg(0));
        (since, told)
    }
}

impl Catalog {
    /// Tells every version of every path of a dataset, all of a path one after another and oldest first, until told
    /// to stop.
    ///
    /// # Errors
    /// [`crate::CatalogError::NotFound`] when there is no such dataset.
    pub fn every_version(
        &self,
        dataset: Guid,
        tell: &mut dyn FnMut(PathVersion) -> ControlFlow<()>,
    ) -> Result<()> {
        let id = self.dataset(dataset)?.id;
        let mut conn = self.lasting()?;
        diesel::Connection::transaction(&mut *conn, |conn| {
            let Some(moment) = Moment::load(conn, id)? else { return Ok(()) };
            let always = Lifetime { born: Txg(0), died: None };
            let mut open = vec![(RelPath::root(), vec![(ROOT, always)])];
            while let Some((folder, occupants)) = open.pop() {
                for (name, found) in moment.children(conn, &occupants)? {
                    // Longer than the kernel takes: a folder was moved deep down.
                    let Ok(path) = folder.join(&name) else { continue };
                    for version in path_versions(&path, found.versions)? {
                        if tell(version).is_break() {
                            return Ok(());
                        }
                    }
                    if !found.folders.is_empty() {
                        open.push((path, found.folders));
                    }
                }
            }
            Ok(())
        })
    }

    /// All versions of each path, oldest first; none where nothing is known there.
    ///
    /// # Errors
    /// [`crate::CatalogError::NotFound`] when there is no such dataset.
    pub fn versions_at<'a>(
        &self,
        dataset: Guid,
        paths: impl IntoIterator<Item = &'a RelPath>,
    ) -> Result<Vec<Vec<PathVersion>>> {
        let id = self.dataset(dataset)?.id;
        self.read(|conn| {
            let Some(moment) = Moment::load(conn, id)? else {
                return Ok(paths.into_iter().map(|_| Vec::new()).collect());
            };
            let mut descent = Descent::new(id);
            let versions = paths.into_iter().map(|path| {
                let occupants = descent.occupants(conn, path)?;
                path_versions(path, moment.versions(conn, &occupants)?)
            });
            versions.collect()
        })
    }
}

/// A dataset up to its newest complete state: what is being taken in meanwhile does not count yet.
struct Moment {
    dataset: DatasetId,
    position: i64,
    states: States,
}

impl Moment {
    fn load(conn: &mut SqliteConnection, dataset: DatasetId) -> Result<Option<Self>> {
        let Some(position) = position(conn, dataset)? else { return Ok(None) };
        // Versions of a base stay as long as something is told against it, and are noted when it goes.
        let states = States::load(conn, dataset)?.with(applying_base(conn, dataset)?).until(position);
        Ok(Some(Self { dataset, position, states }))
    }

    fn life(&self, born: i64, died: Option<i64>) -> Lifetime {
        lifetime(born, died.filter(|died| *died <= self.position))
    }

    /// What was in a folder, by name. The folder may have been several, one after another.
    fn children(
        &self,
        conn: &mut SqliteConnection,
        folders: &[(i64, Lifetime)],
    ) -> Result<Vec<(EntryName, Found)>> {
        let mut found: HashMap<Vec<u8>, Found> = HashMap::new();
        for (folder, stay) in folders {
            let rows: Vec<Named> = links::table
                .inner_join(
                    objects::table
                        .on(objects::dataset.eq(links::dataset).and(objects::inode.eq(links::inode))),
                )
                .filter(links::dataset.eq(self.dataset.0))
                .filter(links::parent.eq(folder))
                .filter(links::born.le(self.position))
                .filter(objects::born.le(self.position))
                .select((links::name, links::born, links::died, Object::as_select()))
                .load(conn)?;
            for row in rows {
                let Some(stay) = stay.intersect(&self.life(row.born, row.died)) else { continue };
                let at = found.entry(row.name).or_default();
                at.add(self, stay, row.object);
            }
        }
        found.into_iter().map(|(name, found)| Ok((entry_name(name)?, found))).collect()
    }

    /// The versions of what was at a path while it was there.
    fn versions(
        &self,
        conn: &mut SqliteConnection,
        occupants: &[(i64, Lifetime)],
    ) -> Result<Vec<(Lifetime, Object)>> {
        let mut found = Found::default();
        for (inode, stay) in occupants {
            let born = stay.born.0.cast_signed();
            if born > self.position {
                continue;
            }
            let stay = self.life(born, stay.died.map(|died| died.0.cast_signed()));
            let rows: Vec<Object> = objects::table
                .filter(objects::dataset.eq(self.dataset.0))
                .filter(objects::inode.eq(inode))
                .filter(objects::born.le(self.position))
                .select(Object::as_select())
                .load(conn)?;
            for object in rows {
                found.add(self, stay, object);
            }
        }
        Ok(found.versions)
    }
}

impl Found {
    /// Between states nobody saw what was there, so that is no version.
    fn add(&mut self, moment: &Moment, stay: Lifetime, object: Object) {
        let life = stay.intersect(&moment.life(object.born, object.died));
        let Some(life) = life.filter(|life| moment.states.shows(life)) else { return };
        if object.kind == DIRECTORY && !self.folders.contains(&(object.inode, stay)) {
            self.folders.push((object.inode, stay));
        }
        self.versions.push((life, object));
    }
}

fn path_versions(path: &RelPath, mut found: Vec<(Lifetime, Object)>) -> Result<Vec<PathVersion>> {
    found.sort_unstable_by_key(|(life, _)| life.born);
    let last = found.len().saturating_sub(1);
    let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let versions = found.into_iter().enumerate().map(|(place, (lifetime, object))| {
        Ok(PathVersion {
            inode: object.inode.cast_unsigned(),
            path: path.clone(),
            kind: kind(object.kind)?,
            size: object.size.cast_unsigned(),
            modified: object.mtime_s,
            owner: u32::try_from(object.uid).unwrap_or(u32::MAX),
            lifetime,
            latest: place == last,
            versions: if place == last { count } else { 0 },
        })
    });
    versions.collect()
}
