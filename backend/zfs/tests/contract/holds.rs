//! Holds.

use nasman_zfs::ZfsError;

use super::{Fixture, at, below, is_about_now, list_cases, tag};

list_cases!(holds_are_listed_by_tag, placing_and_releasing_twice_is_once, holds_need_their_snapshot);

fn holds_are_listed_by_tag(fixture: &dyn Fixture) {
    let (name, zfs) = (at(&fixture.home(), "one"), fixture.zfs());
    zfs.create_snapshot(&name, false).unwrap();
    assert_eq!(zfs.holds(&name).unwrap(), []);
    for text in ["zulu", "a tag", "mike:7"] {
        zfs.hold(&name, &tag(text)).unwrap();
    }
    let holds = zfs.holds(&name).unwrap();
    let tags: Vec<_> = holds.iter().map(|hold| hold.tag.as_str()).collect();
    assert_eq!(tags, ["a tag", "mike:7", "zulu"]);
    assert!(holds.iter().all(|hold| is_about_now(hold.placed)), "{holds:?}");
    for text in ["zulu", "a tag", "mike:7"] {
        zfs.release(&name, &tag(text)).unwrap();
    }
}

fn placing_and_releasing_twice_is_once(fixture: &dyn Fixture) {
    let (name, zfs) = (at(&fixture.home(), "one"), fixture.zfs());
    zfs.create_snapshot(&name, false).unwrap();
    for _ in 0..2 {
        zfs.hold(&name, &tag("keep")).unwrap();
        assert_eq!(zfs.holds(&name).unwrap().len(), 1);
    }
    for _ in 0..2 {
        zfs.release(&name, &tag("keep")).unwrap();
        assert_eq!(zfs.holds(&name).unwrap(), []);
    }
}

fn holds_need_their_snapshot(fixture: &dyn Fixture) {
    let home = fixture.home();
    for name in [at(&home, "nothing"), at(&below(&home, "nothing"), "x"), "nosuchpool@x".parse().unwrap()] {
        let (zfs, missing) = (fixture.zfs(), ZfsError::SnapshotNotFound(name.clone()));
        assert_eq!(zfs.holds(&name), Err(missing.clone()));
        assert_eq!(zfs.hold(&name, &tag("keep")), Err(missing.clone()));
        assert_eq!(zfs.release(&name, &tag("keep")), Err(missing));
    }
}
