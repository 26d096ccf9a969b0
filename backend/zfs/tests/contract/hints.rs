//! Hints that something changed.

use std::sync::mpsc::{self, Receiver};

use nasman_core::DatasetName;
use nasman_zfs::{Hint, Watch};

use super::{Fixture, at, below, is_hinted, list_cases};

list_cases!(
    taking_and_destroying_are_hinted,
    a_recursive_one_hints_at_each,
    what_comes_and_goes_is_hinted,
    a_mountpoint_that_moves_is_hinted,
    own_snapshots_of_live_are_not_hinted,
    several_may_watch,
);

fn watch(fixture: &dyn Fixture) -> (Watch, Receiver<Option<DatasetName>>) {
    let (send, receive) = mpsc::channel();
    let tell = move |hint: Hint| drop(send.send(hint.dataset));
    (fixture.zfs().watch(Box::new(tell)).unwrap(), receive)
}

fn taking_and_destroying_are_hinted(fixture: &dyn Fixture) {
    let (home, zfs) = (fixture.home(), fixture.zfs());
    let (watch, hints) = watch(fixture);
    let taken = zfs.create_snapshot(&at(&home, "one"), false).unwrap();
    assert!(is_hinted(&hints, &home), "no hint of a snapshot taken");
    zfs.destroy_snapshot(&taken.name, taken.guid).unwrap();
    assert!(is_hinted(&hints, &home), "no hint of a snapshot destroyed");
    drop(watch);
    zfs.create_snapshot(&at(&home, "two"), false).unwrap();
    // The channel has ended, since nobody holds its other end.
    assert!(hints.iter().all(|hint| hint != Some(home.clone())));
}

fn a_recursive_one_hints_at_each(fixture: &dyn Fixture) {
    let (home, child) = (fixture.home(), below(&fixture.home(), "child"));
    fixture.add_filesystem(&child);
    let (_watch, hints) = watch(fixture);
    fixture.zfs().create_snapshot(&at(&home, "all"), true).unwrap();
    assert!(is_hinted(&hints, &child) || is_hinted(&hints, &child), "no hint of the child");
}

fn what_comes_and_goes_is_hinted(fixture: &dyn Fixture) {
    let (home, child) = (fixture.home(), below(&fixture.home(), "child"));
    let (_watch, hints) = watch(fixture);
    fixture.add_filesystem(&child);
    assert!(is_hinted(&hints, &child), "no hint of a filesystem made");
    let origin = fixture.zfs().create_snapshot(&at(&home, "origin"), false).unwrap();
    let clone = below(&home, "clone");
    fixture.add_clone(&origin.name, &clone);
    assert!(is_hinted(&hints, &clone), "no hint of a clone");
    fixture.remove(&clone);
    assert!(is_hinted(&hints, &clone), "no hint of a clone destroyed");
}

fn a_mountpoint_that_moves_is_hinted(fixture: &dyn Fixture) {
    let (_watch, hints) = watch(fixture);
    fixture.zfs().set_property(&fixture.home(), "mountpoint", "none").unwrap();
    assert!(is_hinted(&hints, &fixture.home()), "no hint of a mountpoint");
}

fn own_snapshots_of_live_are_not_hinted(fixture: &dyn Fixture) {
    let home = fixture.home();
    let [first, last] = ["first", "last"].map(|name| below(&home, name));
    let (_watch, hints) = watch(fixture);
    fixture.add_filesystem(&first);
    // Now what happened before is past.
    assert!(is_hinted(&hints, &first));
    let taken = fixture.zfs().create_snapshot(&at(&home, "nasman-live-7"), false).unwrap();
    fixture.zfs().destroy_snapshot(&taken.name, taken.guid).unwrap();
    fixture.add_filesystem(&last);
    // They come in order; those of one burst by name.
    let between: Vec<_> =
        hints.iter().take_while(|hint| hint.as_ref().is_some_and(|name| *name != last)).collect();
    assert!(!between.contains(&Some(home)), "{between:?}");
}

fn several_may_watch(fixture: &dyn Fixture) {
    let home = fixture.home();
    let ((first, one), (_second, two)) = (watch(fixture), watch(fixture));
    fixture.zfs().create_snapshot(&at(&home, "one"), false).unwrap();
    assert!(is_hinted(&one, &home) && is_hinted(&two, &home));
    drop(first);
    fixture.zfs().create_snapshot(&at(&home, "two"), false).unwrap();
    assert!(is_hinted(&two, &home));
}
