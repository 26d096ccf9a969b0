//! Whole trees come back, beside what is there or in its place.

use std::{
    ffi::OsStr,
    fs::{self, File, Permissions},
    io::{Seek as _, SeekFrom, Write as _},
    os::unix::{
        ffi::OsStrExt as _,
        fs::{MetadataExt as _, PermissionsExt as _, symlink},
    },
};

use nasman_core::RelPath;
use nasman_zfs::files::{
    Kind, RestoreError,
    tree::{Deed, Met, Outcome, Trees},
};
use rustix::fs::{
    AtFlags, CWD, Mode, Timespec, Timestamps, XattrFlags, getxattr, mkfifoat, setxattr, utimensat,
};

use crate::{
    carried::{Carrier, HIDDEN, keep_both, overwrite},
    common::{Bench, name, odd_names, path, skipped},
};

fn stamp(bench: &Bench, place: &str, seconds: i64) {
    let times = Timestamps {
        last_access: Timespec { tv_sec: seconds, tv_nsec: 1 },
        last_modification: Timespec { tv_sec: seconds, tv_nsec: 123_456_789 },
    };
    utimensat(CWD, bench.at(place), &times, AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

/// A folder with one of each, and times far in the past.
pub(crate) fn of_each() -> Bench {
    let bench = Bench::with("top/deep/file", "content");
    fs::create_dir(bench.at("source/top/empty")).unwrap();
    symlink("deep/file", bench.at("source/top/link")).unwrap();
    mkfifoat(CWD, bench.at("source/top/pipe"), Mode::from_raw_mode(0o640)).unwrap();
    fs::hard_link(bench.at("source/top/deep/file"), bench.at("source/top/again")).unwrap();
    fs::set_permissions(bench.at("source/top/empty"), Permissions::from_mode(0o2710)).unwrap();
    for (seconds, place) in ["deep/file", "link", "pipe", "empty", "deep", ""].iter().enumerate() {
        stamp(&bench, &format!("source/top/{place}"), 1000 + seconds as i64);
    }
    bench
}

pub(crate) const EACH: [&str; 7] = ["", "/deep", "/deep/file", "/again", "/empty", "/link", "/pipe"];

fn assert_alike(bench: &Bench, to: &str) {
    for place in EACH {
        let was = bench.source.stat(&path(&format!("top{place}"))).unwrap();
        let is = bench.target.stat(&path(&format!("{to}{place}"))).unwrap();
        assert_eq!((is.kind, is.mode, is.mtime), (was.kind, was.mode, was.mtime), "{place}");
        assert_eq!((is.uid, is.gid, is.nlink), (was.uid, was.gid, was.nlink), "{place}");
        if was.kind != Kind::Directory {
            assert_eq!(is.size, was.size, "{place}");
        }
    }
    let inode = |place: &str| bench.target.stat(&path(&format!("{to}/{place}"))).unwrap().inode;
    assert_eq!(inode("again"), inode("deep/file"));
    assert_eq!(fs::read_link(bench.at(&format!("target/{to}/link"))).unwrap(), OsStr::new("deep/file"));
}

#[test]
fn a_deleted_tree_comes_back_as_it_was() {
    let bench = of_each();
    let mut carrier = Carrier::new(overwrite);
    bench.tree("top", "top", &mut carrier).unwrap();
    assert_eq!(carrier.failures(), []);
    assert_alike(&bench, "top");
    assert_eq!(bench.names("target"), ["top"]);
    assert_eq!((carrier.done.len(), carrier.bytes), (EACH.len(), 7));
    assert_eq!(carrier.done.last().unwrap().to, path("top"), "a folder is told after what is in it");
    assert_eq!(
        (carrier.staging, carrier.placed.len()),
        (vec![path(HIDDEN)], 1),
        "one rename for the whole of it"
    );
    let Outcome::Made { made, .. } = &carrier.done.last().unwrap().outcome else { panic!() };
    assert_eq!(*made, bench.expected("top"));
}

#[test]
fn over_what_is_there_it_is_as_it_was_again() {
    let bench = of_each();
    bench.write("target/top/deep/file", "changed");
    bench.write("target/top/again", "no link");
    bench.write("target/top/link", "no link either");
    bench.write("target/top/empty/added", "stays");
    let mut carrier = Carrier::new(overwrite);
    bench.tree("top", "top", &mut carrier).unwrap();
    assert_eq!(carrier.failures(), []);
    assert_alike(&bench, "top");
    assert_eq!(bench.names("target/top/empty"), ["added"]);
    assert!(matches!(carrier.outcome("top"), Outcome::Merged { .. }));
    assert!(matches!(carrier.outcome("top/link"), Outcome::Made { replaced: Some(_), .. }));
}

#[test]
fn a_second_copy_stands_beside_what_is_there() {
    let bench = Bench::with("top/a", "then");
    bench.write("source/top/a (1)", "then, too");
    bench.write("target/top/a", "now");
    let mut carrier = Carrier::new(keep_both);
    bench.tree("top", "top", &mut carrier).unwrap();
    assert_eq!(carrier.failures(), []);
    assert_eq!(bench.names("target/top"), ["a", "a (1)", "a (2)"]);
    assert_eq!((bench.read("target/top/a"), bench.read("target/top/a (2)")), ("now".into(), "then".into()));
    assert_eq!(bench.read("target/top/a (1)"), "then, too");

    // A folder where a file is.
    bench.write("target/b", "a file");
    bench.write("source/b/inside", "");
    bench.tree("b", "b", &mut Carrier::new(keep_both)).unwrap();
    assert_eq!(bench.names("target/b (1)"), ["inside"]);
}

#[test]
fn a_folder_takes_the_place_of_a_file_and_no_file_that_of_a_folder() {
    let bench = Bench::with("a/inside", "then");
    bench.write("target/a", "a file");
    let mut carrier = Carrier::new(overwrite);
    bench.tree("a", "a", &mut carrier).unwrap();
    assert_eq!(bench.read("target/a/inside"), "then");
    assert_eq!(bench.names("target"), ["a"]);

    let bench = Bench::with("a", "a file");
    bench.write("target/a/inside", "now");
    let mut carrier = Carrier::new(|met| Deed::Replace(met.there.unwrap().into()));
    bench.tree("a", "a", &mut carrier).unwrap();
    let in_the_way = RestoreError::InTheWay { path: path("a"), kind: Kind::Directory };
    assert_eq!(carrier.failures(), [("a".into(), in_the_way)]);
    assert_eq!(bench.read("target/a/inside"), "now");
}

#[test]
fn what_is_skipped_stays_with_all_that_is_in_it() {
    let bench = Bench::with("top/a/one", "then");
    bench.write("source/top/b", "then");
    bench.write("target/top/a/one", "now");
    let mut carrier =
        Carrier::new(|met| if met.from.display() == "top/a" { Deed::Skip } else { overwrite(met) });
    bench.tree("top", "top", &mut carrier).unwrap();
    assert_eq!(carrier.outcome("top/a"), &Outcome::Skipped);
    assert_eq!(carrier.done.len(), 3);
    assert_eq!((bench.read("target/top/a/one"), bench.read("target/top/b")), ("now".into(), "then".into()));
}

#[test]
fn what_an_earlier_run_made_gets_its_further_names() {
    let bench = Bench::with("1", "content");
    bench.write("source/b/sub/1", "other");
    fs::create_dir(bench.at("source/a")).unwrap();
    for (from, to) in [("1", "a/2"), ("1", "c"), ("b/sub/1", "d"), ("b/sub/1", "e")] {
        fs::hard_link(bench.at(&format!("source/{from}")), bench.at(&format!("source/{to}"))).unwrap();
    }
    bench.tree("1", "1", &mut Carrier::new(overwrite)).unwrap();
    bench.tree("b", "b", &mut Carrier::new(overwrite)).unwrap();
    let stands = |met: &Met<'_>| match met.from.display().as_str() {
        known @ ("1" | "b") => Deed::Stands(name(known)),
        _ => overwrite(met),
    };
    let mut carrier = Carrier::new(stands);
    let all = ["1", "b", "a", "c", "d", "e"].map(|place| (place, place));
    bench.trees(&all, false, &mut carrier).unwrap();
    assert_eq!(carrier.outcome("1"), &Outcome::Skipped);
    let inode = |place: &str| fs::metadata(bench.at(&format!("target/{place}"))).unwrap().ino();
    assert_eq!((inode("a/2"), inode("c")), (inode("1"), inode("1")));
    assert_eq!((inode("d"), inode("e")), (inode("b/sub/1"), inode("b/sub/1")));
    assert_eq!(bench.names("target"), ["1", "a", "b", "c", "d", "e"]);

    // What was changed since is no such file any more.
    for place in ["c", "d", "e"] {
        fs::remove_file(bench.at(&format!("target/{place}"))).unwrap();
    }
    bench.write("target/b/sub/1", "changed since");
    bench.trees(&all, false, &mut Carrier::new(stands)).unwrap();
    assert_eq!(inode("c"), inode("1"));
    assert_eq!((bench.read("target/d"), inode("d")), ("other".into(), inode("e")));
    assert_eq!(bench.read("target/b/sub/1"), "changed since");
}

#[test]
fn links_whose_first_name_is_left_out_and_of_several_trees() {
    let bench = Bench::with("a/1", "content");
    for place in ["a/2", "b/3", "b/4"] {
        fs::create_dir_all(bench.at(&format!("source/{place}")).parent().unwrap()).unwrap();
        fs::hard_link(bench.at("source/a/1"), bench.at(&format!("source/{place}"))).unwrap();
    }
    let mut first = true;
    let mut carrier = Carrier::new(|met| {
        let skip = met.source.kind == Kind::File && std::mem::take(&mut first);
        if skip { Deed::Skip } else { overwrite(met) }
    });
    bench.trees(&[("a", "a"), ("b", "b")], false, &mut carrier).unwrap();
    let left = bench.names("target/a");
    assert_eq!(left.len(), 1);
    let inodes = [format!("a/{}", left[0]), "b/3".into(), "b/4".into()].map(|place: String| {
        let stat = bench.target.stat(&path(&place)).unwrap();
        assert_eq!((stat.nlink, stat.size), (3, 7), "no name is left in a hidden folder");
        stat.inode
    });
    assert!(inodes.iter().all(|inode| *inode == inodes[0]));
    assert_eq!(carrier.bytes, 7, "carried once");
}

#[test]
fn odd_names_holes_and_attributes() {
    let bench = Bench::new();
    for odd in odd_names() {
        let place = bench.at("source/top").join(OsStr::from_bytes(&odd));
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join(OsStr::from_bytes(&odd)), &odd).unwrap();
    }
    let mut file = File::create(bench.at("source/top/sparse")).unwrap();
    file.write_all(b"begin").unwrap();
    file.seek(SeekFrom::Start(50 << 20)).unwrap();
    file.write_all(b"end").unwrap();
    file.sync_all().unwrap();
    let mut set = Vec::new();
    for (attribute, value) in
        [("user.small", vec![1]), ("user.large", vec![2; 65_000]), ("security.nasman", vec![3])]
    {
        match setxattr(bench.at("source/top/sparse"), attribute, &value, XattrFlags::empty()) {
            Ok(()) => set.push((attribute, value)),
            Err(errno) => skipped(&format!("{attribute} can't be set here: {errno}")),
        }
    }
    let mut carrier = Carrier::new(overwrite);
    bench.tree("top", "new/top", &mut carrier).unwrap();
    assert_eq!(carrier.failures(), []);
    assert!(carrier.bytes >= 50 << 20, "holes count, too: {}", carrier.bytes);
    for odd in odd_names() {
        let place = bench.at("target/new/top").join(OsStr::from_bytes(&odd)).join(OsStr::from_bytes(&odd));
        assert_eq!(fs::read(place).unwrap(), odd);
    }
    let sparse = fs::metadata(bench.at("target/new/top/sparse")).unwrap();
    assert_eq!(sparse.len(), (50 << 20) + 3);
    assert!(sparse.blocks() * 512 < 1 << 20, "{} blocks", sparse.blocks());
    for (attribute, value) in set {
        let mut is = vec![0; 70_000];
        let len = getxattr(bench.at("target/new/top/sparse"), attribute, &mut is[..]).unwrap();
        assert!(is[..len] == value, "{attribute}");
    }
}

