//! Filesystems, volumes, properties.

use std::{fs, os::unix::fs::PermissionsExt as _};

use nasman_core::DatasetName;
use nasman_zfs::{DatasetKind, KeyStatus, Property, Unreachable, ZfsError};

use super::{Fixture, at, below, eventually, is_about_now, list_cases, noise};

list_cases!(
    a_filesystem_tells_what_it_is,
    a_volume_tells_what_it_is,
    an_encrypted_one_tells_of_its_key,
    a_clone_tells_its_origin,
    odd_names_are_names,
    an_unknown_dataset_is_named,
    properties_tell_their_source,
    refused_properties_change_nothing,
    read_only_is_told,
    space_of_snapshots_is_told,
    what_was_written_is_told,
);

fn a_filesystem_tells_what_it_is(fixture: &dyn Fixture) {
    let home = fixture.home();
    let listed = fixture.zfs().datasets().unwrap();
    assert!(listed.is_sorted_by_key(|dataset| dataset.name.clone()));
    let dataset = fixture.zfs().dataset(&home).unwrap();
    let same = listed.into_iter().find(|dataset| dataset.name == home).unwrap();
    assert_eq!((same.guid, same.kind, &same.mountpoint), (dataset.guid, dataset.kind, &dataset.mountpoint));

    assert_eq!((dataset.kind, dataset.mounted, dataset.unreachable), (DatasetKind::Filesystem, true, None));
    assert_eq!((dataset.key_status, dataset.origin, dataset.readonly), (KeyStatus::None, None, false));
    assert!(dataset.mountpoint.unwrap().starts_with('/'));
    assert!(dataset.used >= dataset.referenced && dataset.referenced > 0);
    assert!(dataset.available > 0 && is_about_now(dataset.created));
}

fn a_volume_tells_what_it_is(fixture: &dyn Fixture) {
    let volume = below(&fixture.home(), "volume");
    fixture.add_volume(&volume);
    let dataset = fixture.zfs().dataset(&volume).unwrap();
    assert_eq!((dataset.kind, dataset.mountpoint, dataset.mounted), (DatasetKind::Volume, None, false));
    assert_eq!(dataset.unreachable, Some(Unreachable::Volume));
    let taken = fixture.zfs().create_snapshot(&at(&volume, "one"), false).unwrap();
    assert_eq!(fixture.zfs().snapshots(&volume).unwrap(), [taken]);
    assert!(fixture.zfs().set_property(&volume, "mountpoint", "/x").is_err());
}

fn an_encrypted_one_tells_of_its_key(fixture: &dyn Fixture) {
    let secret = below(&fixture.home(), "secret");
    fixture.add_encrypted(&secret);
    let dataset = fixture.zfs().dataset(&secret).unwrap();
    assert_eq!((dataset.key_status, dataset.unreachable), (KeyStatus::Available, None));
    fixture.unload_key(&secret);
    let dataset = fixture.zfs().dataset(&secret).unwrap();
    assert_eq!((dataset.key_status, dataset.mounted), (KeyStatus::Unavailable, false));
    assert_eq!(dataset.unreachable, Some(Unreachable::KeyNotLoaded));
    // Its snapshots are told all the same.
    fixture.zfs().create_snapshot(&at(&secret, "locked"), false).unwrap();
    assert_eq!(fixture.zfs().snapshots(&secret).unwrap().len(), 1);
}

fn a_clone_tells_its_origin(fixture: &dyn Fixture) {
    let (home, clone) = (fixture.home(), below(&fixture.home(), "clone"));
    let origin = fixture.zfs().create_snapshot(&at(&home, "base"), false).unwrap().name;
    fixture.add_clone(&origin, &clone);
    assert_eq!(fixture.zfs().dataset(&clone).unwrap().origin, Some(origin));
}

fn odd_names_are_names(fixture: &dyn Fixture) {
    let odd = below(&fixture.home(), "a b:c.d-e_f");
    fixture.add_filesystem(&odd);
    let zfs = fixture.zfs();
    let file = zfs.live_folder(&odd).unwrap().join("file");
    fs::write(file, "kept").unwrap();
    let snapshot = zfs.create_snapshot(&at(&odd, "x y:z"), false).unwrap();
    assert_eq!(snapshot.name, at(&odd, "x y:z"));
    assert_eq!(zfs.snapshots(&odd).unwrap(), std::slice::from_ref(&snapshot));
    assert_eq!(zfs.snapshot_details(std::slice::from_ref(&snapshot.name)).unwrap().len(), 1);
    let folder = zfs.snapshot_folder(&snapshot.name).unwrap();
    assert_eq!(fs::read(folder.join("file")).unwrap(), b"kept");
    assert!(zfs.datasets().unwrap().iter().any(|dataset| dataset.name == odd));
    zfs.destroy_snapshot(&snapshot.name, snapshot.guid).unwrap();
}

