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