#[test]
fn the_way_is_made_like_that_of_the_source_or_like_what_holds_it() {
    let bench = Bench::with("a/b/file", "content");
    bench.write("source/a/b/other", "");
    fs::set_permissions(bench.at("source/a/b"), Permissions::from_mode(0o710)).unwrap();
    stamp(&bench, "source/a/b", 7);
    fs::set_permissions(bench.at("target"), Permissions::from_mode(0o751)).unwrap();
    let mut carrier = Carrier::new(overwrite);
    bench.tree("a/b/file", "new/b/file", &mut carrier).unwrap();
    assert_eq!(carrier.failures(), []);
    assert_eq!(bench.names("target/new/b"), ["file"]);
    let (new, b) = (bench.target.stat(&path("new")).unwrap(), bench.target.stat(&path("new/b")).unwrap());
    assert_eq!((new.mode, b.mode, b.mtime.seconds), (0o751, 0o710, 7));
    let told: Vec<_> = carrier.done.iter().map(|done| done.to.display()).collect();
    assert_eq!(told, ["new/b/file", "new/b", "new"]);

    let mut carrier = Carrier::new(|_| Deed::Skip);
    bench.tree("a/b/file", "other/way/file", &mut carrier).unwrap();
    assert_eq!(bench.names("target"), ["new"], "no way to nothing");
    assert_eq!((carrier.done.len(), carrier.undone.len()), (1, 0));
}

