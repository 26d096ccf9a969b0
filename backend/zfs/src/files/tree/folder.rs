//! Folders: made with what is in them, or entered where they are; and what remains to do at their end.

use std::{collections::HashSet, os::fd::OwnedFd, rc::Rc, vec};

use nasman_core::{EntryName, Kind, RelPath};
use rustix::fs::{Mode, mkdirat};

use super::super::{
    Expected, FileError, NotKept, RestoreError, Root, Stat,
    restore::{
        Put,
        handle::Handle,
        meta::{self, Before},
        parents::counterpart,
    },
};
use super::{
    Outcome,
    item::Item,
    make::Made,
    put::{Pending, Spot},
    run::{Run, Stop},
    staging::{Staging, remove_all},
    together::Waiting,
};

/// A folder that is worked on.
pub(super) struct Level {
    /// The folder of the source; absent for one on the way that the source does not have.
    pub(super) source: Option<(Rc<OwnedFd>, Stat)>,
    pub(super) target: OwnedFd,
    pub(super) from: RelPath,
    pub(super) to: RelPath,
    pub(super) names: vec::IntoIter<EntryName>,
    /// Whether it is in its place, for all to see; else it is in the hidden folder.
    pub(super) live: bool,
    /// Files that are yet to be made.
    pub(super) waiting: Vec<Waiting>,
    pub(super) pending: Vec<Pending>,
    /// Names given to second copies.
    pub(super) given: HashSet<EntryName>,
    /// Something came to be in it.
    pub(super) used: bool,
    end: End,
}

/// What remains to do once all in a folder is done.
enum End {
    Nothing,
    Merged { like_source: bool },
    New { temp: EntryName, spot: Spot, way: bool },
}

impl Level {
    fn new(
        source: Option<(OwnedFd, Stat)>,
        target: OwnedFd,
        (from, to): (RelPath, RelPath),
        names: Vec<EntryName>,
        end: End,
    ) -> Self {
        Self {
            source: source.map(|(fd, stat)| (Rc::new(fd), stat)),
            target,
            from,
            to,
            names: names.into_iter(),
            live: !matches!(end, End::New { .. }),
            waiting: Vec::new(),
            pending: Vec::new(),
            given: HashSet::new(),
            used: false,
            end,
        }
    }

    /// The deepest folder that exists on the way.
    pub(super) fn base(target: OwnedFd, to: RelPath) -> Self {
        Self::new(None, target, (RelPath::root(), to), Vec::new(), End::Nothing)
    }

    /// Where what is to be in it is made: in the hidden folder, where it is there for all to see.
    pub(super) fn holder<'a>(&'a self, staging: &'a Staging) -> &'a OwnedFd {
        if self.live { staging.fd() } else { &self.target }
    }

    /// The name that something has there.
    pub(super) fn temp(&self, staging: &Staging, spot: &Spot) -> Result<EntryName, RestoreError> {
        if self.live { staging.next_name() } else { Ok(spot.name.clone()) }
    }

    /// Whether all names of the source's folder are restored to it.
    pub(super) fn holds_all(&self) -> bool {
        matches!(self.end, End::Merged { .. } | End::New { way: false, .. })
    }
}

impl Run<'_, '_> {
    /// Makes a folder on the way: like that of the source, if there is one, else like the one it is in.
    pub(super) fn make_way(
        &mut self,
        above: &Level,
        path: &RelPath,
        from: &RelPath,
        to: &RelPath,
    ) -> Result<Level, RestoreError> {
        let spot = Spot { name: path.name().ok_or(RestoreError::NoName)?, path: path.clone(), put: Put::New };
        let model = counterpart(path, from, to);
        let source = match &model {
            Some(model) => Some(open_model(self.trees.source, model).map_err(RestoreError::Source)?),
            None => None,
        };
        let (target, temp) = self.make_folder(above, &spot)?;
        if source.is_none() {
            inherit(self.trees.target, &above.target, &target);
        }
        let paths = (model.unwrap_or_default(), path.clone());
        Ok(Level::new(source, target, paths, Vec::new(), End::New { temp, spot, way: true }))
    }

    /// Makes a folder that is in nobody's way, to be filled.
    pub(super) fn begin_folder(
        &mut self,
        level: &Level,
        folder: &OwnedFd,
        item: &Item,
        stat: &Stat,
        spot: Spot,
    ) -> Result<Level, RestoreError> {
        let mut findings = Vec::new();
        let (source, names) = item.open(self.trees.source, folder, &mut findings)?;
        let (target, temp) = self.make_folder(level, &spot)?;
        let paths = (item.from.clone(), spot.path.clone());
        let end = End::New { temp, spot, way: false };
        let level = Level::new(Some((source, stat.clone())), target, paths, names, end);
        self.unread(&level, findings);
        Ok(level)
    }

