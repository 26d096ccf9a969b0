//! An opened folder, and looks beneath it.

use std::{
    fs::File,
    os::fd::{AsFd, OwnedFd},
    path::Path,
};

use nasman_core::{EntryName, RelPath};
use rustix::{
    fs::{
        AtFlags, CWD, Mode, OFlags, ResolveFlags, StatVfsMountFlags, fstatvfs, openat, openat2, readlinkat,
        statx,
    },
    io::{Errno, retry_on_intr},
};

use super::{
    FileError, Kind, Stat,
    automount::{alone, patiently},
};

/// How paths are resolved: beneath the root, through folders only, in one filesystem.
const BENEATH: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_MAGICLINKS)
    .union(ResolveFlags::NO_XDEV);
/// A folder to read, to make entries in, to `fsync`. (A bare `O_PATH` allows neither reading nor `fsync`.)
const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// An entry itself, be it a link or a pipe: nothing is opened in the sense of having an effect.
const ITSELF: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);
/// Where a dataset's folder has its snapshots' folders.
const SNAPSHOTS: &str = ".zfs/snapshot";
/// Of ZFS's control folder, the same in every dataset.
pub(crate) const CONTROL_INODE: u64 = 0xFFFF_FFFF_FFFF;

/// The opened folder of a dataset or of a snapshot: the only door to the files beneath it.
#[derive(Debug)]
pub struct Root {
    fd: OwnedFd,
    dev: u64,
    frozen: bool,
}

impl Root {
    /// Opens the folder that ZFS names. Opening a snapshot's folder makes the kernel mount it; it stays mounted
    /// as long as this lives.
    ///
    /// # Errors
    /// [`FileError::Root`] with the kernel's reason; [`FileError::NoOpenat2`] before Linux 5.6.
    pub fn open(folder: &Path) -> Result<Self, FileError> {
        let failed = |errno| FileError::Root { folder: folder.to_string_lossy().into_owned(), errno };
        // How this path itself is reached is the administrator's affair: links and mounts may be on the way.
        let open = || retry_on_intr(|| openat(CWD, folder, FOLDER, Mode::empty()));
        let fd = alone(folder, || patiently(|errno| *errno == Errno::LOOP, open)).map_err(failed)?;
        match openat2(&fd, ".", ITSELF, Mode::empty(), BENEATH) {
            Err(Errno::NOSYS) => return Err(FileError::NoOpenat2),
            Err(errno) => return Err(failed(errno)),
            Ok(_) => {}
        }
        let raw = statx(&fd, "", AtFlags::EMPTY_PATH, Stat::MASK).map_err(failed)?;
        let stat = Stat::from_statx(&raw, None).ok_or_else(|| failed(Errno::IO))?;
        let read_only = fstatvfs(&fd).is_ok_and(|told| told.f_flag.contains(StatVfsMountFlags::RDONLY));
        let frozen = read_only && folder.parent().is_some_and(|above| above.ends_with(SNAPSHOTS));
        Ok(Self { fd, dev: stat.dev, frozen })
    }

    /// Whether it is a snapshot's, in which nothing ever changes.
    pub(super) const fn is_frozen(&self) -> bool {
        self.frozen
    }

    /// Whether both are of one file system, as it is mounted now.
    #[must_use]
    pub const fn has_device_of(&self, other: &Self) -> bool {
        self.dev == other.dev
    }

    /// Files, folders and others that there are, as the file system counts them; absent where it does not tell.
    #[must_use]
    pub fn objects(&self) -> Option<u64> {
        let told = retry_on_intr(|| fstatvfs(&self.fd)).ok()?;
        told.f_files.checked_sub(told.f_ffree).filter(|used| *used > 0)
    }

    /// Looks at an entry; of a link at the link itself.
    ///
    /// # Errors
    /// [`FileError::NotFound`] and the other kinds, with the path.
    pub fn stat(&self, path: &RelPath) -> Result<Stat, FileError> {
        match path.name() {
            None => self.stat_at(&self.fd, None).map_err(|errno| FileError::new(path, errno)),
            Some(name) => {
                self.refuse_control(path)?;
                let folder = self.parent_folder(path)?;
                self.stat_at(&folder, Some(&name)).map_err(|errno| FileError::new(path, errno))
            }
        }
    }

