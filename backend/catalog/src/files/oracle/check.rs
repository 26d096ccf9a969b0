//! Each answer of the catalog, compared.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{
    prelude::{QueryableByName, RunQueryDsl as _},
    sql_types::BigInt,
};
use nasman_core::{EntryName, FileTime, Guid, Kind, Known as _, Meta, ROOT_INODE, RelPath, Txg};
use proptest::{prelude::*, test_runner::TestCaseError};

use super::{
    World,
    model::{Tree, entry_name},
};
use crate::{
    CatalogError, Difference, Differs,
    files::{At, DatasetId},
};

/// What makes a file the same to people.
type Content = (Kind, u64, u32, Option<FileTime>);

fn content(meta: &Meta) -> Content {
    // A folder's size and time tell of its names, which are told themselves.
    let own = meta.kind != Kind::Directory;
    (meta.kind, if own { meta.size } else { 0 }, meta.mode, own.then_some(meta.mtime))
}

fn contents(tree: &Tree) -> BTreeMap<RelPath, Content> {
    tree.paths()
        .into_iter()
        .map(|path| (path.clone(), content(&tree.objects[&tree.resolve(&path).unwrap()])))
        .collect()
}

type Checked = Result<(), TestCaseError>;

/// A row of a listing: what the order is by, first.
type Row = (bool, EntryName, u64, Meta);

fn row(tree: &Tree, name: &[u8], inode: u64) -> Row {
    let meta = tree.objects[&inode].clone();
    (meta.kind != Kind::Directory, entry_name(name), inode, meta)
}

