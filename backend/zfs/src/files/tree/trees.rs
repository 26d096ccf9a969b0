//! A restore of several trees.

use nasman_core::{EntryName, RelPath};
use rayon::ThreadPool;
use rustix::fs::syncfs;

use super::super::{RestoreError, Root, Stat};
use super::{Carry, Mark, links::Links, run::Run, staging::Staging, together::pool};

/// A restore of trees from one source to one target. Hard links stay links among all that it restores.
///
/// No file is made safe on disk for itself: ten thousand small ones would wait ten thousand times. On ZFS what a file
/// holds is in the same transaction group as its name or in an earlier one, so that a power failure leaves
/// whole files or none, and one `syncfs` at the end ([`Self::finish`]) is as safe.
pub struct Trees<'a> {
    pub(super) source: &'a Root,
    pub(super) target: &'a Root,
    temp_name: &'a EntryName,
    pub(super) keep_setid: bool,
    pub(super) links: Links,
    staging: Option<Staging>,
    /// Absent until some are to be made with each other.
    pool: Option<ThreadPool>,
}

impl<'a> Trees<'a> {
    /// Begins a restore; nothing is made yet. `temp_name` is the name of its hidden folder, unique to this
    /// restore. `keep_setid`: whether setuid, setgid and file capabilities come back too.
    #[must_use]
    pub fn new(source: &'a Root, target: &'a Root, temp_name: &'a EntryName, keep_setid: bool) -> Self {
        Self { source, target, temp_name, keep_setid, links: Links::default(), staging: None, pool: None }
    }

    /// Restores the entry `from` and all that is in it to `to`. Folders missing on the way are made like those of
    /// the source that have the same names, and told as made too (but not asked about). Where `to` is the
    /// dataset's root, `from` must be a folder, and can only be merged or skipped.
    ///
    /// # Errors
    /// Only what makes going on pointless: [`RestoreError::Canceled`], [`RestoreError::NoSpace`],
    /// [`RestoreError::ReadOnly`], [`RestoreError::TempExists`], what [`Carry::mark`] answers, and why the hidden
    /// folder can't be made. Entries not told of by then were not restored. Each other failure is told in
    /// [`Carry::done`].
    pub fn restore(
        &mut self,
        from: &RelPath,
        to: &RelPath,
        carry: &mut dyn Carry,
    ) -> Result<(), RestoreError> {
        Run::new(self, carry).tree(from, to)
    }

    /// Ends the restore: removes the hidden folder and makes all safe on disk. To be called in every case; where it
    /// is not, dropping does the first.
    ///
    /// # Errors
    /// [`RestoreError::Unsafe`] when a power failure now could undo what was restored.
    pub fn finish(mut self) -> Result<(), RestoreError> {
        self.clear();
        let unsafe_yet = |errno| RestoreError::Unsafe { path: RelPath::root(), errno };
        let root = self.target.open_folder(&RelPath::root()).map_err(RestoreError::Target)?;
        syncfs(root).map_err(unsafe_yet)
    }

    /// Makes the hidden folder if it is not there yet: in `beside`, which exists.
    pub(super) fn ready(&mut self, beside: &RelPath, carry: &mut dyn Carry) -> Result<(), RestoreError> {
        if self.staging.is_none() {
            let path = beside.join(self.temp_name).map_err(|_| RestoreError::NoName)?;
            let holder = self.target.open_folder(beside).map_err(RestoreError::Target)?;
            carry.mark(&Mark::Staging(&path))?;
            self.staging = Some(Staging::make(holder, beside.clone(), self.temp_name)?);
        }
        Ok(())
    }

    /// The hidden folder and what is kept in it, once it is made.
    pub(super) fn made(&mut self) -> Result<(&Staging, &mut Links), RestoreError> {
        Ok((self.staging.as_ref().ok_or(RestoreError::NoName)?, &mut self.links))
    }

    /// The same folder, and the threads to make many at a time.
    pub(super) fn made_by(&mut self) -> Result<(&Staging, Option<&ThreadPool>), RestoreError> {
        if self.pool.is_none() {
            self.pool = pool();
        }
        Ok((self.staging.as_ref().ok_or(RestoreError::NoName)?, self.pool.as_ref()))
    }

    /// One name of an inode of the source needs not be made. Answers whether the inode is known.
    pub(super) fn passed(&mut self, stat: &Stat) -> bool {
        self.links.passed(stat, self.staging.as_ref())
    }

    /// Removes the hidden folder before a folder that holds it gets its times.
    pub(super) fn clear_in(&mut self, folder: &RelPath) {
        if self.staging.as_ref().is_some_and(|staging| staging.beside == *folder) {
            self.clear();
        }
    }

    fn clear(&mut self) {
        self.links.clear();
        self.staging = None;
    }
}
