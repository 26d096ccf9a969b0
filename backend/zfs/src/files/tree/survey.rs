//! A look ahead at a whole tree, for the plan. Changes nothing.

use std::{collections::HashSet, ops::ControlFlow, os::fd::OwnedFd, vec};

use nasman_core::{EntryName, Kind, RelPath};

use super::super::{
    Finding, NotKept, RestoreError, Root, Stat,
    restore::{
        copy::Paths,
        meta,
        parents::deepest,
        preview::{may_chown, told_by_state},
    },
};
use super::{
    Decide, Deed,
    item::{Folders, Item, open_folder},
    make::Original,
};

/// What to look at beyond names and states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Whether to tell what is in the target's folders and not in the source's ([`Survey::added`]).
    pub added: bool,
    /// Whether to look at each entry's attributes, flags and rights for what would be lost ([`super::Met::not_kept`]).
    pub not_kept: bool,
    /// Whether setuid, setgid and file capabilities are to come back.
    pub keep_setid: bool,
}

/// Listens to a survey. The answers to [`Decide::decide`] say where it goes on: a merged folder is compared with
/// the one there, what is in a new one meets nothing, a skipped one is not entered.
pub trait Survey: Decide {
    /// An entry that can't be restored: a socket or device, or one that can't be read. Not decided about.
    fn refused(&mut self, from: &RelPath, to: &RelPath, error: RestoreError);

    /// An entry of a folder that is merged, which the source's folder does not have. Of a folder only itself is told.
    fn added(&mut self, path: &RelPath, there: &Stat);

    /// After each entry; can stop the survey.
    fn go_on(&mut self) -> ControlFlow<()>;
}

/// Goes through the entry `from` of the source and all that is in it, in the order in which a restore would. Takes
/// memory for the names of one folder on each level.
///
/// # Errors
/// [`RestoreError::Canceled`]. All else is told to the visitor.
pub fn survey(
    source: &Root,
    from: &RelPath,
    target: &Root,
    to: &RelPath,
    look: Look,
    visitor: &mut dyn Survey,
) -> Result<(), RestoreError> {
    Surveyor { source, target, look, may_chown: may_chown(), visitor }.tree(from, to)
}

struct Surveyor<'a> {
    source: &'a Root,
    target: &'a Root,
    look: Look,
    may_chown: bool,
    visitor: &'a mut dyn Survey,
}

/// A folder that is gone through.
struct Level {
    source: OwnedFd,
    /// Absent where it would be made.
    target: Option<OwnedFd>,
    from: RelPath,
    to: RelPath,
    names: vec::IntoIter<EntryName>,
    given: HashSet<EntryName>,
    /// Whether all names of the source's folder go to that of the target.
    all: bool,
}

impl Level {
    fn new(
        source: OwnedFd,
        target: Option<OwnedFd>,
        (from, to): (RelPath, RelPath),
        names: Vec<EntryName>,
    ) -> Self {
        Self { source, target, from, to, names: names.into_iter(), given: HashSet::new(), all: true }
    }
}

