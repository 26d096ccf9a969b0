//! What an earlier run of a restore made: left, but further names of its files become names of them.

use std::os::fd::OwnedFd;

use nasman_core::{EntryName, Kind};

use super::super::{Expected, Root, Stat};
use super::{
    folder::Level,
    item::Item,
    run::{Run, Stop},
};

impl Run<'_, '_> {
    /// Remembers all files with several names that are in it. What can't be looked at is not remembered: its further names
    /// become files of their own.
    pub(super) fn stands(
        &mut self,
        level: &Level,
        folder: &OwnedFd,
        item: &Item,
        stat: &Stat,
        name: &EntryName,
    ) -> Result<(), Stop> {
        if stat.kind != Kind::Directory {
            return self.stands_as(stat, &level.target, name);
        }
        let Some(own) = &item.name else { return Ok(()) };
        let opened = (Root::open_inside(folder, own), Root::open_inside(&level.target, name));
        let (Ok(source), Ok(target)) = opened else { return Ok(()) };
        let mut way = vec![(source, target, item.from.clone())];
        while let Some((source, target, from)) = way.pop() {
            self.go_on()?;
            let names = self.trees.source.names(&source, &from, &mut Vec::new()).unwrap_or_default();
            for name in names.into_iter().map(|cursor| cursor.name) {
                let Ok(stat) = self.trees.source.stat_at(&source, Some(&name)) else { continue };
                if stat.kind != Kind::Directory {
                    self.stands_as(&stat, &target, &name)?;
                    continue;
                }
                let inside = (Root::open_inside(&source, &name), Root::open_inside(&target, &name));
                if let (Ok(source), Ok(target), Ok(from)) = (inside.0, inside.1, from.join(&name)) {
                    way.push((source, target, from));
                }
            }
        }
        Ok(())
    }

    fn stands_as(&mut self, stat: &Stat, target: &OwnedFd, name: &EntryName) -> Result<(), Stop> {
        if stat.nlink < 2 || self.trees.passed(stat) {
            return Ok(());
        }
        let there = self.trees.target.stat_at(target, Some(name));
        // Something else by now: nothing is to be a name of that.
        let Some(there) = there.ok().filter(|there| {
            (there.kind, there.size, there.mtime) == (stat.kind, stat.size, stat.mtime) && !there.mountpoint
        }) else {
            return Ok(());
        };
        self.ready()?;
        let (staging, links) = self.trees.made()?;
        Ok(links.note(stat, Expected::from(&there), staging, (target, name))?)
    }
}