fn an_unknown_dataset_is_named(fixture: &dyn Fixture) {
    let unknown: [DatasetName; 2] = [below(&fixture.home(), "nothing"), "nosuchpool/x".parse().unwrap()];
    for name in unknown {
        let (zfs, missing) = (fixture.zfs(), ZfsError::DatasetNotFound(name.clone()));
        assert_eq!(zfs.dataset(&name), Err(missing.clone()));
        assert_eq!(zfs.snapshots(&name), Err(missing.clone()));
        assert_eq!(zfs.properties(&name), Err(missing.clone()));
        assert_eq!(zfs.set_property(&name, "snapdir", "visible"), Err(missing.clone()));
        assert_eq!(zfs.live_folder(&name), Err(missing.clone()));
        assert_eq!(zfs.create_snapshot(&at(&name, "x"), false), Err(missing.clone()));
        assert_eq!(zfs.create_snapshot(&at(&name, "x"), true), Err(missing));
    }
}

fn property(fixture: &dyn Fixture, dataset: &DatasetName, name: &str) -> Option<(String, String)> {
    let all = fixture.zfs().properties(dataset).unwrap();
    let found: Vec<Property> = all.into_iter().filter(|property| property.name == name).collect();
    assert!(found.len() <= 1, "{found:?}");
    found.into_iter().next().map(|property| (property.value, property.source))
}

fn properties_tell_their_source(fixture: &dyn Fixture) {
    let (home, child) = (fixture.home(), below(&fixture.home(), "child"));
    fixture.add_filesystem(&child);
    let some = |value: &str, source: &str| Some((value.to_owned(), source.to_owned()));
    assert_eq!(property(fixture, &home, "type"), some("filesystem", "-"));
    assert_eq!(property(fixture, &home, "snapdir"), some("hidden", "default"));
    assert_eq!(property(fixture, &home, "org.nasman:test"), None);

    let value = "a value, with = and spaces";
    fixture.zfs().set_property(&home, "org.nasman:test", value).unwrap();
    fixture.zfs().set_property(&home, "snapdir", "visible").unwrap();
    let inherited = format!("inherited from {home}");
    assert_eq!(property(fixture, &home, "org.nasman:test"), some(value, "local"));
    assert_eq!(property(fixture, &child, "org.nasman:test"), some(value, &inherited));
    assert_eq!(property(fixture, &child, "snapdir"), some("visible", &inherited));
    // Numbers are exact.
    let guid = fixture.zfs().dataset(&home).unwrap().guid.to_string();
    assert_eq!(property(fixture, &home, "guid"), some(&guid, "-"));
    assert_eq!(property(fixture, &home, "recordsize").unwrap().0, "131072");
}

fn refused_properties_change_nothing(fixture: &dyn Fixture) {
    let home = fixture.home();
    let refused = [
        ("used", "1"),
        ("nonsense", "1"),
        ("snapdir", "sometimes"),
        ("mountpoint", "relative"),
        ("", "x"),
        ("-o", "x"),
        ("Snapdir", "visible"),
        ("a=b:c", "x"),
    ];
    for (name, value) in refused {
        let error = fixture.zfs().set_property(&home, name, value).unwrap_err();
        assert!(matches!(error, ZfsError::Failed { verb: "zfs set", .. }), "{name}={value}: {error:?}");
    }
    assert_eq!(property(fixture, &home, "snapdir").unwrap().1, "default");
}

fn read_only_is_told(fixture: &dyn Fixture) {
    let home = fixture.home();
    fixture.zfs().set_property(&home, "readonly", "on").unwrap();
    assert!(fixture.zfs().dataset(&home).unwrap().readonly);
}

fn space_of_snapshots_is_told(fixture: &dyn Fixture) {
    let (home, zfs) = (fixture.home(), fixture.zfs());
    let file = zfs.live_folder(&home).unwrap().join("big");
    fs::write(&file, noise(1 << 20)).unwrap();
    zfs.create_snapshot(&at(&home, "full"), false).unwrap();
    assert!(zfs.dataset(&home).unwrap().used_by_snapshots < 1 << 20);
    fs::remove_file(&file).unwrap();
    eventually("the snapshot keeps the file", || zfs.dataset(&home).unwrap().used_by_snapshots >= 1 << 20);
    // Versions before 2.2 do not tell when snapshots changed.
    if let Some(changed) = zfs.dataset(&home).unwrap().snapshots_changed {
        assert!(is_about_now(changed), "{changed}");
    }
}

fn what_was_written_is_told(fixture: &dyn Fixture) {
    let (home, zfs) = (fixture.home(), fixture.zfs());
    let folder = zfs.live_folder(&home).unwrap();
    let written = || zfs.dataset(&home).unwrap().written.unwrap();
    let listed = || zfs.datasets().unwrap().into_iter().find(|dataset| dataset.name == home).unwrap().written;
    fs::write(folder.join("big"), noise(1 << 20)).unwrap();
    eventually("the file was written", || written() >= 1 << 20);
    assert!(listed().unwrap() >= 1 << 20);
    zfs.create_snapshot(&at(&home, "one"), false).unwrap();
    assert_eq!((written(), listed()), (0, Some(0)));
    fs::set_permissions(folder.join("big"), fs::Permissions::from_mode(0o600)).unwrap();
    eventually("the mode was written", || (1..1 << 20).contains(&written()));
    zfs.create_snapshot(&at(&home, "two"), false).unwrap();
    assert_eq!(written(), 0);
    fs::remove_file(folder.join("big")).unwrap();
    eventually("the folder was written", || (1..1 << 20).contains(&written()));

    let volume = below(&home, "volume");
    fixture.add_volume(&volume);
    assert_eq!(zfs.dataset(&volume).unwrap().written, None);
}
