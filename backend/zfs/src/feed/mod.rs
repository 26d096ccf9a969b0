//! What changed between two snapshots, by the cheapest means that works.
//!
//! 1. **Nothing**: the kernel reports no changed object (or both are the same snapshot). Nothing is mounted.
//! 2. **The kernel's list of objects** (`ZFS_IOC_DIFF`), together with what is known of the earlier snapshot: only the
//!    directories on the list are read, only the objects on it are looked at.
//! 3. **`zfs diff`**, where the kernel can't be asked directly and whoever asks allows it: it misses changes.
//! 4. **A walk** of the whole later snapshot: for the first one seen, and where all else fails.
//!
//! All end in the same [`Change`]s, each a state at the later snapshot, so that a means that gives up half way has told
//! nothing wrong. The order is not fixed: a directory may name an object that is told later. What can't be read is a
//! [`Finding`], and what was known of it stays.
//!
//! Some folders are not entered ([`Feed::exclude`]): each is told as one without entries.
//!
//! All calls block; the later snapshot is mounted and busy as long as a run takes, and mounted until
//! [`Zfs::leave_snapshot`].
//!
//! [`Change`]: nasman_core::Change

mod diff;
mod exclude;
mod inodes;
mod ioctl;
mod look;
mod out;
mod ranges;
mod read;
mod step;
mod walk;

use std::{
    os::unix::ffi::OsStrExt as _,
    time::{Duration, Instant},
};

use nasman_core::{Known, KnownError, SnapshotName};

use self::{
    diff::Diff,
    ioctl::changed_objects,
    out::Out,
    read::Tree,
    step::{Step, Stop},
};
pub use self::{
    exclude::{BadPattern, FolderNames},
    out::{Counts, Sink},
};
use crate::{
    Zfs, ZfsError,
    files::{FileError, Finding},
};

/// How the changes were found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Means {
    /// There are none.
    Nothing,
    /// The kernel's list of changed objects.
    Ioctl,
    /// `zfs diff`.
    ZfsDiff,
    /// A walk of the whole snapshot.
    Walk,
}

/// A cheaper means that was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Which.
    pub means: Means,
    /// Why not, for people.
    pub reason: String,
}

/// What a run did.
#[derive(Debug, Clone)]
pub struct Run {
    /// How the changes were found out.
    pub means: Means,
    /// The cheaper means, cheapest first; empty when the cheapest was used, or nothing was known yet.
    pub passed: Vec<Passed>,
    /// Objects that the kernel reported to be in use and perhaps changed; absent when it was not asked.
    pub reported: Option<u64>,
    /// How much was told.
    pub counts: Counts,
    /// The first of what could not be read or kept; `counts` has the number of all.
    pub findings: Vec<Finding>,
    /// From the call to the last change.
    pub took: Duration,
}