impl Surveyor<'_> {
    fn tree(&mut self, from: &RelPath, to: &RelPath) -> Result<(), RestoreError> {
        let item = Item { name: from.name(), from: from.clone(), to: to.clone() };
        let (mut base, ground) = match self.open_way(from, to) {
            Ok(way) => way,
            Err(error) => {
                self.visitor.refused(from, to, error);
                return Ok(());
            }
        };
        let mut levels = Vec::new();
        let next = self.step(&mut base, &ground, &item, true);
        levels.extend(next);
        self.go_on()?;
        while let Some(level) = levels.last_mut() {
            let Some(name) = level.names.next() else {
                levels.pop();
                continue;
            };
            let next = match Item::inside(&level.from, &level.to, name) {
                Ok(item) => self.step(level, &ground, &item, false),
                Err(error) => {
                    self.visitor.refused(&level.from, &level.to, error);
                    None
                }
            };
            levels.extend(next);
            self.go_on()?;
        }
        Ok(())
    }

    fn go_on(&mut self) -> Result<(), RestoreError> {
        if self.visitor.go_on().is_break() { Err(RestoreError::Canceled) } else { Ok(()) }
    }

    /// The folders that hold the entry and its place, and the deepest one there is on the way to the latter.
    fn open_way(&self, from: &RelPath, to: &RelPath) -> Result<(Level, OwnedFd), RestoreError> {
        self.source.stat(from).map_err(RestoreError::Source)?;
        self.target.refuse_control(to).map_err(RestoreError::Target)?;
        let source = self.source.parent_folder(from).map_err(RestoreError::Source)?;
        let above = to.parent().unwrap_or_default();
        let (ground, missing) = deepest(self.target, above.clone()).map_err(RestoreError::Target)?;
        let target = if missing.is_empty() {
            Some(self.target.open_folder(&above).map_err(RestoreError::Target)?)
        } else {
            None
        };
        let paths = (from.parent().unwrap_or_default(), above);
        Ok((Level { all: false, ..Level::new(source, target, paths, Vec::new()) }, ground))
    }

    /// Takes one entry. Answers with the folder to go on in. `ground` is a folder of the target's filesystem.
    fn step(&mut self, level: &mut Level, ground: &OwnedFd, item: &Item, top: bool) -> Option<Level> {
        let looked = item.look(self.source, &level.source).and_then(|stat| {
            let there = item.there(self.target, level.target.as_ref())?;
            let lost = self.would_lose(level, ground, item, &stat, top)?;
            Ok((stat, there, lost))
        });
        let (stat, there, lost) = match looked {
            Ok(looked) => looked,
            Err(error) => {
                self.visitor.refused(&item.from, &item.to, error);
                return None;
            }
        };
        let folders = Folders {
            source: self.source,
            target: self.target,
            from: level.all.then_some(&level.source),
            to: level.target.as_ref(),
        };
        let deed = folders.decide(self.visitor, item, &stat, there.as_ref(), &lost, &mut level.given);
        let to = match &deed {
            Deed::Skip | Deed::Stands(_) => return None,
            Deed::KeepBoth(name) => level.to.join(name).unwrap_or_else(|_| item.to.clone()),
            _ => item.to.clone(),
        };
        if stat.kind != Kind::Directory {
            return None;
        }
        let merged = matches!(deed, Deed::Merge { .. });
        self.enter(level, item, to.clone(), merged)
            .map_err(|error| self.visitor.refused(&item.from, &to, error))
            .ok()
    }

    fn enter(
        &mut self,
        level: &Level,
        item: &Item,
        to: RelPath,
        merged: bool,
    ) -> Result<Level, RestoreError> {
        let mut findings = Vec::new();
        let (source, names) = item.open(self.source, &level.source, &mut findings)?;
        for Finding { path, error } in findings {
            self.visitor.refused(&path, &to, RestoreError::Source(error));
        }
        let target = match &level.target {
            Some(above) if merged => {
                let opened = open_folder(self.target, above, to.name().as_ref(), &to);
                Some(opened.map_err(RestoreError::Target)?)
            }
            _ => None,
        };
        if let (true, Some(target)) = (self.look.added, &target) {
            self.tell_added(&names, target, &to)?;
        }
        Ok(Level::new(source, target, (item.from.clone(), to), names))
    }

    /// What the target's folder has beyond the source's.
    fn tell_added(
        &mut self,
        names: &[EntryName],
        target: &OwnedFd,
        to: &RelPath,
    ) -> Result<(), RestoreError> {
        let theirs: HashSet<&EntryName> = names.iter().collect();
        let mut findings = Vec::new();
        let there = self.target.names(target, to, &mut findings).map_err(RestoreError::Target)?;
        for name in there.into_iter().map(|cursor| cursor.name).filter(|name| !theirs.contains(name)) {
            // Gone this moment, or too long a path to be told of: not there, for all that can be done about it.
            if let (Ok(path), Ok(stat)) = (to.join(&name), self.target.stat_at(target, Some(&name))) {
                self.visitor.added(&path, &stat);
            }
        }
        Ok(())
    }

    fn would_lose(
        &self,
        level: &Level,
        ground: &OwnedFd,
        item: &Item,
        stat: &Stat,
        top: bool,
    ) -> Result<Vec<NotKept>, RestoreError> {
        if !self.look.not_kept {
            return Ok(Vec::new());
        }
        let mut lost = told_by_state(stat, self.may_chown, self.look.keep_setid);
        // Alone it surely loses its other names; in a folder they mostly come with it.
        lost.extend(meta::hard_link(stat).filter(|_| top));
        let Some(name) = &item.name else { return Ok(lost) };
        let paths = Paths { from: &item.from, to: &item.to };
        let original = Original { root: self.source, folder: &level.source, name, stat, paths };
        let on = level.target.as_ref().unwrap_or(ground);
        lost.extend(original.would_lose(on, self.look.keep_setid)?);
        Ok(lost)
    }
}
