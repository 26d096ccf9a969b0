//! Everyday life: what is edited, made, renamed, moved and deleted between one snapshot and the next, at random from the seed.

mod habits;

use std::collections::BTreeMap;

use fastrand::Rng;

use crate::plan::dates::{HOUR, daily, hourly};
use crate::plan::{Action, Builder, Op, Tree};

type Act = fn(&mut Moment<'_>) -> Vec<Op>;

/// What may happen in a dataset, and how often: of the sum of all, at each moment of life.
type Habit = (u32, &'static str, Act);

const HABITS: [Habit; 19] = [
    (22, "home", habits::edit),
    (18, "home", habits::mail_arrives),
    (6, "home", habits::mail_is_filed),
    (5, "home", habits::mail_is_deleted),
    (6, "home", habits::paper_is_written),
    (4, "home", habits::file_is_renamed),
    (3, "home", habits::file_is_moved),
    (4, "home", habits::file_is_deleted),
    (24, "projects", habits::edit),
    (6, "projects", habits::module_is_written),
    (3, "projects", habits::file_is_renamed),
    (3, "projects", habits::file_is_moved),
    (4, "projects", habits::file_is_deleted),
    (2, "photos", habits::pictures_are_taken),
    (4, "photos", habits::file_is_deleted),
    (2, "photos", habits::file_is_moved),
    (1, "music", habits::album_is_bought),
    (1, "films", habits::film_is_transcoded),
    (1, "private", habits::edit),
];

/// Rarer, and larger: once every few days.
const UPHEAVALS: [Habit; 5] = [
    (3, "projects", habits::packages_are_renewed),
    (2, "projects", habits::folder_is_deleted),
    (2, "home", habits::folder_is_deleted),
    (1, "photos", habits::folder_is_renamed),
    (1, "music", habits::folder_is_renamed),
];

/// How much happens in a day.
const MOMENTS_A_DAY: usize = 34;

/// A dataset at some time, and the dice.
struct Moment<'a> {
    at: i64,
    dataset: &'static str,
    tree: &'a Tree,
    rng: &'a mut Rng,
}

/// Tells everyday life around the steps told so far.
pub(crate) fn live(builder: &mut Builder) {
    let mut rng = builder.rng.fork();
    let mut told = builder.told().into_iter().peekable();
    let mut trees: BTreeMap<&'static str, Tree> = BTreeMap::new();
    for at in moments(builder, &mut rng) {
        while let Some(step) = told.next_if(|step| step.at <= at) {
            if let Action::Change(dataset, ops) = step.action {
                let tree = trees.entry(dataset).or_default();
                ops.iter().for_each(|op| tree.apply(op));
            }
        }
        let habits: &[Habit] = if rng.usize(0..MOMENTS_A_DAY * 2) == 0 { &UPHEAVALS } else { &HABITS };
        let (dataset, act) = choose(&mut rng, habits);
        let tree = trees.entry(dataset).or_default();
        let ops = act(&mut Moment { at, dataset, tree, rng: &mut rng });
        ops.iter().for_each(|op| tree.apply(op));
        builder.change(at, dataset, ops);
    }
}

fn choose(rng: &mut Rng, habits: &[Habit]) -> (&'static str, Act) {
    let mut dice = rng.u32(0..habits.iter().map(|habit| habit.0).sum());
    for (weight, dataset, act) in habits {
        if dice < *weight {
            return (dataset, *act);
        }
        dice -= weight;
    }
    (habits[0].1, habits[0].2)
}

/// Times between breakfast and late evening, and one in each hour of the last day; sorted, never on a snapshot's second.
fn moments(builder: &Builder, rng: &mut Rng) -> Vec<i64> {
    let now = builder.settings.now;
    let mut out = Vec::new();
    for day in 0..=builder.settings.days {
        for _ in 0..MOMENTS_A_DAY {
            out.push(builder.day(day) + rng.i64(8 * HOUR..22 * HOUR + HOUR / 2));
        }
    }
    out.extend((1..=24).flat_map(|hour| [now - hour * HOUR; 3]));
    for at in &mut out {
        *at += 7 + rng.i64(0..50) - at.rem_euclid(60);
    }
    out.retain(|at| *at < now - 60);
    out.sort_unstable();
    out
}

/// Tells the snapshots: each evening's, and the last day's hourly ones.
pub(crate) fn snapshots(builder: &mut Builder) {
    for day in 0..builder.settings.days {
        let at = builder.evening(day);
        builder.step(at, Action::Snapshot(None, daily(at)));
    }
    let now = builder.settings.now;
    let last_hour = now - now.rem_euclid(HOUR);
    for back in (0..24).rev() {
        let at = last_hour - back * HOUR;
        builder.step(at, Action::Snapshot(None, hourly(at)));
    }
}