/// Why a run ended without an answer. What was told until then is true, and not all.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The snapshot's folder could not be had.
    #[error(transparent)]
    Zfs(#[from] ZfsError),
    /// The snapshot's root could not be read, or no longer.
    #[error(transparent)]
    File(#[from] FileError),
    /// What is known could not be asked.
    #[error("what is known of the earlier snapshot can't be read: {0}")]
    Known(#[source] KnownError),
    /// The receiver failed, or wants no more.
    #[error("the changes could not be taken: {0}")]
    Sink(#[source] KnownError),
    /// The system gave no thread.
    #[error("no thread could be started: {0}")]
    Thread(String),
}

/// How changes are found out.
#[derive(Debug, Clone)]
pub struct Feed {
    /// Whether the kernel may be asked.
    pub ioctl: bool,
    /// Whether `zfs diff` may be run. It silently leaves out changes of files that once had another hard link (it
    /// looks for them under the name that is gone), so this is only for datasets without any.
    pub zfs_diff: bool,
    /// Threads that walk a whole snapshot, or look at what changed.
    pub threads: usize,
    /// Folders that are told, and not entered. When this changes, what is known must be told anew by a walk (with
    /// neither `ioctl` nor `zfs_diff`): a step tells only what changed in the snapshots.
    pub exclude: FolderNames,
    /// How long the kernel may take for its list, and `zfs diff` for all.
    pub deadline: Duration,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            ioctl: true,
            zfs_diff: false,
            threads: 4,
            exclude: FolderNames::default(),
            deadline: Duration::from_secs(600),
        }
    }
}

impl Feed {
    /// Tells what is different in `to`. `from` is an earlier snapshot of the same dataset, or of the one that it is a
    /// clone of, of which `known` tells the state; without it everything in `to` is told.
    ///
    /// # Errors
    /// When the snapshot can't be reached, or `known` or `sink` fails. Single files that can't be read are findings.
    pub fn changes(
        &self,
        zfs: &dyn Zfs,
        from: Option<(&SnapshotName, &dyn Known)>,
        to: &SnapshotName,
        sink: &mut Sink<'_>,
    ) -> Result<Run, FeedError> {
        let start = Instant::now();
        let mut out = Out::new(sink);
        let mut run = Run {
            means: Means::Walk,
            passed: Vec::new(),
            reported: None,
            counts: Counts::default(),
            findings: Vec::new(),
            took: Duration::ZERO,
        };
        run.means = match from {
            Some((from, _)) if from == to => Means::Nothing,
            Some((from, known)) => self.step(zfs, from, to, known, &mut out, &mut run)?,
            None => self.walk(zfs, to, None, &mut out)?,
        };
        (run.counts, run.findings, run.took) = (out.counts, out.findings, start.elapsed());
        tracing::debug!(%to, means = ?run.means, counts = ?run.counts, took = ?run.took, "changes told");
        Ok(run)
    }

    fn step(
        &self,
        zfs: &dyn Zfs,
        from: &SnapshotName,
        to: &SnapshotName,
        known: &dyn Known,
        out: &mut Out<'_>,
        run: &mut Run,
    ) -> Result<Means, FeedError> {
        for means in [Means::Ioctl, Means::ZfsDiff] {
            let told = match means {
                Means::Ioctl => self.by_objects(zfs, from, to, known, out, run),
                _ => self.by_zfs_diff(zfs, from, to, known, out),
            };
            let reason = match told {
                Ok(means) => return Ok(means),
                Err(Stop::Failed(error)) => return Err(error),
                Err(Stop::Surprise(reason)) => reason,
            };
            tracing::info!(%from, %to, ?means, reason, "a cheaper means could not be used");
            run.passed.push(Passed { means, reason });
        }
        self.walk(zfs, to, Some(known), out)
    }

    fn by_objects(
        &self,
        zfs: &dyn Zfs,
        from: &SnapshotName,
        to: &SnapshotName,
        known: &dyn Known,
        out: &mut Out<'_>,
        run: &mut Run,
    ) -> Result<Means, Stop> {
        if !self.ioctl {
            return Err(Stop::Surprise("switched off".into()));
        }
        let ranges =
            changed_objects(from, to, self.deadline).map_err(|error| Stop::Surprise(error.to_string()))?;
        run.reported = Some(ranges.in_use());
        if ranges.is_empty() {
            return Ok(Means::Nothing);
        }
        let tree = Tree::open(&zfs.snapshot_folder(to)?)?;
        Step::new(&tree, known, &ranges, &self.exclude, self.threads, out).run()?;
        tree.check()?;
        Ok(Means::Ioctl)
    }

    fn by_zfs_diff(
        &self,
        zfs: &dyn Zfs,
        from: &SnapshotName,
        to: &SnapshotName,
        known: &dyn Known,
        out: &mut Out<'_>,
    ) -> Result<Means, Stop> {
        if !self.zfs_diff {
            return Err(Stop::Surprise("switched off".into()));
        }
        // It wants the dataset mounted.
        let live = zfs.live_folder(&to.dataset).map_err(|error| Stop::Surprise(error.to_string()))?;
        let mountpoint = live.as_os_str().as_bytes();
        let tree = Tree::open(&zfs.snapshot_folder(to)?)?;
        let mut diff = Diff { tree: &tree, known, mountpoint, exclude: &self.exclude, out };
        diff::tell(&mut diff, from, to, self.deadline)?;
        tree.check()?;
        Ok(Means::ZfsDiff)
    }

    fn walk(
        &self,
        zfs: &dyn Zfs,
        to: &SnapshotName,
        known: Option<&dyn Known>,
        out: &mut Out<'_>,
    ) -> Result<Means, FeedError> {
        let tree = Tree::open(&zfs.snapshot_folder(to)?)?;
        walk::walk(&tree, known, &self.exclude, self.threads, out)?;
        tree.check()?;
        Ok(Means::Walk)
    }
}
