//! A look ahead, for the plan: what would be restored, what is in the way, what would be lost.

use nasman_core::RelPath;
use rustix::{
    fs::{Access, AtFlags, accessat, fstatvfs},
    process::geteuid,
    thread::{CapabilitySet, capabilities},
};

use super::super::{FileError, Kind, Root, Stat};
use super::{Handle, NotKept, RestoreError, meta, parents::deepest};

/// What a restore would meet. Read-only to make; things can change until it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The file that would be restored.
    pub source: Stat,
    /// What stands where it would go; for [`super::Put::Replace`].
    pub there: Option<Stat>,
    /// Folders that would be made, top down.
    pub missing_folders: Vec<RelPath>,
    /// Why the place can't be written to; absent when it can.
    pub obstacle: Option<RestoreError>,
    /// Bytes free in the target, as far as the filesystem tells. A clone takes none of them.
    pub available: u64,
    /// What the restored file would lack, as far as can be told in advance.
    pub not_kept: Vec<NotKept>,
}

/// Looks at what restoring `from` to `to` would meet, and changes nothing.
///
/// # Errors
/// When the source can't be restored at all, or the target's path leads nowhere: [`RestoreError::Source`],
/// [`RestoreError::Kind`], [`RestoreError::Target`], [`RestoreError::NoName`].
pub fn preview(
    source: &Root,
    from: &RelPath,
    target: &Root,
    to: &RelPath,
    keep_setid: bool,
) -> Result<Preview, RestoreError> {
    let failed = |errno| RestoreError::Target(FileError::new(to, errno));
    let name = to.name().ok_or(RestoreError::NoName)?;
    let stat = source.stat(from).map_err(RestoreError::Source)?;
    if !matches!(stat.kind, Kind::File | Kind::Symlink) {
        return Err(RestoreError::Kind { path: from.clone(), kind: stat.kind });
    }
    target.refuse_control(to).map_err(RestoreError::Target)?;
    let (folder, missing_folders) =
        deepest(target, to.parent().unwrap_or_default()).map_err(RestoreError::Target)?;
    let there = if missing_folders.is_empty() {
        match target.stat_at(&folder, Some(&name)) {
            Ok(stat) => Some(stat),
            Err(rustix::io::Errno::NOENT) => None,
            Err(errno) => return Err(failed(errno)),
        }
    } else {
        None
    };
    let access = accessat(&folder, ".", Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS);
    let space = fstatvfs(&folder).map_err(failed)?;
    let not_kept = would_lose(source, from, &stat, &Handle::open(&folder), keep_setid)?;
    Ok(Preview {
        source: stat,
        there,
        missing_folders,
        obstacle: access.err().map(|errno| RestoreError::write(to, errno)),
        available: space.f_bavail.saturating_mul(space.f_frsize),
        not_kept,
    })
}

fn would_lose(
    source: &Root,
    from: &RelPath,
    stat: &Stat,
    folder: &Handle<'_>,
    keep_setid: bool,
) -> Result<Vec<NotKept>, RestoreError> {
    let mut not_kept = told_by_state(stat, may_chown(), keep_setid);
    if stat.kind == Kind::File {
        // Opening it proves that it can be read, too.
        let (file, _) = source.open_regular(from).map_err(RestoreError::Source)?;
        let file = Handle::open(&file);
        not_kept.extend(meta::hard_link(stat));
        not_kept.extend(meta::flags(&file));
        not_kept.extend(meta::unsupported(&file, folder, keep_setid));
    }
    Ok(not_kept)
}

/// Whether this process may give files away.
pub(in crate::files) fn may_chown() -> bool {
    capabilities(None).is_ok_and(|sets| sets.effective.contains(CapabilitySet::CHOWN))
}

/// What would be lost, as far as the state alone tells.
pub(in crate::files) fn told_by_state(stat: &Stat, may_chown: bool, keep_setid: bool) -> Vec<NotKept> {
    let mut not_kept = Vec::new();
    if !may_chown && stat.uid != geteuid().as_raw() {
        not_kept.push(NotKept::failed(format!("owner {}", stat.uid), rustix::io::Errno::PERM));
    }
    if !keep_setid {
        not_kept.extend(meta::rights(stat));
    }
    not_kept
}
