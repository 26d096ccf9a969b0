//! Folders, page by page.

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;

use nasman_core::{EntryName, RelPath};
use rustix::{
    fs::{RawDir, readlinkat},
    io::Errno,
};

use super::{FileError, Kind, Root, Stat, root::is_control_name, stat::kind_of};

/// The kernel fills this much at a time; a name takes about 30 bytes.
const READ_SIZE: usize = 256 * 1024;

/// A place in a folder's order: folders first, then by the bytes of the name. The next page begins after it,
/// whether or not the entry still exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Whether the last entry shown was a folder.
    pub folder: bool,
    /// Its name.
    pub name: EntryName,
}

impl Cursor {
    fn key(&self) -> (bool, &[u8]) {
        (!self.folder, self.name.as_bytes())
    }
}

/// An entry with its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: EntryName,
    /// Its state.
    pub stat: Stat,
    /// Of a symbolic link, where it points: the bytes it holds.
    pub target: Option<Vec<u8>>,
}

/// What could not be shown, and why. The rest of the listing is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The entry, or the folder itself.
    pub path: RelPath,
    /// The cause.
    pub error: FileError,
}

/// A page of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Folders first, then by the bytes of the name.
    pub entries: Vec<Entry>,
    /// What this page could not show.
    pub findings: Vec<Finding>,
    /// Names in the whole folder.
    pub total: usize,
    /// Where the next page begins; absent on the last one.
    pub next: Option<Cursor>,
}

impl Root {
    /// Lists a folder, at most `limit` entries after the cursor. All names are read (cheap, also at 200,000), but
    /// only the page's entries are looked at.
    ///
    /// # Errors
    /// When the folder itself can't be read; single entries that can't become findings.
    pub fn list(&self, path: &RelPath, after: Option<&Cursor>, limit: usize) -> Result<Listing, FileError> {
        let folder = self.open_folder(path)?;
        let mut findings = Vec::new();
        let mut names = self.names(&folder, path, &mut findings)?;
        names.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
        let begin = after.map_or(0, |after| names.partition_point(|name| name.key() <= after.key()));
        let end = begin.saturating_add(limit).min(names.len());
        let mut entries = Vec::with_capacity(end - begin);
        for Cursor { name, .. } in &names[begin..end] {
            match self.entry(&folder, name) {
                Ok(entry) => entries.push(entry),
                Err(errno) => findings.push(finding(path, name, errno)),
            }
        }
        let next = (begin < end && end < names.len()).then(|| names[end - 1].clone());
        Ok(Listing { entries, findings, total: names.len(), next })
    }

    /// All names of an opened folder, in no order; those that can't be told are findings.
    pub(super) fn names(
        &self,
        folder: &OwnedFd,
        path: &RelPath,
        findings: &mut Vec<Finding>,
    ) -> Result<Vec<Cursor>, FileError> {
        let mut names = Vec::new();
        let mut buffer = vec![MaybeUninit::uninit(); READ_SIZE];
        let mut reader = RawDir::new(folder, &mut buffer);
        while let Some(next) = reader.next() {
            let entry = match next {
                Ok(entry) => entry,
                Err(Errno::INTR) => continue,
                Err(errno) if names.is_empty() => return Err(FileError::new(path, errno)),
                Err(errno) => {
                    // What was read so far is worth showing; the finding says that it is not all.
                    findings.push(Finding { path: path.clone(), error: FileError::new(path, errno) });
                    break;
                }
            };
            let (bytes, file_type) = (entry.file_name().to_bytes(), entry.file_type());
            if matches!(bytes, b"." | b"..") {
                continue;
            }
            match EntryName::new(bytes) {
                Ok(name) if path.is_root() && self.is_control(path, &name) => {}
                Ok(name) => names.push(Cursor { folder: self.is_folder(folder, &name, file_type), name }),
                Err(reason) => {
                    let error = FileError::Name { folder: path.clone(), reason };
                    findings.push(Finding { path: path.clone(), error });
                }
            }
        }
        Ok(names)
    }

    /// With `snapdir=visible` the control folder has a name like any other.
    fn is_control(&self, folder: &RelPath, name: &EntryName) -> bool {
        is_control_name(name) && folder.join(name).is_ok_and(|path| self.refuse_control(&path).is_err())
    }

    fn is_folder(&self, folder: &OwnedFd, name: &EntryName, told: rustix::fs::FileType) -> bool {
        let kind = kind_of(told).or_else(|| self.stat_at(folder, Some(name)).ok().map(|stat| stat.kind));
        kind == Some(Kind::Directory)
    }

    fn entry(&self, folder: &OwnedFd, name: &EntryName) -> Result<Entry, Errno> {
        let stat = self.stat_at(folder, Some(name))?;
        let target = match stat.kind {
            Kind::Symlink => Some(readlinkat(folder, name.as_os_str(), Vec::new())?.into_bytes()),
            _ => None,
        };
        Ok(Entry { name: name.clone(), stat, target })
    }
}

fn finding(folder: &RelPath, name: &EntryName, errno: Errno) -> Finding {
    // Too long a path can't be told; the folder is the nearest thing that can.
    let path = folder.join(name).unwrap_or_else(|_| folder.clone());
    Finding { error: FileError::new(&path, errno), path }
}
