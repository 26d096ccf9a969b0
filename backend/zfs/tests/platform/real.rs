//! What only real ZFS can show.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use nasman_zfs::{CliSettings, CliZfs, Unreachable, Zfs as _, ZfsError};

use crate::{
    contract::Fixture as _,
    scene::{Scene, run},
};

/// A case, and what it is called.
type Case = (&'static str, fn(&Scene));

pub(crate) const CASES: &[Case] = &[
    ("older_forms_tell_the_same", older_forms_tell_the_same),
    ("a_mountpoint_may_hold_a_new_line", a_mountpoint_may_hold_a_new_line),
    ("a_legacy_mount_is_found", a_legacy_mount_is_found),
    ("a_snapshot_mounted_by_hand_is_found", a_snapshot_mounted_by_hand_is_found),
    ("a_mount_beneath_another_is_not_used", a_mount_beneath_another_is_not_used),
    ("one_left_is_unmounted", one_left_is_unmounted),
    ("one_in_use_or_mounted_by_hand_is_not_unmounted", one_in_use_or_mounted_by_hand_is_not_unmounted),
    ("many_read_one_after_the_other_leave_no_mounts", many_read_one_after_the_other_leave_no_mounts),
    ("one_mounted_from_another_namespace_stays", one_mounted_from_another_namespace_stays),
    ("missing_commands_are_named", missing_commands_are_named),
];

/// Stands before the commands and refuses what came with 2.2 and 2.3, in the words of 2.1.
const OLDER: &str = r#"#!/bin/sh
case " $* " in
*" -j "*) echo "invalid option 'j'" >&2; exit 2 ;;
*" holds -Hp "*) echo "invalid option 'p'" >&2; exit 2 ;;
*snapshots_changed*) echo "bad property list: invalid property 'snapshots_changed'" >&2; exit 2 ;;
esac
exec "$(PATH=/usr/sbin:/sbin command -v "${0##*/}")" "$@"
"#;

fn older_forms_tell_the_same(scene: &Scene) {
    for program in ["zfs", "zpool"] {
        let file = scene.folder.path().join(program);
        fs::write(&file, OLDER).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let directories = vec![scene.folder.path().to_owned()];
    let older = CliZfs::new(CliSettings { directories, ..CliSettings::default() });
    let zfs = scene.zfs();
    let snapshot = zfs.create_snapshot(&format!("{}@one", scene.home).parse().unwrap(), false).unwrap();
    zfs.hold(&snapshot.name, &"a tag".parse().unwrap()).unwrap();
    zfs.set_property(&scene.home, "org.nasman:x", "a b").unwrap();

    let (mut old, mut new) = (older.dataset(&scene.home).unwrap(), zfs.dataset(&scene.home).unwrap());
    (old.snapshots_changed, new.snapshots_changed) = (None, None);
    (old.available, new.available) = (0, 0);
    assert_eq!(old, new);
    let names =
        |zfs: &CliZfs| zfs.datasets().unwrap().into_iter().map(|dataset| dataset.guid).collect::<Vec<_>>();
    assert!(names(&older).contains(&new.guid));
    let settled = |zfs: &dyn Fn() -> Vec<nasman_zfs::Property>| {
        zfs().into_iter().filter(|p| p.name != "available").collect::<Vec<_>>()
    };
    assert_eq!(
        settled(&|| older.properties(&scene.home).unwrap()),
        settled(&|| zfs.properties(&scene.home).unwrap())
    );
    let (old, new) = (older.holds(&snapshot.name).unwrap(), zfs.holds(&snapshot.name).unwrap());
    assert_eq!(old[0].tag, new[0].tag);
    // Text tells minutes only.
    assert!(new[0].placed.as_second() - old[0].placed.as_second() < 60, "{old:?} {new:?}");
    let (old, new) = (older.pool(&scene.home.pool()).unwrap(), zfs.pool(&scene.home.pool()).unwrap());
    assert_eq!((old.guid, old.size, old.state), (new.guid, new.size, new.state));
    let states =
        |pool: &nasman_zfs::Pool| pool.vdevs.iter().map(|v| (v.name.clone(), v.state)).collect::<Vec<_>>();
    assert_eq!(states(&old), states(&new));
}

fn a_mountpoint_may_hold_a_new_line(scene: &Scene) {
    let odd = scene.folder.path().join("a\nb\tc \\d");
    let child = format!("{}/odd", scene.home).parse().unwrap();
    scene.add_filesystem(&child);
    scene.zfs().set_property(&child, "mountpoint", odd.to_str().unwrap()).unwrap();
    assert_eq!(scene.zfs().live_folder(&child).unwrap(), odd);
    match scene.zfs().dataset(&child) {
        Ok(dataset) => assert_eq!(dataset.mountpoint.as_deref(), odd.to_str()),
        // Versions before 2.3 print it in a way that cannot be told apart.
        Err(error) => assert!(matches!(error, ZfsError::Output { .. }), "{error:?}"),
    }
}

fn a_legacy_mount_is_found(scene: &Scene) {
    let (zfs, folder) = (scene.zfs(), scene.folder.path());
    zfs.set_property(&scene.home, "mountpoint", "legacy").unwrap();
    run("mount", &["-t", "zfs", scene.home.as_str(), folder.to_str().unwrap()]);
    fs::write(folder.join("file"), "kept").unwrap();
    let snapshot = zfs.create_snapshot(&format!("{}@one", scene.home).parse().unwrap(), false).unwrap().name;
    assert_eq!(zfs.live_folder(&scene.home).unwrap(), folder);
    assert_eq!(fs::read(zfs.snapshot_folder(&snapshot).unwrap().join("file")).unwrap(), b"kept");
    assert_eq!(zfs.dataset(&scene.home).unwrap().unreachable, None);
    run("umount", &["-R", folder.to_str().unwrap()]);
}

fn a_snapshot_mounted_by_hand_is_found(scene: &Scene) {
    let (zfs, folder) = (scene.zfs(), scene.folder.path());
    fs::write(zfs.live_folder(&scene.home).unwrap().join("file"), "kept").unwrap();
    let snapshot = zfs.create_snapshot(&format!("{}@one", scene.home).parse().unwrap(), false).unwrap().name;
    scene.set_mounted(&scene.home, false);
    run("mount", &["-t", "zfs", &snapshot.to_string(), folder.to_str().unwrap()]);
    assert_eq!(zfs.snapshot_folder(&snapshot).unwrap(), folder);
    run("umount", &[folder.to_str().unwrap()]);
    let reason = Unreachable::Unmounted;
    let closed = ZfsError::Unreachable { name: snapshot.to_string(), reason };
    assert_eq!(zfs.snapshot_folder(&snapshot), Err(closed));
}

fn a_mount_beneath_another_is_not_used(scene: &Scene) {
    let zfs = scene.zfs();
    let live = zfs.live_folder(&scene.home).unwrap();
    let snapshot = zfs.create_snapshot(&format!("{}@one", scene.home).parse().unwrap(), false).unwrap().name;
    run("mount", &["-t", "tmpfs", "cover", live.to_str().unwrap()]);
    let closed = |name: String| ZfsError::Unreachable { name, reason: Unreachable::OtherNamespace };
    let (dataset, folder) = (zfs.live_folder(&scene.home), zfs.snapshot_folder(&snapshot));
    run("umount", &[live.to_str().unwrap()]);
    assert_eq!(dataset, Err(closed(scene.home.to_string())));
    assert_eq!(folder, Err(closed(snapshot.to_string())));
    assert_eq!(zfs.live_folder(&scene.home).unwrap(), live);
}

fn missing_commands_are_named(scene: &Scene) {
    let directories = vec![scene.folder.path().to_owned(), Path::new("/nonexistent").to_owned()];
    let none = CliZfs::new(CliSettings { directories, ..CliSettings::default() });
    assert!(matches!(none.pools(), Err(ZfsError::NotInstalled { detail }) if detail.contains("zpool")));
}

/// How many of the dataset's snapshots are mounted.
fn mounted(scene: &Scene) -> usize {
    mounts().matches(&format!(" {}@", scene.home)).count()
}

fn take(scene: &Scene, tag: &str) -> nasman_zfs::Snapshot {
    scene.zfs().create_snapshot(&format!("{}@{tag}", scene.home).parse().unwrap(), false).unwrap()
}

fn one_left_is_unmounted(scene: &Scene) {
    let zfs = scene.zfs();
    fs::write(zfs.live_folder(&scene.home).unwrap().join("file"), "kept").unwrap();
    let snapshot = take(scene, "one");
    for _ in 0..3 {
        let folder = zfs.snapshot_folder(&snapshot.name).unwrap();
        assert_eq!((fs::read(folder.join("file")).unwrap().as_slice(), mounted(scene)), (&b"kept"[..], 1));
        zfs.leave_snapshot(&snapshot.name);
        assert_eq!(mounted(scene), 0);
    }
    zfs.destroy_snapshot(&snapshot.name, snapshot.guid).unwrap();
}

fn one_in_use_or_mounted_by_hand_is_not_unmounted(scene: &Scene) {
    let zfs = scene.zfs();
    fs::write(zfs.live_folder(&scene.home).unwrap().join("file"), "kept").unwrap();
    let snapshot = take(scene, "one").name;
    let reader = scene.read_on(&snapshot);
    zfs.leave_snapshot(&snapshot);
    assert_eq!(mounted(scene), 1);
    drop(reader);
    zfs.leave_snapshot(&snapshot);
    assert_eq!(mounted(scene), 0);

    let folder = scene.folder.path();
    run("mount", &["-t", "zfs", &snapshot.to_string(), folder.to_str().unwrap()]);
    zfs.leave_snapshot(&snapshot);
    assert_eq!(mounted(scene), 1);
    run("umount", &[folder.to_str().unwrap()]);
}

fn many_read_one_after_the_other_leave_no_mounts(scene: &Scene) {
    let zfs = scene.zfs();
    let file = zfs.live_folder(&scene.home).unwrap().join("file");
    for number in 0..50 {
        fs::write(&file, number.to_string()).unwrap();
        take(scene, &number.to_string());
    }
    for (number, snapshot) in zfs.snapshots(&scene.home).unwrap().into_iter().enumerate() {
        let folder = zfs.snapshot_folder(&snapshot.name).unwrap();
        assert_eq!(fs::read_to_string(folder.join("file")).unwrap(), number.to_string());
        zfs.leave_snapshot(&snapshot.name);
        assert_eq!(mounted(scene), 0, "after {number}");
    }
}

/// Tells the program to be the process in another namespace.
pub(crate) const FOLLOWS: &str = "--follow";

fn mounts() -> String {
    fs::read_to_string("/proc/self/mountinfo").unwrap()
}

/// Where a source is mounted; its path holds nothing that is escaped.
fn mount_point(source: &str) -> String {
    let mounts = mounts();
    let line = mounts.lines().find(|line| line.contains(&format!(" {source} "))).unwrap();
    line.split(' ').nth(4).unwrap().to_owned()
}

/// What the process in the other namespace does.
#[allow(clippy::print_stdout, reason = "the other process reads it")]
pub(crate) fn look_and_leave(snapshot: &str) {
    let (zfs, name) = (CliZfs::default(), snapshot.parse().unwrap());
    zfs.leave_snapshot(&name);
    let line = mounts().lines().find(|line| line.contains(&format!(" {snapshot} "))).map(str::to_owned);
    let follows = line.as_ref().is_some_and(|line| line.contains(" master:"));
    let entered = zfs.snapshot_folder(&name).is_ok();
    println!("follows {follows}, mounted {}, entered {entered}", line.is_some());
}

/// In a namespace that follows another one, a mount undone could not be made again.
fn one_mounted_from_another_namespace_stays(scene: &Scene) {
    let zfs = scene.zfs();
    let snapshot = take(scene, "one").name;
    // With such propagation as systemd gives, whatever this machine has.
    zfs.snapshot_folder(&snapshot).unwrap();
    run("mount", &["--make-shared", &mount_point(&snapshot.to_string())]);
    let (here, text) = (std::env::current_exe().unwrap(), snapshot.to_string());
    let arguments = ["--mount", "--propagation", "slave", here.to_str().unwrap(), FOLLOWS, text.as_str()];
    assert_eq!(run("unshare", &arguments), "follows true, mounted true, entered true");
    zfs.leave_snapshot(&snapshot);
    assert_eq!(mounted(scene), 0);
}
