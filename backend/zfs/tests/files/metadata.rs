//! Owner, mode, attributes, times: kept, or named.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::{PermissionsExt as _, chown},
};

use nasman_zfs::files::{Put, Restore, preview, restore_file};
use rustix::{
    fs::{
        AtFlags, CWD, IFlags, Timespec, Timestamps, XattrFlags, getxattr, ioctl_getflags, ioctl_setflags,
        setxattr, utimensat,
    },
    io::Errno,
};

use crate::common::{Bench, go_on, is_root, lacks, name, path, skipped};

const ACCESS_LIST: &str = "system.posix_acl_access";
const DEFAULT_LIST: &str = "system.posix_acl_default";

/// `u::rw-, u:1234:r--, g::r--, m::r--, o::---`, in the kernel's form.
fn access_list() -> Vec<u8> {
    let none = u32::MAX;
    let entries: [(u16, u16, u32); 5] =
        [(0x01, 6, none), (0x02, 4, 1234), (0x04, 4, none), (0x10, 4, none), (0x20, 0, none)];
    let mut bytes = 2u32.to_le_bytes().to_vec();
    for (tag, rights, id) in entries {
        bytes.extend(tag.to_le_bytes().iter().chain(&rights.to_le_bytes()).chain(&id.to_le_bytes()));
    }
    bytes
}

/// False (and said so) where the filesystem has no such attributes.
fn set(bench: &Bench, place: &str, attribute: &str, value: &[u8]) -> bool {
    match setxattr(bench.at(place), attribute, value, XattrFlags::empty()) {
        Ok(()) => true,
        Err(Errno::OPNOTSUPP | Errno::PERM) => {
            skipped(&format!("{attribute} can't be set here"));
            false
        }
        Err(errno) => panic!("{attribute}: {errno}"),
    }
}

fn get(bench: &Bench, place: &str, attribute: &str) -> Result<Vec<u8>, Errno> {
    let mut value = vec![0; 4096];
    let len = getxattr(bench.at(place), attribute, &mut value[..])?;
    value.truncate(len);
    Ok(value)
}

#[test]
fn times_mode_and_owner_are_kept() {
    let bench = Bench::with("file", "content");
    let place = bench.at("source/file");
    fs::set_permissions(&place, Permissions::from_mode(0o640)).unwrap();
    if is_root() {
        chown(&place, Some(4321), Some(1234)).unwrap();
    }
    let time = |tv_sec, tv_nsec| Timespec { tv_sec, tv_nsec };
    let times = Timestamps { last_access: time(1_000_000_001, 3), last_modification: time(999, 123_456_789) };
    utimensat(CWD, &place, &times, AtFlags::empty()).unwrap();
    let before = bench.source.stat(&path("file")).unwrap();

    let restored = bench.restore("file", "file", Put::New).unwrap();
    assert_eq!(restored.not_kept, []);
    let after = bench.target.stat(&path("file")).unwrap();
    assert_eq!((after.mtime, after.mode), (before.mtime, 0o640));
    assert_eq!((after.atime.seconds, after.atime.nanos), (1_000_000_001, 3));
    assert_eq!((after.uid, after.gid), (before.uid, before.gid));
    assert_eq!(bench.read("target/file"), "content");
}

#[test]
fn attributes_and_access_lists_are_kept() {
    let bench = Bench::with("file", "");
    let user = set(&bench, "source/file", "user.nasman.test", b"\x00any\xff");
    let trusted = set(&bench, "source/file", "trusted.nasman.test", b"");
    let listed = set(&bench, "source/file", ACCESS_LIST, &access_list());
    let mode = bench.source.stat(&path("file")).unwrap().mode;

    let restored = bench.restore("file", "file", Put::New).unwrap();
    assert_eq!(restored.not_kept, []);
    assert_eq!(bench.target.stat(&path("file")).unwrap().mode, mode);
    if user {
        assert_eq!(get(&bench, "target/file", "user.nasman.test").unwrap(), b"\x00any\xff");
    }
    if trusted {
        assert_eq!(get(&bench, "target/file", "trusted.nasman.test").unwrap(), b"");
    }
    if listed {
        assert_eq!(get(&bench, "target/file", ACCESS_LIST).unwrap(), access_list());
    }
}

#[test]
fn nobody_gets_rights_from_the_folder_that_the_original_did_not_give() {
    let bench = Bench::with("file", "");
    fs::set_permissions(bench.at("source/file"), Permissions::from_mode(0o640)).unwrap();
    if !set(&bench, "target", DEFAULT_LIST, &access_list()) {
        return;
    }
    bench.write("target/control", "");
    assert!(get(&bench, "target/control", ACCESS_LIST).is_ok(), "files made here inherit a list");
    bench.restore("file", "file", Put::New).unwrap();
    assert_eq!(get(&bench, "target/file", ACCESS_LIST), Err(Errno::NODATA));
    assert_eq!(bench.target.stat(&path("file")).unwrap().mode, 0o640);
}

