//! What is known already of the earlier of two snapshots: the change feed asks it instead of reading that snapshot.

use std::error::Error;

use crate::{EntryName, Kind};

/// What keeps an answer from being given, such as a database that can't be read. It ends the feed's run.
pub type KnownError = Box<dyn Error + Send + Sync>;

/// An object, as far as it is needed to recognise it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownObject {
    /// As in [`crate::Meta::generation`].
    pub generation: i64,
    /// What it is.
    pub kind: Kind,
}

/// The state of a dataset at the earlier snapshot. The root directory is [`crate::ROOT_INODE`] throughout; it has no
/// links. Every method fails only when the state can't be read; what does not exist is an empty answer.
pub trait Known {
    /// The object with this inode.
    ///
    /// # Errors
    /// When the state can't be read.
    fn object(&self, inode: u64) -> Result<Option<KnownObject>, KnownError>;

    /// The objects with inodes from `first` to `last`, both inclusive, in ascending order, at most `limit` of them.
    ///
    /// # Errors
    /// When the state can't be read.
    fn objects_in(&self, first: u64, last: u64, limit: usize) -> Result<Vec<(u64, KnownObject)>, KnownError>;

    /// The names that lead to the object, each with its directory; several for a file with hard links.
    ///
    /// # Errors
    /// When the state can't be read.
    fn links(&self, inode: u64) -> Result<Vec<(u64, EntryName)>, KnownError>;

    /// The object that a name in a directory leads to.
    ///
    /// # Errors
    /// When the state can't be read.
    fn child(&self, directory: u64, name: &EntryName) -> Result<Option<u64>, KnownError>;

    /// All names in a directory, each with the object it leads to.
    ///
    /// # Errors
    /// When the state can't be read.
    fn children(&self, directory: u64) -> Result<Vec<(EntryName, u64)>, KnownError>;
}