impl World<'_> {
    pub fn check(&self, guid: Guid) -> Checked {
        self.check_states()?;
        self.check_compared()?;
        self.check_weights(guid)?;
        self.check_known()?;
        let paths: BTreeSet<RelPath> = self.history.states().values().flat_map(|tree| tree.paths()).collect();
        for path in &paths {
            self.check_versions(path)?;
            for &at in self.history.states().keys() {
                self.check_deleted(path, at)?;
            }
        }
        let states = self.history.states();
        let txgs: Vec<Txg> = states.keys().copied().collect();
        for (n, &from) in txgs.iter().enumerate() {
            for &to in &txgs[n..] {
                self.check_difference((from, states[&from]), (to, states[&to]))?;
            }
        }
        prop_assert_eq!(self.catalog.check().unwrap(), []);
        self.check_nothing_is_left_over()
    }

    /// The earlier state with its differences is the later one. Not where folders were moved: their content is
    /// not told again.
    fn check_difference(&self, (from, before): (Txg, &Tree), (to, after): (Txg, &Tree)) -> Checked {
        let ask = (At::Snapshot(from), At::Snapshot(to));
        let (mut items, mut cursor) = (Vec::new(), None);
        loop {
            let page =
                self.catalog.difference(self.dataset, ask, &RelPath::root(), cursor.as_ref(), 3).unwrap();
            items.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                prop_assert_eq!(usize::try_from(page.total).unwrap(), items.len());
                break;
            }
        }
        if from == to {
            prop_assert!(items.is_empty());
        }
        self.check_summary(ask, &items)?;
        let moved = |item: &Difference| matches!(item.differs, Differs::Moved { .. });
        if items.iter().any(|i| moved(i) && i.after.as_ref().is_some_and(|m| m.kind == Kind::Directory)) {
            return Ok(());
        }
        let mut files = contents(before);
        for item in &items {
            let gone = match &item.differs {
                Differs::Moved { from } => from,
                _ if item.before.is_some() => &item.path,
                _ => continue,
            };
            prop_assert_eq!(files.remove(gone), item.before.as_ref().map(content), "{:?}", item);
        }
        for item in &items {
            if let Some(meta) = &item.after {
                prop_assert_eq!(files.insert(item.path.clone(), content(meta)), None, "{:?}", item);
            }
        }
        prop_assert_eq!(files, contents(after), "{} to {}: {:?}", from, to, items);
        Ok(())
    }

    /// Every folder of every state, in pages.
    pub fn check_states(&self) -> Checked {
        for (txg, tree) in self.history.states() {
            for path in tree.paths() {
                let inode = tree.resolve(&path).unwrap();
                let (found, meta) = self.catalog.entry(self.dataset, At::Snapshot(txg), &path).unwrap();
                prop_assert_eq!((found, &meta), (inode, &tree.objects[&inode]), "{:?} at {}", path, txg);
                if let Some(names) = tree.folders.get(&inode) {
                    let mut rows: Vec<Row> =
                        names.iter().map(|(name, &inode)| row(tree, name, inode)).collect();
                    rows.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
                    prop_assert_eq!(self.listed(&path, txg)?, rows, "{:?} at {}", path, txg);
                }
            }
        }
        if let Some((txg, tree)) = &self.history.live {
            let root = self.catalog.list(self.dataset, At::Live, &RelPath::root(), None, 100).unwrap();
            prop_assert_eq!(root.entries.len(), tree.folders[&ROOT_INODE].len());
            let newer =
                self.catalog.list(self.dataset, At::Snapshot(Txg(txg.0 + 1)), &RelPath::root(), None, 1);
            prop_assert!(matches!(newer, Err(CatalogError::NotIndexed)));
        }
        Ok(())
    }

    fn listed(&self, path: &RelPath, at: Txg) -> Result<Vec<Row>, TestCaseError> {
        let (mut rows, mut after, mut total) = (Vec::new(), None, 0);
        loop {
            let page = self.catalog.list(self.dataset, At::Snapshot(at), path, after.as_ref(), 2).unwrap();
            for entry in page.entries {
                prop_assert!(entry.lifetime.contains(at));
                rows.push((entry.meta.kind != Kind::Directory, entry.name, entry.inode, entry.meta));
            }
            total = total.max(page.total);
            after = page.next;
            if after.is_none() {
                prop_assert_eq!(usize::try_from(total).unwrap(), rows.len());
                return Ok(rows);
            }
        }
    }

    fn check_known(&self) -> Checked {
        let Some((_, tree)) = &self.history.live else { return Ok(()) };
        let known = self.catalog.known(self.dataset, At::Live).unwrap();
        let all = known.objects_in(0, u64::MAX, 1000).unwrap();
        prop_assert_eq!(
            all.iter().map(|(inode, object)| (*inode, object.generation, object.kind)).collect::<Vec<_>>(),
            tree.objects.iter().map(|(&inode, meta)| (inode, meta.generation, meta.kind)).collect::<Vec<_>>()
        );
        let first_two: Vec<u64> =
            all.iter().map(|(inode, _)| *inode).filter(|&inode| inode > 0).take(2).collect();
        let page = known.objects_in(1, 1000, 2).unwrap();
        prop_assert_eq!(page.iter().map(|(inode, _)| *inode).collect::<Vec<_>>(), first_two);
        for (&inode, meta) in &tree.objects {
            prop_assert_eq!(known.object(inode).unwrap().unwrap().generation, meta.generation);
            let links: BTreeSet<_> = known
                .links(inode)
                .unwrap()
                .into_iter()
                .map(|(folder, name)| (folder, name.as_bytes().to_vec()))
                .collect();
            prop_assert_eq!(links, tree.names_of(inode).into_iter().collect());
            let names = tree.folders.get(&inode).cloned().unwrap_or_default();
            let children = known.children(inode).unwrap().into_iter();
            prop_assert_eq!(
                children.map(|(name, inode)| (name.as_bytes().to_vec(), inode)).collect::<BTreeMap<_, _>>(),
                names.clone()
            );
            for (name, child) in names {
                prop_assert_eq!(known.child(inode, &entry_name(&name)).unwrap(), Some(child));
            }
        }
        prop_assert_eq!(known.object(999).unwrap(), None);
        Ok(())
    }

    /// Every object that was at the path in any state; its history in runs of states in which it was the same.
    fn check_versions(&self, path: &RelPath) -> Checked {
        let states = self.history.states();
        let at_path = |tree: &Tree| {
            let inode = tree.resolve(path)?;
            Some((inode, tree.objects[&inode].generation))
        };
        let objects: BTreeSet<(u64, i64)> = states.values().filter_map(|tree| at_path(tree)).collect();
        let mut expected = Vec::new();
        for &(inode, generation) in &objects {
            let mut run: Option<(Meta, Txg, Txg, u64, bool)> = None;
            for (&txg, tree) in &states {
                let here = at_path(tree) == Some((inode, generation));
                match (tree.objects.get(&inode).filter(|meta| meta.generation == generation), &mut run) {
                    (Some(meta), Some(run)) if run.0 == *meta => {
                        (run.2, run.3, run.4) = (txg, run.3 + 1, run.4 || here);
                    }
                    (Some(meta), run) => {
                        expected
                            .extend(run.replace((meta.clone(), txg, txg, 1, here)).map(|run| (inode, run)));
                    }
                    (None, run) => expected.extend(run.take().map(|run| (inode, run))),
                }
            }
            expected.extend(run.map(|run| (inode, run)));
        }
        let versions = self.catalog.versions(self.dataset, path).unwrap();
        for version in &versions {
            prop_assert_eq!(version.here, version.path.as_ref() == Some(path));
            if !version.here {
                let place = version.path.as_ref().unwrap();
                prop_assert_eq!(states[&version.seen.last].resolve(place), Some(version.inode));
            }
        }
        prop_assert!(versions.windows(2).all(|two| two[0].lifetime.born >= two[1].lifetime.born));
        let key = |(inode, run): &(u64, (Meta, Txg, Txg, u64, bool))| (*inode, run.1);
        let mut found: Vec<_> = versions
            .into_iter()
            .map(|v| (v.inode, (v.meta, v.seen.first, v.seen.last, v.seen.states, v.here)))
            .collect();
        found.sort_by_key(key);
        expected.sort_by_key(key);
        prop_assert_eq!(found, expected, "versions of {:?}", path);
        Ok(())
    }

    /// Names that the path had as a folder in any state up to `at`, and has not at `at`.
    fn check_deleted(&self, path: &RelPath, at: Txg) -> Checked {
        let mut names: BTreeMap<Vec<u8>, (Txg, Row)> = BTreeMap::new();
        let (mut ever, mut now) = (false, BTreeMap::new());
        for (txg, tree) in self.history.states().into_iter().filter(|(txg, _)| *txg <= at) {
            ever |= tree.resolve(path).is_some();
            now = tree.resolve(path).and_then(|inode| tree.folders.get(&inode).cloned()).unwrap_or_default();
            for (name, &inode) in &now {
                names.insert(name.clone(), (txg, row(tree, name, inode)));
            }
        }
        let answer = self.catalog.deleted(self.dataset, (At::Snapshot(at), None), path, None, 1);
        if !ever {
            prop_assert!(matches!(answer, Err(CatalogError::NotFound)), "{:?} at {}", path, at);
            return Ok(());
        }
        let (mut deleted, mut page) = (Vec::new(), answer.unwrap());
        let total = usize::try_from(page.total).unwrap();
        while let Some(next) = page.next.take() {
            deleted.append(&mut page.entries);
            page =
                self.catalog.deleted(self.dataset, (At::Snapshot(at), None), path, Some(&next), 1).unwrap();
        }
        deleted.append(&mut page.entries);
        prop_assert_eq!(total, deleted.len());
        for entry in &deleted {
            prop_assert_eq!(entry.seen.last, names[entry.name.as_bytes()].0);
        }
        let mut expected: Vec<Row> =
            names.into_iter().filter(|(name, _)| !now.contains_key(name)).map(|(_, (_, row))| row).collect();
        expected.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let row = |e: crate::Deleted| (e.meta.kind != Kind::Directory, e.name, e.inode, e.meta);
        let found: Vec<Row> = deleted.into_iter().map(row).collect();
        prop_assert_eq!(found, expected, "deleted in {:?} at {}", path, at);
        Ok(())
    }

    /// Every version is shown by some state, and every note is about one.
    fn check_nothing_is_left_over(&self) -> Checked {
        let states: Vec<i64> = self.history.states().keys().map(|txg| txg.0.cast_signed()).collect();
        let list = states.iter().map(ToString::to_string).collect::<Vec<_>>().join("),(");
        let unseen = |table: &str| {
            format!(
                "SELECT count(*) AS count FROM {table} AS v WHERE dataset = ? AND NOT EXISTS \
                 (SELECT 1 FROM (VALUES ({list})) AS s WHERE s.column1 >= v.born AND (v.died IS NULL OR s.column1 < v.died))"
            )
        };
        prop_assert_eq!(self.count(&unseen("objects")), 0);
        prop_assert_eq!(self.count(&unseen("links")), 0);
        let about = |table: &str| {
            format!(
                "NOT EXISTS (SELECT 1 FROM {table} v WHERE v.dataset = t.dataset AND v.inode = t.inode AND t.txg IN (v.born, v.died))"
            )
        };
        let idle = format!(
            "SELECT count(*) AS count FROM touched AS t WHERE dataset = ? AND {} AND {}",
            about("objects"),
            about("links")
        );
        prop_assert_eq!(self.count(&idle), 0);
        Ok(())
    }

    fn count(&self, sql: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        let DatasetId(dataset) = self.dataset;
        let mut conn = self.catalog.conn().unwrap();
        diesel::sql_query(sql).bind::<BigInt, _>(dataset).get_result::<Count>(&mut conn).unwrap().count
    }
}
