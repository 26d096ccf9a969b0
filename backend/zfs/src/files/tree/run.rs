//! Carries out a tree, entry by entry, with one opened folder of each side a level.

use std::{os::fd::OwnedFd, rc::Rc};

use nasman_core::{Kind, RelPath};
use rustix::io::Errno;

use super::super::{
    RestoreError, Stat,
    restore::{Put, copy::Paths, parents::deepest},
};
use super::{
    Carry, Deed, Outcome,
    folder::Level,
    item::{Folders, Item},
    make::{Made, Original},
    put::{Pending, Spot},
    trees::Trees,
};

pub(super) struct Run<'t, 'r> {
    pub(super) trees: &'t mut Trees<'r>,
    pub(super) carry: &'t mut dyn Carry,
    /// The deepest folder that exists on the way: the hidden folder is made there.
    pub(super) ground: RelPath,
}

/// Ends the restore.
pub(super) struct Stop {
    pub(super) error: RestoreError,
    /// Nothing more can be marked, so nothing more may be done.
    pub(super) unmarked: bool,
}

impl<'t, 'r> Run<'t, 'r> {
    pub(super) fn new(trees: &'t mut Trees<'r>, carry: &'t mut dyn Carry) -> Self {
        Self { trees, carry, ground: RelPath::root() }
    }

    /// Restores one tree.
    pub(super) fn tree(&mut self, from: &RelPath, to: &RelPath) -> Result<(), RestoreError> {
        let mut levels = Vec::new();
        self.all(&mut levels, from, to).map_err(|stop| {
            self.stopped(&mut levels, &stop);
            stop.error
        })
    }

    fn all(&mut self, levels: &mut Vec<Level>, from: &RelPath, to: &RelPath) -> Result<(), Stop> {
        self.begin(levels, from, to)?;
        while let Some(mut level) = levels.pop() {
            let Some(name) = level.names.next() else {
                if let Err(stop) = self.make_waiting(&mut level) {
                    // What is complete in it gets its names all the same.
                    levels.push(level);
                    return Err(stop);
                }
                self.leave(level, levels.last_mut())?;
                continue;
            };
            let stepped = match Item::inside(&level.from, &level.to, name) {
                Ok(item) => self.step_inside(&mut level, item),
                Err(error) => self.failed(level.from.clone(), level.to.clone(), None, error).map(|()| None),
            };
            levels.push(level);
            levels.extend(stepped?);
            self.go_on()?;
        }
        Ok(())
    }

    /// Opens the way to the entry, makes what is missing of it, and takes the entry itself.
    fn begin(&mut self, levels: &mut Vec<Level>, from: &RelPath, to: &RelPath) -> Result<(), Stop> {
        let (source, folder, missing) = match self.open_way(from, to) {
            Ok(way) => way,
            Err(error) => return self.failed(from.clone(), to.clone(), None, error),
        };
        let above = to.parent().unwrap_or_default();
        self.ground = missing.first().map_or(Some(above), RelPath::parent).unwrap_or_default();
        levels.push(Level::base(folder, self.ground.clone()));
        for path in missing {
            self.ready()?;
            match levels.last().map(|above| self.make_way(above, &path, from, to)) {
                Some(Ok(level)) => levels.push(level),
                Some(Err(error)) => return self.failed(from.clone(), to.clone(), None, error),
                None => {}
            }
        }
        let item = Item { name: from.name(), from: from.clone(), to: to.clone() };
        if let Some(level) = levels.last_mut() {
            let next = self.step(level, &source, item)?;
            levels.extend(next);
        }
        self.go_on()
    }

    /// The folder that holds the entry, the deepest one there is on the way to its place, and those missing.
    fn open_way(
        &self,
        from: &RelPath,
        to: &RelPath,
    ) -> Result<(OwnedFd, OwnedFd, Vec<RelPath>), RestoreError> {
        self.trees.source.stat(from).map_err(RestoreError::Source)?;
        self.trees.target.refuse_control(to).map_err(RestoreError::Target)?;
        let source = self.trees.source.parent_folder(from).map_err(RestoreError::Source)?;
        let (folder, missing) =
            deepest(self.trees.target, to.parent().unwrap_or_default()).map_err(RestoreError::Target)?;
        Ok((source, folder, missing))
    }

    fn step_inside(&mut self, level: &mut Level, item: Item) -> Result<Option<Level>, Stop> {
        match level.source.as_ref().map(|(source, _)| Rc::clone(source)) {
            Some(source) => self.step(level, &source, item),
            None => Ok(None),
        }
    }

