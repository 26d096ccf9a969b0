//! Damage is found, said, and mended as far as it can be.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use std::{fs::OpenOptions, os::unix::fs::FileExt as _, path::Path};

use common::{dump, object, snapshot, sql, with_history};
use jiff::Timestamp;
use nasman_catalog::{Catalog, NewUser, Problem, rebuild};
use nasman_core::{Kind, Role, Txg};

fn users(catalog: &Catalog, count: usize) {
    for number in 0..count {
        let user = NewUser {
            name: &format!("user {number}"),
            password_hash: &"x".repeat(90),
            role: Role::Admin,
            restricted: false,
        };
        catalog.add_user(&user, Timestamp::UNIX_EPOCH).unwrap();
    }
}

#[test]
fn each_invariant_is_seen_to_fail() {
    let state = tempfile::tempdir().unwrap();
    drop(with_history(state.path(), 3));
    // Whole, whether or not the connections that are being closed have brought their log into the file.
    let whole = state.path().join("whole.db");
    sql(state.path(), &format!("VACUUM INTO '{}'", whole.display()));
    let tampered: [(&str, &str); 13] = [
        ("UPDATE objects SET died = 25 WHERE inode = 10 AND born = 10", "two versions"),
        ("UPDATE objects SET died = born WHERE inode = 10 AND born = 10", "before it began"),
        (
            "INSERT INTO links SELECT dataset, parent, file, name, 20, NULL, 11 FROM links WHERE inode = 10",
            "two things",
        ),
        (
            "INSERT INTO links SELECT dataset, parent, 0, name, 20, NULL, 11 FROM links WHERE inode = 10",
            "two things",
        ),
        ("DELETE FROM objects WHERE inode = 10 AND born = 20", "not there at 20"),
        ("DELETE FROM links WHERE inode = 10", "has no name"),
        ("UPDATE objects SET kind = 0 WHERE inode = 1", "no folder at 10"),
        ("UPDATE links SET file = 0 WHERE inode = 10", "out of its place"),
        ("UPDATE objects SET born = 11, died = 19 WHERE inode = 10 AND born = 10", "shown by no state"),
        ("UPDATE datasets SET position = 20", "newest state"),
        ("DELETE FROM touched WHERE txg = 20 AND inode = 10", "no note"),
        ("UPDATE objects SET dataset = 9 WHERE inode = 10", "which is not known"),
        ("PRAGMA foreign_keys = OFF; INSERT INTO sessions VALUES ('a', 77, 1, 2)", "belongs to a row"),
    ];
    for (damage, said) in tampered {
        let other = tempfile::tempdir().unwrap();
        std::fs::copy(&whole, other.path().join("nasman.db")).unwrap();
        sql(other.path(), damage);
        let problems = Catalog::open(other.path()).unwrap().check().unwrap();
        assert!(problems.iter().any(|p| p.damage && p.text.contains(said)), "{damage}: {problems:?}");
    }
}

#[test]
fn an_interrupted_state_is_a_note_and_no_damage() {
    let state = tempfile::tempdir().unwrap();
    let (catalog, dataset) = with_history(state.path(), 3);
    let mut apply = catalog.begin_apply(dataset, snapshot(4), Some(Txg(30))).unwrap();
    apply.push(object(10, Kind::File, 99)).unwrap();
    drop(apply);
    let problems = catalog.check().unwrap();
    assert!(matches!(&problems[..], [Problem { damage: false, .. }]), "{problems:?}");
}

#[test]
fn rows_that_cannot_be_true_are_forgotten_and_the_rest_stays() {
    let state = tempfile::tempdir().unwrap();
    let (catalog, _) = with_history(state.path(), 3);
    users(&catalog, 2);
    drop(catalog);
    sql(state.path(), "DELETE FROM links WHERE inode = 10");
    let rebuilt = rebuild(state.path(), Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!((rebuilt.aside, rebuilt.lost), (None, Vec::new()));
    let catalog = Catalog::open(state.path()).unwrap();
    assert_eq!(catalog.check().unwrap(), []);
    assert_eq!(catalog.users().unwrap().len(), 2);
    assert!(catalog.datasets().unwrap()[0].position.is_none());
    assert!(
        dump(state.path()).iter().all(|line| line.starts_with("datasets") || line.starts_with("snapshots"))
    );
}

fn len(folder: &Path) -> u64 {
    std::fs::metadata(folder.join("nasman.db")).unwrap().len()
}

fn overwrite(folder: &Path, from: u64, to: u64) {
    let file = OpenOptions::new().write(true).open(folder.join("nasman.db")).unwrap();
    file.write_all_at(&vec![0xa5; usize::try_from(to - from).unwrap()], from).unwrap();
}

#[test]
fn a_file_with_overwritten_pages_is_made_anew_with_what_can_be_read() {
    let state = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(state.path()).unwrap();
    users(&catalog, 500);
    drop(catalog);
    sql(state.path(), "PRAGMA wal_checkpoint(TRUNCATE); ");
    let middle = len(state.path()) - 3 * 4096;
    overwrite(state.path(), middle, middle + 4096);
    said_of(state.path());
    let rebuilt = rebuild(state.path(), Timestamp::UNIX_EPOCH).unwrap();
    assert!(rebuilt.aside.unwrap().ends_with("nasman.db.damaged-19700101T000000Z"));
    let catalog = Catalog::open(state.path()).unwrap();
    assert_eq!(catalog.check().unwrap(), []);
    let kept = catalog.users().unwrap().len();
    assert!((300..500).contains(&kept), "{kept} of 500 users");
    assert!(rebuilt.lost.iter().any(|text| text.starts_with("users: ")), "{:?}", rebuilt.lost);
    assert!(state.path().join("nasman.db.damaged-19700101T000000Z").exists());
}

/// What a check says before anything is mended.
fn said_of(folder: &Path) {
    let problems = Catalog::open(folder).map(|catalog| catalog.check().unwrap()).unwrap_or_default();
    assert!(problems.iter().all(|problem| problem.damage), "{problems:?}");
}

#[test]
fn a_truncated_file_is_made_anew() {
    let state = tempfile::tempdir().unwrap();
    let (catalog, _) = with_history(state.path(), 2_000);
    users(&catalog, 3);
    drop(catalog);
    sql(state.path(), "PRAGMA wal_checkpoint(TRUNCATE);");
    let file = OpenOptions::new().write(true).open(state.path().join("nasman.db")).unwrap();
    file.set_len(len(state.path()) * 2 / 3).unwrap();
    let rebuilt = rebuild(state.path(), Timestamp::UNIX_EPOCH).unwrap();
    assert!(rebuilt.aside.is_some());
    assert_eq!(Catalog::open(state.path()).unwrap().check().unwrap(), []);
}

#[test]
fn a_file_that_is_no_database_is_kept_aside_and_its_error_says_what_to_do() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(state.path().join("nasman.db"), "x".repeat(10_000)).unwrap();
    let error = Catalog::open(state.path()).err().unwrap().to_string();
    assert!(error.contains("nasman catalog rebuild"), "{error}");
    let rebuilt = rebuild(state.path(), Timestamp::UNIX_EPOCH).unwrap();
    assert!(!rebuilt.lost.is_empty());
    assert_eq!(std::fs::read(rebuilt.aside.unwrap()).unwrap().len(), 10_000);
    Catalog::open(state.path()).unwrap().ping().unwrap();
}
