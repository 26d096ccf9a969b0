//! The snapshot that keeps what is replaced.

use std::cell::OnceCell;

use nasman_core::{RelPath, SnapshotName};
use nasman_zfs::{
    Zfs,
    files::{Root, Stat},
};

use super::super::rules::looks;

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

    pub(super) const fn name(&self) -> Option<&SnapshotName> {
        self.name.as_ref()
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
