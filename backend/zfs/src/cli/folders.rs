//! Folders of datasets and snapshots. What touches them may hang with the pool, so it runs on a thread of its own that
//! is left behind when the deadline passes.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use nasman_core::{DatasetName, SnapshotName};
use rustix::{
    fs::{CWD, Mode, OFlags, fstat, fstatfs, major, minor, openat},
    io::Errno,
    mount::{UnmountFlags, unmount},
};

use super::{
    CliZfs,
    parse::{self, Mount},
    reach::mounts_of,
};
use crate::{
    Result, Unreachable, ZfsError,
    files::automount::{alone, patiently},
};

/// `ZFS_SUPER_MAGIC`, which `statfs` tells of every ZFS filesystem.
const ZFS_MAGIC: u64 = 0x2fc1_2fc1;
/// `ZFSCTL_INO_SNAPDIR`: the inode of every `.zfs/snapshot`, which no real folder can have.
const SNAPDIR_INODE: u64 = 0x0000_FFFF_FFFF_FFFD;

/// Where in a filesystem the folders of its snapshots are.
const SNAPDIR: &str = ".zfs/snapshot";

/// How long a snapshot's unmounting is waited for: it is a courtesy, and goes on without anybody waiting.
const LEAVING: Duration = Duration::from_secs(5);

/// Why a snapshot's folder did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Closed {
    /// The dataset's mount is beneath a later one.
    Hidden,
    /// No such name, or `.zfs` is not there.
    Missing,
    /// It is there, and did not open.
    Failed(Errno),
}

impl CliZfs {
    /// The mounts as this process sees them, oldest first.
    pub(super) fn mounts(&self) -> Result<Vec<Mount>> {
        let text = fs::read(self.proc.join("self/mountinfo"));
        let text = text.map_err(|error| failed("mount table", &error.to_string()))?;
        parse::mounts(&text).map_err(|error| error.of("mount table"))
    }

    /// Whether the kernel has this dataset mounted, wherever: it keeps a counter file for each that is.
    pub(super) fn is_in_use(&self, name: &DatasetName, objset: Option<u64>) -> bool {
        let folder = self.proc.join("spl/kstat/zfs").join(name.pool().as_str());
        objset.is_some_and(|objset| folder.join(format!("objset-{objset:#x}")).exists())
    }

    pub(super) fn find_live_folder(&self, name: &DatasetName) -> Result<PathBuf> {
        let mounts: Vec<Mount> = mounts_of(name.as_str(), &self.mounts()?).cloned().collect();
        if mounts.is_empty() {
            let dataset = self.list_datasets(Some(name))?.pop();
            let dataset = dataset.ok_or_else(|| ZfsError::DatasetNotFound(name.clone()))?;
            // Mounted since the mounts were read: as good as not yet.
            let reason = dataset.unreachable.unwrap_or(Unreachable::Unmounted);
            return Err(ZfsError::Unreachable { name: name.to_string(), reason });
        }
        self.probe(self.door.deadline(), move || {
            mounts.into_iter().find(is_visible).map(|mount| mount.point)
        })?
        // Each is hidden beneath a later mount.
        .ok_or_else(|| ZfsError::Unreachable { name: name.to_string(), reason: Unreachable::OtherNamespace })
    }

    pub(super) fn find_snapshot_folder(&self, name: &SnapshotName) -> Result<PathBuf> {
        let mounts = self.mounts()?;
        let own: Vec<Mount> = mounts_of(&name.to_string(), &mounts).cloned().collect();
        let live: Vec<Mount> = mounts_of(name.dataset.as_str(), &mounts).cloned().collect();
        let tag = name.tag.to_string();
        let opened = self.probe(self.door.deadline(), move || {
            if let Some(mount) = own.into_iter().find(is_visible) {
                return Ok(mount.point);
            }
            let live = live.into_iter().find(is_visible).ok_or(Closed::Hidden)?;
            alone(&live.point.join(SNAPDIR).join(&tag), || {
                patiently(|closed| *closed == Closed::Failed(Errno::LOOP), || open_snapshot(&live, &tag))
            })
        })?;
        opened.or_else(|closed| Err(self.why_closed(name, closed)?))
    }

