//! Owner, mode, attributes and times. What can't be kept is named; it never stops a restore, whose content is
//! what people are after.

use rustix::{fs::IFlags, io::Errno};
use serde::{Deserialize, Serialize};

use super::super::{Kind, Stat};
use super::handle::Handle;

const ACCESS_LIST: &[u8] = b"system.posix_acl_access";
const DEFAULT_LIST: &[u8] = b"system.posix_acl_default";
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
    pub(super) fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into() }
    }

    pub(super) fn failed(what: impl Into<String>, errno: Errno) -> Self {
        Self::new(what, reason(errno))
    }
}

/// What no copy has, wherever it goes.
pub(super) fn lost_with_any_copy(source: &Handle<'_>, stat: &Stat) -> Vec<NotKept> {
    let mut lost = Vec::new();
    if stat.kind != Kind::Directory && stat.nlink > 1 {
        let what = format!("hard link: one of {} names of the same file", stat.nlink);
        lost.push(NotKept::new(what, "restored as a file of its own"));
    }
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
pub(super) fn rights(stat: &Stat) -> impl Iterator<Item = NotKept> + '_ {
    let rights = [(SETUID, "setuid"), (SETGID, "setgid")];
    rights
        .into_iter()
        .filter(|(bit, _)| stat.kind == Kind::File && stat.mode & bit != 0)
        .map(|(_, word)| NotKept::new(word, RIGHTS))
}

/// Gives `to` the owner, attributes, mode and times of `from`, in the order in which none undoes another.
pub(super) fn keep(
    from: &Handle<'_>,
    stat: &Stat,
    to: &Handle<'_>,
    keep_setid: bool,
    not_kept: &mut Vec<NotKept>,
) {
    let owned = keep_owner(stat, to, not_kept);
    // With another owner it would lend other rights than it did.
    let keep_rights = keep_setid && owned;
    keep_attributes(from, to, keep_rights, not_kept);
    let mut mode = stat.mode;
    if stat.kind != Kind::Directory && !keep_rights {
        mode &= !(SETUID | SETGID);
        not_kept.extend(rights(stat));
    }
    if let Err(errno) = to.chmod(mode) {
        not_kept.push(NotKept::failed(format!("mode {mode:o}"), errno));
    }
    if let Err(errno) = to.set_times(stat.atime, stat.mtime) {
        not_kept.push(NotKept::failed("times of last change and last read", errno));
    }
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

fn keep_attributes(from: &Handle<'_>, to: &Handle<'_>, keep_rights: bool, not_kept: &mut Vec<NotKept>) {
    let names = from.list().unwrap_or_else(|errno| {
        not_kept.push(NotKept::failed("extended attributes", errno));
        Vec::new()
    });
    if !to.is_link() {
        remove_inherited(&names, to, not_kept);
    }
    for name in &names {
        if name == CAPABILITY && !keep_rights {
            not_kept.push(NotKept::new(word(name), RIGHTS));
        } else if let Err(errno) = from.get(name).and_then(|value| set_unless_there(to, name, &value)) {
            not_kept.push(NotKept::failed(word(name), errno));
        }
    }
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

/// Security labels can't be set by everyone, but are often there by themselves.
fn set_unless_there(to: &Handle<'_>, name: &[u8], value: &[u8]) -> Result<(), Errno> {
    to.set(name, value).or_else(|errno| match to.get(name) {
        Ok(there) if there == value => Ok(()),
        _ => Err(errno),
    })
}

/// What the target's filesystem has no room for, as far as a look at one of its folders tells.
pub(super) fn unsupported(from: &Handle<'_>, folder: &Handle<'_>, keep_setid: bool) -> Vec<NotKept> {
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
