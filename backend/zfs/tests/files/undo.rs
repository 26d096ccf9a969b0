//! What was made goes again, and what was added is moved aside and back.

use std::fs;

use nasman_zfs::files::{
    Expected, Kind, RestoreError,
    tree::{Outcome, Removed, move_aside, move_back, remove_made},
};

use crate::{
    carried::{Carrier, overwrite},
    common::{Bench, name, path},
};

#[test]
fn what_was_made_is_removed_unless_it_was_changed_since() {
    let bench = Bench::with("top/file", "then");
    bench.write("source/top/edited", "then");
    bench.write("source/top/empty/x", "then");
    let mut carrier = Carrier::new(overwrite);
    bench.tree("top", "top", &mut carrier).unwrap();
    bench.write("target/top/edited", "edited since");
    let removed: Vec<_> = carrier
        .done
        .iter()
        .map(|done| {
            let Outcome::Made { made, .. } = &done.outcome else { panic!("{done:?}") };
            let removed = remove_made(&bench.target, &done.to, done.kind.unwrap(), made).unwrap();
            (done.to.display(), removed)
        })
        .collect();
    for (place, expected) in [
        ("top/file", Removed::Removed),
        ("top/edited", Removed::Changed),
        ("top/empty/x", Removed::Removed),
        ("top/empty", Removed::Removed),
        ("top", Removed::NotEmpty),
    ] {
        assert!(removed.contains(&(place.into(), expected)), "{place}: {removed:?}");
    }
    assert_eq!(bench.names("target/top"), ["edited"]);
    let any = Expected::from(&bench.target.stat(&path("top")).unwrap());
    for gone in ["top/file", "gone/away"] {
        assert_eq!(remove_made(&bench.target, &path(gone), Kind::File, &any), Ok(Removed::Gone));
    }
    assert_eq!(remove_made(&bench.target, &path("top/edited"), Kind::Directory, &any), Ok(Removed::Changed));
}

#[test]
fn what_was_added_is_moved_aside_and_back() {
    let bench = Bench::new();
    bench.write("target/home/top/a/added", "new");
    bench.write("target/home/top/a/old", "old");
    bench.write("target/home/top/folder/below", "new");
    let (folder, aside) = (path("home/top"), name("top (added since 2026-05-02)"));
    let entries = ["home/top/a/added", "home/top/folder"];
    let moved = entries.map(|entry| {
        move_aside(&bench.target, &folder, &path(entry), &bench.expected(entry), &aside).unwrap()
    });
    assert_eq!(
        moved,
        [path("home/top (added since 2026-05-02)/a/added"), path("home/top (added since 2026-05-02)/folder")]
    );
    assert_eq!(
        (bench.names("target/home/top"), bench.names("target/home/top/a")),
        (vec!["a".into()], vec!["old".into()])
    );
    assert_eq!(bench.read(&format!("target/{}/below", moved[1].display())), "new");

    bench.write("target/home/top/a/added", "another");
    let taken = move_back(&bench.target, &moved[0], &path(entries[0]));
    assert_eq!(taken, Err(RestoreError::Exists { path: path(entries[0]) }));
    fs::remove_file(bench.at("target/home/top/a/added")).unwrap();
    for (aside, entry) in moved.iter().zip(entries) {
        move_back(&bench.target, aside, &path(entry)).unwrap();
    }
    assert_eq!(bench.names("target/home"), ["top"], "what was made for it is gone");
    assert_eq!(bench.read("target/home/top/folder/below"), "new");
}

#[test]
fn only_what_was_seen_and_only_out_of_its_folder() {
    let bench = Bench::new();
    bench.write("target/top/added", "new");
    let (top, entry, aside) = (path("top"), path("top/added"), name("aside"));
    let seen = bench.expected("top/added");
    bench.write("target/top/added", "edited since");
    let changed = Err(RestoreError::Changed { path: entry.clone() });
    assert_eq!(move_aside(&bench.target, &top, &entry, &seen, &aside), changed);
    let seen = bench.expected("top/added");
    assert_eq!(move_aside(&bench.target, &path("to"), &entry, &seen, &aside), changed);
    bench.write("target/aside/added", "there");
    let exists = Err(RestoreError::Exists { path: path("aside/added") });
    assert_eq!(move_aside(&bench.target, &top, &entry, &seen, &aside), exists);
    assert_eq!(bench.read("target/top/added"), "edited since");
    let root = path("");
    let moved = move_aside(&bench.target, &root, &entry, &seen, &name("root's")).unwrap();
    assert_eq!(moved, path("root's/top/added"));
}
