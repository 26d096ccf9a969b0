//! A search index that only follows the notes, compared with all that there is.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::ControlFlow,
};

use nasman_core::{Guid, RelPath, Txg};
use proptest::{prelude::*, test_runner::TestCaseError};

use super::World;
use crate::{Catalog, PathVersion, SearchNote};

/// What an index would hold: versions by path and birth.
#[derive(Default)]
pub struct Mirror(BTreeMap<(RelPath, Txg), PathVersion>);

impl Mirror {
    /// Takes all notes in, as a search index does.
    pub fn follow(&mut self, catalog: &Catalog, dataset: Guid) {
        let notes = catalog.search_notes(1_000_000).unwrap();
        let Some(last) = notes.last() else { return };
        let own: Vec<SearchNote> = notes.iter().copied().filter(|note| note.dataset == dataset).collect();
        if own.iter().any(|note| note.inode.is_none()) {
            self.0 = all(catalog, dataset);
        } else if !own.is_empty() {
            self.replace(catalog, dataset, &own);
        }
        catalog.search_done(last.id).unwrap();
    }

    fn replace(&mut self, catalog: &Catalog, dataset: Guid, notes: &[SearchNote]) {
        let different = catalog.search_different(dataset, notes).unwrap();
        let since: HashMap<u64, Txg> = different.inodes.iter().copied().collect();
        let mut paths = different.paths;
        for version in self.0.values() {
            if let Some(&since) = since.get(&version.inode) {
                let known = paths.entry(version.path.clone()).or_insert(since);
                *known = since.min(*known);
            }
        }
        let versions = catalog.versions_at(dataset, paths.keys()).unwrap();
        for ((path, since), versions) in paths.iter().zip(versions) {
            let (since, told) = PathVersion::different(versions, *since);
            self.0.retain(|(at, _), old| at != path || old.lifetime.died.is_some_and(|died| died <= since));
            for version in told {
                let key = (path.clone(), version.lifetime.born);
                assert!(self.0.insert(key, version).is_none(), "told twice: {path:?}");
            }
        }
    }
}

fn all(catalog: &Catalog, dataset: Guid) -> BTreeMap<(RelPath, Txg), PathVersion> {
    let mut all = BTreeMap::new();
    let mut tell = |version: PathVersion| {
        let key = (version.path.clone(), version.lifetime.born);
        assert!(all.insert(key, version).is_none());
        ControlFlow::Continue(())
    };
    catalog.every_version(dataset, &mut tell).unwrap();
    all
}

impl World<'_> {
    /// Every version of every path is what the states show, and following the notes leads there.
    pub fn check_search(&self, guid: Guid, mirror: &mut Mirror) -> Result<(), TestCaseError> {
        mirror.follow(self.catalog, guid);
        let all = all(self.catalog, guid);
        let same =
            |(one, other): (&BTreeMap<_, PathVersion>, &BTreeMap<_, PathVersion>)| -> Vec<PathVersion> {
                one.iter()
                    .filter(|(key, version)| other.get(*key) != Some(*version))
                    .map(|(_, v)| v.clone())
                    .collect()
            };
        let (wrong, missed) = (same((&mirror.0, &all)), same((&all, &mirror.0)));
        prop_assert!(wrong.is_empty() && missed.is_empty(), "wrong: {:?}, missed: {:?}", wrong, missed);
        for (txg, tree) in self.history.states() {
            let mut shown = BTreeMap::new();
            for version in all.values().filter(|version| version.lifetime.contains(txg)) {
                let known = (version.inode, version.kind, version.size);
                prop_assert_eq!(
                    shown.insert(version.path.clone(), known),
                    None,
                    "two at once: {:?}",
                    version
                );
            }
            let there = tree.paths().into_iter().filter(|path| !path.is_root()).map(|path| {
                let inode = tree.resolve(&path).unwrap();
                (path, (inode, tree.objects[&inode].kind, tree.objects[&inode].size))
            });
            prop_assert_eq!(shown, there.collect(), "at {}", txg);
        }
        let mut latest = BTreeSet::new();
        for version in all.values().filter(|version| version.latest) {
            prop_assert!(latest.insert(&version.path));
            let here = all.values().filter(|other| other.path == version.path).count();
            prop_assert_eq!(usize::try_from(version.versions).unwrap(), here);
        }
        let paths: BTreeSet<&RelPath> = all.values().map(|version| &version.path).collect();
        prop_assert_eq!(latest, paths);
        Ok(())
    }
}
