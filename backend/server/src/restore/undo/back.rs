//! One item of a restore is undone.

use std::ops::ControlFlow;

use nasman_catalog::{MadeAs, RestoreItem};
use nasman_core::{Kind, restore::Undone};
use nasman_zfs::files::{
    Expected, FileError, RestoreError, Root,
    tree::{self, Carry, Decide, Deed, Done, Mark, Met, Outcome, Removed, Trees},
};

use super::{super::model::PlanAction, Run};
use crate::http::error::{ApiError, ApiResult};

/// What undoing an item came to, and why where it is not undone.
type Came = (Undone, Option<String>);

const CHANGED: &str = "it changed after it was restored, and stays as it is";

pub(super) struct Back<'a, 'b> {
    pub(super) run: &'a mut Run<'b>,
    pub(super) item: &'a RestoreItem,
    pub(super) target: &'a Root,
}

impl Back<'_, '_> {
    /// # Errors
    /// What makes going on pointless.
    pub(super) fn undo(self, trees: &mut Trees<'_>) -> ApiResult<Came> {
        let done = match PlanAction::of_word(&self.item.action) {
            PlanAction::Create | PlanAction::KeepBoth => self.remove(),
            PlanAction::MoveAside => self.move_back(),
            PlanAction::Replace => return self.put_back(trees),
            PlanAction::Merge => return self.bring_folder_back(trees),
            PlanAction::Skip | PlanAction::Refused => Ok((Undone::Undone, None)),
        };
        done.or_else(failed)
    }

    fn made(&self) -> Expected {
        let MadeAs { inode, size, mtime } = self.item.made;
        Expected { inode, size, mtime }
    }

    fn remove(&self) -> Result<Came, RestoreError> {
        let kind = self.item.kind.unwrap_or(Kind::File);
        Ok(match tree::remove_made(self.target, &self.item.target, kind, &self.made())? {
            Removed::Removed | Removed::Gone => (Undone::Undone, None),
            Removed::Changed => left(CHANGED),
            Removed::NotEmpty => left("something that was not restored is in it"),
        })
    }

    fn move_back(&self) -> Result<Came, RestoreError> {
        let (aside, entry) = (&self.item.target, &self.item.source);
        match self.target.stat(aside) {
            Ok(there) if there.inode == self.item.made.inode => {}
            Ok(_) => return Ok(left(CHANGED)),
            Err(FileError::NotFound { .. }) => {
                let back = self.target.stat(entry).is_ok_and(|there| there.inode == self.item.made.inode);
                return Ok(if back {
                    (Undone::Undone, None)
                } else {
                    left("it is no longer where it was moved to")
                });
            }
            Err(error) => return Err(RestoreError::Target(error)),
        }
        match tree::move_back(self.target, aside, entry) {
            Ok(()) => Ok((Undone::Undone, None)),
            Err(RestoreError::Exists { .. }) => Ok(left("something else has its name by now")),
            Err(error) => Err(error),
        }
    }

    fn put_back(self, trees: &mut Trees<'_>) -> ApiResult<Came> {
        let deed = match self.target.stat(&self.item.target) {
            Ok(there) if Expected::from(&there) == self.made() => Deed::Replace(self.made()),
            Ok(_) => return Ok(left(CHANGED)),
            // Gone: what was there before comes back all the same.
            Err(FileError::NotFound { .. }) => Deed::Create,
            Err(error) => return failed(RestoreError::Target(error)),
        };
        self.bring_back(deed, trees)
    }

    /// The folder gets back its owner, permissions, attributes and times.
    fn bring_folder_back(self, trees: &mut Trees<'_>) -> ApiResult<Came> {
        match self.target.stat(&self.item.target) {
            Ok(there) if there.kind == Kind::Directory && !there.mountpoint => {
                self.bring_back(Deed::Merge { like_source: true }, trees)
            }
            _ => Ok(left("the folder is not there any more")),
        }
    }

    fn bring_back(self, deed: Deed, trees: &mut Trees<'_>) -> ApiResult<Came> {
        let path = &self.item.target;
        let mut carry = FromGuard { back: self, deed, came: None, fault: None };
        let restored = trees.restore(path, path, &mut carry);
        if let Some(fault) = carry.fault {
            return Err(fault);
        }
        restored?;
        Ok(carry.came.unwrap_or_else(|| (Undone::Failed, Some("it was not put back".to_owned()))))
    }
}

fn left(why: &str) -> Came {
    (Undone::Left, Some(why.to_owned()))
}

/// Another item may fare better, unless nothing can be written at all.
fn failed(error: RestoreError) -> ApiResult<Came> {
    match error {
        RestoreError::NoSpace { .. } | RestoreError::ReadOnly { .. } | RestoreError::Canceled => {
            Err(error.into())
        }
        RestoreError::Changed { .. } => Ok(left(CHANGED)),
        error => Ok((Undone::Failed, Some(error.to_string()))),
    }
}

/// Restores one entry from the guard snapshot, and nothing that is in it.
struct FromGuard<'a, 'b> {
    back: Back<'a, 'b>,
    deed: Deed,
    came: Option<Came>,
    fault: Option<ApiError>,
}

impl Decide for FromGuard<'_, '_> {
    fn decide(&mut self, met: &Met<'_>) -> Deed {
        if *met.from == self.back.item.target { self.deed.clone() } else { Deed::Skip }
    }
}

impl Carry for FromGuard<'_, '_> {
    fn mark(&mut self, mark: &Mark<'_>) -> Result<(), RestoreError> {
        let Run { marks, .. } = &mut *self.back.run;
        match mark {
            Mark::Staging(path) => marks.staging = Some((*path).clone()),
            Mark::Placing(placing) => {
                let own = placing.iter().find(|place| place.to == self.back.item.target);
                marks.placing = own.map(|own| (self.back.item.id, own.to.clone(), own.made));
            }
        }
        self.back.run.flush(true).map_err(|error| {
            self.fault.get_or_insert(error);
            RestoreError::Canceled
        })
    }

    fn done(&mut self, done: Done) {
        if done.from != self.back.item.target {
            return;
        }
        self.came = Some(match done.outcome {
            Outcome::Made { .. } | Outcome::Merged { .. } => (Undone::Undone, None),
            Outcome::Skipped => left(CHANGED),
            Outcome::Failed(RestoreError::Changed { .. }) => left(CHANGED),
            Outcome::Failed(error) => (Undone::Failed, Some(error.to_string())),
        });
    }

    fn undone(&mut self, _to: &nasman_core::RelPath) {}

    fn progress(&mut self, _bytes: u64) -> ControlFlow<()> {
        if self.back.run.context.should_stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
