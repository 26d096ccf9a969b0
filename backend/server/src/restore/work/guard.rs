//! The snapshot that keeps what is replaced.

use std::cell::OnceCell;

use jiff::Timestamp;
use nasman_catalog::Job;
use nasman_core::{DatasetName, RelPath, SnapshotName, SnapshotTag};
use nasman_zfs::{
    Zfs, ZfsError,
    files::{Root, Stat},
};

use super::super::rules::looks;
use crate::http::error::{ApiError, ApiResult};

/// The guard snapshot, opened when it is needed.
pub(super) struct Guard<'a> {
    zfs: &'a dyn Zfs,
    name: Option<SnapshotName>,
    root: OnceCell<Option<Root>>,
}

impl<'a> Guard<'a> {
    pub(super) const fn new(zfs: &'a dyn Zfs, name: Option<SnapshotName>) -> Self {
        Self { zfs, name, root: OnceCell::new() }
    }

    /// Whether something that changed after the plan did so only because one of its other names was replaced: then its
    /// content is in the guard snapshot.
    pub(super) fn explains(&self, path: &RelPath, there: &Stat) -> bool {
        let then = self.root().and_then(|root| root.stat(path).ok());
        then.is_some_and(|then| looks(&then).same(&looks(there)) && there.nlink < then.nlink)
    }

    fn root(&self) -> Option<&Root> {
        let open = || Root::open(&self.zfs.snapshot_folder(self.name.as_ref()?).ok()?).ok();
        self.root.get_or_init(open).as_ref()
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        if let (Some(Some(root)), Some(name)) = (self.root.take(), &self.name) {
            drop(root);
            self.zfs.leave_snapshot(name);
        }
    }
}

/// The name of a guard snapshot that is taken now.
pub(super) fn name(job: &Job, target: &DatasetName) -> ApiResult<SnapshotName> {
    let now = Timestamp::now().strftime("%Y-%m-%dT%H.%M.%S").to_string();
    // The job's id ends in random digits: two restores in one second don't collide.
    let end = job.id.get(job.id.len().saturating_sub(6)..).unwrap_or_default();
    let tag: SnapshotTag = format!("nasman-guard-{now}-{end}").parse()?;
    Ok(target.snapshot(tag)?)
}

/// Without it nothing may be replaced.
pub(super) fn not_taken(error: ZfsError) -> ApiError {
    let cause = ApiError::from(error);
    let detail = format!("no guard snapshot could be taken, so nothing was replaced: {}", cause.detail);
    ApiError::new(cause.code, detail)
}
