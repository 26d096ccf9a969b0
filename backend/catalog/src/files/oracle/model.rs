//! The naive way: every file of every state.

use std::collections::{BTreeMap, BTreeSet};

use nasman_core::{Change, EntryName, FileTime, Guid, Kind, Meta, ROOT_INODE, RelPath, Txg};
use proptest::prelude::*;

#[derive(Debug, Clone)]
pub(super) enum Op {
    Create {
        dir: usize,
        name: u8,
        kind: Kind,
    },
    Write(usize),
    Chmod(usize),
    Move {
        from: usize,
        dir: usize,
        name: u8,
    },
    Link {
        from: usize,
        dir: usize,
        name: u8,
    },
    Remove(usize),
    Snapshot {
        seed: u64,
    },
    /// Of the state known last, under another name.
    SnapshotAgain,
    Live {
        seed: u64,
    },
    /// A process that dies while it takes in a state that nobody sees again.
    Killed {
        seed: u64,
        after: usize,
    },
    /// A snapshot taken before live was looked at, and noticed after.
    Late {
        seed: u64,
    },
    Destroy(usize),
    Rollback(usize),
    /// A rollback that nobody tells of, but that later snapshots are gone.
    Unnoticed(usize),
}

pub(super) fn op() -> impl Strategy<Value = Op> {
    let kind = prop_oneof![3 => Just(Kind::File), 3 => Just(Kind::Directory), 1 => Just(Kind::Symlink)];
    let (pick, name) = (any::<usize>(), 0u8..4);
    prop_oneof![
        8 => (pick, name.clone(), kind).prop_map(|(dir, name, kind)| Op::Create { dir, name, kind }),
        3 => pick.prop_map(Op::Write),
        1 => pick.prop_map(Op::Chmod),
        4 => (pick, pick, name.clone()).prop_map(|(from, dir, name)| Op::Move { from, dir, name }),
        2 => (pick, pick, name).prop_map(|(from, dir, name)| Op::Link { from, dir, name }),
        3 => pick.prop_map(Op::Remove),
        4 => any::<u64>().prop_map(|seed| Op::Snapshot { seed }),
        1 => Just(Op::SnapshotAgain),
        2 => any::<u64>().prop_map(|seed| Op::Live { seed }),
        1 => (any::<u64>(), 0usize..30).prop_map(|(seed, after)| Op::Killed { seed, after }),
        2 => pick.prop_map(Op::Destroy),
        1 => pick.prop_map(Op::Rollback),
        1 => pick.prop_map(Op::Unnoticed),
        1 => any::<u64>().prop_map(|seed| Op::Late { seed }),
    ]
}

/// The files of one state.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tree {
    pub objects: BTreeMap<u64, Meta>,
    pub folders: BTreeMap<u64, BTreeMap<Vec<u8>, u64>>,
}

impl Tree {
    pub fn new() -> Self {
        let mut tree = Self::default();
        tree.insert(ROOT_INODE, Kind::Directory, 1);
        tree
    }

    fn insert(&mut self, inode: u64, kind: Kind, clock: i64) {
        let time = FileTime { seconds: clock, nanos: 5 };
        let target = (kind == Kind::Symlink).then(|| b"\xff there".to_vec());
        let meta = Meta {
            generation: clock,
            kind,
            size: 0,
            mtime: time,
            ctime: time,
            uid: 0,
            gid: 0,
            mode: 0o644,
            nlink: 1,
            target,
        };
        self.objects.insert(inode, meta);
        if kind == Kind::Directory {
            self.folders.insert(inode, BTreeMap::new());
        }
    }

    fn folder(&self, pick: usize) -> u64 {
        *self.folders.keys().nth(pick % self.folders.len()).unwrap()
    }

    /// Every name, with its folder and its inode.
    fn links(&self) -> Vec<(u64, Vec<u8>, u64)> {
        let of = |(&folder, names): (&u64, &BTreeMap<Vec<u8>, u64>)| {
            names.iter().map(|(name, &inode)| (folder, name.clone(), inode)).collect::<Vec<_>>()
        };
        self.folders.iter().flat_map(of).collect()
    }

    pub fn names_of(&self, inode: u64) -> Vec<(u64, Vec<u8>)> {
        self.links()
            .into_iter()
            .filter(|link| link.2 == inode)
            .map(|(folder, name, _)| (folder, name))
            .collect()
    }

    fn pick(&self, pick: usize) -> Option<(u64, Vec<u8>, u64)> {
        let links = self.links();
        (!links.is_empty()).then(|| links[pick % links.len()].clone())
    }

    fn is_below(&self, folder: u64, above: u64) -> bool {
        folder == above || self.names_of(folder).iter().any(|(parent, _)| self.is_below(*parent, above))
    }

    fn unlink(&mut self, folder: u64, name: &[u8]) {
        let Some(inode) = self.folders.get_mut(&folder).unwrap().remove(name) else { return };
        if self.names_of(inode).is_empty() {
            for name in self.folders.get(&inode).cloned().unwrap_or_default().keys() {
                self.unlink(inode, name);
            }
            self.folders.remove(&inode);
            self.objects.remove(&inode);
        }
    }

