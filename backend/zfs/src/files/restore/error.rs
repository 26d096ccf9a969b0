//! Why a file was not restored.

use nasman_core::RelPath;
use rustix::io::Errno;

use super::super::{FileError, Kind, error::shown};

/// A restore that did not happen. Unless a variant says otherwise, nothing was changed: the temporary file and
/// folders made for it are gone again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// The file can't be read where it is to come from.
    #[error("the file to restore: {0}")]
    Source(FileError),
    /// The place where it is to go can't be used.
    #[error("the place to restore to: {0}")]
    Target(FileError),
    /// A socket or device; or a folder or pipe, where one file is restored by itself.
    #[error("{} is {kind}, which is not restored", shown(path))]
    Kind {
        /// In the source.
        path: RelPath,
        /// What it is.
        kind: Kind,
    },
    /// It changed while it was read, so the copy would be neither the old nor the new state.
    #[error("{} changed while it was read; restore it from a snapshot, or try again", shown(path))]
    SourceChanged {
        /// In the source.
        path: RelPath,
    },
    /// The dataset's root is no place for a file.
    #[error("the path names the dataset's root; name the file to restore to")]
    NoName,
    /// Something has this name already, and was not to be replaced.
    #[error("{} exists already and was left alone; keep both, or replace it", shown(path))]
    Exists {
        /// In the target.
        path: RelPath,
    },
    /// A file never replaces a folder, device, socket or pipe.
    #[error("{} is {kind}, which a restored file never replaces; keep both instead", shown(path))]
    InTheWay {
        /// In the target.
        path: RelPath,
        /// What it is.
        kind: Kind,
    },
    /// What was to be replaced is not what the plan saw.
    #[error("{} changed since the plan was made and was left alone; make a new plan", shown(path))]
    Changed {
        /// In the target.
        path: RelPath,
    },
    /// The temporary name is taken: left over from a restore that was killed.
    #[error("{} is left from an interrupted restore; remove it and try again", shown(path))]
    TempExists {
        /// In the target.
        path: RelPath,
    },
    /// Dataset, pool or quota is full.
    #[error("no space left for {}; free some space, raise the quota, or destroy snapshots", shown(path))]
    NoSpace {
        /// In the target.
        path: RelPath,
    },
    /// The target can't be written to at all.
    #[error("{} can't be written: the dataset is read-only; restore to another one", shown(path))]
    ReadOnly {
        /// In the target.
        path: RelPath,
    },
    /// The server may not write there.
    #[error("permission refused to write {}; run the server as a user who may", shown(path))]
    Permission {
        /// In the target.
        path: RelPath,
    },
    /// The folder (or the temporary file in it) was removed by somebody else meanwhile.
    #[error("the folder of {} vanished while the file was restored; try again", shown(path))]
    Vanished {
        /// In the target.
        path: RelPath,
    },
    /// The caller asked to stop.
    #[error("canceled; nothing was restored")]
    Canceled,
    /// The file is in place, but a power failure now could undo that.
    #[error("{} is restored, but could not be made safe on disk: {errno}. Check the pool", shown(path))]
    Unsafe {
        /// In the target.
        path: RelPath,
        /// The kernel's reason.
        errno: Errno,
    },
    /// Anything else, such as an I/O error.
    #[error("{} can't be written: {errno}", shown(path))]
    Write {
        /// In the target.
        path: RelPath,
        /// The kernel's reason.
        errno: Errno,
    },
}

impl RestoreError {
    /// Of a write; reads have [`Self::Source`].
    pub(in crate::files) fn write(path: &RelPath, errno: Errno) -> Self {
        let path = path.clone();
        match errno {
            Errno::NOSPC | Errno::DQUOT => Self::NoSpace { path },
            Errno::ROFS => Self::ReadOnly { path },
            Errno::ACCESS | Errno::PERM => Self::Permission { path },
            Errno::NOENT => Self::Vanished { path },
            Errno::LOOP | Errno::XDEV | Errno::NOTDIR => Self::Target(FileError::new(&path, errno)),
            errno => Self::Write { path, errno },
        }
    }

    /// Of a read of the source.
    pub(in crate::files) fn read(path: &RelPath, errno: Errno) -> Self {
        Self::Source(FileError::new(path, errno))
    }
}
