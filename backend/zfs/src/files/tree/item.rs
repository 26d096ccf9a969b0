//! What a survey and a restore have in common: an entry, looked at in the opened folder that holds it.

use std::{collections::HashSet, os::fd::OwnedFd};

use nasman_core::{EntryName, Kind, RelPath};
use rustix::io::Errno;

use super::super::{Cursor, FileError, Finding, RestoreError, Root, Stat, Way};
use super::{Decide, Deed, Met};
use crate::files::NotKept;

/// An entry on its way.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// In the source's folder; absent for its root.
    pub(super) name: Option<EntryName>,
    pub(super) from: RelPath,
    pub(super) to: RelPath,
}

impl Item {
    /// # Errors
    /// When a path grows too long: told of the folder, the nearest thing that can be told.
    pub(super) fn inside(from: &RelPath, to: &RelPath, name: EntryName) -> Result<Self, RestoreError> {
        let too_long = |path: &RelPath| RestoreError::write(path, Errno::NAMETOOLONG);
        let (from, to) = match (from.join(&name), to.join(&name)) {
            (Ok(from), Ok(to)) => (from, to),
            (Err(_), _) => return Err(RestoreError::read(from, Errno::NAMETOOLONG)),
            (_, Err(_)) => return Err(too_long(to)),
        };
        Ok(Self { name: Some(name), from, to })
    }

    /// What it is in the source. Sockets and devices are refused: they mean nothing without the program or machine
    /// that made them, and a device lends rights. So is what is mounted over the source.
    pub(super) fn look(&self, source: &Root, folder: &OwnedFd) -> Result<Stat, RestoreError> {
        let stat = source
            .stat_at(folder, self.name.as_ref())
            .map_err(|errno| RestoreError::read(&self.from, errno))?;
        if stat.mountpoint {
            let mounted = FileError::Escapes { path: self.from.clone(), way: Way::Mount };
            return Err(RestoreError::Source(mounted));
        }
        match stat.kind {
            Kind::Socket | Kind::Block | Kind::Char => {
                Err(RestoreError::Kind { path: self.from.clone(), kind: stat.kind })
            }
            _ => Ok(stat),
        }
    }

    /// What stands in its place in the opened folder; none where that folder is yet to be made.
    pub(super) fn there(
        &self,
        target: &Root,
        folder: Option<&OwnedFd>,
    ) -> Result<Option<Stat>, RestoreError> {
        let Some(folder) = folder else { return Ok(None) };
        target.refuse_control(&self.to).map_err(RestoreError::Target)?;
        match target.stat_at(folder, self.to.name().as_ref()) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(RestoreError::Target(FileError::new(&self.to, errno))),
        }
    }

    /// Opens it, a folder of the source, and reads its names: files first. What could not be read becomes a finding.
    pub(super) fn open(
        &self,
        source: &Root,
        folder: &OwnedFd,
        findings: &mut Vec<Finding>,
    ) -> Result<(OwnedFd, Vec<EntryName>), RestoreError> {
        let fd = open_folder(source, folder, self.name.as_ref(), &self.from).map_err(RestoreError::Source)?;
        let names = source.names(&fd, &self.from, findings).map_err(RestoreError::Source)?;
        Ok((fd, files_first(names)))
    }
}

/// Opens a folder by its name in an opened one, or the root.
pub(super) fn open_folder(
    root: &Root,
    folder: &OwnedFd,
    name: Option<&EntryName>,
    path: &RelPath,
) -> Result<OwnedFd, FileError> {
    match name {
        None => root.open_folder(&RelPath::root()),
        Some(name) => Root::open_inside(folder, name).map_err(|errno| FileError::new(path, errno)),
    }
}

fn files_first(mut names: Vec<Cursor>) -> Vec<EntryName> {
    names.sort_by_key(|name| name.folder);
    names.into_iter().map(|cursor| cursor.name).collect()
}

/// The two opened folders that names are looked up in.
pub(super) struct Folders<'a> {
    pub(super) source: &'a Root,
    pub(super) target: &'a Root,
    /// In the source; absent where names of it don't go to the same folder.
    pub(super) from: Option<&'a OwnedFd>,
    /// In the target; absent where it is yet to be made.
    pub(super) to: Option<&'a OwnedFd>,
}

impl Folders<'_> {
    /// Asks what to do, and remembers the name if the entry gets one of its own.
    pub(super) fn decide(
        &self,
        decider: &mut dyn Decide,
        item: &Item,
        source: &Stat,
        there: Option<&Stat>,
        not_kept: &[NotKept],
        given: &mut HashSet<EntryName>,
    ) -> Deed {
        let there_is = |root: &Root, folder: Option<&OwnedFd>, name: &EntryName| {
            folder.is_some_and(|folder| root.stat_at(folder, Some(name)).is_ok())
        };
        let taken = |name: &EntryName| {
            given.contains(name)
                || there_is(self.target, self.to, name)
                || there_is(self.source, self.from, name)
        };
        let (from, to) = (&item.from, &item.to);
        let deed = decider.decide(&Met { from, source, to, there, not_kept, taken: &taken });
        if let Deed::KeepBoth(name) = &deed {
            given.insert(name.clone());
        }
        deed
    }
}
