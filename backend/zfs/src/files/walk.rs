//! Trees, entry by entry, for those who read them once from end to end.

use nasman_core::{EntryName, RelPath};

use super::{FileError, Finding, Kind, Root, Stat, Way};

/// An entry that a walk came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// Where it is.
    pub path: RelPath,
    /// Its state.
    pub stat: Stat,
    /// Of a symbolic link, where it points: the bytes it holds.
    pub target: Option<Vec<u8>>,
}

/// Everything from one entry downwards: a folder before what it holds, names in the order of their bytes. No link is
/// followed and no other filesystem entered. What can't be looked at, or vanished on the way, is a finding; the walk
/// goes on.
///
/// In memory are the names of the folders on the way to the present entry, no more; no folder is kept open.
#[derive(Debug)]
pub struct Walk<'a> {
    root: &'a Root,
    first: Option<RelPath>,
    levels: Vec<Level>,
    findings: Vec<Finding>,
}

#[derive(Debug)]
struct Level {
    folder: RelPath,
    /// Those still to come, the next one last.
    names: Vec<EntryName>,
}

impl Root {
    /// Walks the tree that begins at this entry, which may also be a single file.
    #[must_use]
    pub fn walk(&self, from: RelPath) -> Walk<'_> {
        Walk { root: self, first: Some(from), levels: Vec::new(), findings: Vec::new() }
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<Met, Finding>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(finding) = self.findings.pop() {
            return Some(Err(finding));
        }
        Some(self.next_path()?.and_then(|path| self.meet(path)))
    }
}

impl Walk<'_> {
    fn next_path(&mut self) -> Option<Result<RelPath, Finding>> {
        if let Some(first) = self.first.take() {
            return Some(Ok(first));
        }
        loop {
            let level = self.levels.last_mut()?;
            let Some(name) = level.names.pop() else {
                self.levels.pop();
                continue;
            };
            let folder = &level.folder;
            return Some(folder.join(&name).map_err(|reason| Finding {
                path: folder.clone(),
                error: FileError::Name { folder: folder.clone(), reason },
            }));
        }
    }

    fn meet(&mut self, path: RelPath) -> Result<Met, Finding> {
        let (stat, target) = self.look(&path).map_err(|error| Finding { path: path.clone(), error })?;
        if stat.kind == Kind::Directory
            && let Err(error) = self.enter(&path)
        {
            // The folder itself is told first: it is there.
            self.findings.push(Finding { path: path.clone(), error });
        }
        Ok(Met { path, stat, target })
    }

    fn look(&self, path: &RelPath) -> Result<(Stat, Option<Vec<u8>>), FileError> {
        let stat = self.root.stat(path)?;
        if stat.mountpoint {
            return Err(FileError::Escapes { path: path.clone(), way: Way::Mount });
        }
        let target = match stat.kind {
            Kind::Symlink => Some(self.root.link_target(path)?),
            _ => None,
        };
        Ok((stat, target))
    }

    fn enter(&mut self, folder: &RelPath) -> Result<(), FileError> {
        let opened = self.root.open_folder(folder)?;
        let found = self.root.names(&opened, folder, &mut self.findings)?;
        let mut names: Vec<_> = found.into_iter().map(|found| found.name).collect();
        names.sort_unstable_by(|a, b| b.cmp(a));
        self.levels.push(Level { folder: folder.clone(), names });
        Ok(())
    }
}
