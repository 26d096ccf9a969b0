//! Files that have several names, so that they have them again.

use std::{collections::HashMap, os::fd::OwnedFd};

use nasman_core::EntryName;
use rustix::{
    fs::{AtFlags, linkat},
    io::Errno,
};

use super::super::{Expected, Kind, RestoreError, Stat};
use super::staging::Staging;

/// What was made of each inode of the source that has further names. Each is kept by a name of its own in the hidden
/// folder, wherever its first one is, or whatever becomes of that.
#[derive(Default)]
pub(super) struct Links(HashMap<u64, Kept>);

struct Kept {
    name: EntryName,
    made: Expected,
    /// Names of the source that have not been met.
    left: u32,
}

impl Links {
    /// Makes a further name, where the inode was made before. False where it was not, or can't have another name.
    pub(super) fn again(
        &mut self,
        stat: &Stat,
        staging: &Staging,
        (folder, name): (&OwnedFd, &EntryName),
    ) -> Result<Option<Expected>, Errno> {
        let Some(kept) = self.0.get_mut(&stat.inode) else { return Ok(None) };
        match linkat(staging.fd(), kept.name.as_os_str(), folder, name.as_os_str(), AtFlags::empty()) {
            Ok(()) => {}
            Err(Errno::MLINK) => return Ok(None),
            Err(errno) => return Err(errno),
        }
        let made = kept.made;
        self.passed(stat, Some(staging));
        Ok(Some(made))
    }

    /// One name of an inode is made, or needs not be. Answers whether the inode is known.
    pub(super) fn passed(&mut self, stat: &Stat, staging: Option<&Staging>) -> bool {
        let Some(kept) = self.0.get_mut(&stat.inode) else { return false };
        kept.left = kept.left.saturating_sub(1);
        if kept.left == 0
            && let Some(kept) = self.0.remove(&stat.inode)
            && let Some(staging) = staging
        {
            staging.discard(&kept.name);
        }
        true
    }

    /// Keeps what was made, if there are more names to come.
    pub(super) fn note(
        &mut self,
        stat: &Stat,
        made: Expected,
        staging: &Staging,
        (folder, name): (&OwnedFd, &EntryName),
    ) -> Result<(), RestoreError> {
        if stat.nlink < 2 || stat.kind == Kind::Directory {
            return Ok(());
        }
        let kept = staging.next_name()?;
        // Where it can't be kept, the next name becomes a file of its own.
        if linkat(folder, name.as_os_str(), staging.fd(), kept.as_os_str(), AtFlags::empty()).is_ok() {
            self.0.insert(stat.inode, Kept { name: kept, made, left: stat.nlink - 1 });
        }
        Ok(())
    }

    /// Forgets all of them: the hidden folder goes.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
