//! Listens to the survey of one of the entries asked for.

use std::{collections::HashSet, ops::ControlFlow};

use jiff::Timestamp;
use nasman_core::{DatasetName, EntryName, RelPath, restore::Left};
use nasman_zfs::files::{
    Expected, Kind, RestoreError, Stat,
    tree::{Decide, Deed, Met, Survey},
};

use super::{
    super::{
        model::{Contents, Existing, Method, NotKeptView, PlanAction, PlanItem},
        rules::{Decided, Rules, action, why_left},
        work::is_hidden,
    },
    Stop, shown,
    tally::Tally,
};
use crate::http::error::{ApiError, Code};

/// What is found of an entry that was asked for.
pub(super) struct Top {
    pub(super) from: RelPath,
    pub(super) to: RelPath,
    pub(super) kind: Option<Kind>,
    pub(super) size: u64,
    pub(super) modified: Option<Timestamp>,
    pub(super) action: PlanAction,
    pub(super) detail: Option<String>,
    pub(super) replaces: Option<Expected>,
    pub(super) existing: Option<Existing>,
    pub(super) not_kept: Vec<NotKeptView>,
    pub(super) contents: Contents,
    /// How much came into it since.
    pub(super) added: u64,
    pub(super) aside: Option<RelPath>,
    pub(super) refusal: Option<ApiError>,
}

impl Top {
    /// One that nothing is known of yet.
    pub(super) fn new(from: RelPath, to: RelPath) -> Self {
        Self {
            from,
            to,
            kind: None,
            size: 0,
            modified: None,
            action: PlanAction::Skip,
            detail: None,
            replaces: None,
            existing: None,
            not_kept: Vec::new(),
            contents: Contents::default(),
            added: 0,
            aside: None,
            refusal: None,
        }
    }

    /// One that is left out without being looked at.
    pub(super) fn skipped(from: RelPath, to: RelPath, why: String) -> Self {
        Self { detail: Some(why), ..Self::new(from, to) }
    }

    fn refuse(&mut self, error: ApiError) {
        self.action = PlanAction::Refused;
        self.detail = Some(error.detail.clone());
        self.refusal = Some(error);
    }
}

/// Decides, and sums up.
pub(super) struct Look<'a> {
    pub(super) rules: Rules<'a>,
    pub(super) method: Method,
    pub(super) target: &'a DatasetName,
    pub(super) move_aside: bool,
    pub(super) tally: &'a mut Tally,
    /// Places given to entries asked for before.
    pub(super) chosen: &'a HashSet<RelPath>,
    pub(super) top: Top,
    pub(super) stop: &'a Stop,
}

impl Decide for Look<'_> {
    fn decide(&mut self, met: &Met<'_>) -> Deed {
        let is_top = *met.from == self.top.from;
        let folder = met.to.parent().unwrap_or_default();
        let chosen = self.chosen;
        let taken = |name: &EntryName| folder.join(name).is_ok_and(|path| chosen.contains(&path));
        let decided = if is_top && chosen.contains(met.to) {
            self.rules.decide_second(met, taken)
        } else {
            self.rules.decide(met, taken)
        };
        let (act, detail, deed) = match decided {
            Decided::Do(deed) => (action(&deed), None, deed),
            Decided::Leave(left) => {
                self.tally.unchanged += u64::from(left == Left::Same);
                (PlanAction::Skip, Some(why_left(left).to_owned()), Deed::Skip)
            }
            Decided::Refuse(refused) => (PlanAction::Refused, Some(refused.to_string()), Deed::Skip),
        };
        let to = match &deed {
            Deed::KeepBoth(name) => folder.join(name).unwrap_or_else(|_| met.to.clone()),
            _ => met.to.clone(),
        };
        self.note(met, &deed, act, &to, is_top);
        let unchanged = detail.as_deref() == Some(why_left(Left::Same));
        if met.there.is_some() && act != PlanAction::Merge && !unchanged {
            self.conflict(met, act, &to, detail.clone());
        }
        if is_top {
            self.note_top(met, &deed, act, to, detail);
        } else if act == PlanAction::Refused {
            self.refuse(met, &to, detail);
        }
        deed
    }
}

