//! Links: which names a folder has now, and where they lead.

use std::collections::HashMap;

use diesel::{
    SqliteConnection,
    prelude::{ExpressionMethods as _, QueryDsl as _, RunQueryDsl as _, SelectableHelper as _},
};
use nasman_core::EntryName;

use super::{
    super::row::{DIRECTORY, LinkRow, file_flag},
    AT_ONCE, Batch, ROWS, Touched,
    objects::Kinds,
};
use crate::{Result, schema::links};

impl Batch<'_> {
    pub(super) fn take_folders(
        &mut self,
        conn: &mut SqliteConnection,
        told: Vec<(i64, Vec<(EntryName, u64)>)>,
        kinds: &Kinds,
        touched: &mut Touched,
    ) -> Result<()> {
        let mut told: Vec<_> = told.into_iter().collect::<HashMap<_, _>>().into_iter().collect();
        told.sort_unstable_by_key(|(inode, _)| *inode);
        let mut born = Vec::new();
        for (parent, entries) in told {
            self.take_folder(conn, parent, entries, kinds, touched, &mut born)?;
            if born.len() >= ROWS {
                self.begin_links(conn, &mut born)?;
            }
        }
        self.begin_links(conn, &mut born)
    }

    fn take_folder(
        &mut self,
        conn: &mut SqliteConnection,
        parent: i64,
        entries: Vec<(EntryName, u64)>,
        kinds: &Kinds,
        touched: &mut Touched,
        born: &mut Vec<LinkRow>,
    ) -> Result<()> {
        let known = if self.first && self.told.insert(parent) {
            Vec::new()
        } else {
            self.open_names_in(conn, parent)?
        };
        let kind = match kinds.get(&parent) {
            Some(&kind) => Some(kind),
            None => self.open_object(conn, parent)?.map(|object| object.kind),
        };
        if kind != Some(DIRECTORY) {
            self.unsure.insert(parent);
        }
        let mut known: HashMap<Vec<u8>, LinkRow> =
            known.into_iter().map(|row| (row.name.clone(), row)).collect();
        let begins = born.len();
        for (name, inode) in entries {
            let inode = inode.cast_signed();
            let row = known.remove(name.as_bytes());
            let same = row.as_ref().is_some_and(|row| row.inode == inode);
            // What a name that stays leads to was seen to where objects are taken in.
            if same {
                continue;
            }
            if let Some(row) = row {
                self.end_link(conn, &row, touched)?;
            }
            let kind = match kinds.get(&inode) {
                Some(&kind) => Some(kind),
                None => self.open_object(conn, inode)?.map(|object| object.kind),
            };
            match kind {
                Some(_) => _ = self.loose.remove(&inode),
                // Not told yet: it is taken for a file, and put right when it is told.
                None => _ = self.gone.insert(inode),
            }
            let file = file_flag(kind.unwrap_or(-1));
            let (dataset, txg, name) = (self.dataset, self.txg, name.as_bytes().to_vec());
            touched.insert(inode);
            born.push(LinkRow { dataset, parent, file, name, born: txg, died: None, inode });
        }
        for row in known.into_values() {
            self.end_link(conn, &row, touched)?;
        }
        born[begins..].sort_unstable_by(|a, b| (a.file, &a.name).cmp(&(b.file, &b.name)));
        Ok(())
    }

    fn begin_links(&mut self, conn: &mut SqliteConnection, rows: &mut Vec<LinkRow>) -> Result<()> {
        self.applied.links_born += u64::try_from(rows.len()).unwrap_or_default();
        let (whole, rest) = rows.as_chunks::<AT_ONCE>();
        for rows in whole {
            diesel::replace_into(links::table).values(rows).execute(conn)?;
        }
        for row in rest {
            diesel::replace_into(links::table).values(row).execute(conn)?;
        }
        rows.clear();
        Ok(())
    }

    fn open_names_in(&self, conn: &mut SqliteConnection, parent: i64) -> Result<Vec<LinkRow>> {
        Ok(links::table
            .filter(links::dataset.eq(self.dataset))
            .filter(links::parent.eq(parent))
            .filter(links::died.is_null())
            .select(LinkRow::as_select())
            .load(conn)?)
    }

    /// The names that lead to an object.
    pub(super) fn open_names_of(&self, conn: &mut SqliteConnection, inode: i64) -> Result<Vec<LinkRow>> {
        Ok(links::table
            .filter(links::dataset.eq(self.dataset))
            .filter(links::inode.eq(inode))
            .filter(links::died.is_null())
            .select(LinkRow::as_select())
            .load(conn)?)
    }

    /// Ends a link here; one that began here never was.
    pub(super) fn end_link(
        &mut self,
        conn: &mut SqliteConnection,
        row: &LinkRow,
        touched: &mut Touched,
    ) -> Result<()> {
        let key = links::table.find((row.dataset, row.parent, row.file, &row.name, row.born));
        if row.born == self.txg {
            diesel::delete(key).execute(conn)?;
            self.void.insert(row.inode);
            self.applied.links_born -= 1;
        } else {
            diesel::update(key).set(links::died.eq(self.txg)).execute(conn)?;
            self.applied.links_died += 1;
            touched.insert(row.inode);
        }
        self.loose.insert(row.inode);
        Ok(())
    }

    /// Ends every name in a folder that is none any more.
    pub(super) fn end_names_in(
        &mut self,
        conn: &mut SqliteConnection,
        parent: i64,
        touched: &mut Touched,
    ) -> Result<()> {
        for row in self.open_names_in(conn, parent)? {
            self.end_link(conn, &row, touched)?;
        }
        Ok(())
    }

    /// Gives the names of an object the place that its kind has now.
    pub(super) fn move_names_of(
        &mut self,
        conn: &mut SqliteConnection,
        inode: i64,
        file: i64,
        touched: &mut Touched,
    ) -> Result<()> {
        let mut born = Vec::new();
        for row in self.open_names_of(conn, inode)?.into_iter().filter(|row| row.file != file) {
            self.end_link(conn, &row, touched)?;
            touched.insert(inode);
            born.push(LinkRow { file, born: self.txg, ..row });
        }
        self.begin_links(conn, &mut born)
    }
}