#[test]
fn the_root_of_a_dataset_is_merged() {
    let bench = Bench::with("a/file", "then");
    bench.write("source/file", "then");
    bench.write("target/a/added", "now");
    stamp(&bench, "source/.", 77);
    let mut carrier = Carrier::new(overwrite);
    bench.tree("", "", &mut carrier).unwrap();
    assert_eq!(carrier.failures(), []);
    assert_eq!(
        (bench.names("target"), bench.names("target/a")),
        (vec!["a".into(), "file".into()], vec!["added".into(), "file".into()])
    );
    assert_eq!(bench.target.stat(&RelPath::root()).unwrap().mtime.seconds, 77);
    let mut carrier = Carrier::new(overwrite);
    bench.tree("", "all/of/it", &mut carrier).unwrap();
    assert_eq!(bench.names("target/all/of/it"), ["a", "file"]);
}

#[test]
fn names_are_marked_together_before_they_are_given() {
    let bench = Bench::new();
    fs::create_dir(bench.at("target/top")).unwrap();
    for number in 0..600 {
        bench.write(&format!("source/top/{number}"), "x");
    }
    let mut carrier = Carrier::new(overwrite);
    bench.tree("top", "top", &mut carrier).unwrap();
    let sizes: Vec<_> = carrier.placed.iter().map(Vec::len).collect();
    assert_eq!(sizes, [256, 256, 88]);
    for placing in carrier.placed.iter().flatten() {
        assert_eq!(placing.made, bench.expected(&placing.to.display()), "{:?}", placing.to);
    }
    assert_eq!(bench.names("target/top").len(), 600);
}

#[test]
fn deep_trees_end_without_harm() {
    let bench = Bench::new();
    let deep = "d/".repeat(300);
    bench.write(&format!("source/{deep}file"), "deep down");
    let hidden = name(HIDDEN);
    let mut trees = Trees::new(&bench.source, &bench.target, &hidden, false);
    let mut carrier = Carrier::new(overwrite);
    trees.restore(&path("d"), &path("d"), &mut carrier).unwrap();
    trees.finish().unwrap();
    assert_eq!(carrier.failures(), []);
    assert_eq!(bench.read(&format!("target/{deep}file")), "deep down");
}
