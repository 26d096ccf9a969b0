//! Trees that try to lead outside, targets that change under the restore, and restores that end early.

use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{PermissionsExt as _, symlink},
        net::UnixListener,
    },
};

use nasman_zfs::files::{
    FileError, Kind, RestoreError, Root, Way,
    tree::{Deed, Outcome, Standing, Trees, remove_staging},
};
use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};

use crate::{
    carried::{Carrier, HIDDEN, keep_both, overwrite},
    common::{Bench, Tmpfs, is_root, name, path},
};

#[test]
fn links_that_point_outside_come_back_as_links_and_are_never_followed() {
    let bench = Bench::with("top/file", "then");
    bench.write("outside/secret", "secret");
    symlink(bench.at("outside"), bench.at("source/top/absolute")).unwrap();
    symlink("../../outside", bench.at("source/top/upwards")).unwrap();
    symlink("/proc/self/root", bench.at("source/top/magic")).unwrap();
    let mut carrier = Carrier::new(overwrite);
    bench.tree("top", "top", &mut carrier).unwrap();
    assert_eq!(carrier.failures(), []);
    assert_eq!(fs::read_link(bench.at("target/top/absolute")).unwrap(), bench.at("outside"));
    assert_eq!(bench.names("target/top"), ["absolute", "file", "magic", "upwards"]);
    assert_eq!(bench.names("outside"), ["secret"]);
}

#[test]
fn a_link_where_a_folder_goes_is_not_entered() {
    let bench = Bench::with("top/sub/file", "then");
    fs::create_dir(bench.at("target/top")).unwrap();
    symlink(bench.at("outside"), bench.at("target/top/sub")).unwrap();
    let mut stood = None;
    let mut carrier = Carrier::new(|met| {
        if met.from.display() == "top/sub" {
            stood = Some(met.standing());
        }
        Deed::Merge { like_source: true }
    });
    bench.tree("top", "top", &mut carrier).unwrap();
    let escapes =
        |place: &str| RestoreError::Target(FileError::Escapes { path: path(place), way: Way::Link });
    assert_eq!(carrier.failures(), [("top/sub".into(), escapes("top/sub"))]);
    drop(carrier);
    assert_eq!(stood, Some(Standing::Replaceable));

    // On the way to the tree, too.
    let mut carrier = Carrier::new(overwrite);
    bench.tree("top/sub", "top/sub/new", &mut carrier).unwrap();
    assert_eq!(carrier.failures(), [("top/sub".into(), escapes("top/sub"))]);
    assert_eq!(bench.names("outside"), Vec::<String>::new());
}

#[test]
fn a_folder_that_becomes_a_link_between_decision_and_deed() {
    let bench = Bench::with("top/sub/file", "then");
    bench.write("target/top/sub/file", "now");
    let swap = |place: &str| {
        fs::rename(bench.at(place), bench.at("target/away")).unwrap();
        symlink(bench.at("outside"), bench.at(place)).unwrap();
    };
    let mut carrier = Carrier::new(|met| {
        if met.from.display() == "top/sub" {
            swap("target/top/sub");
        }
        overwrite(met)
    });
    bench.tree("top", "top", &mut carrier).unwrap();
    let escapes = FileError::Escapes { path: path("top/sub"), way: Way::Link };
    assert_eq!(carrier.failures(), [("top/sub".into(), RestoreError::Target(escapes))]);
    assert_eq!((bench.names("outside"), bench.read("target/away/file")), (vec![], "now".into()));
}

#[test]
fn a_folder_that_becomes_a_link_while_it_is_worked_on() {
    let bench = Bench::with("top/sub/file", "then");
    bench.write("target/top/sub/other", "now");
    let mut carrier = Carrier::new(|met| {
        if met.from.display() == "top/sub/file" {
            // The opened folder is meant, wherever it is by now.
            fs::rename(bench.at("target/top/sub"), bench.at("target/away")).unwrap();
            symlink(bench.at("outside"), bench.at("target/top/sub")).unwrap();
        }
        overwrite(met)
    });
    bench.tree("top", "top", &mut carrier).unwrap();
    assert_eq!(bench.names("outside"), Vec::<String>::new());
    assert_eq!(bench.names("target/away"), ["file", "other"]);
}

#[test]
fn another_folder_in_the_place_of_the_one_decided_about_is_not_entered() {
    let bench = Bench::with("top/file", "then");
    bench.write("target/top/file", "now");
    let mut carrier = Carrier::new(|met| {
        if met.from.display() == "top" {
            fs::rename(bench.at("target/top"), bench.at("target/away")).unwrap();
            fs::create_dir(bench.at("target/top")).unwrap();
        }
        overwrite(met)
    });
    bench.tree("top", "top", &mut carrier).unwrap();
    assert_eq!(carrier.failures(), [("top".into(), RestoreError::Changed { path: path("top") })]);
    assert_eq!(bench.names("target/top"), Vec::<String>::new());
}

