//! Objects: what state they are in now.

use std::collections::HashMap;

use diesel::{
    SqliteConnection,
    prelude::{QueryDsl as _, RunQueryDsl as _},
};
use nasman_core::Meta;

use super::{
    super::row::{DIRECTORY, ObjectRow, file_flag},
    Batch, Touched,
};
use crate::{Result, schema::objects};

/// What objects are, by inode.
#[derive(Default)]
pub(super) struct Kinds(Vec<(i64, i64)>);

impl Kinds {
    /// Of an object in it that exists.
    pub(super) fn get(&self, inode: i64) -> Option<i64> {
        let place = self.0.binary_search_by_key(&inode, |(inode, _)| *inode).ok()?;
        Some(self.0[place].1)
    }
}

/// Of several tellings of the same the last one, in order of the key: so the fewest pages are written.
pub(super) fn last_told<T>(mut told: Vec<(i64, T)>) -> Vec<(i64, T)> {
    // Stable, so that the last one stays last.
    told.sort_by_key(|(inode, _)| *inode);
    told.reverse();
    told.dedup_by_key(|(inode, _)| *inode);
    told.reverse();
    told
}

impl Batch<'_> {
    pub(super) fn take_objects(
        &mut self,
        conn: &mut SqliteConnection,
        told: Vec<(i64, Option<Meta>)>,
        touched: &mut Touched,
    ) -> Result<Kinds> {
        let told = last_told(told);
        let is_new =
            |inode: &i64, meta: &Option<Meta>| self.first && meta.is_some() && !self.told.contains(inode);
        let asked = told.iter().filter(|(inode, meta)| !is_new(inode, meta)).map(|(inode, _)| *inode);
        let asked: Vec<i64> = asked.collect();
        let known = self.open_objects(conn, &asked)?;
        let mut known: HashMap<i64, ObjectRow> = known.into_iter().map(|row| (row.inode, row)).collect();

        let mut kinds = Vec::with_capacity(told.len());
        let (mut born, mut ended) = (Vec::new(), Vec::new());
        let (mut no_folders, mut other_kind) = (Vec::new(), HashMap::new());
        for (inode, meta) in told {
            let known = known.remove(&inode);
            let Some(meta) = meta else {
                self.gone.insert(inode);
                no_folders.extend(known.iter().filter(|known| known.kind == DIRECTORY).map(|_| inode));
                ended.extend(known);
                continue;
            };
            let row = ObjectRow::new(self.dataset, inode, self.txg, meta);
            kinds.push((inode, row.kind));
            let named_before = !self.gone.is_empty() && self.gone.remove(&inode);
            if known.as_ref().is_some_and(|known| known.same_state(&row)) {
                continue;
            }
            // A folder where there was none, or the reverse: its names get another place in their folders.
            let before = known.as_ref().map_or(file_flag(-1), |known| file_flag(known.kind));
            if before != file_flag(row.kind) {
                no_folders.extend(known.iter().filter(|known| known.kind == DIRECTORY).map(|_| inode));
                // What was not known has names only if it was named before it is told.
                if known.is_some() || named_before {
                    other_kind.insert(inode, file_flag(row.kind));
                }
            }
            // All that a first state tells has a name.
            if known.is_none() && !self.first {
                self.loose.insert(inode);
            }
            touched.insert(inode);
            ended.extend(known);
            born.push(row);
        }
        self.end_names_in(conn, &no_folders, touched)?;
        self.move_names_of(conn, &other_kind, touched)?;
        self.end_objects(conn, ended, touched)?;
        self.begin_objects(conn, &born)?;
        Ok(Kinds(kinds))
    }

    /// What these objects are, beside those told.
    pub(super) fn kinds_of(
        &self,
        conn: &mut SqliteConnection,
        told: &Kinds,
        inodes: impl Iterator<Item = i64>,
    ) -> Result<Kinds> {
        let mut others: Vec<i64> = inodes.filter(|inode| told.get(*inode).is_none()).collect();
        others.sort_unstable();
        others.dedup();
        let rows = self.open_objects(conn, &others)?;
        let mut kinds: Vec<_> = rows.into_iter().map(|row| (row.inode, row.kind)).collect();
        kinds.sort_unstable();
        Ok(Kinds(kinds))
    }

    /// Ends versions here; those that began here never were.
    pub(super) fn end_objects(
        &mut self,
        conn: &mut SqliteConnection,
        mut rows: Vec<ObjectRow>,
        touched: &mut Touched,
    ) -> Result<()> {
        let txg = self.txg;
        for row in rows.extract_if(.., |row| row.born == txg) {
            diesel::delete(objects::table.find((row.dataset, row.inode, row.born))).execute(conn)?;
            self.begun_for_nothing(row.inode);
            self.applied.objects_born -= 1;
        }
        for row in &mut rows {
            row.died = Some(txg);
            touched.insert(row.inode);
        }
        self.died_objects(conn, &rows)
    }
}
