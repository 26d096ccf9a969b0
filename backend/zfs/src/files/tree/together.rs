//! Small files are made several at a time: nearly all of what one costs is ZFS's own work, of which each processor can do
//! some. Ten thousand, one after another, took as long as `cp -a` takes.

use std::{ops::ControlFlow, os::fd::OwnedFd, thread};

use nasman_core::Kind;
use rayon::{
    ThreadPool, ThreadPoolBuilder,
    iter::{IntoParallelRefIterator as _, ParallelIterator as _},
};

use super::super::{RestoreError, Stat, restore::copy::Paths};
use super::{
    folder::Level,
    item::Item,
    make::{Made, Original},
    put::{Pending, Spot},
    run::{Run, Stop},
};

/// Bytes of a small file. One that takes longer is better told of while it is made.
const SMALL: u64 = 1 << 20;
/// Files that are made with each other. Whether to stop is asked in between.
const BATCH: usize = 64;
/// At most so many at a time: the server has other things to do, too.
const AT_ONCE: usize = 4;

/// A file that is to be made.
pub(super) struct Waiting {
    item: Item,
    stat: Stat,
    spot: Spot,
    temp: nasman_core::EntryName,
}

/// The threads that make them.
pub(super) fn pool() -> Option<ThreadPool> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(AT_ONCE);
    // Without, they are made one after another.
    ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|number| format!("restore-{number}"))
        .build()
        .inspect_err(|error| tracing::warn!(%error, "files are restored one after another"))
        .ok()
}

impl Run<'_, '_> {
    /// Whether a file may be made later, with others of its folder. One with more names is a link once it was made.
    pub(super) fn may_wait(level: &Level, folder: &OwnedFd, stat: &Stat) -> bool {
        let of_level = level.source.as_ref().is_some_and(|(own, _)| std::ptr::eq(&raw const **own, folder));
        of_level && stat.kind == Kind::File && stat.size <= SMALL && stat.nlink == 1
    }

    /// Lets a file be made later.
    pub(super) fn wait(
        &mut self,
        level: &mut Level,
        item: &Item,
        stat: &Stat,
        spot: Spot,
    ) -> Result<(), RestoreError> {
        let (staging, _) = self.trees.made()?;
        let temp = level.temp(staging, &spot)?;
        level.waiting.push(Waiting { item: item.clone(), stat: stat.clone(), spot, temp });
        Ok(())
    }

    pub(super) fn make_many(&mut self, level: &mut Level) -> Result<(), Stop> {
        if level.waiting.len() < BATCH { Ok(()) } else { self.make_waiting(level) }
    }

    /// Makes all that wait.
    pub(super) fn make_waiting(&mut self, level: &mut Level) -> Result<(), Stop> {
        if level.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut level.waiting);
        let made = self.make_all(level, &waiting)?;
        for (Waiting { item, stat, spot, temp }, made) in waiting.into_iter().zip(made) {
            match made {
                Ok(made) => {
                    // Whether to stop is asked after each entry, or all of these.
                    let _ = self.carry.progress(made.bytes);
                    self.complete(level, Pending::new(item.from, stat.kind, spot, temp, made));
                    self.flush_many(level)?;
                }
                Err(error) => self.failed(item.from, item.to, Some(stat.kind), error)?,
            }
        }
        Ok(())
    }

    fn make_all(
        &mut self,
        level: &Level,
        waiting: &[Waiting],
    ) -> Result<Vec<Result<Made, RestoreError>>, Stop> {
        let (folder, _) = level.source.as_ref().ok_or(RestoreError::NoName)?;
        let folder: &OwnedFd = folder;
        let (root, target, keep_setid) = (self.trees.source, self.trees.target, self.trees.keep_setid);
        let (staging, pool) = self.trees.made_by()?;
        let holder = level.holder(staging);
        let make = |Waiting { item, stat, spot, temp }: &Waiting| {
            let name = item.name.as_ref().ok_or(RestoreError::NoName)?;
            let paths = Paths { from: &item.from, to: &spot.path };
            let original = Original { root, folder, name, stat, paths };
            original.make(target, (holder, temp), keep_setid, &mut |_| ControlFlow::Continue(()))
        };
        Ok(match pool {
            Some(pool) => pool.install(|| waiting.par_iter().map(make).collect()),
            None => waiting.iter().map(make).collect(),
        })
    }
}
