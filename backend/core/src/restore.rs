//! What a restore would do with one item, decided from what is there. Pure: the caller looks, this decides.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{EntryName, FileTime, Kind, PathError, RelPath};

/// What to do where the target's name is already taken. Folders are merged whatever it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ConflictPolicy {
    /// Keep both: the restored one gets a name of its own. Where the same is there already, nothing is restored.
    #[default]
    Rename,
    /// Replace what is there, after a guard snapshot.
    Overwrite,
    /// Replace what is there if it changed longer ago than what is restored; else leave it.
    OverwriteOlder,
    /// Replace what is there if its kind, size or time of change is another; else leave it.
    OverwriteDifferent,
    /// Leave what is there alone and restore nothing.
    Skip,
}

impl ConflictPolicy {
    /// Whether a folder that is merged gets the owner, permissions, attributes and times it had.
    #[must_use]
    pub const fn folders_as_they_were(self) -> bool {
        matches!(self, Self::Overwrite | Self::OverwriteDifferent)
    }
}

/// What to do with what came into a folder since the snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AddedSince {
    /// It stays where it is.
    #[default]
    Leave,
    /// It is moved into a folder beside the restored one.
    MoveAside,
}

/// The policy for each entry: the one for all, and choices for some.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    all: ConflictPolicy,
    choices: BTreeMap<RelPath, ConflictPolicy>,
}

impl Policies {
    /// `choices` are by paths in the source. A choice for a folder holds for all in it that has none of its own.
    #[must_use]
    pub fn new(all: ConflictPolicy, choices: impl IntoIterator<Item = (RelPath, ConflictPolicy)>) -> Self {
        Self { all, choices: choices.into_iter().collect() }
    }

    /// The policy for the entry at this path in the source.
    #[must_use]
    pub fn of(&self, path: &RelPath) -> ConflictPolicy {
        if self.choices.is_empty() {
            return self.all;
        }
        let mut at = Some(path.clone());
        while let Some(here) = at {
            if let Some(&choice) = self.choices.get(&here) {
                return choice;
            }
            at = here.parent();
        }
        self.all
    }
}

/// What an entry looks like, as far as conflicts are decided by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    /// What it is.
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
    /// Last change of the content.
    pub mtime: FileTime,
    /// Whether another filesystem is mounted there.
    pub mountpoint: bool,
}

impl Looks {
    /// Whether both look like the same content. Of folders that says nothing.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.kind != Kind::Directory
            && self.mtime == other.mtime
            && self.size == other.size
    }

    /// Whether a restored entry of this kind may replace it: files and links by all but folders, pipes by pipes.
    const fn replaceable_by(&self, kind: Kind) -> bool {
        !self.mountpoint
            && match self.kind {
                Kind::File | Kind::Symlink => !matches!(kind, Kind::Directory),
                Kind::Fifo => matches!(kind, Kind::Fifo),
                _ => false,
            }
    }
}

/// The decision for one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Nothing is in the way.
    Create,
    /// Restored beside what is there, under this name.
    KeepBoth(EntryName),
    /// What is there is replaced; a guard snapshot comes first.
    Replace,
    /// A folder is there: what is in the restored one comes into it.
    Merge,
    /// Left out, since something is there.
    Skip(Left),
}

/// Why what is there is left, and nothing restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// It looks the same.
    Same,
    /// It changed at the same time as what would be restored, or later.
    Newer,
    /// The policy says so.
    Asked,
}

/// The target is something that a restore never replaces.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a folder, and a folder is in the way.
    #[error("a folder has this name, and nothing but a folder is restored over one; keep both instead")]
    FolderInTheWay,
    /// A folder, and a file is in the way.
    #[error("a file has this name, and a restored folder never replaces one; keep both instead")]
    FileInTheWay,
    /// A pipe, a device, a socket, or another filesystem is in the way.
    #[error(
        "a pipe, a device, a socket or another filesystem has this name, and a restore never replaces one; keep both instead"
    )]
    SpecialInTheWay,
    /// No name for the second copy fits the directory.
    #[error("no free name for a second copy: {0}")]
    Name(#[from] PathError),
}

/// Decides for one item from how it looks and how what has its name looks, if anything has. `label` tells the two copies
/// apart (a date as text); `taken` answers whether a name exists in the target directory.
///
/// # Errors
/// When the policy asks for what a restore never does.
pub fn decide(
    policy: ConflictPolicy,
    from: &Looks,
    there: Option<&Looks>,
    name: &EntryName,
    label: &str,
    taken: impl Fn(&EntryName) -> bool,
) -> Result<Action, Refused> {
    let Some(there) = there else { return Ok(Action::Create) };
    if from.kind == Kind::Directory && there.kind == Kind::Directory && !there.mountpoint {
        return Ok(Action::Merge);
    }
    let same = from.same(there) && !there.mountpoint;
    match policy {
        ConflictPolicy::Skip | ConflictPolicy::Rename if same => Ok(Action::Skip(Left::Same)),
        ConflictPolicy::Skip => Ok(Action::Skip(Left::Asked)),
        ConflictPolicy::Rename => Ok(Action::KeepBoth(second_name(name, label, taken)?)),
        _ if !there.replaceable_by(from.kind) => Err(in_the_way(from, there)),
        ConflictPolicy::OverwriteOlder | ConflictPolicy::OverwriteDifferent if same => {
            Ok(Action::Skip(Left::Same))
        }
        ConflictPolicy::OverwriteOlder if there.mtime >= from.mtime => Ok(Action::Skip(Left::Newer)),
        _ => Ok(Action::Replace),
    }
}

