//! What the change feed asks: the newest complete state.

use std::sync::{Mutex, PoisonError};

use diesel::{
    SqliteConnection,
    prelude::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _},
    r2d2::{ConnectionManager, PooledConnection},
};
use nasman_core::{EntryName, Known, KnownError, KnownObject};

use super::{
    At,
    path::{child, entry_name, links_in, links_to, object_at},
};
use crate::{
    Catalog, Result,
    files::{datasets::DatasetId, row::kind},
    schema::objects,
};

/// A dataset as of one state, as the change feed asks about it. It keeps a connection for as long as it lives.
/// Another state may be applied meanwhile.
pub struct KnownFiles {
    conn: Mutex<PooledConnection<ConnectionManager<SqliteConnection>>>,
    dataset: DatasetId,
    at: i64,
}

impl Catalog {
    /// What is known as of a state, for the change feed.
    ///
    /// # Errors
    /// [`crate::CatalogError::NotIndexed`] when the state is not known.
    pub fn known(&self, dataset: DatasetId, at: At) -> Result<KnownFiles> {
        let mut conn = self.lasting()?;
        let at = at.resolve(&mut conn, dataset)?;
        Ok(KnownFiles { conn: Mutex::new(conn), dataset, at })
    }
}

impl KnownFiles {
    fn ask<T>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T>,
    ) -> std::result::Result<T, KnownError> {
        // A panic elsewhere leaves a connection as good as before.
        work(&mut self.conn.lock().unwrap_or_else(PoisonError::into_inner)).map_err(Into::into)
    }
}

fn known_object(generation: i64, code: i64) -> Result<KnownObject> {
    Ok(KnownObject { generation, kind: kind(code)? })
}

impl Known for KnownFiles {
    fn object(&self, inode: u64) -> std::result::Result<Option<KnownObject>, KnownError> {
        self.ask(|conn| {
            let row = object_at(conn, self.dataset, inode.cast_signed(), self.at)?;
            row.map(|row| known_object(row.generation, row.kind)).transpose()
        })
    }

    fn objects_in(
        &self,
        first: u64,
        last: u64,
        limit: usize,
    ) -> std::result::Result<Vec<(u64, KnownObject)>, KnownError> {
        // Object numbers have 48 bits; what goes beyond the sign ends the last, open range.
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        let Ok(first) = i64::try_from(first) else { return Ok(Vec::new()) };
        self.ask(|conn| {
            let rows: Vec<(i64, i64, i64)> = objects::table
                .filter(objects::dataset.eq(self.dataset.0))
                .filter(objects::inode.ge(first))
                .filter(objects::inode.le(last))
                .filter(objects::born.le(self.at))
                .filter(objects::died.is_null().or(objects::died.gt(self.at)))
                .order(objects::inode)
                .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                .select((objects::inode, objects::generation, objects::kind))
                .load(conn)?;
            let object = |(inode, generation, code): (i64, _, _)| {
                Ok((inode.cast_unsigned(), known_object(generation, code)?))
            };
            rows.into_iter().map(object).collect()
        })
    }

    fn links(&self, inode: u64) -> std::result::Result<Vec<(u64, EntryName)>, KnownError> {
        self.ask(|conn| {
            let rows = links_to(conn, self.dataset, inode.cast_signed(), self.at)?;
            rows.into_iter().map(|row| Ok((row.parent.cast_unsigned(), entry_name(row.name)?))).collect()
        })
    }

    fn child(&self, directory: u64, name: &EntryName) -> std::result::Result<Option<u64>, KnownError> {
        self.ask(|conn| {
            let inode = child(conn, self.dataset, (directory.cast_signed(), name), self.at)?;
            Ok(inode.map(i64::cast_unsigned))
        })
    }

    fn children(&self, directory: u64) -> std::result::Result<Vec<(EntryName, u64)>, KnownError> {
        self.ask(|conn| {
            let rows = links_in(conn, self.dataset, directory.cast_signed(), self.at)?;
            rows.into_iter().map(|(name, inode)| Ok((entry_name(name)?, inode.cast_unsigned()))).collect()
        })
    }
}
