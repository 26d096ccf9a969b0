//! Restoring many small files, beside `cp -a` of the same tree. In memory: what a disk needs to write them is the same for both, and
//! was most of the time, another one in each run. Real ZFS has them in `guest`, until the disk has all.

use std::{
    fs::{self, File},
    ops::ControlFlow,
    path::Path,
    process::Command,
};

use anyhow::{Result, bail, ensure};
use nasman_core::{EntryName, RelPath};
use nasman_zfs::files::{
    RestoreError, Root,
    tree::{Carry, Decide, Deed, Done, Mark, Met, Outcome, Trees},
};
use rustix::fs::syncfs;

use crate::{
    report::Row,
    rounds::{alternate, seconds, undisturbed},
};

const FOLDERS: usize = 100;
const FILES: usize = 100;
const ROUNDS: usize = 11;
/// Of `cp`'s seconds.
const RATIO: f64 = 1.0;

/// Measures a restore of a deleted folder.
pub fn measure(folder: &Path) -> Result<Row> {
    let source = folder.join("small");
    plant(&source)?;
    let root = Root::open(folder)?;
    let (restored, copied) = (folder.join("small-restored"), folder.join("small-copied"));
    let (ours, theirs) = alternate(
        ROUNDS,
        undisturbed,
        || clean(folder, &restored, || restore(&root)),
        || {
            clean(folder, &copied, || {
                ensure!(
                    Command::new("cp").arg("-a").args([&source, &copied]).status()?.success(),
                    "cp failed"
                );
                Ok(syncfs(File::open(folder)?)?)
            })
        },
    )?;
    fs::remove_dir_all(source)?;
    let row =
        Row::new("restore: 10,000 small files in 100 folders, in memory", ours, "s").against("cp -a", theirs);
    Ok(row.at_most_times_the_peer(RATIO))
}

/// Files of up to 8 KiB that nothing makes smaller.
fn plant(source: &Path) -> Result<()> {
    let mut random = fastrand::Rng::with_seed(5);
    for folder in 0..FOLDERS {
        let folder = source.join(format!("folder {folder}"));
        fs::create_dir_all(&folder)?;
        for file in 0..FILES {
            let mut content = vec![0; random.usize(1..=8192)];
            random.fill(&mut content);
            fs::write(folder.join(format!("file {file}.txt")), content)?;
        }
    }
    Ok(())
}

fn restore(root: &Root) -> Result<()> {
    let hidden = EntryName::new(".nasman-bench")?;
    let (from, to) = (RelPath::from_bytes(b"small")?, RelPath::from_bytes(b"small-restored")?);
    let mut counter = Counter::default();
    let mut trees = Trees::new(root, root, &hidden, false);
    trees.restore(&from, &to, &mut counter)?;
    trees.finish()?;
    if let Some(error) = counter.failed {
        bail!("not restored: {error}");
    }
    ensure!(counter.made == FOLDERS * FILES + FOLDERS + 1, "{} were made", counter.made);
    Ok(())
}

/// Nothing else is waiting to be written when the work begins, and it leaves nothing.
fn clean(folder: &Path, made: &Path, work: impl FnOnce() -> Result<()>) -> Result<f64> {
    syncfs(File::open(folder)?)?;
    let took = seconds(work)?;
    fs::remove_dir_all(made)?;
    Ok(took)
}

#[derive(Default)]
struct Counter {
    made: usize,
    failed: Option<RestoreError>,
}

impl Decide for Counter {
    fn decide(&mut self, _: &Met<'_>) -> Deed {
        Deed::Create
    }
}

impl Carry for Counter {
    fn mark(&mut self, _: &Mark<'_>) -> Result<(), RestoreError> {
        Ok(())
    }

    fn done(&mut self, done: Done) {
        match done.outcome {
            Outcome::Made { .. } => self.made += 1,
            Outcome::Failed(error) => self.failed = Some(error),
            Outcome::Merged { .. } | Outcome::Skipped => {}
        }
    }

    fn undone(&mut self, _: &RelPath) {}

    fn progress(&mut self, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}
