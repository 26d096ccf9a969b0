//! The server killed while it restores, and while it undoes.

use nasman::restore::{RestoreWork, UndoWork};
use nasman_catalog::JobState;
use nasman_core::DatasetName;
use serde_json::{Value, json};

use super::{
    Stage,
    files::{differ, fill, same, same_but_times, spoil},
    request, succeeded,
};

/// A dataset with `gone`, which is lost, and `stays`, which is spoiled, both whole in the snapshot `then`. What is left is in
/// `before`.
fn spoiled(stage: &Stage, (gone, stays): (usize, usize)) -> DatasetName {
    let home = stage.create("home", &[]);
    let folder = stage.folder(&home);
    fill(&folder.join("gone"), gone, 1);
    fill(&folder.join("stays"), stays, 2);
    // Files with names in both.
    for number in 0..4 {
        let name = format!("link to stays {number}");
        std::fs::hard_link(folder.join(format!("gone/d0/file {number}")), folder.join("stays").join(name))
            .unwrap();
    }
    stage.snapshot(&home, "then");
    std::fs::remove_dir_all(folder.join("gone")).unwrap();
    spoil(&folder.join("stays"));
    stage.snapshot(&home, "before");
    home
}

fn whole(home: &DatasetName) -> Value {
    let mut request = request(home, &["gone", "stays"]);
    request["on_conflict"] = json!("overwrite");
    request["added_since"] = json!("move_aside");
    request
}

/// Kills the server once this job has so many of these on its record, while it runs.
fn kill(stage: &mut Stage, (kind, job): (&str, &str), which: &str, least: i64) {
    let recorded = format!(
        "SELECT count(*) AS n FROM restore_items WHERE {which} AND EXISTS \
         (SELECT 1 FROM jobs WHERE kind = '{kind}' AND state = 'processing')"
    );
    let waits = format!(
        "SELECT count(*) AS n FROM jobs WHERE kind = '{kind}' AND state IN ('enqueued', 'processing')"
    );
    stage.server.wait(which, |server| {
        assert_ne!(server.ask(&waits), Some(0), "{kind} ended before {least} of {which}");
        server.ask(&recorded).is_some_and(|n| n >= least)
    });
    stage.server.kill();
    let state = stage.server.catalog().job(job).unwrap().state;
    assert_eq!(state, JobState::Processing, "{kind} ended before the kill");
    eprintln!("killed: {kind} had {least} of {which}");
}

