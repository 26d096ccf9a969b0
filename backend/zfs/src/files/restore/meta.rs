//! Owner, mode, attributes and times. What can't be kept is named; it never stops a restore, whose content is
//! what people are after.

use rustix::{fs::IFlags, io::Errno};
use serde::{Deserialize, Serialize};

use super::super::{Kind, Stat};
use super::handle::Handle;

pub(in crate::files) const ACCESS_LIST: &[u8] = b"system.posix_acl_access";
pub(in crate::files) const DEFAULT_LIST: &[u8] = b"system.posix_acl_default";
const CAPABILITY: &[u8] = b"security.capability";
const SETUID: u32 = 0o4000;
const SETGID: u32 = 0o2000;
/// Why rights to run as somebody else are left out.
const RIGHTS: &str =
    "left out for safety, since it lets the file run with other rights; ask for it to be kept";

/// Something that the restored file lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotKept {
    /// What is missing, in people's words.
    pub what: String,
    /// Why, and where useful how to have it.
    pub why: String,
}

impl NotKept {
    pub(in crate::files) fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into() }
    }

    pub(in crate::files) fn failed(what: impl Into<String>, errno: Errno) -> Self {
        Self::new(what, reason(errno))
    }
}

/// That it was one of several names, where only this one comes back.
pub(in crate::files) fn hard_link(stat: &Stat) -> Option<NotKept> {
    let what = || format!("hard link: one of {} names of the same file", stat.nlink);
    (stat.kind != Kind::Directory && stat.nlink > 1)
        .then(|| NotKept::new(what(), "restored as a file of its own"))
}

/// Flags that no copy has, wherever it goes.
pub(in crate::files) fn flags(source: &Handle<'_>) -> Vec<NotKept> {
    let mut lost = Vec::new();
    let flags = source.flags();
    for (flag, word) in
        [(IFlags::IMMUTABLE, "immutable"), (IFlags::APPEND, "append only"), (IFlags::NODUMP, "no dump")]
    {
        if flags.contains(flag) {
            lost.push(NotKept::new(
                format!("flag '{word}'"),
                "a restored file can be changed again; set it with chattr",
            ));
        }
    }
    lost
}

/// What is left out unless asked for, told from the state alone.
pub(in crate::files) fn rights(stat: &Stat) -> impl Iterator<Item = NotKept> + '_ {
    let rights = [(SETUID, "setuid"), (SETGID, "setgid")];
    rights
        .into_iter()
        .filter(|(bit, _)| stat.kind == Kind::File && stat.mode & bit != 0)
        .map(|(_, word)| NotKept::new(word, RIGHTS))
}

/// What there is before anything is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::files) enum Before<'a> {
    /// Nothing: it was made in a folder of which nothing is inherited.
    Bare,
    /// The same, and how it was made. What is right already is not written once more: on ZFS each change of owner or mode is
    /// a transaction.
    Made(&'a Stat),
    /// Access control lists that it may have inherited.
    Inherited,
    /// Anything: it has been there.
    Stood,
}

/// Whether the times came over. Then when it was modified need not be asked.
pub(in crate::files) enum Times {
    Kept,
    NotKept,
}

/// Gives `to` the owner, attributes, mode and times of `from`, in the order in which none undoes another.
pub(in crate::files) fn keep(
    from: &Handle<'_>,
    stat: &Stat,
    to: &Handle<'_>,
    before: Before<'_>,
    keep_setid: bool,
    not_kept: &mut Vec<NotKept>,
) -> Times {
    let made = if let Before::Made(made) = before { Some(made) } else { None };
    let born_to = made.is_some_and(|made| (made.uid, made.gid) == (stat.uid, stat.gid));
    let owned = born_to || keep_owner(stat, to, not_kept);
    // With another owner it would lend other rights than it did.
    let keep_rights = keep_setid && owned;
    let has_attributes = keep_attributes(from, to, before, keep_rights, not_kept);
    let mut mode = stat.mode;
    if stat.kind != Kind::Directory && !keep_rights {
        mode &= !(SETUID | SETGID);
        not_kept.extend(rights(stat));
    }
    // An access control list, and another owner, change it.
    let has_mode = born_to && !has_attributes && made.is_some_and(|made| made.mode == mode);
    if !has_mode && let Err(errno) = to.chmod(mode) {
        not_kept.push(NotKept::failed(format!("mode {mode:o}"), errno));
    }
    let Err(errno) = to.set_times(stat.atime, stat.mtime) else { return Times::Kept };
    not_kept.push(NotKept::failed("times of last change and last read", errno));
    Times::NotKept
}

