//! Why a file can't be looked at or read.

use std::fmt;

use nasman_core::{PathError, RelPath};
use rustix::io::Errno;

use super::Kind;

/// What would lead outside of the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A symbolic link stands where a folder should be.
    Link,
    /// Another filesystem is mounted there: a child dataset, most often.
    Mount,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link => {
                "a symbolic link, which is never followed here; go to the folder it points to instead"
            }
            Self::Mount => "another filesystem mounted there; look for the file in that dataset instead",
        })
    }
}

/// A look or a read that failed. The text says what happened to which path, and where useful what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The dataset's or snapshot's own folder can't be opened.
    #[error("the folder '{folder}' can't be opened: {errno}")]
    Root {
        /// The folder, made printable.
        folder: String,
        /// The kernel's reason; `ELOOP` from a snapshot's folder means that it could not be mounted.
        errno: Errno,
    },
    /// The kernel is too old to keep paths beneath a folder.
    #[error("this kernel has no 'openat2', which keeps paths inside a dataset; Linux 5.6 or later is needed")]
    NoOpenat2,
    /// Nothing has this name (any more).
    #[error("there is no {} (any more)", shown(path))]
    NotFound {
        /// Which path.
        path: RelPath,
    },
    /// A file where a folder is needed.
    #[error("{} is not a folder, or a part of the path is not", shown(path))]
    NotAFolder {
        /// Which path.
        path: RelPath,
    },
    /// Something else where a regular file is needed.
    #[error("{} is {kind}; only the content of regular files can be read", shown(path))]
    NotAFile {
        /// Which path.
        path: RelPath,
        /// What it is.
        kind: Kind,
    },
    /// The path leads outside of the dataset.
    #[error("{} leads outside of the dataset through {way}", shown(path))]
    Escapes {
        /// Which path.
        path: RelPath,
        /// Through what.
        way: Way,
    },
    /// `.zfs`, the way into snapshots, is not one of the dataset's files.
    #[error(
        "{} belongs to ZFS's control folder, not to the dataset's files; name the snapshot instead",
        shown(path)
    )]
    Control {
        /// Which path.
        path: RelPath,
    },
    /// The server may not look at it.
    #[error("permission refused for {}; run the server as a user who may read it", shown(path))]
    Permission {
        /// Which path.
        path: RelPath,
    },
    /// A name that no request could carry back (`longname=on` allows them).
    #[error("a name in {} can't be shown: {reason}", shown(folder))]
    Name {
        /// The folder that holds it.
        folder: RelPath,
        /// What is wrong with it.
        reason: PathError,
    },
    /// Anything else, such as an I/O error.
    #[error("{} can't be read: {errno}", shown(path))]
    Io {
        /// Which path.
        path: RelPath,
        /// The kernel's reason.
        errno: Errno,
    },
}

impl FileError {
    /// Tells apart what callers treat differently.
    pub(crate) fn new(path: &RelPath, errno: Errno) -> Self {
        let path = path.clone();
        match errno {
            Errno::NOENT => Self::NotFound { path },
            Errno::NOTDIR => Self::NotAFolder { path },
            Errno::LOOP => Self::Escapes { path, way: Way::Link },
            Errno::XDEV => Self::Escapes { path, way: Way::Mount },
            Errno::ACCESS | Errno::PERM => Self::Permission { path },
            Errno::NOSYS => Self::NoOpenat2,
            errno => Self::Io { path, errno },
        }
    }
}

/// A path for people, quoted; control characters escaped, so that a name can't forge a line of a log.
pub(super) fn shown(path: &RelPath) -> String {
    if path.is_root() {
        return "the dataset's root".into();
    }
    let mut text = String::from("'");
    for c in path.display().chars() {
        if c.is_control() { text.extend(c.escape_default()) } else { text.push(c) }
    }
    text.push('\'');
    text
}