fn whole_number(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

/// What was restored to its place.
const NAMED: &str = "outcome = 1 AND action <> 'move_aside' AND restore_items.id < \
    (SELECT coalesce(pending_from, 1 << 62) FROM restores WHERE restores.id = restore_items.restore)";
/// What is in a new folder that has no name yet.
const WAITS: &str = "outcome = 1 AND restore_items.id >= \
    (SELECT pending_from FROM restores WHERE restores.id = restore_items.restore)";

#[test]
fn a_restore_killed_four_times_ends_as_if_nothing_had_been_and_so_does_its_undoing() {
    let Some(mut stage) = Stage::new("killed") else { return };
    let home = spoiled(&stage, (300, 1000));
    let (then, before, live) = (stage.then(&home, "then"), stage.then(&home, "before"), stage.folder(&home));
    differ(&then.join("stays"), &live.join("stays"));
    let mut client = stage.start();
    let plan = client.plan(&whole(&home));
    let total = whole_number(&plan["files"]) + whole_number(&plan["folders"]);
    let added = whole_number(&plan["added_since"]["count"]);
    assert!(total > 1000 && added > 200, "{plan}");
    let restore = client.begin(&whole(&home));
    let points = [("action = 'move_aside'", 1), (WAITS, 100), (NAMED, total / 2), (NAMED, total * 4 / 5)];
    for (which, least) in points {
        kill(&mut stage, (RestoreWork::KIND, &restore), which, least);
        client = stage.start();
    }
    let job = client.ended(&restore);
    succeeded(&job);
    let goes_on = job["log"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["text"].as_str().unwrap().contains("goes on"));
    assert_eq!(goes_on.count(), points.len(), "{job}");
    stage.is_clean();
    same(&then.join("gone"), &live.join("gone"));
    same(&then.join("stays"), &live.join("stays"));
    let counted = (whole_number(&job["result"]["restored"]), whole_number(&job["result"]["failed"]));
    assert_eq!(counted, (total + added, 0));
    let twice = "SELECT count(*) - count(DISTINCT target) AS n FROM restore_items WHERE outcome = 1";
    assert_eq!(stage.server.ask(twice), Some(0), "on record twice");

    let undo = client.begin_undo(&restore);
    for part in [5, 2] {
        kill(&mut stage, (UndoWork::KIND, &undo), "undone = 0", total / part);
        client = stage.start();
    }
    let job = client.ended(&undo);
    succeeded(&job);
    let counted = ["undone", "left", "failed"].map(|what| whole_number(&job["undo"][what]));
    assert_eq!(counted, [total + added, 0, 0], "{job}");
    stage.is_clean();
    same(&before.join("stays"), &live.join("stays"));
    same_but_times(&before, &live);
}

/// Files of several names, some restored before a kill and some after it.
#[test]
fn names_of_one_file_are_of_one_file_again_whatever_was_between() {
    let Some(mut stage) = Stage::new("links") else { return };
    let home = stage.create("home", &[]);
    let folder = stage.folder(&home);
    for name in ["a", "b", "c"] {
        fill(&folder.join(name), 300, 3);
    }
    // `a` is made whole, `b` is there and gets its files one by one, `c` comes last.
    for number in 0..300 {
        let inside = format!("d{}/file {number}", number / 50);
        let from = folder.join("a").join(&inside);
        if let Ok(meta) = from.symlink_metadata()
            && meta.is_file()
        {
            for other in ["b", "c"] {
                std::fs::hard_link(&from, folder.join(other).join(format!("of a {number}"))).unwrap();
            }
        }
    }
    stage.snapshot(&home, "then");
    for name in ["a", "c"] {
        std::fs::remove_dir_all(folder.join(name)).unwrap();
    }
    for path in super::files::all_files(&folder.join("b")) {
        std::fs::remove_file(path).unwrap();
    }
    let mut client = stage.start();
    let mut wanted = request(&home, &["a", "b", "c"]);
    wanted["on_conflict"] = json!("overwrite");
    let restore = client.begin(&wanted);
    let job = (RestoreWork::KIND, restore.as_str());
    let of_c = format!("{WAITS} AND CAST(target AS TEXT) LIKE 'c/%'");
    for (which, least) in [(NAMED, 320), (NAMED, 500), (of_c.as_str(), 50)] {
        kill(&mut stage, job, which, least);
        client = stage.start();
    }
    succeeded(&client.ended(&restore));
    stage.is_clean();
    same_but_times(&stage.then(&home, "then"), &folder);
}

#[test]
fn a_restore_killed_for_good_leaves_nothing_half_made_and_can_be_undone() {
    let Some(mut stage) = Stage::new("given-up") else { return };
    let home = spoiled(&stage, (50, 900));
    let (before, live) = (stage.then(&home, "before"), stage.folder(&home));
    let mut client = stage.start();
    let plan = client.plan(&whole(&home));
    let total = whole_number(&plan["files"]) + whole_number(&plan["folders"]);
    let restore = client.begin(&whole(&home));
    for part in 1..=5 {
        // Only a run that began counts, and what is on record may be so from the one before.
        let began =
            format!("(SELECT json_extract(marks, '$.starts') FROM jobs WHERE id = '{restore}') >= {part}");
        let which = format!("{NAMED} AND {began}");
        kill(&mut stage, (RestoreWork::KIND, &restore), &which, total * part / 7);
        client = stage.start();
    }
    let job = client.ended(&restore);
    super::failed(&job, "interrupted");
    stage.is_clean();
    differ(&before.join("stays"), &live.join("stays"));
    let undone = client.undo(&job);
    succeeded(&undone);
    let counted = ["left", "failed"].map(|what| whole_number(&undone["undo"][what]));
    assert_eq!(counted, [0, 0], "{undone}");
    stage.is_clean();
    // A folder that was merged only in part was not made like it was then; that things came and went in it shows in its time.
    same_but_times(&before, &live);
}