    /// Unmounts what the kernel mounted for a look into the snapshot, unless somebody uses it.
    pub(super) fn unmount_snapshot(&self, name: &SnapshotName) -> Result<()> {
        let mounts = self.mounts()?;
        let end = Path::new(SNAPDIR).join(name.tag.as_str());
        // One made by hand is somebody's. One that came from another namespace would stay there, and then the kernel,
        // which knows of that one, would not mount it here again.
        let source = name.to_string();
        let own = mounts_of(&source, &mounts).filter(|m| m.point.ends_with(&end) && !m.follows);
        let points: Vec<PathBuf> = own.map(|mount| mount.point.clone()).collect();
        if points.is_empty() {
            return Ok(());
        }
        let left = self.probe(LEAVING.min(self.door.deadline()), move || {
            // A command being started elsewhere in this process holds all that is open here until it runs.
            let leave = |point: &PathBuf| {
                let leave = || unmount(point, UnmountFlags::NOFOLLOW);
                alone(point, || patiently(|errno| *errno == Errno::BUSY, leave))
            };
            points.iter().try_for_each(|point| match leave(point) {
                // In use, or no mount any more.
                Ok(()) | Err(Errno::BUSY | Errno::INVAL | Errno::NOENT) => Ok(()),
                Err(errno) => Err(failed("unmount", &errno.to_string())),
            })
        });
        left?
    }

    /// Asked only after it did not open, so that the usual way runs no command.
    fn why_closed(&self, name: &SnapshotName, closed: Closed) -> Result<ZfsError> {
        if self.list_details(std::slice::from_ref(name))?.is_empty() {
            return Ok(ZfsError::SnapshotNotFound(name.clone()));
        }
        let reason =
            match self.list_datasets(Some(&name.dataset))?.pop().and_then(|dataset| dataset.unreachable) {
                Some(reason) => reason,
                None if self.snapdir_disabled(&name.dataset)? => Unreachable::SnapdirDisabled,
                None => match closed {
                    Closed::Failed(error @ (Errno::ACCESS | Errno::PERM)) => {
                        return Ok(ZfsError::PermissionDenied {
                            detail: format!("cannot open {name}: {error}"),
                        });
                    }
                    Closed::Failed(_) => Unreachable::AutomountFailed,
                    Closed::Hidden => Unreachable::OtherNamespace,
                    // The kernel remembers that `.zfs` was not there until the dataset is mounted anew.
                    Closed::Missing => Unreachable::SnapdirDisabled,
                },
            };
        tracing::debug!(snapshot = %name, ?closed, ?reason, "unreachable");
        Ok(ZfsError::Unreachable { name: name.to_string(), reason })
    }

    /// Runs what may hang, for so long.
    fn probe<T: Send + 'static>(
        &self,
        after: Duration,
        ask: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let verb = "open folder";
        let until = Instant::now() + after;
        let late = || ZfsError::Timeout { verb, after };
        let permit = self.probes.enter(until).ok_or_else(late)?;
        let (send, receive) = mpsc::sync_channel(1);
        let run = move || {
            let _ = send.send(ask());
            drop(permit);
        };
        thread::Builder::new()
            .name("zfs-folder".into())
            .spawn(run)
            .map_err(|error| failed(verb, &error.to_string()))?;
        let left = until.saturating_duration_since(Instant::now());
        receive.recv_timeout(left).map_err(|_| late())
    }
}

fn failed(verb: &'static str, detail: &str) -> ZfsError {
    ZfsError::Failed { verb, detail: detail.to_owned() }
}

/// Whether the folder at the mount's place is still this mount's, not one mounted over it.
fn is_visible(mount: &Mount) -> bool {
    let open = openat(CWD, &mount.point, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
    let stat = open.and_then(fstat);
    stat.is_ok_and(|stat| is_on(stat.st_dev, mount))
}

fn is_on(device: u64, mount: &Mount) -> bool {
    (major(device), minor(device)) == mount.device
}

/// Opens `.zfs/snapshot/TAG`, which makes the kernel mount it.
fn open_snapshot(live: &Mount, tag: &str) -> std::result::Result<PathBuf, Closed> {
    let path = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let snapdir = live.point.join(SNAPDIR);
    let folder = openat(CWD, &snapdir, path, Mode::empty()).map_err(closed)?;
    let stat = fstat(&folder).map_err(Closed::Failed)?;
    // Where snapdir is disabled, users may have made a folder of this name. (`statfs` does not work on ZFS's own.)
    if stat.st_ino != SNAPDIR_INODE || !is_on(stat.st_dev, live) {
        return Err(Closed::Missing);
    }
    let opened = openat(&folder, tag, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
    let opened = opened.map_err(closed)?;
    let root = fstat(&opened).map_err(Closed::Failed)?;
    // Where mounting failed silently, it is still the empty folder that stands for the snapshot.
    if root.st_dev == stat.st_dev || !is_zfs(&opened) {
        return Err(Closed::Failed(Errno::LOOP));
    }
    Ok(snapdir.join(tag))
}

fn closed(error: Errno) -> Closed {
    if error == Errno::NOENT { Closed::Missing } else { Closed::Failed(error) }
}

fn is_zfs(folder: &rustix::fd::OwnedFd) -> bool {
    fstatfs(folder).is_ok_and(|stat| u64::try_from(stat.f_type) == Ok(ZFS_MAGIC))
}