#[test]
fn what_changes_or_appears_after_the_decision_is_left_alone() {
    let bench = Bench::with("top/file", "then");
    bench.write("source/top/new", "then");
    bench.write("target/top/file", "now");
    let mut carrier = Carrier::new(|met| {
        let deed = overwrite(met);
        match met.from.display().as_str() {
            "top/file" => bench.write("target/top/file", "edited since"),
            "top/new" => bench.write("target/top/new", "appeared"),
            _ => {}
        }
        deed
    });
    bench.tree("top", "top", &mut carrier).unwrap();
    let mut failures = carrier.failures();
    failures.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(
        failures,
        [
            ("top/file".into(), RestoreError::Changed { path: path("top/file") }),
            ("top/new".into(), RestoreError::Exists { path: path("top/new") }),
        ]
    );
    assert_eq!(bench.read("target/top/file"), "edited since");
    assert_eq!(bench.read("target/top/new"), "appeared");
    assert_eq!(bench.names("target"), ["top"], "nothing hidden is left");
}

#[test]
fn a_new_folder_whose_name_is_taken_meanwhile_does_not_come_to_be() {
    let bench = Bench::with("top/file", "then");
    let mut carrier = Carrier::new(|met| {
        if met.from.display() == "top/file" {
            bench.write("target/top/mine", "now");
        }
        overwrite(met)
    });
    bench.tree("top", "top", &mut carrier).unwrap();
    assert_eq!(carrier.failures(), [("top".into(), RestoreError::Exists { path: path("top") })]);
    assert_eq!(carrier.undone, [path("top")]);
    assert_eq!((bench.names("target"), bench.names("target/top")), (vec!["top".into()], vec!["mine".into()]));
}

#[test]
fn sockets_and_devices_are_told_and_not_made() {
    let bench = Bench::with("top/file", "then");
    let _listening = UnixListener::bind(bench.at("source/top/socket")).unwrap();
    let mut expected = vec![("top/socket".to_owned(), Kind::Socket)];
    if is_root() {
        let device = bench.at("source/top/device");
        mknodat(CWD, device, FileType::CharacterDevice, Mode::RUSR, makedev(1, 3)).unwrap();
        expected.insert(0, ("top/device".into(), Kind::Char));
    }
    let mut carrier = Carrier::new(overwrite);
    bench.tree("top", "top", &mut carrier).unwrap();
    let mut failures = carrier.failures();
    failures.sort_by(|a, b| a.0.cmp(&b.0));
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(place, kind)| (place.clone(), RestoreError::Kind { path: path(&place), kind }))
        .collect();
    assert_eq!(failures, expected);
    assert_eq!(bench.names("target/top"), ["file"], "the others go on");
}

#[test]
fn rights_are_dropped_and_named_unless_asked_for() {
    let bench = Bench::with("top/program", "");
    fs::set_permissions(bench.at("source/top/program"), Permissions::from_mode(0o6755)).unwrap();
    let mut carrier = Carrier::new(overwrite);
    bench.tree("top", "top", &mut carrier).unwrap();
    assert_eq!(carrier.not_kept("top/program"), ["setuid", "setgid"]);
    assert_eq!(bench.target.stat(&path("top/program")).unwrap().mode, 0o755);
    let mut carrier = Carrier::new(overwrite);
    bench.trees(&[("top", "kept")], true, &mut carrier).unwrap();
    assert_eq!(carrier.not_kept("top/program"), Vec::<&str>::new());
    assert_eq!(bench.target.stat(&path("kept/program")).unwrap().mode, 0o6755);
}

#[test]
fn a_filesystem_mounted_inside_is_not_entered() {
    let bench = Bench::with("top/mounted/file", "then");
    bench.write("source/top/other", "then");
    let Some(_mounted) = Tmpfs::mount(&bench.at("target/top/mounted"), "size=1m") else { return };
    let mut carrier = Carrier::new(|met| {
        if met.from.display() == "top/mounted" {
            assert_eq!(met.standing(), Standing::Fixed);
            return Deed::Merge { like_source: true };
        }
        overwrite(met)
    });
    bench.tree("top", "top", &mut carrier).unwrap();
    let mounted = FileError::Escapes { path: path("top/mounted"), way: Way::Mount };
    assert_eq!(carrier.failures(), [("top/mounted".into(), RestoreError::Target(mounted))]);
    assert_eq!(bench.names("target/top/mounted"), Vec::<String>::new());
    assert_eq!(bench.read("target/top/other"), "then");

    // Mounted in the source: another filesystem's files.
    let Some(_mounted) = Tmpfs::mount(&bench.at("source/top/mounted"), "size=1m") else { return };
    let mut carrier = Carrier::new(overwrite);
    bench.tree("top", "again", &mut carrier).unwrap();
    assert!(matches!(carrier.failures()[..], [(_, RestoreError::Source(FileError::Escapes { .. }))]));
}

