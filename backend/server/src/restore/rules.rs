//! The decisions of a restore, the same for its plan and for its job.

use nasman_core::{
    EntryName,
    restore::{Action, ConflictPolicy, Left, Looks, Policies, Refused, beside, decide},
};
use nasman_zfs::files::{
    Expected, Kind, Stat,
    tree::{Deed, Met},
};

use super::model::PlanAction;

/// By what a restore decides.
pub(super) struct Rules<'a> {
    pub policies: &'a Policies,
    /// Tells a second copy from the first: the snapshot's time.
    pub label: &'a str,
}

/// What is to be done with an entry.
#[derive(Debug)]
pub(super) enum Decided {
    /// This deed.
    Do(Deed),
    /// Nothing, for this reason.
    Leave(Left),
    /// It can't be done as the policy says.
    Refuse(Refused),
}

impl Rules<'_> {
    /// Decides about an entry. `taken`: names that the folder does not have yet, but will.
    pub(super) fn decide(&self, met: &Met<'_>, taken: impl Fn(&EntryName) -> bool) -> Decided {
        let policy = self.policies.of(met.from);
        let merge = Deed::Merge { like_source: policy.folders_as_they_were() };
        let Some(name) = met.to.name() else {
            // The dataset's root is always there.
            let folder = met.source.kind == Kind::Directory;
            return if folder { Decided::Do(merge) } else { Decided::Refuse(Refused::FolderInTheWay) };
        };
        let there = met.there.map(looks);
        let taken = |name: &EntryName| taken(name) || met.is_taken(name);
        match decide(policy, &looks(met.source), there.as_ref(), &name, self.label, taken) {
            Ok(Action::Create) => Decided::Do(Deed::Create),
            Ok(Action::KeepBoth(name)) => Decided::Do(Deed::KeepBoth(name)),
            Ok(Action::Replace) => match met.there {
                Some(there) => Decided::Do(Deed::Replace(Expected::from(there))),
                None => Decided::Do(Deed::Create),
            },
            Ok(Action::Merge) => Decided::Do(merge),
            Ok(Action::Skip(left)) => Decided::Leave(left),
            Err(refused) => Decided::Refuse(refused),
        }
    }

    /// Decides about an entry whose place another one gets that is restored along: nothing of both is lost.
    pub(super) fn decide_second(&self, met: &Met<'_>, taken: impl Fn(&EntryName) -> bool) -> Decided {
        let Some(name) = met.to.name().filter(|_| self.policies.of(met.from) != ConflictPolicy::Skip) else {
            return Decided::Leave(Left::Asked);
        };
        match beside(&name, self.label, |name| taken(name) || met.is_taken(name)) {
            Ok(name) => Decided::Do(Deed::KeepBoth(name)),
            Err(refused) => Decided::Refuse(refused),
        }
    }
}

pub(super) const fn looks(stat: &Stat) -> Looks {
    Looks { kind: stat.kind, size: stat.size, mtime: stat.mtime, mountpoint: stat.mountpoint }
}

/// The word for a deed.
pub(super) const fn action(deed: &Deed) -> PlanAction {
    match deed {
        Deed::Create => PlanAction::Create,
        Deed::KeepBoth(_) => PlanAction::KeepBoth,
        Deed::Replace(_) => PlanAction::Replace,
        Deed::Merge { .. } => PlanAction::Merge,
        Deed::Skip | Deed::Stands(_) => PlanAction::Skip,
    }
}

/// Why something is left, for people.
pub(super) const fn why_left(left: Left) -> &'static str {
    match left {
        Left::Same => "the same is there already",
        Left::Newer => "what is there is as new, or newer",
        Left::Asked => "something is there already",
    }
}
