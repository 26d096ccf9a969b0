//! The plan: which files there are on the first day, what happens to them each day, and when snapshots are taken.
//! Pure: it reads no clock and touches no disk. The same settings give the same plan.

mod builder;
pub mod dates;
mod tree;

use std::path::PathBuf;
use std::sync::Arc;

pub(crate) use builder::Builder;
pub use tree::Tree;

use crate::content::Content;
use crate::{history, landmarks, world};

/// A person of the demo: user and group number, the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner(pub u32);

/// Writes, photographs, sails.
pub const ANNA: Owner = Owner(1000);
/// Programs, listens, collects films.
pub const JONAS: Owner = Owner(1001);

/// A regular file.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// What is in it.
    pub content: Arc<Content>,
    /// When it was last changed: seconds since 1970; [`crate::apply`] adds nanoseconds from its name.
    pub mtime: i64,
    /// Whose it is.
    pub owner: Owner,
    /// Permission bits.
    pub mode: u32,
    /// Extended attributes: name with its namespace, value.
    pub xattrs: Vec<(&'static str, &'static str)>,
    /// Someone else who may read and write it, by a POSIX ACL.
    pub shared_with: Option<Owner>,
}

impl File {
    /// A plain file, readable by all.
    #[must_use]
    pub fn new(content: Content, owner: Owner, mtime: i64) -> Self {
        Self { content: Arc::new(content), mtime, owner, mode: 0o644, xattrs: Vec::new(), shared_with: None }
    }
}

/// Something with a name in a directory.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A regular file.
    File(File),
    /// A symbolic link with its target as written.
    Symlink(PathBuf),
    /// One more name for the file at this path of the same dataset.
    HardLink(PathBuf),
    /// A named pipe.
    Fifo,
    /// A directory; only empty ones are said, others exist because something is in them.
    Dir,
}

/// How a program saves over a file that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Save {
    /// Into the same inode.
    InPlace,
    /// To a new file that then takes the name, as editors and office programs do.
    Replace,
}

/// One change in one dataset. Paths are relative to the dataset's root.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// Creates or overwrites.
    Put(PathBuf, Node, Save),
    /// Renames or moves a file or a directory.
    Rename(PathBuf, PathBuf),
    /// Deletes a file, or a directory with all that is in it.
    Remove(PathBuf),
}

/// What is done at one time.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Changes in the named dataset.
    Change(&'static str, Vec<Op>),
    /// A snapshot of one dataset, or of the pool with everything in it.
    Snapshot(Option<&'static str>, String),
    /// A hold with this tag on a snapshot of the dataset.
    Hold(&'static str, String, &'static str),
}

/// An action and its time in seconds since 1970.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub at: i64,
    /// What.
    pub action: Action,
}

/// How a dataset differs from a plain filesystem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Mounted, readable.
    Plain,
    /// Encrypted by passphrase; its key is unloaded when all is done.
    Locked,
    /// `canmount=noauto`, unmounted when all is done.
    Unmounted,
    /// A sparse volume of this many bytes.
    Volume(u64),
}

/// The datasets below the pool's root, in the order they are created.
pub const DATASETS: [(&str, Kind); 8] = [
    ("home", Kind::Plain),
    ("photos", Kind::Plain),
    ("music", Kind::Plain),
    ("films", Kind::Plain),
    ("projects", Kind::Plain),
    ("private", Kind::Locked),
    ("archive", Kind::Unmounted),
    ("vm-disk", Kind::Volume(64 << 20)),
];

/// What a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Everything random comes from it.
    pub seed: u64,
    /// The time at which the story ends, seconds since 1970.
    pub now: i64,
    /// For how many days there are daily snapshots, 14 to 60; the landmarks need 14.
    pub days: u16,
}

/// The whole story.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// In the order of time.
    pub steps: Vec<Step>,
}

impl Plan {
    /// Makes the plan.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let mut builder = Builder::new(settings);
        world::settle(&mut builder);
        landmarks::tell(&mut builder);
        history::live(&mut builder);
        history::snapshots(&mut builder);
        builder.finish()
    }

    /// The dataset's files after all steps, or up to and with the snapshot of the given name.
    #[must_use]
    pub fn tree(&self, dataset: &str, snapshot: Option<&str>) -> Tree {
        let mut tree = Tree::default();
        for step in &self.steps {
            match &step.action {
                Action::Change(name, ops) if *name == dataset => ops.iter().for_each(|op| tree.apply(op)),
                Action::Snapshot(of, name)
                    if Some(name.as_str()) == snapshot && of.is_none_or(|of| of == dataset) =>
                {
                    break;
                }
                _ => {}
            }
        }
        tree
    }

    /// How many snapshots of datasets there will be, the pool's root and the volume among them.
    #[must_use]
    pub fn snapshot_count(&self) -> usize {
        self.steps
            .iter()
            .map(|step| match step.action {
                Action::Snapshot(None, _) => DATASETS.len() + 1,
                Action::Snapshot(Some(_), _) => 1,
                _ => 0,
            })
            .sum()
    }
}