    /// Takes one entry. Answers with the folder to go on in.
    fn step(&mut self, level: &mut Level, folder: &OwnedFd, item: Item) -> Result<Option<Level>, Stop> {
        let looked = item
            .look(self.trees.source, folder)
            .and_then(|stat| Ok((item.there(self.trees.target, level.live.then_some(&level.target))?, stat)));
        let (there, stat) = match looked {
            Ok(looked) => looked,
            Err(error) => return self.failed(item.from, item.to, None, error).map(|()| None),
        };
        let folders = Folders {
            source: self.trees.source,
            target: self.trees.target,
            // Names of a folder on the way are not all restored.
            from: level.holds_all().then_some(folder),
            to: Some(&level.target),
        };
        let deed = folders.decide(self.carry, &item, &stat, there.as_ref(), &[], &mut level.given);
        if let Deed::Stands(name) = &deed {
            self.stands(level, folder, &item, &stat, name)?;
        }
        if matches!(deed, Deed::Skip | Deed::Stands(_)) {
            self.told(item.from, item.to, stat.kind, Outcome::Skipped);
            return Ok(None);
        }
        match self.carry_out(level, folder, &item, &stat, there.as_ref(), deed)? {
            Ok(entered) => {
                self.flush_many(level)?;
                Ok(entered)
            }
            Err(error) => self.failed(item.from, item.to, Some(stat.kind), error).map(|()| None),
        }
    }

    /// Does what was decided, if that is still possible.
    fn carry_out(
        &mut self,
        level: &mut Level,
        folder: &OwnedFd,
        item: &Item,
        stat: &Stat,
        there: Option<&Stat>,
        deed: Deed,
    ) -> Result<Result<Option<Level>, RestoreError>, Stop> {
        if let Deed::Merge { like_source } = deed {
            self.make_waiting(level)?;
            self.flush(level)?;
            return Ok(self.enter(level, folder, item, stat, there, like_source).map(Some));
        }
        let spot = match self.spot(level, item, deed, there, stat.kind) {
            Ok(spot) => spot,
            Err(error) => return Ok(Err(error)),
        };
        self.ready()?;
        if stat.kind == Kind::Directory {
            self.make_waiting(level)?;
            self.flush(level)?;
            return Ok(self.begin_folder(level, folder, item, stat, spot).map(Some));
        }
        if Self::may_wait(level, folder, stat) {
            let waits = self.wait(level, item, stat, spot);
            self.make_many(level)?;
            return Ok(waits.map(|()| None));
        }
        Ok(self.one(level, folder, item, stat, spot).map(|()| None))
    }

    /// The name that something new is to get, by what was decided.
    fn spot(
        &self,
        level: &Level,
        item: &Item,
        deed: Deed,
        there: Option<&Stat>,
        kind: Kind,
    ) -> Result<Spot, RestoreError> {
        let Some(own) = item.to.name() else { return Err(RestoreError::NoName) };
        let (name, path, put) = match deed {
            Deed::KeepBoth(name) => {
                let path =
                    level.to.join(&name).map_err(|_| RestoreError::write(&level.to, Errno::NAMETOOLONG))?;
                (name, path, Put::New)
            }
            Deed::Replace(_) if there.is_none() => {
                return Err(RestoreError::Changed { path: item.to.clone() });
            }
            Deed::Replace(expected) => (own, item.to.clone(), Put::Replace(expected)),
            Deed::Create | Deed::Merge { .. } | Deed::Skip | Deed::Stands(_) => {
                if there.is_some() {
                    return Err(RestoreError::Exists { path: item.to.clone() });
                }
                (own, item.to.clone(), Put::New)
            }
        };
        let spot = Spot { name, path, put };
        if level.live {
            self.trees.target.refuse_control(&spot.path).map_err(RestoreError::Target)?;
            spot.place(self.trees.target, &level.target).check(kind)?;
        }
        Ok(spot)
    }

    /// Makes a file, link or pipe: in the hidden folder, where the folder it goes to is there for all to see.
    fn one(
        &mut self,
        level: &mut Level,
        folder: &OwnedFd,
        item: &Item,
        stat: &Stat,
        spot: Spot,
    ) -> Result<(), RestoreError> {
        let Some(name) = &item.name else { return Err(RestoreError::NoName) };
        let (source, target, keep_setid) = (self.trees.source, self.trees.target, self.trees.keep_setid);
        let (staging, links) = self.trees.made()?;
        let (holder, temp) = (level.holder(staging), level.temp(staging, &spot)?);
        let again = links.again(stat, staging, (holder, &temp));
        let made = match again.map_err(|errno| RestoreError::write(&spot.path, errno))? {
            Some(made) => Made { made, bytes: 0, means: None, not_kept: Vec::new() },
            None => {
                let paths = Paths { from: &item.from, to: &spot.path };
                let original = Original { root: source, folder, name, stat, paths };
                let (mut before, carry) = (0, &mut *self.carry);
                let made = original.make(target, (holder, &temp), keep_setid, &mut |done| {
                    let more = done - before;
                    before = done;
                    carry.progress(more)
                })?;
                // A hole at the end; whether to stop is asked after each entry.
                let _ = carry.progress(made.bytes.saturating_sub(before));
                links.note(stat, made.made, staging, (holder, &temp))?;
                made
            }
        };
        self.complete(level, Pending::new(item.from.clone(), stat.kind, spot, temp, made));
        Ok(())
    }
}