    /// Does one thing to the files. Freed inodes are used again at once.
    pub fn act(&mut self, op: &Op, clock: i64) {
        let stamp = FileTime { seconds: clock, nanos: 0 };
        match op {
            Op::Create { dir, name, kind } => {
                let folder = self.folder(*dir);
                self.unlink(folder, &bytes(*name));
                let inode = (1..).find(|inode| !self.objects.contains_key(inode)).unwrap();
                self.insert(inode, *kind, clock);
                self.folders.get_mut(&folder).unwrap().insert(bytes(*name), inode);
            }
            Op::Write(pick) | Op::Chmod(pick) => {
                if let Some((_, _, inode)) = self.pick(*pick) {
                    let meta = self.objects.get_mut(&inode).unwrap();
                    meta.ctime = stamp;
                    if matches!(op, Op::Write(_)) {
                        meta.mtime = stamp;
                        meta.size += 10;
                    } else {
                        meta.mode ^= 0o111;
                    }
                }
            }
            Op::Move { from, dir, name } => {
                let (Some((folder, old, inode)), to) = (self.pick(*from), self.folder(*dir)) else { return };
                let there = self.folders[&to].get(&bytes(*name)).copied();
                // Neither into itself nor onto what it is in, as in a filesystem.
                let over = there.is_some_and(|there| {
                    there == inode || self.is_below(folder, there) || self.is_below(to, there)
                });
                if self.is_below(to, inode) || over {
                    return;
                }
                self.unlink(to, &bytes(*name));
                self.folders.get_mut(&to).unwrap().insert(bytes(*name), inode);
                self.folders.get_mut(&folder).unwrap().remove(&old);
            }
            Op::Link { from, dir, name } => {
                let (Some((_, _, inode)), to) = (self.pick(*from), self.folder(*dir)) else { return };
                let free = !self.folders[&to].contains_key(&bytes(*name));
                if free && self.objects[&inode].kind != Kind::Directory {
                    self.folders.get_mut(&to).unwrap().insert(bytes(*name), inode);
                    let meta = self.objects.get_mut(&inode).unwrap();
                    (meta.nlink, meta.ctime) = (meta.nlink + 1, stamp);
                }
            }
            Op::Remove(pick) => {
                if let Some((folder, name, _)) = self.pick(*pick) {
                    self.unlink(folder, &name);
                }
            }
            _ => {}
        }
    }

    /// What a feed may tell of the way from `before`, in any order and with more than need be.
    pub fn changes_since(&self, before: Option<&Self>, seed: u64) -> Vec<Change> {
        let mut random = fastrand::Rng::with_seed(seed);
        let empty = Self::default();
        let (before, walk) = (before.unwrap_or(&empty), before.is_none() || random.u8(..) < 40);
        let mut changes = Vec::new();
        for &inode in self.objects.keys().chain(before.objects.keys()).collect::<BTreeSet<_>>() {
            let (was, is) = (before.objects.get(&inode), self.objects.get(&inode));
            let tell = if is.is_none() { random.bool() } else { was != is || walk || random.u8(..) < 30 };
            if tell {
                changes.push(Change::Object { inode, meta: is.cloned() });
            }
        }
        for (inode, names) in &self.folders {
            // Another folder is told also where it has the same names.
            let generation = |tree: &Self| tree.objects.get(inode).map(|object| object.generation);
            let new = generation(before) != generation(self);
            if new || before.folders.get(inode) != Some(names) || walk || random.u8(..) < 30 {
                let entries = names.iter().map(|(name, &inode)| (entry_name(name), inode)).collect();
                changes.push(Change::Directory { inode: *inode, entries });
            }
        }
        random.shuffle(&mut changes);
        changes
    }

    pub fn resolve(&self, path: &RelPath) -> Option<u64> {
        path.names()
            .try_fold(ROOT_INODE, |inode, name| self.folders.get(&inode)?.get(name.as_bytes()).copied())
    }

    pub fn paths(&self) -> BTreeSet<RelPath> {
        let mut paths = BTreeSet::from([RelPath::root()]);
        let mut todo = vec![(RelPath::root(), ROOT_INODE)];
        while let Some((path, folder)) = todo.pop() {
            for (name, &inode) in &self.folders[&folder] {
                let path = path.join(&entry_name(name)).unwrap();
                paths.insert(path.clone());
                if self.folders.contains_key(&inode) {
                    todo.push((path, inode));
                }
            }
        }
        paths
    }
}

/// One odd name among plain ones.
fn bytes(name: u8) -> Vec<u8> {
    [&b"a"[..], b"b", b"\xff\n", b"a b"][usize::from(name)].to_vec()
}

pub(super) fn entry_name(bytes: &[u8]) -> EntryName {
    EntryName::new(bytes).unwrap()
}

/// All states that are kept: snapshots, and live as last looked at.
#[derive(Debug, Default)]
pub(super) struct History {
    pub snapshots: Vec<(Guid, Txg, Tree)>,
    pub live: Option<(Txg, Tree)>,
}

impl History {
    pub fn states(&self) -> BTreeMap<Txg, &Tree> {
        let snapshots = self.snapshots.iter().map(|(_, txg, tree)| (*txg, tree));
        snapshots.chain(self.live.iter().map(|(txg, tree)| (*txg, tree))).collect()
    }
}
