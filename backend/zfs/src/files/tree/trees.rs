//! A restore of several trees.

use nasman_core::{EntryName, RelPath};

use super::super::{RestoreError, Root};
use super::Carry;

/// A restore of trees from one source to one target. Hard links stay links among all that it restores.
pub struct Trees<'a> {
    source: &'a Root,
    target: &'a Root,
    temp_name: &'a EntryName,
    keep_setid: bool,
}

impl<'a> Trees<'a> {
    /// Begins a restore; nothing is made yet. `temp_name` is the name of its hidden folder, unique to this restore. `keep_setid`: whether
    /// setuid, setgid and file capabilities come back too.
    #[must_use]
    pub fn new(source: &'a Root, target: &'a Root, temp_name: &'a EntryName, keep_setid: bool) -> Self {
        Self { source, target, temp_name, keep_setid }
    }

    /// Restores the entry `from` and all that is in it to `to`. Folders missing on the way are made like those of
    /// the source that have the same names, and told as made too. Where `to` is the dataset's root, `from` must be a folder and can only be merged.
    ///
    /// # Errors
    /// Only what makes going on pointless: [`RestoreError::Canceled`], [`RestoreError::NoSpace`], [`RestoreError::ReadOnly`],
    /// [`RestoreError::TempExists`], and what [`Carry::mark`] answers. Entries not told of by then were not restored.
    /// Each other failure is told in [`Carry::done`].
    pub fn restore(
        &mut self,
        from: &RelPath,
        to: &RelPath,
        carry: &mut dyn Carry,
    ) -> Result<(), RestoreError> {
        let _ = (self.source, self.target, self.temp_name, self.keep_setid, from, to, carry);
        Err(RestoreError::Canceled)
    }

    /// Ends the restore: removes the hidden folder and makes all safe on disk. To be called in every case; where it is not, dropping
    /// does the first.
    ///
    /// # Errors
    /// [`RestoreError::Unsafe`] when a power failure now could undo what was restored.
    pub fn finish(self) -> Result<(), RestoreError> {
        Ok(())
    }
}

/// Clears away the hidden folder that a killed restore left ([`super::Mark::Staging`]), with all that is in it. Nothing there is no error.
///
/// # Errors
/// When something is there and can't be removed.
pub fn remove_staging(target: &Root, staging: &RelPath) -> Result<(), RestoreError> {
    let _ = (target, staging);
    Err(RestoreError::Canceled)
}
