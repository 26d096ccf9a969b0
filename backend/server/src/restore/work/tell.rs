//! What became of an entry comes to the record.

use nasman_catalog::NewRestoreItem;
use nasman_core::{
    FileTime,
    restore::{Left, Outcome as Came},
};
use nasman_zfs::files::{
    Expected, Kind, NotKept, RestoreError,
    tree::{Done, Outcome},
};

use super::{
    super::{model::PlanAction, request::within, result::More, rules::why_left},
    carry::{Carrier, Why},
    record::{Made, because, because_of, item},
};
use crate::http::error::{ApiError, Code};

/// Most failures that a job's log tells one by one.
const LOGGED: usize = 100;

impl Carrier<'_> {
    pub(super) fn came(&mut self, done: &Done) {
        match &done.outcome {
            Outcome::Made { made, replaced, bytes, means, not_kept } => {
                let action = match replaced {
                    Some(_) => PlanAction::Replace,
                    None if self.is_beside(done) => PlanAction::KeepBoth,
                    None => PlanAction::Create,
                };
                let more = More {
                    means: means.map(Into::into),
                    not_kept: not_kept.iter().cloned().map(Into::into).collect(),
                    error: None,
                };
                self.made(done, *made, action, *bytes, more);
            }
            Outcome::Merged { not_kept } => self.merged(done, not_kept),
            Outcome::Skipped => self.skipped(done),
            Outcome::Failed(error) => {
                let inside = self.top.is_none_or(|top| top.from != done.from);
                let special = inside && matches!(error, RestoreError::Kind { .. });
                let error = ApiError::from(error.clone());
                if special { self.left_out(done, &error) } else { self.failed(done, error) }
            }
        }
    }

    /// Whether it has a name of its own beside what is there.
    fn is_beside(&self, done: &Done) -> bool {
        self.top.is_some_and(|top| {
            if top.from == done.from {
                return top.action == PlanAction::KeepBoth;
            }
            // Folders on the way to it have other names than what they were made like.
            within(&done.to, &top.to) && done.from.name() != done.to.name()
        })
    }

    fn made(&mut self, done: &Done, made: Expected, action: PlanAction, bytes: u64, more: More) {
        self.entries += 1;
        let kind = done.kind.unwrap_or(Kind::File);
        let noted =
            self.record.made(Made { from: &done.from, to: &done.to, kind, made, action, bytes, more });
        self.noted(noted);
    }

    /// A folder that was there. It is only told of where it was changed itself.
    fn merged(&mut self, done: &Done, not_kept: &[NotKept]) {
        if !self.order.guard || !self.policies.of(&done.from).folders_as_they_were() {
            return;
        }
        self.entries += 1;
        let more = More { not_kept: not_kept.iter().cloned().map(Into::into).collect(), ..More::default() };
        let merged = Made {
            from: &done.from,
            to: &done.to,
            kind: Kind::Directory,
            made: Expected { inode: 0, size: 0, mtime: FileTime::default() },
            action: PlanAction::Merge,
            bytes: 0,
            more,
        };
        let noted = self.record.note(merged.into_item());
        self.noted(noted);
    }

    fn skipped(&mut self, done: &Done) {
        let action = PlanAction::Skip;
        let is_top = self.top.is_some_and(|top| top.from == done.from);
        match self.why.remove(&done.from) {
            Some(Why::Known) => {}
            Some(Why::Left(Left::Same)) if !is_top => self.unchanged += 1,
            Some(Why::Left(left)) => {
                let more = because(Code::Conflict, why_left(left));
                let skipped = NewRestoreItem {
                    more,
                    kind: done.kind,
                    ..item(&done.from, &done.to, action, Came::Skipped)
                };
                let noted = self.record.note(skipped);
                self.noted(noted);
            }
            Some(Why::Refused(error)) => self.failed(done, error),
            None => {}
        }
    }

    pub(super) fn failed(&mut self, done: &Done, error: ApiError) {
        self.failures.1 += 1;
        if self.failures.1 <= LOGGED {
            self.context.log("warn", &error.detail);
        }
        let failed = NewRestoreItem {
            more: because_of(&error),
            kind: done.kind,
            ..item(&done.from, &done.to, PlanAction::Refused, Came::Failed)
        };
        let noted = self.record.note(failed);
        self.noted(noted);
        self.failures.0.get_or_insert(error);
    }

    /// A socket or device in a folder: nothing that anybody misses, since its program makes it anew.
    fn left_out(&mut self, done: &Done, error: &ApiError) {
        let skipped = NewRestoreItem {
            more: because_of(error),
            kind: done.kind,
            ..item(&done.from, &done.to, PlanAction::Skip, Came::Skipped)
        };
        let noted = self.record.note(skipped);
        self.noted(noted);
    }
}
