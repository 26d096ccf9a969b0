//! What a killed run of a restore left: what is there is recorded, what was not complete goes.

use nasman_core::{Kind, RelPath};
use nasman_zfs::files::{Expected, Root, tree};

use super::{
    super::{model::PlanAction, result::More},
    aside::aside_item,
    marks::Place,
    record::{Made, Record},
};
use crate::http::error::ApiResult;

/// Afterwards the record has all that is there, and nothing is left half done.
///
/// # Errors
/// When something can't be removed or stored; then it can be done again.
pub(super) fn settle(record: &mut Record<'_>, target: &Root) -> ApiResult<()> {
    if let Some(staging) = &record.marks.staging {
        tree::remove_staging(target, staging)?;
    }
    let (folders, others): (Vec<_>, Vec<_>) = std::mem::take(&mut record.marks.placing)
        .into_iter()
        .filter(|place| is_there(target, &place.to, place.kind, &place.made))
        .partition(|place| place.kind == Kind::Directory);
    folders.iter().try_for_each(|place| placed(record, place))?;
    // In new folders that did not get their names. Before anything else is noted, which else would seem to be in one.
    record.catalog().forget_pending_restored(record.id, &RelPath::root())?;
    others.iter().try_for_each(|place| placed(record, place))?;
    for moving in std::mem::take(&mut record.marks.moving) {
        let moved = is_there(target, &moving.to, moving.kind, &moving.is);
        if moved && !record.was_restored(&moving.entry, &moving.to)? {
            let to = moving.to.clone();
            record.note(aside_item(&moving, &to))?;
        }
    }
    record.marks.staging = None;
    record.mark()
}

fn placed(record: &mut Record<'_>, place: &Place) -> ApiResult<()> {
    if !record.was_restored(&place.from, &place.to)? {
        let beside = place.from.name() != place.to.name();
        let made = Made {
            from: &place.from,
            to: &place.to,
            kind: place.kind,
            made: place.made,
            action: match (place.replaces, beside) {
                (true, _) => PlanAction::Replace,
                (false, true) => PlanAction::KeepBoth,
                (false, false) => PlanAction::Create,
            },
            bytes: if place.kind == Kind::File { place.made.size } else { 0 },
            more: More::default(),
        };
        record.note(made.into_item())?;
    }
    if place.kind == Kind::Directory {
        record.flush()?;
        record.catalog().settle_restored(record.id)?;
    }
    Ok(())
}

/// Whether this very thing is there; of a folder the inode tells.
fn is_there(target: &Root, path: &RelPath, kind: Kind, made: &Expected) -> bool {
    let there = target.stat(path).ok().filter(|there| there.kind == kind);
    there.is_some_and(|there| match kind {
        Kind::Directory => there.inode == made.inode,
        _ => Expected::from(&there) == *made,
    })
}
