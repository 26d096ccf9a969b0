//! Does what the plan says: on a pool, with the clock following the story, or in a plain directory.

mod clock;
mod disk;
mod zfs;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail, ensure};

use crate::plan::{Action, DATASETS, Kind, Node, Op, Plan, Save};
use clock::Clock;
use disk::Disk;
use zfs::Zfs;

/// The passphrase of the encrypted dataset.
pub const PASSPHRASE: &str = "lantern-over-the-harbour";

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Names in directories at the end, all datasets together, directories not counted.
    pub files: usize,
    /// Snapshots, each dataset's counted.
    pub snapshots: usize,
}

/// Writes the story's last state into a directory, one folder a dataset, no snapshots.
///
/// # Errors
/// When the directory is not empty, or something cannot be written. Owners are kept only for root, extended attributes and
/// ACLs only where the filesystem has them.
pub fn fill_dir(plan: &Plan, dir: &Path) -> Result<Done> {
    std::fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    let mut held = std::fs::read_dir(dir).with_context(|| format!("reading {}", dir.display()))?;
    ensure!(held.next().is_none(), "{} is not empty: choose another directory", dir.display());
    let mut disk = Disk::lenient();
    let mut done = Done::default();
    for (name, kind) in DATASETS {
        if matches!(kind, Kind::Volume(_)) {
            continue;
        }
        let tree = plan.tree(name, None);
        // A link can only be made once its file is there.
        let (links, others): (Vec<_>, Vec<_>) =
            tree.iter().partition(|(_, node)| matches!(node, Node::HardLink(_)));
        for (path, node) in others.into_iter().chain(links) {
            disk.apply(&dir.join(name), &Op::Put(path.clone(), node.clone(), Save::InPlace))?;
        }
        done.files += tree.len();
    }
    Ok(done)
}

/// Creates the datasets on an existing pool and lives through the plan, then sets the clock to the true time again.
/// `stop` ends it early, with an error; the clock is set right in every outcome but the kill signal.
///
/// # Errors
/// Without root, when one of the datasets exists already, when `zfs` refuses, or when a file cannot be written.
pub fn fill_pool(plan: &Plan, pool: &str, stop: &AtomicBool) -> Result<Done> {
    ensure!(rustix::process::geteuid().is_root(), "only root may create datasets and set the clock");
    let zfs = Zfs::new(pool)?;
    let roots = create(&zfs)?;
    let mut disk = Disk::strict();
    let mut clock = Clock::take();
    let mut at = 0;
    for step in &plan.steps {
        if stop.load(Ordering::Relaxed) {
            bail!("stopped by a signal; the pool is left half filled");
        }
        if step.at != at {
            at = step.at;
            clock.set(at)?;
        }
        match &step.action {
            Action::Change(dataset, ops) => {
                let root = roots.get(dataset).with_context(|| format!("no dataset {dataset}"))?;
                ops.iter().try_for_each(|op| disk.apply(root, op))?;
            }
            Action::Snapshot(dataset, name) => zfs.snapshot(*dataset, name)?,
            Action::Hold(dataset, name, tag) => {
                zfs.run(&["hold", tag, &zfs.name(&format!("{dataset}@{name}"))])?;
            }
        }
    }
    clock.restore()?;
    close(&zfs)?;
    Ok(Done {
        files: DATASETS.iter().map(|(name, _)| plan.tree(name, None).len()).sum(),
        snapshots: plan.snapshot_count(),
    })
}

/// Creates all datasets, mounted, and tells where.
fn create(zfs: &Zfs) -> Result<BTreeMap<&'static str, std::path::PathBuf>> {
    let there = zfs.datasets()?;
    if let Some((name, _)) = DATASETS.iter().find(|(name, _)| there.contains(&zfs.name(name))) {
        bail!("{} exists already: the demo wants a pool of its own, and never overwrites", zfs.name(name));
    }
    zfs.run(&["set", "compression=lz4", "atime=off", "xattr=sa", "acltype=posixacl", &zfs.pool])?;
    let mut roots = BTreeMap::new();
    for (name, kind) in DATASETS {
        let full = zfs.name(name);
        match kind {
            Kind::Plain => zfs.run(&["create", &full])?,
            Kind::Locked => {
                let args = [
                    "create",
                    "-o",
                    "encryption=aes-256-gcm",
                    "-o",
                    "keyformat=passphrase",
                    "-o",
                    "pbkdf2iters=100000",
                    &full,
                ];
                zfs.run_with_input(&args, PASSPHRASE)?;
            }
            Kind::Unmounted => {
                zfs.run(&["create", "-o", "canmount=noauto", &full])?;
                zfs.run(&["mount", &full])?;
            }
            Kind::Volume(size) => {
                zfs.run(&["create", "-s", "-V", &size.to_string(), &full])?;
                continue;
            }
        }
        roots.insert(name, zfs.mountpoint(name)?);
    }
    Ok(roots)
}

/// Unmounts and locks what the story wants unmounted and locked.
fn close(zfs: &Zfs) -> Result<()> {
    for (name, kind) in DATASETS {
        let full = zfs.name(name);
        if matches!(kind, Kind::Locked | Kind::Unmounted) {
            zfs.run(&["unmount", &full])?;
        }
        if kind == Kind::Locked {
            zfs.run(&["unload-key", &full])?;
        }
    }
    Ok(())
}