    /// Goes into a folder that is there, if it still is the one that was decided about.
    pub(super) fn enter(
        &mut self,
        level: &Level,
        folder: &OwnedFd,
        item: &Item,
        stat: &Stat,
        there: Option<&Stat>,
        like_source: bool,
    ) -> Result<Level, RestoreError> {
        let mut findings = Vec::new();
        if stat.kind != Kind::Directory {
            return Err(RestoreError::Exists { path: item.to.clone() });
        }
        let target = open_there(self.trees.target, level, &item.to).map_err(RestoreError::Target)?;
        let now = self.trees.target.stat_at(&target, None);
        let now = now.map_err(|errno| RestoreError::Target(FileError::new(&item.to, errno)))?;
        if there.is_none_or(|there| there.inode != now.inode) {
            return Err(RestoreError::Changed { path: item.to.clone() });
        }
        let (source, names) = item.open(self.trees.source, folder, &mut findings)?;
        let paths = (item.from.clone(), item.to.clone());
        let end = End::Merged { like_source };
        let level = Level::new(Some((source, stat.clone())), target, paths, names, end);
        self.unread(&level, findings);
        Ok(level)
    }

    /// For nobody else until it has its original's owner and mode.
    fn make_folder(&mut self, above: &Level, spot: &Spot) -> Result<(OwnedFd, EntryName), RestoreError> {
        let (staging, _) = self.trees.made()?;
        let (holder, temp) = (above.holder(staging), above.temp(staging, spot)?);
        mkdirat(holder, temp.as_os_str(), Mode::RWXU)
            .and_then(|()| Root::open_inside(holder, &temp))
            .map(|fd| (fd, temp))
            .map_err(|errno| RestoreError::write(&spot.path, errno))
    }

    /// What could not be read of a folder's names.
    fn unread(&mut self, level: &Level, findings: Vec<crate::files::Finding>) {
        for finding in findings {
            // Of one entry, so that it never ends the restore.
            let _ = self.failed(finding.path, level.to.clone(), None, RestoreError::Source(finding.error));
        }
    }

    /// All in the folder is done.
    pub(super) fn leave(&mut self, mut level: Level, above: Option<&mut Level>) -> Result<(), Stop> {
        self.flush(&mut level)?;
        match (level.end, above) {
            (End::Nothing, _) | (End::New { .. }, None) => Ok(()),
            (End::Merged { like_source }, _) => {
                let mut not_kept = Vec::new();
                if let (true, Some((source, stat))) = (like_source, &level.source) {
                    self.trees.clear_in(&level.to);
                    not_kept = like(source, stat, &level.target, Before::Stood);
                }
                self.told(level.from, level.to, Kind::Directory, Outcome::Merged { not_kept });
                Ok(())
            }
            (End::New { temp, way: true, .. }, Some(above)) if !level.used => {
                let (staging, _) = self.trees.made()?;
                // Below another new folder it goes with that one, which nothing came to be in either.
                if above.live {
                    staging.discard(&temp);
                }
                Ok(())
            }
            (End::New { temp, spot, .. }, Some(above)) => {
                let not_kept = match &level.source {
                    Some((source, stat)) => like(source, stat, &level.target, Before::Bare),
                    None => Vec::new(),
                };
                match self.trees.target.stat_at(&level.target, None) {
                    Ok(stat) => {
                        let made = Made { made: Expected::from(&stat), bytes: 0, means: None, not_kept };
                        self.complete(above, Pending::new(level.from, Kind::Directory, spot, temp, made));
                        self.flush(above)
                    }
                    Err(errno) => {
                        let (staging, _) = self.trees.made()?;
                        let _ = remove_all(above.holder(staging), &temp);
                        self.carry.undone(&level.to);
                        let error = RestoreError::write(&level.to, errno);
                        self.failed(level.from, level.to, Some(Kind::Directory), error)
                    }
                }
            }
        }
    }
}

/// Owner, mode, attributes and times, last of all: what is made in a folder changes its times.
fn like(source: &OwnedFd, stat: &Stat, target: &OwnedFd, before: Before<'_>) -> Vec<NotKept> {
    let (from, to) = (Handle::open(source), Handle::open(target));
    let mut not_kept = meta::flags(&from);
    // A folder's setgid bit lends nobody rights.
    meta::keep(&from, stat, &to, before, true, &mut not_kept);
    not_kept
}

fn open_model(source: &Root, model: &RelPath) -> Result<(OwnedFd, Stat), FileError> {
    let fd = source.open_folder(model)?;
    let stat = source.stat_at(&fd, None).map_err(|errno| FileError::new(model, errno))?;
    Ok((fd, stat))
}

fn open_there(target: &Root, level: &Level, to: &RelPath) -> Result<OwnedFd, FileError> {
    super::item::open_folder(target, &level.target, to.name().as_ref(), to)
}

/// As if it had been made in its place: like the folder that it will be in. Not ours to give away without privilege;
/// then it is the server's, which is no loss to it.
fn inherit(target: &Root, above: &OwnedFd, made: &OwnedFd) {
    let (above_handle, made) = (Handle::open(above), Handle::open(made));
    if let Ok(stat) = target.stat_at(above, None) {
        let _ = made.chown(Some(stat.uid), Some(stat.gid));
        let _ = made.chmod(stat.mode & 0o2777);
    }
    if let Ok(list) = above_handle.get(meta::DEFAULT_LIST) {
        let _ = made.set(meta::DEFAULT_LIST, &list);
        let _ = made.set(meta::ACCESS_LIST, &list);
    }
}
