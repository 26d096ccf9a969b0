//! Gives what is complete its name, and tells what became of it.

use std::os::fd::OwnedFd;

use nasman_core::{EntryName, Kind, RelPath};
use rustix::{
    fs::{AtFlags, RenameFlags, renameat_with, unlinkat},
    io::Errno,
};

use super::super::{
    Expected, RestoreError, Root,
    restore::{Put, place::Place},
};
use super::{
    Done, Mark, Outcome, Placing,
    folder::Level,
    make::Made,
    run::{Run, Stop},
    staging::Staging,
};

/// Entries that get their names together: fewer marks to store.
const MANY: usize = 256;

/// A name that something new is to get.
pub(super) struct Spot {
    pub(super) name: EntryName,
    pub(super) path: RelPath,
    pub(super) put: Put,
}

impl Spot {
    pub(super) fn place<'a>(&'a self, target: &'a Root, folder: &'a OwnedFd) -> Place<'a> {
        Place { target, folder, name: &self.name, path: &self.path, put: self.put }
    }
}

/// Something complete that has no name of its own yet.
pub(super) struct Pending {
    from: RelPath,
    kind: Kind,
    spot: Spot,
    temp: EntryName,
    made: Made,
}

impl Pending {
    pub(super) fn new(from: RelPath, kind: Kind, spot: Spot, temp: EntryName, made: Made) -> Self {
        Self { from, kind, spot, temp, made }
    }

    fn replaces(&self) -> Option<Expected> {
        match self.spot.put {
            Put::New => None,
            Put::Replace(expected) => Some(expected),
        }
    }

    fn placing(&self) -> Placing {
        Placing {
            from: self.from.clone(),
            to: self.spot.path.clone(),
            kind: self.kind,
            made: self.made.made,
            replaces: self.replaces(),
        }
    }

    fn outcome(self) -> Done {
        let replaced = self.replaces();
        let Made { made, bytes, means, not_kept } = self.made;
        let outcome = Outcome::Made { made, replaced, bytes, means, not_kept };
        Done { from: self.from, to: self.spot.path, kind: Some(self.kind), outcome }
    }
}

impl Run<'_, '_> {
    /// Something is complete: in a folder that is not in its place yet, that is all there is to it.
    pub(super) fn complete(&mut self, level: &mut Level, pending: Pending) {
        level.used = true;
        if level.live { level.pending.push(pending) } else { self.carry.done(pending.outcome()) }
    }

    pub(super) fn flush_many(&mut self, level: &mut Level) -> Result<(), Stop> {
        if level.pending.len() < MANY { Ok(()) } else { self.flush(level) }
    }

    /// Gives all that is complete its names.
    pub(super) fn flush(&mut self, level: &mut Level) -> Result<(), Stop> {
        if level.pending.is_empty() {
            return Ok(());
        }
        let pending = std::mem::take(&mut level.pending);
        let placings: Vec<_> = pending.iter().map(Pending::placing).collect();
        if let Err(error) = self.carry.mark(&Mark::Placing(&placings)) {
            for folder in placings.iter().filter(|placing| placing.kind == Kind::Directory) {
                self.carry.undone(&folder.to);
            }
            return Err(Stop { error, unmarked: true });
        }
        for pending in pending {
            self.put(level, pending)?;
        }
        Ok(())
    }

    fn put(&mut self, level: &Level, pending: Pending) -> Result<(), Stop> {
        let target = self.trees.target;
        let (staging, _) = self.trees.made().map_err(Stop::from)?;
        let place = pending.spot.place(target, &level.target);
        let done = match (pending.spot.put, pending.kind) {
            (Put::Replace(expected), Kind::Directory) => swap(&place, staging, &pending.temp, expected),
            (_, kind) => place.check(kind).and_then(|()| place.take(staging.fd(), &pending.temp, kind)),
        };
        let Err(error) = done else {
            self.carry.done(pending.outcome());
            return Ok(());
        };
        staging.discard(&pending.temp);
        if pending.kind == Kind::Directory {
            self.carry.undone(&pending.spot.path);
        }
        self.failed(pending.from, pending.spot.path, Some(pending.kind), error)
    }

    pub(super) fn told(&mut self, from: RelPath, to: RelPath, kind: Kind, outcome: Outcome) {
        self.carry.done(Done { from, to, kind: Some(kind), outcome });
    }

    /// Tells of a failure. Most concern one entry; some the restore.
    pub(super) fn failed(
        &mut self,
        from: RelPath,
        to: RelPath,
        kind: Option<Kind>,
        error: RestoreError,
    ) -> Result<(), Stop> {
        if error == RestoreError::Canceled {
            return Err(error.into());
        }
        let pointless = matches!(error, RestoreError::NoSpace { .. } | RestoreError::ReadOnly { .. });
        self.carry.done(Done { from, to, kind, outcome: Outcome::Failed(error.clone()) });
        if pointless { Err(error.into()) } else { Ok(()) }
    }

    /// What is complete gets its names all the same; a new folder that is not goes.
    pub(super) fn stopped(&mut self, levels: &mut [Level], stop: &Stop) {
        for level in levels.iter_mut().filter(|level| level.live && !stop.unmarked) {
            // It has ended with an error already, the first one.
            let _ = self.flush(level);
        }
        if let Some(folder) = levels.iter().find(|level| !level.live) {
            self.carry.undone(&folder.to);
        }
    }

    /// The hidden folder has to be there.
    pub(super) fn ready(&mut self) -> Result<(), Stop> {
        self.trees.ready(&self.ground, self.carry).map_err(|error| Stop { error, unmarked: true })
    }

    /// Lets the caller stop.
    pub(super) fn go_on(&mut self) -> Result<(), Stop> {
        if self.carry.progress(0).is_break() { Err(RestoreError::Canceled.into()) } else { Ok(()) }
    }
}

impl From<RestoreError> for Stop {
    fn from(error: RestoreError) -> Self {
        Self { error, unmarked: false }
    }
}

/// A folder takes the place of a file or link, which no rename does by itself: both change places.
fn swap(
    place: &Place<'_>,
    staging: &Staging,
    temp: &EntryName,
    expected: Expected,
) -> Result<(), RestoreError> {
    place.check(Kind::Directory)?;
    let (hidden, old, new) = (staging.fd(), temp.as_os_str(), place.name.as_os_str());
    let exchange = || renameat_with(hidden, old, place.folder, new, RenameFlags::EXCHANGE);
    match exchange() {
        Ok(()) => {}
        // OpenZFS before 2.2. The guard snapshot has what is removed here.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            unlinkat(place.folder, new, AtFlags::empty())
                .map_err(|errno| RestoreError::write(place.path, errno))?;
            let free = Place { put: Put::New, ..*place };
            return free.take(hidden, temp, Kind::Directory);
        }
        Err(errno) => return Err(RestoreError::write(place.path, errno)),
    }
    let came = place.target.stat_at(hidden, Some(temp)).map(|stat| Expected::from(&stat));
    if came == Ok(expected) {
        staging.discard(temp);
        return Ok(());
    }
    // It was changed in the last moment, so it goes back; also where the folder is gone from there already.
    if exchange().is_err() {
        Place { put: Put::New, ..*place }.take(hidden, temp, Kind::File)?;
    }
    Err(RestoreError::Changed { path: place.path.clone() })
}
