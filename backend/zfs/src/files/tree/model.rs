//! The words in which a tree restore asks and tells.

use std::ops::ControlFlow;

use nasman_core::{EntryName, Kind, RelPath};

use super::super::{Expected, Means, NotKept, RestoreError, Stat};

/// An entry of the source, and what stands where it would go.
pub struct Met<'a> {
    /// In the source.
    pub from: &'a RelPath,
    /// What it is there.
    pub source: &'a Stat,
    /// In the target, unless the answer is [`Deed::KeepBoth`].
    pub to: &'a RelPath,
    /// What stands there. Inside of folders that are restored as new ones it is always absent.
    pub there: Option<&'a Stat>,
    /// What the restored entry would lack, as far as can be told in advance. Only a survey that is asked to
    /// look fills it; a restore tells in [`Outcome`].
    pub not_kept: &'a [NotKept],
    pub(super) taken: &'a dyn Fn(&EntryName) -> bool,
}

/// What stands in an entry's place, as far as it matters for the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: [`Deed::Create`].
    Nothing,
    /// A folder where a folder goes: [`Deed::Merge`] is possible.
    Folder,
    /// A file or link (or a pipe, where a pipe goes): [`Deed::Replace`] is possible.
    Replaceable,
    /// What is never replaced: a folder where a file goes, a device, a socket, another filesystem.
    Fixed,
}

impl Met<'_> {
    /// What stands in its place.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self.there {
            None => Standing::Nothing,
            Some(there) if there.mountpoint => Standing::Fixed,
            Some(there) => match (self.source.kind, there.kind) {
                (Kind::Directory, Kind::Directory) => Standing::Folder,
                (_, Kind::File | Kind::Symlink) | (Kind::Fifo, Kind::Fifo) => Standing::Replaceable,
                _ => Standing::Fixed,
            },
        }
    }

    /// Whether a name can't be given to a second copy in this folder: it exists there, was given to another one
    /// before, or something else of the source goes there.
    #[must_use]
    pub fn is_taken(&self, name: &EntryName) -> bool {
        (self.taken)(name)
    }
}

/// What is to be done with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// It gets its name, which must be free up to the last moment. A folder comes with what is in it.
    Create,
    /// The same under this name, beside what is there.
    KeepBoth(EntryName),
    /// What is there is replaced, if it is still this. The caller has made a guard snapshot. A folder can replace
    /// a file or a link, nothing replaces a folder.
    Replace(Expected),
    /// A folder is there: what is in it is restored one by one.
    Merge {
        /// Whether the folder itself gets owner, mode, attributes and times of the source's, after its content.
        like_source: bool,
    },
    /// Left as it is; of a folder also what is in it.
    Skip,
    /// An earlier run of this restore made it, by this name in the same folder: it is left, and names of the same file that
    /// come after it become names of what is there.
    Stands(EntryName),
}

/// The decisions of a restore, the same for its plan and for its deeds.
pub trait Decide {
    /// What to do with the entry. Called once for each, folders before what is in them; not for what is in a
    /// folder that is skipped.
    fn decide(&mut self, met: &Met<'_>) -> Deed;
}

/// What is about to be done. It must be stored before the call returns, since a kill may follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark<'a> {
    /// This folder is about to be made in the target; all that is incomplete will be in it. Told once in a
    /// restore. [`super::remove_staging`] clears it away.
    Staging(&'a RelPath),
    /// These are about to get their names, in this order: at most 256 at once, of one folder. Which of them did,
    /// tells the inode that is there afterwards. Replaces the last such mark.
    Placing(&'a [Placing]),
}

/// An entry that is complete and about to get its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placing {
    /// In the source.
    pub from: RelPath,
    /// In the target.
    pub to: RelPath,
    /// What it is.
    pub kind: Kind,
    /// What will be there. Of a folder the inode counts.
    pub made: Expected,
    /// What it replaces.
    pub replaces: Option<Expected>,
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// In the source.
    pub from: RelPath,
    /// In the target: the name it has, or would have had.
    pub to: RelPath,
    /// What it is; absent where it could not even be looked at.
    pub kind: Option<Kind>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was made. A folder is told after what is in it.
    Made {
        /// As it is now, for [`super::remove_made`]. Of a folder only the inode stays so.
        made: Expected,
        /// What it replaced.
        replaced: Option<Expected>,
        /// Bytes of content, holes included; 0 for all but files, and for a further name of a file.
        bytes: u64,
        /// How the content came over; absent when there was none to carry.
        means: Option<Means>,
        /// What it lacks.
        not_kept: Vec<NotKept>,
    },
    /// The folder was there; what is in it was told one by one.
    Merged {
        /// What it lacks, where it was to be like the source's.
        not_kept: Vec<NotKept>,
    },
    /// Left out, as decided.
    Skipped,
    /// Not restored, and what is in it neither. The others go on.
    Failed(RestoreError),
}

/// Decides, remembers, and listens while a tree is restored.
pub trait Carry: Decide {
    /// What is about to be done.
    ///
    /// # Errors
    /// When it can't be stored: then it is not done, and the restore ends with this error.
    fn mark(&mut self, mark: &Mark<'_>) -> Result<(), RestoreError>;

    /// What became of an entry; once for each that [`Decide::decide`] was asked about, and for each that could
    /// not be asked about. What is in a new folder is told while that is still in the hidden folder: it comes to
    /// be with the folder, which is told after it, or [`Self::undone`] says that it does not.
    fn done(&mut self, done: Done);

    /// A new folder that was to be at `to` is not: it failed, or the restore was stopped before it was complete.
    /// What was told as made beneath it is gone again.
    fn undone(&mut self, to: &RelPath);

    /// Bytes of content that were carried since the last call, at least each 64 MiB and once for each file, also
    /// an empty one. Can stop the restore: what is complete stays, what is not goes.
    fn progress(&mut self, bytes: u64) -> ControlFlow<()>;
}
