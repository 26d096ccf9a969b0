//! What was touched between the base and the newest known state, and is not told: it is as it was at the base.

use std::collections::HashSet;

use diesel::{
    SqliteConnection,
    prelude::{ExpressionMethods as _, QueryDsl as _, QueryableByName, RunQueryDsl as _},
    sql_types::BigInt,
};
use nasman_core::EntryName;

use super::{
    super::{
        datasets::DatasetId,
        read::{entry_name, links_in, object_at},
        row::DIRECTORY,
    },
    Apply, BATCH, Batch,
    finish::some_of,
    objects::Kinds,
};
use crate::{Result, schema::touched};

/// Inodes that must go back unless they are told.
#[derive(Default)]
pub(super) struct Untold {
    base: i64,
    pub(super) objects: HashSet<i64>,
    pub(super) folders: HashSet<i64>,
}

#[derive(QueryableByName)]
struct Parent {
    #[diesel(sql_type = BigInt)]
    parent: i64,
}

const FOLDERS: &str = "SELECT DISTINCT l.parent \
    FROM (SELECT DISTINCT inode FROM touched WHERE dataset = ?1 AND txg > ?2) t \
    CROSS JOIN links l INDEXED BY links_by_inode ON l.dataset = ?1 AND l.inode = t.inode \
    WHERE l.born > ?2 OR l.died > ?2";

impl Untold {
    pub(super) fn load(conn: &mut SqliteConnection, dataset: DatasetId, base: i64) -> Result<Self> {
        let objects: Vec<i64> = touched::table
            .filter(touched::dataset.eq(dataset.0))
            .filter(touched::txg.gt(base))
            .select(touched::inode)
            .distinct()
            .load(conn)?;
        let folders: Vec<Parent> =
            diesel::sql_query(FOLDERS).bind::<BigInt, _>(dataset.0).bind::<BigInt, _>(base).load(conn)?;
        let folders = folders.into_iter().map(|row| row.parent).collect();
        Ok(Self { base, objects: objects.into_iter().collect(), folders })
    }
}

impl Apply {
    /// Takes all that was not told back to the base.
    pub(super) fn take_back(&mut self) -> Result<()> {
        let (base, dataset) = (self.untold.base, self.dataset);
        while !self.untold.objects.is_empty() {
            let inodes = some_of(&mut self.untold.objects);
            self.batch(|batch, conn, touched| {
                let mut told = Vec::with_capacity(inodes.len());
                for inode in inodes {
                    let object = object_at(conn, dataset, inode, base)?;
                    told.push((inode, object.map(|object| object.into_meta()).transpose()?));
                }
                batch.take_objects(conn, told, touched).map(|_| ())
            })?;
        }
        let mut folders: Vec<i64> = self.untold.folders.drain().collect();
        while !folders.is_empty() {
            self.batch(|batch, conn, touched| {
                let (mut told, mut weight) = (Vec::new(), 0);
                while let Some(inode) = folders.pop_if(|_| weight < BATCH) {
                    let names = batch.names_at_base(conn, dataset, inode, base)?;
                    weight += 1 + names.len();
                    told.push((inode, names));
                }
                batch.take_folders(conn, told, &Kinds::default(), touched)
            })?;
        }
        Ok(())
    }
}

impl Batch<'_> {
    /// The names a folder had at the base, if it is the same folder.
    fn names_at_base(
        &self,
        conn: &mut SqliteConnection,
        dataset: DatasetId,
        inode: i64,
        base: i64,
    ) -> Result<Vec<(EntryName, u64)>> {
        let (then, now) = (object_at(conn, dataset, inode, base)?, self.open_objects(conn, &[inode])?.pop());
        let same = then.is_some_and(|then| {
            now.is_some_and(|now| then.generation == now.generation && now.kind == DIRECTORY)
        });
        if !same {
            return Ok(Vec::new());
        }
        let names = links_in(conn, dataset, inode, base)?.into_iter();
        names.map(|(name, inode)| Ok((entry_name(name)?, inode.cast_unsigned()))).collect()
    }
}
