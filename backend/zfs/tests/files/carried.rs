//! A restore of trees as the tests drive it: decides by a closure, remembers all that it is told.

use std::ops::ControlFlow;

use nasman_core::{EntryName, RelPath};
use nasman_zfs::files::{
    RestoreError, Stat,
    tree::{Carry, Decide, Deed, Done, Mark, Met, Outcome, Placing, Standing, Survey},
};

use crate::common::{Bench, name, path};

/// The name of the hidden folder.
pub(crate) const HIDDEN: &str = ".nasman-restore-1";

pub(crate) type Decision<'a> = Box<dyn FnMut(&Met<'_>) -> Deed + 'a>;

pub(crate) struct Carrier<'a> {
    pub(crate) decision: Decision<'a>,
    pub(crate) done: Vec<Done>,
    pub(crate) undone: Vec<RelPath>,
    pub(crate) staging: Vec<RelPath>,
    pub(crate) placed: Vec<Vec<Placing>>,
    pub(crate) bytes: u64,
    /// After so many calls of `progress` the restore is stopped.
    pub(crate) stop_after: Option<usize>,
    pub(crate) calls: usize,
    pub(crate) refuse_marks: bool,
}

/// Replaces what can be, merges folders that become like the source's.
pub(crate) fn overwrite(met: &Met<'_>) -> Deed {
    match (met.standing(), met.there) {
        (Standing::Nothing, _) => Deed::Create,
        (Standing::Folder, _) => Deed::Merge { like_source: true },
        (Standing::Replaceable, Some(there)) => Deed::Replace(there.into()),
        _ => Deed::Skip,
    }
}

/// Merges folders, and gives all else that is in the way a second copy.
pub(crate) fn keep_both(met: &Met<'_>) -> Deed {
    match met.standing() {
        Standing::Nothing => Deed::Create,
        Standing::Folder => Deed::Merge { like_source: false },
        _ => {
            let second = |n: u32| {
                let own = met.to.name().unwrap();
                EntryName::new([own.as_bytes(), format!(" ({n})").as_bytes()].concat()).unwrap()
            };
            Deed::KeepBoth((1..).map(second).find(|name| !met.is_taken(name)).unwrap())
        }
    }
}

impl<'a> Carrier<'a> {
    pub(crate) fn new(decision: impl FnMut(&Met<'_>) -> Deed + 'a) -> Self {
        Self {
            decision: Box::new(decision),
            done: Vec::new(),
            undone: Vec::new(),
            staging: Vec::new(),
            placed: Vec::new(),
            bytes: 0,
            stop_after: None,
            calls: 0,
            refuse_marks: false,
        }
    }

    pub(crate) fn outcome(&self, from: &str) -> &Outcome {
        let done: Vec<_> = self.done.iter().filter(|done| done.from == path(from)).collect();
        assert_eq!(done.len(), 1, "{from} is told once: {done:?}");
        &done[0].outcome
    }

    pub(crate) fn failures(&self) -> Vec<(String, RestoreError)> {
        let failed = |done: &Done| match &done.outcome {
            Outcome::Failed(error) => Some((done.from.display(), error.clone())),
            _ => None,
        };
        self.done.iter().filter_map(failed).collect()
    }

    pub(crate) fn not_kept(&self, from: &str) -> Vec<&str> {
        match self.outcome(from) {
            Outcome::Made { not_kept, .. } | Outcome::Merged { not_kept } => crate::common::lacks(not_kept),
            other => panic!("{from}: {other:?}"),
        }
    }
}

impl Decide for Carrier<'_> {
    fn decide(&mut self, met: &Met<'_>) -> Deed {
        (self.decision)(met)
    }
}

impl Carry for Carrier<'_> {
    fn mark(&mut self, mark: &Mark<'_>) -> Result<(), RestoreError> {
        match mark {
            Mark::Staging(path) => self.staging.push((*path).clone()),
            Mark::Placing(_) if self.refuse_marks => return Err(RestoreError::NoName),
            Mark::Placing(placings) => self.placed.push(placings.to_vec()),
        }
        Ok(())
    }

    fn done(&mut self, done: Done) {
        self.done.push(done);
    }

    fn undone(&mut self, to: &RelPath) {
        self.undone.push(to.clone());
    }

    fn progress(&mut self, bytes: u64) -> ControlFlow<()> {
        self.bytes += bytes;
        self.calls += 1;
        if self.stop_after.is_some_and(|after| self.calls > after) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// What a survey told.
pub(crate) struct Surveyed<'a> {
    pub(crate) decision: Decision<'a>,
    /// In the source, whether something is there, and what would be lost.
    pub(crate) met: Vec<(String, bool, Vec<String>)>,
    pub(crate) refused: Vec<(String, RestoreError)>,
    pub(crate) added: Vec<String>,
    pub(crate) stop_after: Option<usize>,
}

impl<'a> Surveyed<'a> {
    pub(crate) fn new(decision: impl FnMut(&Met<'_>) -> Deed + 'a) -> Self {
        let (met, refused, added) = (Vec::new(), Vec::new(), Vec::new());
        Self { decision: Box::new(decision), met, refused, added, stop_after: None }
    }
}

impl Decide for Surveyed<'_> {
    fn decide(&mut self, met: &Met<'_>) -> Deed {
        let lost = met.not_kept.iter().map(|lost| lost.what.clone()).collect();
        self.met.push((met.from.display(), met.there.is_some(), lost));
        (self.decision)(met)
    }
}

impl Survey for Surveyed<'_> {
    fn refused(&mut self, from: &RelPath, _: &RelPath, error: RestoreError) {
        self.refused.push((from.display(), error));
    }

    fn added(&mut self, path: &RelPath, _: &Stat) {
        self.added.push(path.display());
    }

    fn go_on(&mut self) -> ControlFlow<()> {
        match self.stop_after {
            Some(after) if self.met.len() >= after => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

impl Bench {
    /// Restores one tree and ends the restore.
    pub(crate) fn tree(&self, from: &str, to: &str, carrier: &mut Carrier<'_>) -> Result<(), RestoreError> {
        self.trees(&[(from, to)], false, carrier)
    }

    /// The same for several trees.
    pub(crate) fn trees(
        &self,
        trees: &[(&str, &str)],
        keep_setid: bool,
        carrier: &mut Carrier<'_>,
    ) -> Result<(), RestoreError> {
        let hidden = name(HIDDEN);
        let mut restore =
            nasman_zfs::files::tree::Trees::new(&self.source, &self.target, &hidden, keep_setid);
        let done = trees.iter().try_for_each(|(from, to)| restore.restore(&path(from), &path(to), carrier));
        restore.finish().unwrap();
        done
    }
}
