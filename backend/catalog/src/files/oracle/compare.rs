//! States compared with live, counted, and weighed.

use std::collections::{BTreeMap, BTreeSet};

use nasman_core::{FileTime, Guid, Kind, Meta, RelPath, Txg};
use proptest::{prelude::*, test_runner::TestCaseError};

use super::{
    World,
    model::{History, Tree, entry_name},
};
use crate::{Difference, DifferenceSummary, Differs, Since, files::At};

type Checked = Result<(), TestCaseError>;

/// A row of a comparison; what the order is by, first. Where it moved to is looked at apart.
type Row = (bool, Vec<u8>, u64, &'static str);

/// What must be equal for an entry to be the same.
fn content(meta: &Meta) -> (Kind, u64, FileTime, [u32; 3], Option<Vec<u8>>) {
    let size = if meta.kind == Kind::Directory { 0 } else { meta.size };
    (meta.kind, size, meta.mtime, [meta.uid, meta.gid, meta.mode], meta.target.clone())
}

fn names(tree: &Tree, path: &RelPath) -> Option<BTreeMap<Vec<u8>, u64>> {
    tree.folders.get(&tree.resolve(path)?).cloned()
}

fn row(tree: &Tree, name: &[u8], inode: u64, word: &'static str) -> Row {
    (tree.objects[&inode].kind != Kind::Directory, name.to_vec(), inode, word)
}

/// What became of the names of a folder, the naive way.
fn compared(then: &Tree, live: &Tree, path: &RelPath, added: bool) -> Vec<Row> {
    let (before, now) = (names(then, path).unwrap(), names(live, path).unwrap_or_default());
    let since = |name: &Vec<u8>, inode: u64| {
        let meta = &then.objects[&inode];
        match (now.get(name), live.objects.get(&inode)) {
            (Some(there), _) if content(&live.objects[there]) == content(meta) => "same",
            (Some(_), _) => "changed",
            (None, Some(lives)) if lives.generation == meta.generation => "moved",
            (None, _) => "deleted",
        }
    };
    let mut rows: Vec<Row> =
        before.iter().map(|(name, &inode)| row(then, name, inode, since(name, inode))).collect();
    let new = now.iter().filter(|(name, _)| added && !before.contains_key(*name));
    rows.extend(new.map(|(name, &inode)| row(live, name, inode, "added")));
    rows.sort();
    rows
}

impl World<'_> {
    /// Every folder of every state, in pages, with and without what came since.
    pub fn check_compared(&self) -> Checked {
        let Some((_, live)) = &self.history.live else { return Ok(()) };
        for (txg, then) in self.history.states() {
            for path in then.paths().iter().filter(|path| names(then, path).is_some()) {
                for added in [false, true] {
                    let found = self.compared(txg, path, added, live)?;
                    prop_assert_eq!(found, compared(then, live, path, added), "{:?} at {}", path, txg);
                }
            }
        }
        Ok(())
    }

    fn compared(&self, at: Txg, path: &RelPath, added: bool, live: &Tree) -> Result<Vec<Row>, TestCaseError> {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let at = At::Snapshot(at);
            let page = self.catalog.list_compared(self.dataset, at, path, added, after.as_ref(), 2).unwrap();
            for compared in page.entries {
                let (entry, word) = (compared.entry, word(&compared.since));
                if let Since::Moved { to } = compared.since {
                    prop_assert_eq!(live.resolve(&to.unwrap()), Some(entry.inode));
                }
                let name = entry.name.as_bytes().to_vec();
                rows.push((entry.meta.kind != Kind::Directory, name, entry.inode, word));
            }
            after = page.next;
            if after.is_none() {
                prop_assert_eq!(usize::try_from(page.total).unwrap(), rows.len());
                return Ok(rows);
            }
        }
    }

    /// The sums are those of the items.
    pub fn check_summary(&self, ends: (At, At), items: &[Difference]) -> Checked {
        let summary = self.catalog.difference_summary(self.dataset, ends, &RelPath::root()).unwrap();
        let count =
            |such: fn(&Differs) -> bool| items.iter().filter(|item| such(&item.differs)).count() as u64;
        let DifferenceSummary { created, removed, modified, attributes, moved, bytes } = summary;
        prop_assert_eq!(created.entries, count(|differs| *differs == Differs::Created));
        prop_assert_eq!(removed.entries, count(|differs| *differs == Differs::Removed));
        prop_assert_eq!(modified.entries, count(|differs| *differs == Differs::Modified));
        prop_assert_eq!(attributes.entries, count(|differs| *differs == Differs::Attributes));
        prop_assert_eq!(moved.entries, count(|differs| matches!(differs, Differs::Moved { .. })));
        let size = |meta: Option<&Meta>| {
            meta.filter(|meta| meta.kind == Kind::File).map_or(0, |meta| meta.size.cast_signed())
        };
        let more: i64 = items.iter().map(|i| size(i.after.as_ref()) - size(i.before.as_ref())).sum();
        prop_assert_eq!(bytes, more);
        let gone = items.iter().filter(|item| item.after.is_none());
        prop_assert_eq!(removed.bytes.cast_signed(), gone.map(|i| size(i.before.as_ref())).sum::<i64>());
        Ok(())
    }

    /// At least what two states that follow each other do not have in common. It may be more: what came and went
    /// again in a state that is destroyed still counts.
    pub fn check_weights(&self, guid: Guid) -> Checked {
        let dataset = self.catalog.dataset(guid).unwrap();
        let moments = self.catalog.moments(&dataset).unwrap();
        let states: Vec<(Txg, &Tree)> = self.history.states().into_iter().collect();
        prop_assert_eq!(moments.snapshots.len(), self.history.snapshots.len());
        for (snapshot, weight) in &moments.snapshots {
            let place = states.iter().position(|(txg, _)| *txg == snapshot.txg).unwrap();
            let Some(before) = place.checked_sub(1) else {
                prop_assert_eq!(*weight, None);
                continue;
            };
            let (objects, bytes) = least(states[before].1, states[place].1);
            let weight = weight.unwrap();
            prop_assert!(weight.objects >= objects && weight.bytes >= bytes, "{:?}: {:?}", snapshot, weight);
        }
        // Told again from what was kept.
        prop_assert_eq!(self.catalog.moments(&dataset).unwrap(), moments);
        Ok(())
    }
}

