//! Links: which names a folder has now, and where they lead.

use std::collections::HashMap;

use diesel::{
    SqliteConnection,
    prelude::{QueryDsl as _, RunQueryDsl as _},
};
use nasman_core::EntryName;

use super::{
    super::row::{DIRECTORY, LinkRow, file_flag},
    Batch, FOLDERS, Touched,
    objects::{Kinds, last_told},
};
use crate::{Result, schema::links};

/// A folder and all its names, with where they lead.
type Told = (i64, Vec<(EntryName, u64)>);

impl Batch<'_> {
    /// All names that end do so before any begins: a file that was moved is then seen to have a name at once.
    pub(super) fn take_folders(
        &mut self,
        conn: &mut SqliteConnection,
        told: Vec<Told>,
        kinds: &Kinds,
        touched: &mut Touched,
    ) -> Result<()> {
        let told = last_told(told);
        let others = self.kinds_of(conn, kinds, told.iter().map(|(parent, _)| *parent))?;
        for (parent, _) in &told {
            if kinds.get(*parent).or_else(|| others.get(*parent)) != Some(DIRECTORY) {
                self.unsure.insert(*parent);
            }
        }
        let (mut told, mut born) = (told.into_iter().peekable(), Vec::new());
        while told.peek().is_some() {
            let some = told.by_ref().take(FOLDERS).collect();
            self.compare(conn, some, &mut born, touched)?;
        }
        self.place(conn, kinds, &mut born)?;
        touched.extend(born.iter().map(|row| row.inode));
        self.begin_links(conn, &born)
    }

    /// Ends the names that some folders have no more, and finds those that they did not have.
    fn compare(
        &mut self,
        conn: &mut SqliteConnection,
        told: Vec<Told>,
        born: &mut Vec<LinkRow>,
        touched: &mut Touched,
    ) -> Result<()> {
        let asked = told.iter().map(|(parent, _)| *parent);
        let asked: Vec<i64> = asked.filter(|parent| !(self.first && self.told.insert(*parent))).collect();
        let mut known: HashMap<(i64, Vec<u8>), LinkRow> = HashMap::new();
        for mut row in self.open_names_in(conn, &asked)? {
            known.insert((row.parent, std::mem::take(&mut row.name)), row);
        }
        let mut ended = Vec::new();
        let (dataset, txg) = (self.dataset, self.txg);
        for (parent, entries) in told {
            for (name, inode) in entries {
                let (name, inode) = (name.as_bytes().to_vec(), inode.cast_signed());
                let mut key = (parent, name);
                let before = if known.is_empty() { None } else { known.remove(&key) };
                if let Some(mut row) = before {
                    // What a name that stays leads to was seen to where objects are taken in.
                    if row.inode == inode {
                        continue;
                    }
                    row.name.clone_from(&key.1);
                    ended.push(row);
                }
                let (file, name) = (file_flag(-1), std::mem::take(&mut key.1));
                born.push(LinkRow { dataset, parent, file, name, born: txg, died: None, inode });
            }
        }
        ended.extend(known.into_iter().map(|((_, name), row)| LinkRow { name, ..row }));
        self.end_links(conn, ended, touched)
    }

    /// Gives new names their places: folders come before all else.
    fn place(&mut self, conn: &mut SqliteConnection, kinds: &Kinds, born: &mut [LinkRow]) -> Result<()> {
        let others = self.kinds_of(conn, kinds, born.iter().map(|row| row.inode))?;
        for row in &mut *born {
            match kinds.get(row.inode).or_else(|| others.get(row.inode)) {
                Some(kind) => {
                    row.file = file_flag(kind);
                    if !self.loose.is_empty() {
                        self.loose.remove(&row.inode);
                    }
                }
                // Not told yet: it is taken for a file, and put right when it is told.
                None => _ = self.gone.insert(row.inode),
            }
        }
        born.sort_by(|a, b| (a.parent, a.file, &a.name).cmp(&(b.parent, b.file, &b.name)));
        Ok(())
    }

    /// Ends links here; those that began here never were.
    pub(super) fn end_links(
        &mut self,
        conn: &mut SqliteConnection,
        mut rows: Vec<LinkRow>,
        touched: &mut Touched,
    ) -> Result<()> {
        self.loose.extend(rows.iter().map(|row| row.inode));
        let txg = self.txg;
        for row in rows.extract_if(.., |row| row.born == txg) {
            let key = (row.dataset, row.parent, row.file, &row.name, row.born);
            diesel::delete(links::table.find(key)).execute(conn)?;
            self.begun_for_nothing(row.inode);
            self.applied.links_born -= 1;
        }
        for row in &mut rows {
            row.died = Some(txg);
            touched.insert(row.inode);
        }
        rows.sort_unstable_by(|a, b| (a.parent, a.file, &a.name).cmp(&(b.parent, b.file, &b.name)));
        self.died_links(conn, &rows)
    }

    /// Ends every name in folders that are none any more.
    pub(super) fn end_names_in(
        &mut self,
        conn: &mut SqliteConnection,
        parents: &[i64],
        touched: &mut Touched,
    ) -> Result<()> {
        for some in parents.chunks(FOLDERS) {
            let rows = self.open_names_in(conn, some)?;
            self.end_links(conn, rows, touched)?;
        }
        Ok(())
    }

    /// Gives the names of objects the place that each one's kind has now.
    pub(super) fn move_names_of(
        &mut self,
        conn: &mut SqliteConnection,
        places: &HashMap<i64, i64>,
        touched: &mut Touched,
    ) -> Result<()> {
        let inodes: Vec<i64> = places.keys().copied().collect();
        let mut rows = self.open_names_of(conn, &inodes)?;
        rows.retain(|row| places.get(&row.inode) != Some(&row.file));
        let moved = rows.iter().map(|row| {
            let file = places.get(&row.inode).copied().unwrap_or(row.file);
            LinkRow { file, born: self.txg, ..row.clone() }
        });
        let moved: Vec<LinkRow> = moved.collect();
        self.end_links(conn, rows, touched)?;
        touched.extend(moved.iter().map(|row| row.inode));
        self.begin_links(conn, &moved)
    }
}