fn keep_owner(stat: &Stat, to: &Handle<'_>, not_kept: &mut Vec<NotKept>) -> bool {
    let Err(errno) = to.chown(Some(stat.uid), Some(stat.gid)) else { return true };
    not_kept.push(NotKept::failed(format!("owner {}", stat.uid), errno));
    // Without privilege, the group can still be one of our own.
    if let Err(errno) = to.chown(None, Some(stat.gid)) {
        not_kept.push(NotKept::failed(format!("group {}", stat.gid), errno));
    }
    false
}

/// Answers whether there are any.
fn keep_attributes(
    from: &Handle<'_>,
    to: &Handle<'_>,
    before: Before<'_>,
    keep_rights: bool,
    not_kept: &mut Vec<NotKept>,
) -> bool {
    let names = from.list().unwrap_or_else(|errno| {
        not_kept.push(NotKept::failed("extended attributes", errno));
        Vec::new()
    });
    if before == Before::Stood {
        remove_others(&names, to, not_kept);
    }
    if matches!(before, Before::Inherited | Before::Stood) && !to.is_link() {
        remove_inherited(&names, to, not_kept);
    }
    for name in &names {
        if name == CAPABILITY && !keep_rights {
            not_kept.push(NotKept::new(word(name), RIGHTS));
        } else if let Err(errno) = from.get(name).and_then(|value| set_unless_there(to, name, &value)) {
            not_kept.push(NotKept::failed(word(name), errno));
        }
    }
    !names.is_empty()
}

/// A folder's default list is inherited by what is made in it; the original may have had none.
fn remove_inherited(names: &[Vec<u8>], to: &Handle<'_>, not_kept: &mut Vec<NotKept>) {
    for list in [ACCESS_LIST, DEFAULT_LIST] {
        if names.iter().any(|name| name == list) || to.get(list).is_err() {
            continue;
        }
        if let Err(errno) = to.remove(list) {
            let why = format!("inherited from the folder and could not be removed: {}", reason(errno));
            not_kept.push(NotKept::new(format!("absence of {}", word(list)), why));
        }
    }
}

/// Attributes that the original does not have. Security labels are the system's own and stay.
fn remove_others(names: &[Vec<u8>], to: &Handle<'_>, not_kept: &mut Vec<NotKept>) {
    let ours = |name: &Vec<u8>| name.starts_with(b"user.") || name.starts_with(b"trusted.");
    for name in to.list().unwrap_or_default().iter().filter(|name| ours(name) && !names.contains(name)) {
        if let Err(errno) = to.remove(name) {
            not_kept.push(NotKept::failed(format!("absence of {}", word(name)), errno));
        }
    }
}

/// Security labels can't be set by everyone, but are often there by themselves.
fn set_unless_there(to: &Handle<'_>, name: &[u8], value: &[u8]) -> Result<(), Errno> {
    to.set(name, value).or_else(|errno| match to.get(name) {
        Ok(there) if there == value => Ok(()),
        _ => Err(errno),
    })
}

/// What the target's filesystem has no room for, as far as a look at one of its folders tells.
pub(in crate::files) fn unsupported(
    from: &Handle<'_>,
    folder: &Handle<'_>,
    keep_setid: bool,
) -> Vec<NotKept> {
    let names = from.list().unwrap_or_default();
    let lost = |name: &Vec<u8>| {
        if name == CAPABILITY && !keep_setid {
            return Some(NotKept::new(word(name), RIGHTS));
        }
        let missing = folder.get(name).err() == Some(Errno::OPNOTSUPP);
        missing.then(|| NotKept::failed(word(name), Errno::OPNOTSUPP))
    };
    names.iter().filter_map(lost).collect()
}

/// An attribute in people's words.
fn word(name: &[u8]) -> String {
    match name {
        ACCESS_LIST => "access control list".into(),
        DEFAULT_LIST => "default access control list".into(),
        CAPABILITY => "file capabilities".into(),
        name => format!("attribute '{}'", String::from_utf8_lossy(name)),
    }
}

fn reason(errno: Errno) -> String {
    match errno {
        Errno::OPNOTSUPP => "the target's filesystem does not support it (see acltype and xattr)".into(),
        Errno::PERM | Errno::ACCESS => "permission refused; the server would have to run as root".into(),
        errno => errno.to_string(),
    }
}