    /// Where a symbolic link points, as the bytes it holds.
    ///
    /// # Errors
    /// As [`Self::stat`]; [`FileError::Io`] when it is no link.
    pub fn link_target(&self, path: &RelPath) -> Result<Vec<u8>, FileError> {
        let failed = |errno| FileError::new(path, errno);
        let fd = self.beneath(path, ITSELF)?;
        if self.stat_at(&fd, None).map_err(failed)?.kind != Kind::Symlink {
            return Err(failed(Errno::INVAL));
        }
        Ok(readlinkat(&fd, "", Vec::new()).map_err(failed)?.into_bytes())
    }

    /// Opens a regular file for reading. A pipe or device is refused without being opened.
    ///
    /// # Errors
    /// [`FileError::NotAFile`] for all that is no regular file; else as [`Self::stat`].
    pub fn open_file(&self, path: &RelPath) -> Result<File, FileError> {
        self.open_regular(path).map(|(file, _)| file)
    }

    /// The file together with what it is, both of the same inode.
    ///
    /// # Errors
    /// As [`Self::open_file`].
    pub fn open_regular(&self, path: &RelPath) -> Result<(File, Stat), FileError> {
        let failed = |errno| FileError::new(path, errno);
        // Opening a device can have an effect (a tape rewinds), so look first.
        regular(path, self.stat_at(&self.beneath(path, ITSELF)?, None).map_err(failed)?)?;
        // Non-blocking, so that a pipe put there in between can't hold us up.
        let fd = self.beneath(path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC)?;
        let stat = regular(path, self.stat_at(&fd, None).map_err(failed)?)?;
        Ok((File::from(fd), stat))
    }

    /// Opens a folder for reading and for making entries in it.
    pub(crate) fn open_folder(&self, path: &RelPath) -> Result<OwnedFd, FileError> {
        self.beneath(path, FOLDER)
    }

    /// Opens one folder inside an opened one, under the same rules.
    pub(super) fn open_inside(folder: &OwnedFd, name: &EntryName) -> Result<OwnedFd, Errno> {
        retry_on_intr(|| openat2(folder, name.as_os_str(), FOLDER, Mode::empty(), BENEATH))
    }

    /// Opens the folder that holds the entry.
    pub(super) fn parent_folder(&self, path: &RelPath) -> Result<OwnedFd, FileError> {
        let folder = path.parent().unwrap_or_default();
        let failed = |errno| FileError::new(if errno == Errno::NOENT { path } else { &folder }, errno);
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        self.resolve(&folder, flags).map_err(failed)
    }

    /// What an opened thing is, or an entry of an opened folder; links not followed, nothing mounted by it.
    pub(crate) fn stat_at(&self, fd: impl AsFd, name: Option<&EntryName>) -> Result<Stat, Errno> {
        let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
        let raw = match name {
            None => statx(fd, "", flags | AtFlags::EMPTY_PATH, Stat::MASK)?,
            Some(name) => statx(fd, name.as_os_str(), flags, Stat::MASK)?,
        };
        Stat::from_statx(&raw, name.map(|_| self.dev)).ok_or(Errno::IO)
    }

    /// `.zfs` in a dataset's root leads into snapshots, and a folder made in there makes one.
    pub(super) fn refuse_control(&self, path: &RelPath) -> Result<(), FileError> {
        let Some(first) = path.names().next().filter(is_control_name) else { return Ok(()) };
        match self.stat_at(&self.fd, Some(&first)) {
            Ok(stat) if stat.inode == CONTROL_INODE => Err(FileError::Control { path: path.clone() }),
            _ => Ok(()),
        }
    }

    fn beneath(&self, path: &RelPath, flags: OFlags) -> Result<OwnedFd, FileError> {
        self.refuse_control(path)?;
        self.resolve(path, flags).map_err(|errno| FileError::new(path, errno))
    }

    fn resolve(&self, path: &RelPath, flags: OFlags) -> Result<OwnedFd, Errno> {
        let path = if path.is_root() { Path::new(".") } else { path.as_path() };
        retry_on_intr(|| openat2(&self.fd, path, flags, Mode::empty(), BENEATH))
    }
}

/// Whether the name is the one ZFS uses for its control folder (in a dataset's root).
pub(super) fn is_control_name(name: &EntryName) -> bool {
    name.as_bytes() == b".zfs"
}

fn regular(path: &RelPath, stat: Stat) -> Result<Stat, FileError> {
    match stat.kind {
        Kind::File => Ok(stat),
        kind => Err(FileError::NotAFile { path: path.clone(), kind }),
    }
}