#[test]
fn stopped_at_any_point_it_leaves_no_temporary_file() {
    let bench = Bench::with("top/big", vec![7; 70 << 20]);
    bench.write("source/top/new/inside", "then");
    bench.write("source/top/small", "then");
    let mut stopped = 0;
    for stop_after in 0.. {
        fs::remove_dir_all(bench.at("target")).unwrap();
        bench.write("target/top/there", "now");
        let target = Root::open(&bench.at("target")).unwrap();
        let hidden = name(HIDDEN);
        let mut carrier = Carrier::new(overwrite);
        carrier.stop_after = Some(stop_after);
        let mut trees = Trees::new(&bench.source, &target, &hidden, false);
        let ended = trees.restore(&path("top"), &path("top"), &mut carrier);
        trees.finish().unwrap();
        assert_eq!(bench.names("target"), ["top"], "after {stop_after}");
        let made = carrier.done.iter().filter(|done| matches!(done.outcome, Outcome::Made { .. }));
        for done in made
            .filter(|done| !carrier.undone.iter().any(|gone| done.to == gone.join(&name("inside")).unwrap()))
        {
            assert!(target.stat(&done.to).is_ok(), "after {stop_after}: {:?}", done.to);
        }
        if ended.is_ok() {
            break;
        }
        assert_eq!(ended, Err(RestoreError::Canceled));
        stopped += 1;
    }
    assert!(stopped >= 6, "{stopped}");
    assert_eq!(bench.names("target/top"), ["big", "new", "small", "there"]);
}

#[test]
fn a_full_filesystem_ends_the_restore() {
    let bench = Bench::with("top/a/small", "then");
    bench.write("source/top/a/large", vec![1; 4 << 20]);
    bench.write("source/top/b/after", "then");
    bench.write("source/top/c/after", "then");
    let Some(_small) = Tmpfs::mount(&bench.at("small"), "size=1m") else { return };
    let target = Root::open(&bench.at("small")).unwrap();
    let hidden = name(HIDDEN);
    let mut trees = Trees::new(&bench.source, &target, &hidden, false);
    let mut carrier = Carrier::new(overwrite);
    let ended = trees.restore(&path("top"), &path("top"), &mut carrier);
    trees.finish().unwrap();
    assert_eq!(ended, Err(RestoreError::NoSpace { path: path("top/a/large") }));
    assert_eq!(carrier.undone, [path("top")]);
    assert_eq!(bench.names("small"), Vec::<String>::new(), "what it took is free again");
}

#[test]
fn what_can_not_be_marked_is_not_done() {
    let bench = Bench::with("top/file", "then");
    let mut carrier = Carrier::new(overwrite);
    carrier.refuse_marks = true;
    assert_eq!(bench.tree("top", "top", &mut carrier), Err(RestoreError::NoName));
    assert_eq!((carrier.undone, bench.names("target")), (vec![path("top")], vec![]));
}

#[test]
fn what_a_kill_left_is_cleared_away() {
    let bench = Bench::new();
    bench.write(&format!("target/a/{HIDDEN}/1/deep/file"), "half");
    bench.write("target/a/file", "mine");
    symlink(bench.at("target/a"), bench.at(&format!("target/a/{HIDDEN}/link"))).unwrap();
    fs::set_permissions(bench.at(&format!("target/a/{HIDDEN}/1")), Permissions::from_mode(0o500)).unwrap();
    let staging = path(&format!("a/{HIDDEN}"));

    // While it is there, another restore of this name does not touch it.
    bench.write("source/a/file", "then");
    let mut carrier = Carrier::new(keep_both);
    assert_eq!(bench.tree("a", "a", &mut carrier), Ok(()), "the hidden folder is beside 'a', not in it");
    assert_eq!(
        bench.tree("a/file", "a/file", &mut carrier),
        Err(RestoreError::TempExists { path: staging.clone() })
    );

    remove_staging(&bench.target, &staging).unwrap();
    assert_eq!(bench.names("target/a"), ["file", "file (1)"]);
    remove_staging(&bench.target, &staging).unwrap();
    remove_staging(&bench.target, &path("gone/hidden")).unwrap();
}
