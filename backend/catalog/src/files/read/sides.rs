//! Many objects at once as of a state, with their names.

use std::collections::HashMap;

use diesel::{QueryResult, SqliteConnection};
use nasman_core::Meta;

use super::path::{Paths, ROOT};
use crate::{
    Result,
    files::{
        datasets::DatasetId,
        many::{self, Many, Values},
        row::{LinkRow, ObjectRow},
    },
    schema::{links, objects},
};

/// Objects that are worth asking for together, and whose rows are kept at a time.
pub(super) const SOME: usize = 4_096;

/// An object as of a state.
pub(super) struct Side {
    pub(super) meta: Meta,
    pub(super) names: Vec<Place>,
}

/// A name that leads to an object. The path may change without it, when a folder above is moved.
#[derive(Clone)]
pub(super) struct Place {
    parent: i64,
    name: Vec<u8>,
    pub(super) path: Vec<u8>,
}

impl Place {
    pub(super) fn is(&self, other: &Self) -> bool {
        (self.parent, &self.name) == (other.parent, &other.name)
    }
}

impl Side {
    pub(super) fn by_path(self) -> impl Iterator<Item = (Vec<u8>, Meta)> {
        let meta = self.meta;
        self.names.into_iter().map(move |place| (place.path, meta.clone()))
    }
}

/// Dataset, inode, state.
struct Asked([i64; 3]);

struct ObjectsAt;
struct LinksAt;

impl Many for ObjectsAt {
    type Row = Asked;
    type Answer = objects::SqlType;
    const BEFORE: &'static str = "WITH asked (dataset, inode, at) AS (VALUES ";
    const AFTER: &'static str = ") SELECT o.* FROM asked a CROSS JOIN objects o \
        ON o.dataset = a.dataset AND o.inode = a.inode AND o.born = (SELECT max(x.born) FROM objects x \
            WHERE x.dataset = a.dataset AND x.inode = a.inode AND x.born <= a.at) \
        WHERE o.died IS NULL OR o.died > a.at";

    fn push<'b>(row: &'b Asked, values: &mut Values<'_, '_, 'b>) -> QueryResult<()> {
        values.numbers(&row.0)
    }
}

impl Many for LinksAt {
    type Row = Asked;
    type Answer = links::SqlType;
    const BEFORE: &'static str = ObjectsAt::BEFORE;
    const AFTER: &'static str = ") SELECT l.* FROM asked a CROSS JOIN links l \
        ON l.dataset = a.dataset AND l.inode = a.inode AND l.born <= a.at \
        WHERE l.died IS NULL OR l.died > a.at";

    fn push<'b>(row: &'b Asked, values: &mut Values<'_, '_, 'b>) -> QueryResult<()> {
        values.numbers(&row.0)
    }
}

/// For each of the inodes what it was; absent where it was nothing.
pub(super) fn sides(
    conn: &mut SqliteConnection,
    dataset: DatasetId,
    inodes: &[i64],
    paths: &mut Paths,
) -> Result<Vec<Option<Side>>> {
    let asked: Vec<Asked> = inodes.iter().map(|&inode| Asked([dataset.0, inode, paths.at()])).collect();
    let found: Vec<ObjectRow> = many::load::<ObjectsAt, _>(conn, &asked)?;
    let mut names: HashMap<i64, Vec<Place>> = HashMap::new();
    let rows: Vec<LinkRow> = many::load::<LinksAt, _>(conn, &asked)?;
    for LinkRow { parent, name, inode, .. } in rows {
        if let Some(path) = paths.of_link(conn, parent, &name)? {
            names.entry(inode).or_default().push(Place { parent, name, path });
        }
    }
    let mut found: HashMap<i64, ObjectRow> = found.into_iter().map(|row| (row.inode, row)).collect();
    let side = |inode: &i64| {
        let Some(object) = found.remove(inode) else { return Ok(None) };
        let mut names = names.remove(inode).unwrap_or_default();
        if *inode == ROOT {
            names.push(Place { parent: ROOT, name: Vec::new(), path: Vec::new() });
        }
        Ok(Some(Side { meta: object.into_meta()?, names }))
    };
    inodes.iter().map(side).collect()
}
