//! Files on a disk: written, tagged, renamed, removed.

use std::collections::HashSet;
use std::fs::{self, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rustix::fs::{
    AtFlags, CWD, Gid, Mode, Timespec, Timestamps, Uid, XattrFlags, chownat, fchmod, fchown, fsetxattr,
    futimens, mkfifoat,
};
use rustix::io::Errno;

use crate::content::{Content, Studio};
use crate::plan::{File, Node, Op, Owner, Save};

/// Writes below any root.
pub(super) struct Disk {
    studio: Studio,
    /// Directories known to exist, so that each is made once.
    made: HashSet<PathBuf>,
    /// Refuse when the filesystem has no extended attributes.
    strict: bool,
    /// May files be given to others?
    root: bool,
}

impl Disk {
    pub(super) fn strict() -> Self {
        Self { studio: Studio::default(), made: HashSet::new(), strict: true, root: true }
    }

    pub(super) fn lenient() -> Self {
        Self { strict: false, root: rustix::process::geteuid().is_root(), ..Self::strict() }
    }

    /// Applies one change below `root`.
    pub(super) fn apply(&mut self, root: &Path, op: &Op) -> Result<()> {
        match op {
            Op::Put(path, node, save) => {
                let owner = match node {
                    Node::File(file) => Some(file.owner),
                    _ => None,
                };
                self.make_parents(root, path, owner)?;
                self.put(root, path, node, *save).with_context(|| format!("writing {}", path.display()))
            }
            Op::Rename(from, to) => {
                self.made.clear();
                self.make_parents(root, to, None)?;
                fs::rename(root.join(from), root.join(to))
                    .with_context(|| format!("renaming {} to {}", from.display(), to.display()))
            }
            Op::Remove(path) => {
                self.made.clear();
                let full = root.join(path);
                let is_dir = full.symlink_metadata().is_ok_and(|known| known.is_dir());
                let removed = if is_dir { fs::remove_dir_all(&full) } else { fs::remove_file(&full) };
                removed.with_context(|| format!("deleting {}", path.display()))
            }
        }
    }

    fn make_parents(&mut self, root: &Path, path: &Path, owner: Option<Owner>) -> Result<()> {
        let Some(parent) = path.parent() else { return Ok(()) };
        let full = root.join(parent);
        if self.made.contains(&full) {
            return Ok(());
        }
        let mut at = root.to_path_buf();
        fs::create_dir_all(root).with_context(|| format!("creating {}", root.display()))?;
        for part in parent {
            at.push(part);
            match fs::DirBuilder::new().mode(0o755).create(&at) {
                Ok(()) => self.give(&at, owner)?,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).with_context(|| format!("creating {}", at.display())),
            }
        }
        self.made.insert(full);
        Ok(())
    }

    fn give(&self, path: &Path, owner: Option<Owner>) -> Result<()> {
        if let (true, Some(Owner(id))) = (self.root, owner) {
            chownat(CWD, path, Some(Uid::from_raw(id)), Some(Gid::from_raw(id)), AtFlags::SYMLINK_NOFOLLOW)?;
        }
        Ok(())
    }

    fn put(&mut self, root: &Path, path: &Path, node: &Node, save: Save) -> Result<()> {
        let full = root.join(path);
        match node {
            Node::File(file) if save == Save::Replace => {
                let fresh = full.with_file_name(".saving~");
                self.write(&fresh, path, file)?;
                fs::rename(&fresh, &full)?;
            }
            Node::File(file) => self.write(&full, path, file)?,
            Node::Symlink(target) => symlink(target, &full)?,
            Node::HardLink(to) => fs::hard_link(root.join(to), &full)?,
            Node::Fifo => mkfifoat(CWD, &full, Mode::from_raw_mode(0o644))?,
            Node::Dir => fs::create_dir(&full)?,
        }
        Ok(())
    }

    fn write(&mut self, full: &Path, name: &Path, file: &File) -> Result<()> {
        let bytes = self.studio.bytes(&file.content)?;
        let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(full)?;
        if let Content::Sparse { len } = *file.content {
            out.set_len(len)?;
            out.seek(SeekFrom::Start(len / 2))?;
        }
        out.write_all(&bytes)?;
        if self.root {
            fchown(&out, Some(Uid::from_raw(file.owner.0)), Some(Gid::from_raw(file.owner.0)))?;
        }
        fchmod(&out, Mode::from_raw_mode(file.mode))?;
        for (key, value) in &file.xattrs {
            self.tag(&out, key, value.as_bytes())?;
        }
        if let Some(other) = file.shared_with {
            self.tag(&out, "system.posix_acl_access", &acl(file.mode, other))?;
        }
        let time = Timespec { tv_sec: file.mtime, tv_nsec: nanoseconds(name) };
        futimens(&out, &Timestamps { last_access: time, last_modification: time })?;
        Ok(())
    }

    fn tag(&self, file: &fs::File, key: &str, value: &[u8]) -> Result<()> {
        match fsetxattr(file, key, value, XattrFlags::empty()) {
            Err(Errno::NOTSUP | Errno::PERM) if !self.strict => Ok(()),
            outcome => outcome.with_context(|| format!("setting {key}")),
        }
    }
}

/// A fraction of a second that only depends on the name, so that restored times can be compared to the nanosecond.
fn nanoseconds(name: &Path) -> i64 {
    let mix = |hash: u32, byte: &u8| (hash ^ u32::from(*byte)).wrapping_mul(16_777_619);
    i64::from(name.as_os_str().as_bytes().iter().fold(2_166_136_261, mix) % 1_000_000_000)
}

/// An ACL as the kernel takes it: the mode's three entries, one more for `other` with reading and writing, and the mask.
fn acl(mode: u32, other: Owner) -> Vec<u8> {
    const NOBODY: u32 = u32::MAX;
    let bits = |shift: u32| (mode >> shift & 7) as u16;
    let entries = [
        (0x01, bits(6), NOBODY),
        (0x02, 6, other.0),
        (0x04, bits(3), NOBODY),
        (0x10, 6, NOBODY),
        (0x20, bits(0), NOBODY),
    ];
    let mut out = 2u32.to_le_bytes().to_vec();
    for (tag, rights, id) in entries {
        out.extend(u16::to_le_bytes(tag));
        out.extend(rights.to_le_bytes());
        out.extend(id.to_le_bytes());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{acl, nanoseconds};
    use crate::plan::JONAS;
    use std::path::Path;

    #[test]
    fn an_acl_has_its_entries_in_the_order_the_kernel_wants() {
        let bytes = acl(0o640, JONAS);
        let entries: Vec<_> = bytes[4..].chunks(8).map(|entry| (entry[0], entry[2])).collect();
        assert_eq!(&bytes[..4], [2, 0, 0, 0]);
        assert_eq!(entries, [(0x01, 6), (0x02, 6), (0x04, 4), (0x10, 6), (0x20, 0)]);
        assert_eq!(&bytes[16..20], 1001u32.to_le_bytes());
    }

    #[test]
    fn nanoseconds_depend_on_the_name() {
        assert_eq!(nanoseconds(Path::new("a/b")), nanoseconds(Path::new("a/b")));
        assert_ne!(nanoseconds(Path::new("a/b")), nanoseconds(Path::new("a/c")));
    }
}
