//! What came into folders since is moved aside, before anything is restored.

use std::ops::ControlFlow;

use nasman_catalog::NewRestoreItem;
use nasman_core::RelPath;
use nasman_zfs::files::{
    Expected, RestoreError, Root, Stat,
    tree::{self, Decide, Deed, Done, Look, Met, Standing, Survey},
};

use super::{
    super::{model::PlanAction, order::OrderItem, result::More},
    carry::Carrier,
    is_hidden,
    marks::Move,
    record::Made,
};
use crate::http::error::{ApiError, ApiResult};

/// Moved with one mark.
const BATCH: usize = 256;

/// Moves aside what was added to the folders of the order since.
pub(super) fn move_all(carrier: &mut Carrier<'_>, source: &Root, target: &Root) -> ApiResult<()> {
    if carrier.record.marks.moved {
        return Ok(());
    }
    let order = carrier.order;
    for item in order.items.iter().filter(|item| item.aside.is_some()) {
        let mut mover = Mover { carrier: &mut *carrier, item, target, waiting: Vec::new(), fault: None };
        let look = Look { added: true, ..Look::default() };
        let surveyed = tree::survey(source, &item.from, target, &item.to, look, &mut mover);
        mover.fault.take().map_or(Ok(()), Err)?;
        surveyed?;
        mover.flush()?;
    }
    carrier.record.marks.moving = Vec::new();
    carrier.record.marks.moved = true;
    carrier.record.mark()
}

struct Mover<'a, 'b> {
    carrier: &'a mut Carrier<'b>,
    item: &'a OrderItem,
    target: &'a Root,
    waiting: Vec<Move>,
    fault: Option<ApiError>,
}

impl Mover<'_, '_> {
    fn flush(&mut self) -> ApiResult<()> {
        let moves = std::mem::take(&mut self.waiting);
        self.carrier.record.marks.moving.clone_from(&moves);
        self.carrier.record.mark()?;
        for moving in moves {
            self.one(&moving)?;
        }
        self.carrier.record.flush()
    }

    fn one(&mut self, moving: &Move) -> ApiResult<()> {
        let Some(aside) = self.item.aside_name() else { return Ok(()) };
        let moved = tree::move_aside(self.target, &self.item.to, &moving.entry, &moving.is, &aside);
        match moved {
            Ok(to) => self.carrier.record.note(aside_item(moving, &to)),
            Err(error @ (RestoreError::NoSpace { .. } | RestoreError::ReadOnly { .. })) => Err(error.into()),
            Err(error) => {
                let done = Done {
                    from: moving.entry.clone(),
                    to: moving.to.clone(),
                    kind: Some(moving.kind),
                    outcome: tree::Outcome::Skipped,
                };
                self.carrier.failed(&done, error.into());
                Ok(())
            }
        }
    }

    fn place(&self, entry: &RelPath) -> ApiResult<RelPath> {
        let aside = self.item.aside.clone().unwrap_or_default();
        let mut inside = entry.names().skip(self.item.to.names().count());
        Ok(inside.try_fold(aside, |path, name| path.join(&name))?)
    }
}

/// What the record has of something that was moved aside.
pub(super) fn aside_item(moving: &Move, to: &RelPath) -> NewRestoreItem {
    let made = Made {
        from: &moving.entry,
        to,
        kind: moving.kind,
        made: moving.is,
        action: PlanAction::MoveAside,
        bytes: 0,
        more: More::default(),
    };
    made.into_item()
}

impl Decide for Mover<'_, '_> {
    fn decide(&mut self, met: &Met<'_>) -> Deed {
        // Only folders that are in both have anything added to them.
        if met.standing() == Standing::Folder { Deed::Merge { like_source: false } } else { Deed::Skip }
    }
}

impl Survey for Mover<'_, '_> {
    fn refused(&mut self, _from: &RelPath, _to: &RelPath, _error: RestoreError) {}

    fn added(&mut self, path: &RelPath, there: &Stat) {
        if is_hidden(path) {
            return;
        }
        let moved = self.place(path).and_then(|to| {
            let is = Expected::from(there);
            self.waiting.push(Move { entry: path.clone(), kind: there.kind, is, to });
            if self.waiting.len() < BATCH { Ok(()) } else { self.flush() }
        });
        if let Err(error) = moved {
            self.fault.get_or_insert(error);
        }
    }

    fn go_on(&mut self) -> ControlFlow<()> {
        if self.fault.is_some() || self.carrier.context.should_stop() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
