//! A dataset's live files, opened.

use nasman_core::DatasetName;
use nasman_zfs::{
    Unreachable, Zfs, ZfsError,
    files::{FileError, Root},
};

use crate::http::error::ApiError;

/// Why live files did not open.
#[derive(Debug)]
pub enum LiveError {
    /// ZFS does not tell where they are.
    Zfs(ZfsError),
    /// Where they are does not open.
    File(FileError),
}

impl From<ZfsError> for LiveError {
    fn from(error: ZfsError) -> Self {
        Self::Zfs(error)
    }
}

impl From<FileError> for LiveError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl From<LiveError> for ApiError {
    fn from(error: LiveError) -> Self {
        match error {
            LiveError::Zfs(error) => error.into(),
            LiveError::File(error) => error.into(),
        }
    }
}

/// Opens a dataset's live files. Blocks.
///
/// Between the look where it is mounted and the opening it may be unmounted, and then what opens is a folder of the
/// dataset above. So it is looked for once more, and has to be the same.
///
/// # Errors
/// As [`Zfs::live_folder`] and [`Root::open`]; [`Unreachable::Unmounted`] where it was mounted elsewhere meanwhile.
pub fn live_root(zfs: &dyn Zfs, dataset: &DatasetName) -> Result<Root, LiveError> {
    let root = Root::open(&zfs.live_folder(dataset)?)?;
    if Root::open(&zfs.live_folder(dataset)?)?.has_device_of(&root) {
        return Ok(root);
    }
    Err(ZfsError::Unreachable { name: dataset.to_string(), reason: Unreachable::Unmounted }.into())
}
