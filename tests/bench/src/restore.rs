//! Restoring where no block can be cloned, beside `cp --preserve=all` of the same file, both until the disk has it.
//! The source is in the page cache for both: what is compared is the copying, not the luck of the cache.

use std::{
    fs::{self, File},
    io::Write as _,
    ops::ControlFlow,
    path::Path,
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use nasman_core::{EntryName, RelPath};
use nasman_zfs::files::{Means, Put, Restore, Root, restore_file};
use rustix::fs::syncfs;

use crate::{
    report::Row,
    rounds::{alternate, seconds, undisturbed},
    small,
};

const MIB: usize = 1 << 20;
const ROUNDS: usize = 15;
/// Of `cp`'s throughput.
const RATIO: f64 = 0.95;
/// Kept in memory by the kernel on every Linux, so that a copy from there crosses file systems.
const MEMORY: &str = "/dev/shm";

/// Measures the throughput of a restore, by the kernel and by reading and writing.
pub fn measure(folder: &Path) -> Result<Vec<Row>> {
    let same = compare(folder, folder, 1024, Means::CopyFileRange)?;
    // Between file systems the kernel can't copy by itself: NASMan reads and writes, and so does `cp`.
    let memory = tempfile::Builder::new().prefix("nasman-bench-").tempdir_in(MEMORY)?;
    let across = compare(memory.path(), folder, 512, Means::ReadWrite)?;
    Ok(vec![
        throughput("restore: 1 GiB in one file system, copy_file_range", 1024, same),
        throughput("restore: 512 MiB from tmpfs to disk, read and write", 512, across),
        small::measure(memory.path())?,
    ])
}

fn throughput(name: &str, mib: usize, (ours, theirs): (f64, f64)) -> Row {
    let speed = |seconds| (mib * MIB) as f64 / 1e6 / seconds;
    Row::new(name, speed(ours), "MB/s").against("cp", speed(theirs)).at_least_times_the_peer(RATIO)
}

/// Seconds of a restore and of `cp`.
fn compare(from: &Path, to: &Path, mib: usize, means: Means) -> Result<(f64, f64)> {
    let source = from.join("source");
    random(&source, mib)?;
    let (source_root, target_root) = (Root::open(from)?, Root::open(to)?);
    let restore = || {
        let what = Restore {
            source: &source_root,
            from: &RelPath::from_bytes(b"source")?,
            target: &target_root,
            to: &RelPath::from_bytes(b"restored")?,
            put: Put::New,
            temp_name: &EntryName::new(".nasman-bench")?,
            keep_setid: true,
        };
        let restored = restore_file(&what, &mut |_| ControlFlow::Continue(()))?;
        ensure!(restored.means == Some(means), "copied by {:?}, not by {means:?}", restored.means);
        Ok(())
    };
    let copy = |to: &Path| {
        let copied = Command::new("cp").arg("--preserve=all").args([&source, to]).status()?;
        ensure!(copied.success(), "cp failed");
        File::open(to)?.sync_all().context("syncing what cp wrote")
    };
    let (restored, copied) = (to.join("restored"), to.join("copied"));
    let times = alternate(
        ROUNDS,
        undisturbed,
        || clean(to, &restored, restore),
        || clean(to, &copied, || copy(&copied)),
    )?;
    fs::remove_file(source)?;
    Ok(times)
}

/// Measures work that writes a file: nothing else is waiting to be written when it begins, and it leaves nothing.
fn clean(folder: &Path, file: &Path, work: impl FnOnce() -> Result<()>) -> Result<f64> {
    syncfs(File::open(folder)?)?;
    let took = seconds(work)?;
    fs::remove_file(file)?;
    Ok(took)
}

/// Writes bytes that nothing makes smaller.
fn random(file: &Path, mib: usize) -> Result<()> {
    let mut out = File::create(file)?;
    let mut block = vec![0; MIB];
    for number in 0..mib {
        fastrand::Rng::with_seed(number as u64).fill(&mut block);
        out.write_all(&block)?;
    }
    Ok(out.sync_all()?)
}