#[test]
fn rights_to_run_as_somebody_else_are_dropped_and_named_unless_asked_for() {
    let bench = Bench::with("program", "");
    fs::set_permissions(bench.at("source/program"), Permissions::from_mode(0o6755)).unwrap();
    let capability = b"\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";
    let capable = is_root() && set(&bench, "source/program", "security.capability", capability);
    let named: &[&str] =
        if capable { &["file capabilities", "setuid", "setgid"] } else { &["setuid", "setgid"] };

    let (from, temp_name) = (path("program"), name(".temp"));
    let seen = preview(&bench.source, &from, &bench.target, &from, false).unwrap();
    let restored = bench.restore("program", "program", Put::New).unwrap();
    assert_eq!(lacks(&restored.not_kept), named);
    let mut foreseen = lacks(&seen.not_kept);
    foreseen.sort_unstable();
    let mut told = named.to_vec();
    told.sort_unstable();
    assert_eq!(foreseen, told);
    assert_eq!(bench.target.stat(&path("program")).unwrap().mode, 0o755);
    assert_eq!(get(&bench, "target/program", "security.capability"), Err(Errno::NODATA));

    let to = path("kept");
    let what = Restore {
        source: &bench.source,
        from: &from,
        target: &bench.target,
        to: &to,
        put: Put::New,
        temp_name: &temp_name,
        keep_setid: true,
    };
    assert_eq!(restore_file(&what, &mut go_on).unwrap().not_kept, []);
    assert_eq!(bench.target.stat(&to).unwrap().mode, 0o6755);
    if capable {
        assert_eq!(get(&bench, "target/kept", "security.capability").unwrap(), capability);
    }
}

#[test]
fn a_hard_link_becomes_a_file_of_its_own_and_is_named() {
    let bench = Bench::with("one", "content");
    fs::hard_link(bench.at("source/one"), bench.at("source/two")).unwrap();
    let restored = bench.restore("two", "two", Put::New).unwrap();
    assert_eq!(lacks(&restored.not_kept), ["hard link: one of 2 names of the same file"]);
    assert_eq!(bench.target.stat(&path("two")).unwrap().nlink, 1);
}

#[test]
fn file_flags_are_named() {
    let bench = Bench::with("file", "");
    let file = File::open(bench.at("source/file")).unwrap();
    let Ok(flags) = ioctl_getflags(&file) else { return skipped("no file flags on this filesystem") };
    if ioctl_setflags(&file, flags | IFlags::NODUMP).is_err() {
        return skipped("file flags can't be set here");
    }
    let restored = bench.restore("file", "file", Put::New).unwrap();
    assert_eq!(lacks(&restored.not_kept), ["flag 'no dump'"]);
}

#[test]
fn made_folders_are_like_those_of_the_source() {
    let bench = Bench::with("a/b/c/file", "content");
    bench.write("source/a/b/c/other", "");
    let time = |tv_sec, tv_nsec| Timespec { tv_sec, tv_nsec };
    let times = Timestamps { last_access: time(5, 0), last_modification: time(77, 7) };
    for folder in ["a/b/c", "a/b"] {
        let place = bench.at(&format!("source/{folder}"));
        fs::set_permissions(&place, Permissions::from_mode(0o2710)).unwrap();
        if is_root() {
            chown(&place, Some(4321), Some(1234)).unwrap();
            fs::set_permissions(&place, Permissions::from_mode(0o2710)).unwrap();
        }
        utimensat(CWD, &place, &times, AtFlags::empty()).unwrap();
    }
    fs::set_permissions(bench.at("target"), Permissions::from_mode(0o700)).unwrap();

    let (from, to) = (path("a/b/c/file"), path("new/b/c/file"));
    let seen = preview(&bench.source, &from, &bench.target, &to, false).unwrap();
    let folders = [path("new"), path("new/b"), path("new/b/c")];
    assert_eq!(seen.missing_folders, folders);
    let restored = bench.restore("a/b/c/file", "new/b/c/file", Put::New).unwrap();
    assert_eq!(restored.created, folders);
    assert_eq!(restored.not_kept, []);
    for (made, model) in [("new/b", "a/b"), ("new/b/c", "a/b/c")] {
        let (made, model) =
            (bench.target.stat(&path(made)).unwrap(), bench.source.stat(&path(model)).unwrap());
        assert_eq!((made.mode, made.uid, made.gid), (0o2710, model.uid, model.gid));
        assert_eq!((made.mtime.seconds, made.mtime.nanos), (77, 7));
    }
    let new = bench.target.stat(&path("new")).unwrap();
    assert_eq!(new.mode, 0o700, "without a model, like the folder it is in");
}
