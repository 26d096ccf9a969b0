//! What indexing notes of itself.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{dataset, snapshot, with_history};
use jiff::{Timestamp, ToSpan as _};
use nasman_catalog::{At, Catalog, CatalogError, Coverage, JobState, NewJob, NewRun, NewSnapshot, State};
use nasman_core::{Guid, Txg};
use serde_json::json;

fn run(number: u64, error: Option<&str>) -> NewRun {
    NewRun {
        at: Timestamp::UNIX_EPOCH,
        snapshot: number.is_multiple_of(2).then(|| format!("s{number}").parse().unwrap()),
        means: "ioctl".to_owned(),
        passed: json!([]),
        objects: number,
        directories: 2,
        gone: 3,
        took_ms: 4,
        findings_total: 1,
        findings: json!([{"path": "a", "detail": "b"}]),
        error: error.map(str::to_owned),
    }
}

#[test]
fn the_newest_fifty_runs_of_each_dataset_stay() {
    let state = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(state.path()).unwrap();
    let (one, other) = (
        dataset(&catalog),
        catalog.note_dataset(Guid(2), &"tank/b".parse().unwrap(), Timestamp::UNIX_EPOCH).unwrap(),
    );
    catalog.note_run(other, &run(7, Some("unreachable"))).unwrap();
    for number in 0..120 {
        catalog.note_run(one, &run(number, None)).unwrap();
    }
    let runs = catalog.runs(one, 100).unwrap();
    assert_eq!((runs.len(), &runs[0], &runs[49]), (50, &run(119, None), &run(70, None)));
    let mut last = catalog.last_runs().unwrap();
    last.sort_by_key(|(dataset, _)| *dataset);
    assert_eq!(last, [(one, run(119, None)), (other, run(7, Some("unreachable")))]);
    catalog.forget_dataset(one).unwrap();
    assert!(catalog.runs(one, 100).unwrap().is_empty());
}

#[test]
fn thousands_of_snapshots_are_noted_at_once_and_found_by_name_and_time() {
    let state = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(state.path()).unwrap();
    let id = dataset(&catalog);
    let all: Vec<NewSnapshot> = (1..=4_000u64)
        .map(|number| NewSnapshot {
            guid: Guid(number),
            tag: format!("s{number}").parse().unwrap(),
            txg: Txg(number * 10),
            created_at: Timestamp::from_second(number.cast_signed() * 60).unwrap(),
        })
        .collect();
    catalog.note_snapshots(id, &all).unwrap();
    catalog.apply(id, State::Snapshot(all[0].clone()), None, []).unwrap();
    catalog.fail_snapshot(id, Guid(2), "an I/O error").unwrap();
    catalog.fail_snapshot(id, Guid(1), "never mind").unwrap();
    assert_eq!(catalog.coverage().unwrap(), [(id, Coverage { total: 4_000, indexed: 1, failed: 1 })]);
    assert_eq!(catalog.snapshot(id, Guid(1)).unwrap().failed, None);
    assert_eq!(catalog.snapshot(id, Guid(2)).unwrap().failed.as_deref(), Some("an I/O error"));
    let found = catalog.snapshot_by_tag(id, &"s77".parse().unwrap()).unwrap().unwrap();
    assert_eq!(found.guid, Guid(77));
    let at = found.created_at.checked_add(59.seconds()).unwrap();
    assert_eq!(catalog.snapshot_at_or_before(id, at).unwrap().unwrap().guid, Guid(77));
    assert!(catalog.snapshot_at_or_before(id, Timestamp::UNIX_EPOCH).unwrap().is_none());
    assert!(catalog.is_indexed(id, At::Snapshot(Txg(10))).unwrap());
    assert!(!catalog.is_indexed(id, At::Snapshot(Txg(20))).unwrap());
    assert!(catalog.bytes() > 100_000);
    catalog.reset_dataset(id).unwrap();
    assert_eq!(catalog.coverage().unwrap(), [(id, Coverage { total: 4_000, indexed: 0, failed: 0 })]);
    assert!(!catalog.is_indexed(id, At::Live).unwrap());
}

#[test]
fn datasets_keep_their_settings_and_the_last_seen_has_the_name() {
    let state = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(state.path()).unwrap();
    let name = "tank/a".parse().unwrap();
    let (old, later) = (dataset(&catalog), Timestamp::from_second(9).unwrap());
    catalog.set_live_interval(old, Some(0)).unwrap();
    catalog.set_excluded(old, true).unwrap();
    catalog.set_seen(old, Some("written 0")).unwrap();
    let found = catalog.dataset_by_name(&name).unwrap().unwrap();
    assert_eq!(
        (found.live_interval, found.excluded, found.seen.as_deref()),
        (Some(0), true, Some("written 0"))
    );
    let new = catalog.note_dataset(Guid(2), &name, later).unwrap();
    assert_eq!(catalog.dataset_by_name(&name).unwrap().unwrap().id, new);
    assert!(catalog.dataset_by_name(&"tank/none".parse().unwrap()).unwrap().is_none());
    catalog.forget_dataset(new).unwrap();
    assert!(matches!(catalog.set_excluded(new, true), Err(CatalogError::NotFound)));
}

#[test]
fn an_older_state_is_refused_only_where_a_newer_snapshot_is_indexed() {
    let state = tempfile::tempdir().unwrap();
    let (catalog, id) = with_history(state.path(), 3);
    let refused = catalog.apply(id, snapshot(2), None, []).unwrap_err();
    assert!(matches!(refused, CatalogError::OutOfOrder { asked: 20, newest: 30 }), "{refused}");
    let live = State::Live { txg: Txg(90), at: Timestamp::UNIX_EPOCH };
    catalog.apply(id, live, Some(Txg(30)), []).unwrap();
    catalog.apply(id, snapshot(4), Some(Txg(30)), []).unwrap();
    assert_eq!(catalog.datasets().unwrap()[0].position, Some(Txg(40)));
    let unknown = catalog.apply(id, snapshot(5), Some(Txg(35)), []).unwrap_err();
    assert!(matches!(unknown, CatalogError::NotIndexed), "{unknown}");
    assert_eq!(catalog.check().unwrap(), []);
}

#[test]
fn jobs_are_of_a_kind_and_go_when_they_have_ended() {
    let state = tempfile::tempdir().unwrap();
    let catalog = Catalog::open(state.path()).unwrap();
    let add = |kind| {
        let new = NewJob { kind, title: "Index", user_id: 0, user_name: "NASMan", request: &json!({}) };
        catalog.add_job(&new, Timestamp::UNIX_EPOCH).unwrap()
    };
    let (index, restore) = (add("index"), add("restore"));
    let found = catalog.jobs(None, Some("index"), None, 10).unwrap();
    assert_eq!(found.iter().map(|job| &job.id).collect::<Vec<_>>(), [&index.id]);
    assert!(!catalog.delete_job(&index.id).unwrap());
    catalog.log_job(&index.id, "info", "one", Timestamp::UNIX_EPOCH).unwrap();
    catalog.finish_job(&index.id, JobState::Succeeded, (None, None), None, Timestamp::UNIX_EPOCH).unwrap();
    assert!(catalog.delete_job(&index.id).unwrap());
    assert!(catalog.job_log(&index.id).unwrap().is_empty());
    assert!(catalog.job(&restore.id).is_ok());
}