const fn in_the_way(from: &Looks, there: &Looks) -> Refused {
    match there.kind {
        _ if there.mountpoint => Refused::SpecialInTheWay,
        Kind::Directory => Refused::FolderInTheWay,
        Kind::File | Kind::Symlink | Kind::Fifo if matches!(from.kind, Kind::Directory) => {
            Refused::FileInTheWay
        }
        _ => Refused::SpecialInTheWay,
    }
}

/// A free name for a second thing that would be called `name`.
///
/// # Errors
/// [`Refused::Name`].
pub fn beside(
    name: &EntryName,
    label: &str,
    taken: impl Fn(&EntryName) -> bool,
) -> Result<EntryName, Refused> {
    Ok(second_name(name, label, taken)?)
}

/// Whether an item was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Outcome {
    /// It is not; nothing was changed for it.
    Failed,
    /// It is in place.
    Restored,
    /// Left out, as planned.
    Skipped,
}

/// What undoing a restored item came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Undone {
    /// It is as it was before.
    Undone,
    /// It was left as it is, since it changed after it was restored.
    Left,
    /// It could not be undone.
    Failed,
}

/// `Report.pdf` becomes `Report (label).pdf`, then `Report (label 2).pdf` and so on: the extension stays,
/// the stem is cut where the whole would be longer than 255 bytes.
fn second_name(
    name: &EntryName,
    label: &str,
    taken: impl Fn(&EntryName) -> bool,
) -> Result<EntryName, PathError> {
    let (stem, extension) = split_extension(name.as_bytes());
    let mut number = 1u32;
    loop {
        let mark = if number == 1 { format!(" ({label})") } else { format!(" ({label} {number})") };
        let room = 255usize.saturating_sub(mark.len() + extension.len());
        let candidate = EntryName::new([cut(stem, room), mark.as_bytes(), extension].concat())?;
        if !taken(&candidate) {
            return Ok(candidate);
        }
        number += 1;
    }
}

/// The extension with its dot, where there is one that people would call so: at most 16 bytes, not the
/// whole of a dot file's name.
fn split_extension(name: &[u8]) -> (&[u8], &[u8]) {
    match name.iter().rposition(|&b| b == b'.') {
        Some(dot) if dot > 0 && name.len() - dot <= 16 => name.split_at(dot),
        _ => (name, b""),
    }
}

