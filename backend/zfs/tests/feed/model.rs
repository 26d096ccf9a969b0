//! The simplest thing that can be known: everything, in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use nasman_core::{Change, EntryName, Known, KnownError, KnownObject, Meta, ROOT_INODE, RelPath};

/// A dataset's state, built from changes.
#[derive(Default, Clone)]
pub(crate) struct Model {
    objects: BTreeMap<u64, Meta>,
    folders: BTreeMap<u64, BTreeMap<EntryName, u64>>,
    links: BTreeMap<u64, BTreeSet<(u64, EntryName)>>,
}

impl Model {
    pub(crate) fn apply(&mut self, change: Change) {
        match change {
            Change::Object { inode, meta: Some(meta) } => {
                self.objects.insert(inode, meta);
            }
            Change::Object { inode, meta: None } => {
                self.objects.remove(&inode);
                self.replace(inode, BTreeMap::new());
            }
            Change::Directory { inode, entries } => {
                let count = entries.len();
                let names: BTreeMap<_, _> = entries.into_iter().collect();
                assert_eq!(names.len(), count, "a name came twice");
                self.replace(inode, names);
            }
        }
    }

    fn replace(&mut self, folder: u64, names: BTreeMap<EntryName, u64>) {
        for (name, inode) in self.folders.remove(&folder).unwrap_or_default() {
            self.links.get_mut(&inode).unwrap().remove(&(folder, name));
        }
        for (name, inode) in &names {
            self.links.entry(*inode).or_default().insert((folder, name.clone()));
        }
        if !names.is_empty() {
            self.folders.insert(folder, names);
        }
    }

    /// Every path with its object, and whether there are others: objects that no path leads to.
    pub(crate) fn paths(&self) -> (BTreeMap<RelPath, (u64, Meta)>, BTreeSet<u64>) {
        let mut paths = BTreeMap::new();
        let mut lost: BTreeSet<u64> = self.objects.keys().copied().collect();
        let mut todo = vec![(RelPath::root(), ROOT_INODE)];
        while let Some((path, inode)) = todo.pop() {
            let meta =
                self.objects.get(&inode).unwrap_or_else(|| panic!("{path:?} leads to no object")).clone();
            lost.remove(&inode);
            for (name, below) in self.folders.get(&inode).into_iter().flatten() {
                todo.push((path.join(name).unwrap(), *below));
            }
            assert!(paths.insert(path, (inode, meta)).is_none());
        }
        (paths, lost)
    }
}

impl Known for Model {
    fn object(&self, inode: u64) -> Result<Option<KnownObject>, KnownError> {
        Ok(self.objects.get(&inode).map(known))
    }

    fn objects_in(&self, first: u64, last: u64, limit: usize) -> Result<Vec<(u64, KnownObject)>, KnownError> {
        let range = (Bound::Included(first), Bound::Included(last));
        Ok(self.objects.range(range).take(limit).map(|(inode, meta)| (*inode, known(meta))).collect())
    }

    fn links(&self, inode: u64) -> Result<Vec<(u64, EntryName)>, KnownError> {
        Ok(self.links.get(&inode).into_iter().flatten().cloned().collect())
    }

    fn child(&self, directory: u64, name: &EntryName) -> Result<Option<u64>, KnownError> {
        Ok(self.folders.get(&directory).and_then(|names| names.get(name)).copied())
    }

    fn children(&self, directory: u64) -> Result<Vec<(EntryName, u64)>, KnownError> {
        let names = self.folders.get(&directory).into_iter().flatten();
        Ok(names.map(|(name, inode)| (name.clone(), *inode)).collect())
    }
}

fn known(meta: &Meta) -> KnownObject {
    KnownObject { generation: meta.generation, kind: meta.kind }
}
