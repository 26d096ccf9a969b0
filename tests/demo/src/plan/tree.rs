//! A dataset's files in memory: what the plan knows of them while it is made, and what tests ask.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Node, Op};

/// Names and what they stand for, parents before children.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree(BTreeMap<PathBuf, Node>);

impl Tree {
    /// Applies one change. Renaming or removing what is not there changes nothing.
    pub fn apply(&mut self, op: &Op) {
        match op {
            Op::Put(path, node, _) => {
                self.0.insert(path.clone(), node.clone());
            }
            Op::Rename(from, to) => {
                for (path, node) in self.take(from) {
                    let path = match path.strip_prefix(from) {
                        Ok(rest) if !rest.as_os_str().is_empty() => to.join(rest),
                        _ => to.clone(),
                    };
                    self.0.insert(path, node);
                }
            }
            Op::Remove(path) => drop(self.take(path)),
        }
    }

    fn take(&mut self, path: &Path) -> Vec<(PathBuf, Node)> {
        let names: Vec<PathBuf> = self.below(path).map(|(name, _)| name.clone()).collect();
        names.into_iter().filter_map(|name| self.0.remove_entry(&name)).collect()
    }

    /// What the path itself and everything below it stand for.
    pub fn below<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = (&'a PathBuf, &'a Node)> {
        self.0.range(path.to_path_buf()..).take_while(move |(name, _)| name.starts_with(path))
    }

    /// What the path stands for; directories that hold something are not known as nodes.
    #[must_use]
    pub fn get(&self, path: impl AsRef<Path>) -> Option<&Node> {
        self.0.get(path.as_ref())
    }

    /// True when the path or something below it exists.
    #[must_use]
    pub fn holds(&self, path: impl AsRef<Path>) -> bool {
        self.below(path.as_ref()).next().is_some()
    }

    /// All names with what they stand for, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&PathBuf, &Node)> {
        self.0.iter()
    }

    /// How many names there are, directories not counted unless empty.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