fn word(since: &Since) -> &'static str {
    match since {
        Since::Same => "same",
        Since::Changed => "changed",
        Since::Deleted => "deleted",
        Since::Moved { .. } => "moved",
        Since::Added => "added",
    }
}

/// Objects that are not the same, and the bytes of those files among them that are new or another.
fn least(before: &Tree, after: &Tree) -> (u64, u64) {
    let inodes: BTreeSet<u64> = before.objects.keys().chain(after.objects.keys()).copied().collect();
    let (mut objects, mut bytes) = (0, 0);
    for inode in inodes {
        let (was, is) = (before.objects.get(&inode), after.objects.get(&inode));
        if was != is || before.names_of(inode) != after.names_of(inode) {
            objects += 1;
        }
        if let Some(meta) = is.filter(|meta| was != is && meta.kind == Kind::File) {
            bytes += meta.size;
        }
    }
    (objects, bytes)
}

#[test]
fn another_kind_under_a_name_is_a_change() {
    let (mut then, mut live) = (Tree::new(), Tree::new());
    then.act(&super::Op::Create { dir: 0, name: 0, kind: Kind::File }, 2);
    live.act(&super::Op::Create { dir: 0, name: 0, kind: Kind::Directory }, 3);
    let folder = tempfile::tempdir().unwrap();
    let catalog = crate::Catalog::open(folder.path()).unwrap();
    let name = "tank/a".parse().unwrap();
    let dataset = catalog.note_dataset(Guid(1), &name, jiff::Timestamp::UNIX_EPOCH).unwrap();
    let mut world = World { catalog: &catalog, dataset, tree: then, history: History::default(), clock: 1 };
    world.step(&super::Op::Snapshot { seed: 0 });
    world.tree = live;
    world.step(&super::Op::Live { seed: 0 });
    world.check_compared().unwrap();
    let at = At::Snapshot(world.history.snapshots[0].1);
    let page = catalog.list_compared(dataset, at, &RelPath::root(), true, None, 10).unwrap();
    assert_eq!(page.entries.len(), 1);
    assert_eq!((&page.entries[0].since, &page.entries[0].entry.name), (&Since::Changed, &entry_name(b"a")));
}
