//! What a restore would do with one item, decided from what is there. Pure: the caller looks, this decides.

use serde::{Deserialize, Serialize};

use crate::{EntryName, PathError};

/// What to do where the target's name is already taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ConflictPolicy {
    /// Keep both: the restored file gets a name of its own.
    #[default]
    Rename,
    /// Replace what is there, after a guard snapshot.
    Overwrite,
    /// Leave what is there alone and restore nothing.
    Skip,
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
    /// Left out, since something is there.
    Skip,
}

/// What stands where the file would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InTheWay {
    /// Nothing.
    Nothing,
    /// A file or symbolic link: a restored file may replace it.
    Replaceable,
    /// A directory, device, socket or pipe: never replaced by a file.
    Fixed,
}

/// The target is something a file must not replace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A folder or special file is in the way and the policy says to overwrite.
    #[error(
        "a folder or special file with this name is in the way, and a restored file never replaces one; keep both instead"
    )]
    NotReplaceable,
    /// No name for the second copy fits the directory.
    #[error("no free name for a second copy: {0}")]
    Name(#[from] PathError),
}

/// Decides for one item. `label` tells the two copies apart (a date as text); `taken` answers whether a
/// name exists in the target directory.
///
/// # Errors
/// When the policy asks for what a restore never does.
pub fn decide(
    policy: ConflictPolicy,
    there: InTheWay,
    name: &EntryName,
    label: &str,
    taken: impl Fn(&EntryName) -> bool,
) -> Result<Action, Refused> {
    match (there, policy) {
        (InTheWay::Nothing, _) => Ok(Action::Create),
        (_, ConflictPolicy::Skip) => Ok(Action::Skip),
        (_, ConflictPolicy::Rename) => Ok(Action::KeepBoth(second_name(name, label, taken)?)),
        (InTheWay::Replaceable, ConflictPolicy::Overwrite) => Ok(Action::Replace),
        (InTheWay::Fixed, ConflictPolicy::Overwrite) => Err(Refused::NotReplaceable),
    }
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

    fn keep_both(text: &str, taken: &[&str]) -> String {
        let taken = |n: &EntryName| taken.contains(&n.display().as_str());
        match decide(ConflictPolicy::Rename, InTheWay::Replaceable, &name(text), "2026-05-02", taken) {
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
        let action = decide(
            ConflictPolicy::Rename,
            InTheWay::Replaceable,
            &EntryName::new(*b"\xff\xfe.bin").unwrap(),
            "x",
            |_| false,
        );
        assert_eq!(action, Ok(Action::KeepBoth(EntryName::new(*b"\xff\xfe (x).bin").unwrap())));
    }

    #[test]
    fn a_folder_is_never_replaced() {
        let decide = |policy, there| decide(policy, there, &name("a"), "x", |_| false);
        assert_eq!(decide(ConflictPolicy::Overwrite, InTheWay::Fixed), Err(Refused::NotReplaceable));
        assert_eq!(decide(ConflictPolicy::Overwrite, InTheWay::Replaceable), Ok(Action::Replace));
        assert_eq!(decide(ConflictPolicy::Skip, InTheWay::Fixed), Ok(Action::Skip));
        assert_eq!(decide(ConflictPolicy::Skip, InTheWay::Nothing), Ok(Action::Create));
    }
}
