//! From the changes of a first state to the paths that they lead to, while they come.

use std::collections::HashMap;

use crate::{Change, EntryName, Kind, Meta, ROOT_INODE, RelPath};

/// What was told of a first state and is not placed yet, since a name, an object or a folder's own path is to come.
///
/// An object is placed once for each path that leads to it. What no folder names, and names of objects of which nothing is
/// told, are never placed: so it is what the state holds. Of a walk from the root downwards only the folders that are still to be
/// read wait.
#[derive(Debug)]
pub struct Placing {
    /// Folders that have a path, and whose names are to come.
    folders: HashMap<u64, RelPath>,
    /// Names of folders that have no path yet.
    unplaced: HashMap<u64, Vec<(EntryName, u64)>>,
    /// Objects without a name, and those that may have one more.
    objects: HashMap<u64, Meta>,
    /// Paths of which the object is to come.
    named: HashMap<u64, Vec<RelPath>>,
}

impl Default for Placing {
    fn default() -> Self {
        Self {
            folders: HashMap::from([(ROOT_INODE, RelPath::root())]),
            unplaced: HashMap::new(),
            objects: HashMap::new(),
            named: HashMap::new(),
        }
    }
}

impl Placing {
    /// Takes a change in, each folder's names once, and passes on what it places. The root is nowhere in itself.
    pub fn tell(&mut self, change: Change, place: &mut impl FnMut(RelPath, u64, &Meta)) {
        match change {
            Change::Object { inode: ROOT_INODE, .. } | Change::Object { meta: None, .. } => {}
            Change::Object { inode, meta: Some(meta) } => {
                let paths = self.named.remove(&inode);
                let more = paths.is_none() || has_other_names(&meta);
                for path in paths.into_iter().flatten() {
                    self.place(path, inode, &meta, place);
                }
                if more {
                    self.objects.insert(inode, meta);
                }
            }
            Change::Directory { inode, entries } => match self.folders.remove(&inode) {
                Some(folder) => self.names(&folder, entries, place),
                None => _ = self.unplaced.insert(inode, entries),
            },
        }
    }

    fn names(
        &mut self,
        folder: &RelPath,
        entries: Vec<(EntryName, u64)>,
        place: &mut impl FnMut(RelPath, u64, &Meta),
    ) {
        for (name, inode) in entries {
            // Longer than the kernel takes.
            let Ok(path) = folder.join(&name) else { continue };
            match self.objects.remove(&inode) {
                Some(meta) => {
                    self.place(path, inode, &meta, place);
                    if has_other_names(&meta) {
                        self.objects.insert(inode, meta);
                    }
                }
                None => self.named.entry(inode).or_default().push(path),
            }
        }
    }

    fn place(&mut self, path: RelPath, inode: u64, meta: &Meta, place: &mut impl FnMut(RelPath, u64, &Meta)) {
        if meta.kind != Kind::Directory {
            return place(path, inode, meta);
        }
        place(path.clone(), inode, meta);
        match self.unplaced.remove(&inode) {
            Some(entries) => self.names(&path, entries, place),
            None => _ = self.folders.insert(inode, path),
        }
    }
}

/// A folder has one name, whatever its number of links says.
fn has_other_names(meta: &Meta) -> bool {
    meta.nlink > 1 && meta.kind != Kind::Directory
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::FileTime;

    fn meta(kind: Kind, nlink: u32) -> Meta {
        let time = FileTime { seconds: 0, nanos: 0 };
        Meta {
            generation: 0,
            kind,
            size: 0,
            mtime: time,
            ctime: time,
            uid: 0,
            gid: 0,
            mode: 0,
            nlink,
            target: None,
        }
    }

    fn object(inode: u64, kind: Kind, nlink: u32) -> Change {
        Change::Object { inode, meta: Some(meta(kind, nlink)) }
    }

    fn folder(inode: u64, entries: &[(&str, u64)]) -> Change {
        let entries = entries.iter().map(|(name, inode)| (EntryName::new(*name).unwrap(), *inode));
        Change::Directory { inode, entries: entries.collect() }
    }

    fn placed(changes: impl IntoIterator<Item = Change>) -> (Vec<(String, u64)>, Placing) {
        let (mut placing, mut placed) = (Placing::default(), Vec::new());
        for change in changes {
            placing.tell(change, &mut |path, inode, _| placed.push((path.display(), inode)));
        }
        placed.sort();
        (placed, placing)
    }

    fn tree() -> Vec<Change> {
        vec![
            object(ROOT_INODE, Kind::Directory, 3),
            object(100, Kind::File, 1),
            folder(ROOT_INODE, &[("a", 200), ("file", 100), ("ghost", 999)]),
            object(200, Kind::Directory, 3),
            object(101, Kind::File, 2),
            folder(200, &[("b", 201), ("one", 101)]),
            object(201, Kind::Directory, 2),
            folder(201, &[("two", 101)]),
            // In no folder.
            object(102, Kind::File, 1),
            object(300, Kind::Directory, 2),
            folder(300, &[("lost", 100)]),
        ]
    }

    const EXPECTED: [(&str, u64); 5] =
        [("a", 200), ("a/b", 201), ("a/b/two", 101), ("a/one", 101), ("file", 100)];

    proptest! {
        #[test]
        fn whatever_comes_first(order in vec(any::<u32>(), 11)) {
            let mut changes: Vec<_> = order.into_iter().zip(tree()).collect();
            changes.sort_by_key(|(place, _)| *place);
            let (placed, _) = placed(changes.into_iter().map(|(_, change)| change));
            let expected = EXPECTED.map(|(path, inode)| (path.to_owned(), inode));
            prop_assert_eq!(placed, expected);
        }
    }

    #[test]
    fn little_waits() {
        let files = |folder: u64| (0..50).map(move |file| folder * 100 + file);
        let changes = (10..60).flat_map(|number| {
            let names: Vec<String> = files(number).map(|file| file.to_string()).collect();
            let entries: Vec<_> = names.iter().map(String::as_str).zip(files(number)).collect();
            let told = files(number).map(|file| object(file, Kind::File, 1));
            [object(number, Kind::Directory, 2)]
                .into_iter()
                .chain(told)
                .chain([folder(number, &entries)])
                .collect::<Vec<_>>()
        });
        let names: Vec<String> = (10..60).map(|number| number.to_string()).collect();
        let root: Vec<_> = names.iter().map(String::as_str).zip(10..60).collect();
        let (placed, placing) = placed([folder(ROOT_INODE, &root)].into_iter().chain(changes));
        assert_eq!(placed.len(), 50 * 51);
        let left =
            (placing.folders.len(), placing.unplaced.len(), placing.objects.len(), placing.named.len());
        assert_eq!(left, (0, 0, 0, 0));
    }
}
