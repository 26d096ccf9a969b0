//! The story itself: the same by seed, of the right size, with its landmarks where the README says.

use std::collections::BTreeMap;
use std::path::Path;

use nasman_demo::content::Content;
use nasman_demo::landmarks::*;
use nasman_demo::plan::dates::{DAY, HOUR, daily, midnight};
use nasman_demo::plan::{Action, DATASETS, Kind, Node, Op, Plan, Settings, Tree};

/// 23 November 2026, 17:11.
const NOW: i64 = 1_795_453_860;

fn settings() -> Settings {
    Settings { seed: 1, now: NOW, days: 21 }
}

fn content(tree: &Tree, path: &str) -> Option<Content> {
    match tree.get(path) {
        Some(Node::File(file)) => Some((*file.content).clone()),
        _ => None,
    }
}

/// The tree in the daily snapshot of `days_ago`.
fn then(plan: &Plan, dataset: &str, days_ago: i64) -> Tree {
    plan.tree(dataset, Some(&daily(midnight(NOW) - days_ago * DAY)))
}

#[test]
fn same_settings_same_plan_other_seed_other_plan() {
    let plan = Plan::new(settings());
    assert_eq!(plan, Plan::new(settings()));
    assert_ne!(plan, Plan::new(Settings { seed: 2, ..settings() }));
}

#[test]
fn thousands_of_files_and_hundreds_of_changes() {
    let plan = Plan::new(settings());
    let files: usize = DATASETS.iter().map(|(name, _)| plan.tree(name, None).len()).sum();
    assert!((3000..=5000).contains(&files), "{files} files");
    let after_first = |step: &&nasman_demo::plan::Step| step.at > plan.steps[0].at;
    let (mut puts, mut renames, mut removals) = (0, 0, 0);
    for step in plan.steps.iter().filter(after_first) {
        if let Action::Change(_, ops) = &step.action {
            for op in ops {
                match op {
                    Op::Put(..) => puts += 1,
                    Op::Rename(..) => renames += 1,
                    Op::Remove(_) => removals += 1,
                }
            }
        }
    }
    assert!(
        puts > 400 && renames > 80 && removals > 80,
        "{puts} written, {renames} renamed, {removals} removed"
    );
}

#[test]
fn steps_are_in_order_and_not_in_the_future() {
    let plan = Plan::new(settings());
    assert!(plan.steps.is_sorted_by_key(|step| step.at));
    assert!(plan.steps.iter().all(|step| step.at <= NOW));
    for step in &plan.steps {
        let Action::Change(dataset, ops) = &step.action else { continue };
        for op in ops {
            if let Op::Put(path, Node::File(file), _) = op {
                assert!(file.mtime <= step.at, "{dataset}/{} is from the future", path.display());
            }
        }
    }
}

#[test]
fn no_change_meets_a_missing_or_a_taken_name() {
    for seed in 1..=6 {
        let plan = Plan::new(Settings { seed, ..settings() });
        let mut trees: BTreeMap<&str, Tree> = BTreeMap::new();
        for step in &plan.steps {
            let Action::Change(dataset, ops) = &step.action else { continue };
            let tree = trees.entry(dataset).or_default();
            for op in ops {
                match op {
                    Op::Put(path, node, _) => {
                        let known = tree.get(path);
                        assert!(matches!(node, Node::File(_)) || known.is_none(), "{} twice", path.display());
                        assert!(known.is_some() || !tree.holds(path), "{} is a folder", path.display());
                        let mut above = path.ancestors().skip(1);
                        assert!(above.all(|above| tree.get(above).is_none()), "{} in a file", path.display());
                    }
                    Op::Rename(from, to) => {
                        assert!(tree.holds(from), "renaming {} which is not there", from.display());
                        assert!(!tree.holds(to), "{} is taken", to.display());
                    }
                    Op::Remove(path) => {
                        assert!(tree.holds(path), "removing {} which is not there", path.display());
                    }
                }
                tree.apply(op);
            }
        }
    }
}

#[test]
fn names_fit_a_filesystem() {
    let plan = Plan::new(settings());
    let mut longest = 0;
    for (dataset, _) in DATASETS {
        for (path, _) in plan.tree(dataset, None).iter() {
            assert!(path.is_relative() && !path.as_os_str().is_empty());
            for part in path {
                longest = longest.max(part.len());
                assert!(part.len() <= 255 && part != ".." && part != ".", "{}", path.display());
            }
        }
    }
    assert_eq!(longest, 255, "the longest name possible is there");
}