impl Survey for Look<'_> {
    fn refused(&mut self, from: &RelPath, to: &RelPath, error: RestoreError) {
        let special = matches!(error, RestoreError::Kind { .. });
        let error = ApiError::from(error);
        if *from == self.top.from {
            self.top.refuse(error.clone());
        }
        // A socket in a folder is nothing that anybody misses: its program makes it anew.
        let act = if special && *from != self.top.from { PlanAction::Skip } else { PlanAction::Refused };
        if self.tally.refused() {
            let item = self.blank(from, to, act, Some(error.detail));
            self.tally.refused.items.push(item);
        }
    }

    fn added(&mut self, path: &RelPath, there: &Stat) {
        if is_hidden(path) {
            return;
        }
        self.top.added += 1;
        self.tally.added(path);
        if self.move_aside {
            self.tally.deed(path, PlanAction::MoveAside, path, Some(Expected::from(there)));
        }
    }

    fn go_on(&mut self) -> ControlFlow<()> {
        if self.stop.is_wanted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Look<'_> {
    /// Sums up a decision.
    fn note(&mut self, met: &Met<'_>, deed: &Deed, act: PlanAction, to: &RelPath, is_top: bool) {
        let replaces = match deed {
            Deed::Replace(expected) => Some(*expected),
            _ => None,
        };
        self.tally.deed(met.from, act, to, replaces);
        let restored = match deed {
            Deed::Create | Deed::KeepBoth(_) => true,
            Deed::Replace(_) | Deed::Merge { like_source: true } => {
                self.tally.guard = true;
                true
            }
            Deed::Merge { like_source: false } | Deed::Skip | Deed::Stands(_) => false,
        };
        if restored {
            let within = (!is_top).then_some(&mut self.top.contents);
            self.tally.count(met.source, within);
            self.tally.lost(met.not_kept);
        }
    }

    fn note_top(&mut self, met: &Met<'_>, deed: &Deed, act: PlanAction, to: RelPath, detail: Option<String>) {
        let top = &mut self.top;
        top.kind = Some(met.source.kind);
        top.size = met.source.size;
        top.modified = met.source.mtime.timestamp();
        top.existing = met.there.map(Existing::from);
        top.not_kept = met.not_kept.iter().cloned().map(NotKeptView::from).collect();
        top.to = to;
        top.action = act;
        top.replaces = match deed {
            Deed::Replace(expected) => Some(*expected),
            _ => None,
        };
        top.detail.clone_from(&detail);
        if act == PlanAction::Refused {
            top.refuse(ApiError::new(Code::Conflict, detail.unwrap_or_default()));
            let (to, detail) = (self.top.to.clone(), self.top.detail.clone());
            self.refuse(met, &to, detail);
        }
    }

    fn conflict(&mut self, met: &Met<'_>, act: PlanAction, to: &RelPath, detail: Option<String>) {
        if self.tally.conflict() {
            let item = self.item(met, act, to, detail);
            self.tally.conflict_items.push(item);
        }
    }

    fn refuse(&mut self, met: &Met<'_>, to: &RelPath, detail: Option<String>) {
        if self.tally.refused() {
            let item = self.item(met, PlanAction::Refused, to, detail);
            self.tally.refused.items.push(item);
        }
    }

    fn item(&self, met: &Met<'_>, act: PlanAction, to: &RelPath, detail: Option<String>) -> PlanItem {
        PlanItem {
            kind: Some(met.source.kind),
            size: if met.source.kind == Kind::Directory { 0 } else { met.source.size },
            modified: met.source.mtime.timestamp(),
            existing: met.there.map(Existing::from),
            not_kept: met.not_kept.iter().cloned().map(NotKeptView::from).collect(),
            ..self.blank(met.from, to, act, detail)
        }
    }

    fn blank(&self, from: &RelPath, to: &RelPath, act: PlanAction, detail: Option<String>) -> PlanItem {
        PlanItem {
            path: from.clone(),
            target_dataset: self.target.clone(),
            target_path: to.clone(),
            target_name: shown(self.target, to),
            kind: None,
            size: 0,
            modified: None,
            action: act,
            detail,
            existing: None,
            method: self.method,
            not_kept: Vec::new(),
            contents: None,
            aside: None,
        }
    }
}