/// At most `room` bytes, not ending inside a UTF-8 character where the name is UTF-8.
fn cut(stem: &[u8], room: usize) -> &[u8] {
    if stem.len() <= room {
        return stem;
    }
    let mut end = room;
    while end > 0 && stem[end] & 0b1100_0000 == 0b1000_0000 && room - end < 4 {
        end -= 1;
    }
    &stem[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> EntryName {
        EntryName::new(text).unwrap()
    }

    const fn looks(kind: Kind, size: u64, seconds: i64) -> Looks {
        Looks { kind, size, mtime: FileTime { seconds, nanos: 0 }, mountpoint: false }
    }

    const OLD: Looks = looks(Kind::File, 3, 10);
    const NEW: Looks = looks(Kind::File, 3, 20);
    const FOLDER: Looks = looks(Kind::Directory, 2, 20);

    fn decided(policy: ConflictPolicy, from: Looks, there: Looks) -> Result<Action, Refused> {
        decide(policy, &from, Some(&there), &name("a"), "x", |_| false)
    }

    fn keep_both(text: &str, taken: &[&str]) -> String {
        let taken = |n: &EntryName| taken.contains(&n.display().as_str());
        match decide(ConflictPolicy::Rename, &OLD, Some(&NEW), &name(text), "2026-05-02", taken) {
            Ok(Action::KeepBoth(n)) => n.display(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn second_copies_keep_their_extension() {
        assert_eq!(keep_both("Report.pdf", &[]), "Report (2026-05-02).pdf");
        assert_eq!(keep_both("Report.pdf", &["Report (2026-05-02).pdf"]), "Report (2026-05-02 2).pdf");
        assert_eq!(keep_both("README", &[]), "README (2026-05-02)");
        assert_eq!(keep_both(".bashrc", &[]), ".bashrc (2026-05-02)");
        assert_eq!(keep_both("a.tar.gz", &[]), "a.tar (2026-05-02).gz");
    }

    #[test]
    fn second_copies_fit_the_directory() {
        let long = keep_both(&format!("{}.txt", "ü".repeat(125)), &[]);
        assert!(long.len() <= 255 && long.ends_with(" (2026-05-02).txt"), "{long}");
        assert!(!long.contains('\u{fffd}'), "{long}");
    }

    #[test]
    fn second_copies_of_names_that_are_not_utf8_keep_their_bytes() {
        let odd = EntryName::new(*b"\xff\xfe.bin").unwrap();
        assert_eq!(beside(&odd, "x", |_| false), Ok(EntryName::new(*b"\xff\xfe (x).bin").unwrap()));
    }

    #[test]
    fn each_policy_decides_by_what_both_look_like() {
        use ConflictPolicy::{Overwrite, OverwriteDifferent, OverwriteOlder, Rename, Skip};
        let second = || Action::KeepBoth(name("a (x)"));
        let (same, newer, asked) =
            (|| Action::Skip(Left::Same), || Action::Skip(Left::Newer), || Action::Skip(Left::Asked));
        let other_size = Looks { size: 4, ..OLD };
        let link = Looks { kind: Kind::Symlink, ..OLD };
        // What is restored, what is there; then for rename, overwrite, older, different, skip.
        for (from, there, expected) in [
            (OLD, OLD, [same(), Action::Replace, same(), same(), same()]),
            (OLD, NEW, [second(), Action::Replace, newer(), Action::Replace, asked()]),
            (NEW, OLD, [second(), Action::Replace, Action::Replace, Action::Replace, asked()]),
            (OLD, other_size, [second(), Action::Replace, newer(), Action::Replace, asked()]),
            (OLD, link, [second(), Action::Replace, newer(), Action::Replace, asked()]),
        ] {
            let policies = [Rename, Overwrite, OverwriteOlder, OverwriteDifferent, Skip];
            for (policy, expected) in policies.into_iter().zip(expected) {
                assert_eq!(decided(policy, from, there), Ok(expected), "{policy:?} {from:?} {there:?}");
            }
        }
    }

    #[test]
    fn where_nothing_is_every_policy_restores() {
        for policy in [ConflictPolicy::Skip, ConflictPolicy::OverwriteOlder, ConflictPolicy::Rename] {
            assert_eq!(decide(policy, &FOLDER, None, &name("a"), "x", |_| true), Ok(Action::Create));
        }
    }

    #[test]
    fn folders_merge_and_never_change_places_with_files() {
        use ConflictPolicy::{Overwrite, OverwriteDifferent, OverwriteOlder, Rename, Skip};
        for policy in [Rename, Overwrite, OverwriteOlder, OverwriteDifferent, Skip] {
            assert_eq!(decided(policy, FOLDER, FOLDER), Ok(Action::Merge), "{policy:?}");
        }
        for policy in [Overwrite, OverwriteOlder, OverwriteDifferent] {
            assert_eq!(decided(policy, OLD, FOLDER), Err(Refused::FolderInTheWay));
            assert_eq!(decided(policy, FOLDER, OLD), Err(Refused::FileInTheWay));
        }
        for (from, there) in [(OLD, FOLDER), (FOLDER, OLD)] {
            assert_eq!(decided(Skip, from, there), Ok(Action::Skip(Left::Asked)));
            assert_eq!(decided(Rename, from, there), Ok(Action::KeepBoth(name("a (x)"))));
        }
    }

    #[test]
    fn devices_sockets_and_mounts_are_never_replaced() {
        let mounted = Looks { mountpoint: true, ..FOLDER };
        for there in [looks(Kind::Socket, 0, 1), looks(Kind::Block, 0, 1), mounted] {
            assert_eq!(decided(ConflictPolicy::Overwrite, OLD, there), Err(Refused::SpecialInTheWay));
            assert_eq!(decided(ConflictPolicy::OverwriteOlder, FOLDER, there), Err(Refused::SpecialInTheWay));
            assert_eq!(decided(ConflictPolicy::Rename, FOLDER, there), Ok(Action::KeepBoth(name("a (x)"))));
        }
        let pipe = looks(Kind::Fifo, 0, 1);
        assert_eq!(decided(ConflictPolicy::Overwrite, OLD, pipe), Err(Refused::SpecialInTheWay));
        assert_eq!(decided(ConflictPolicy::Overwrite, pipe, OLD), Ok(Action::Replace));
        assert_eq!(decided(ConflictPolicy::Overwrite, pipe, pipe), Ok(Action::Replace));
    }

    #[test]
    fn the_nearest_choice_holds() {
        use ConflictPolicy::{Overwrite, Rename, Skip};
        let path = |text: &str| RelPath::decode(text).unwrap();
        let policies = Policies::new(Rename, [(path("a"), Skip), (path("a/b/c"), Overwrite)]);
        for (at, expected) in [
            ("a", Skip),
            ("a/b", Skip),
            ("a/b/c", Overwrite),
            ("a/b/c/d", Overwrite),
            ("b", Rename),
            ("ab", Rename),
        ] {
            assert_eq!(policies.of(&path(at)), expected, "{at}");
        }
    }
}