#[test]
fn snapshots_have_names_by_their_days() {
    let plan = Plan::new(settings());
    let names: Vec<&str> = plan
        .steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Snapshot(_, name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let of = |start: &str| names.iter().filter(|name| name.starts_with(start)).count();
    assert_eq!((of("daily-"), of("hourly-"), names.len()), (21, 24, 48));
    assert!(names.contains(&"daily-2026-11-02") && names.contains(&"daily-2026-11-22"));
    assert!(names.contains(&"hourly-2026-11-22-1800") && names.contains(&"hourly-2026-11-23-1700"));
    assert_eq!(plan.snapshot_count(), 45 * 9 + 3);
}

#[test]
fn deleted_landmarks_are_in_the_snapshot_before() {
    let plan = Plan::new(settings());
    let (home, photos, projects) =
        (plan.tree("home", None), plan.tree("photos", None), plan.tree("projects", None));
    assert!(!home.holds(TAX_RETURN) && then(&plan, "home", 1).holds(TAX_RETURN));
    assert!(
        !home.holds(ODD_GONE)
            && then(&plan, "home", 2).holds(ODD_GONE)
            && !then(&plan, "home", 1).holds(ODD_GONE)
    );
    assert!(!photos.holds(SAILING_TRIP) && !then(&plan, "photos", 5).holds(SAILING_TRIP));
    assert_eq!(then(&plan, "photos", 6).below(Path::new(SAILING_TRIP)).count(), 24);
    assert!(plan.tree("photos", Some("before-cleanup")).holds(SAILING_TRIP));
    assert!(
        !projects.holds(OLD_WEBSITE)
            && then(&plan, "projects", 11).below(Path::new(OLD_WEBSITE)).count() > 40
    );
    assert!(
        !then(&plan, "home", 6).holds(REBORN) && then(&plan, "home", 8).holds(REBORN) && home.holds(REBORN)
    );
}

#[test]
fn the_tax_return_goes_after_yesterdays_snapshot_at_any_hour() {
    for now in (0..24).map(|hour| midnight(NOW) + hour * HOUR + 61) {
        let plan = Plan::new(Settings { now, ..settings() });
        let gone = plan.steps.iter().find_map(|step| match &step.action {
            Action::Change("home", ops) if ops.contains(&Op::Remove(TAX_RETURN.into())) => Some(step.at),
            _ => None,
        });
        let yesterday = midnight(NOW) - HOUR;
        assert!(gone.is_some_and(|gone| yesterday < gone && gone < now), "{gone:?} at {now}");
        assert!(plan.steps.iter().all(|step| step.at <= now));
    }
}

#[test]
fn versions_of_landmarks() {
    let plan = Plan::new(settings());
    let versions = |path: &str| {
        let mut all: Vec<Content> =
            (1..=21).rev().filter_map(|ago| content(&then(&plan, "home", ago), path)).collect();
        all.dedup();
        all.len()
    };
    assert_eq!(versions(TAX_RETURN), 3);
    assert_eq!(versions(THESIS), 18);
    assert_eq!(versions(SHARED), 2);
    assert_eq!(versions(UMLAUTS), 1);
    assert_eq!(versions(CAMEL_CASE), 1);
}

#[test]
fn renamed_moved_overwritten_and_new() {
    let plan = Plan::new(settings());
    for (dataset, (from, to), days_ago) in [("home", RENAMED, 8), ("projects", MOVED, 3)] {
        let (before, now) = (then(&plan, dataset, days_ago + 1), plan.tree(dataset, None));
        assert!(before.holds(from) && !before.holds(to) && !now.holds(from));
        assert_eq!(content(&before, from), content(&now, to));
    }
    assert!(matches!(content(&then(&plan, "home", 2), OVERWRITTEN), Some(Content::Odt(_))));
    assert!(matches!(content(&then(&plan, "home", 1), OVERWRITTEN), Some(Content::Garbage { .. })));
    assert!(then(&plan, "home", 2).holds(NEW) && !then(&plan, "home", 3).holds(NEW));
}

#[test]
fn copies_equal_their_originals() {
    let plan = Plan::new(settings());
    let photos = plan.tree("photos", None);
    let copies: Vec<_> = photos.below(Path::new(COPIES)).collect();
    assert_eq!(copies.len(), 14);
    for (path, _) in copies {
        let original = Path::new(ORIGINALS).join(path.file_name().unwrap());
        assert_eq!(content(&photos, path.to_str().unwrap()), content(&photos, original.to_str().unwrap()));
    }
    let film: Vec<_> =
        plan.tree("films", None).below(Path::new(FILM)).map(|(path, _)| path.clone()).collect();
    assert!(film.contains(&Path::new(FILM).join("The Quiet Harbour (2019) 1080p x264.mkv")));
    assert!(film.contains(&Path::new(FILM).join("The Quiet Harbour (2019) 720p HEVC.mp4")));
}

#[test]
fn every_filesystem_has_files() {
    let plan = Plan::new(settings());
    for (name, kind) in DATASETS {
        let is_volume = matches!(kind, Kind::Volume(_));
        assert_eq!(plan.tree(name, None).is_empty(), is_volume, "{name}");
    }
}
