//! After each step of a random story, every snapshot and live are known as a plain walk finds them.

use std::collections::BTreeMap;

use fastrand::Rng;
use nasman_core::{DatasetName, SnapshotName};

use crate::{
    answer::{Truth, versions},
    line::Line,
    scene::{Scene, seeds, zfs},
    workload::Workload,
};

const ROUNDS: usize = 24;
/// More snapshots than these are destroyed: all of them are compared at every step.
const SNAPSHOTS: usize = 7;

struct Story<'a> {
    scene: &'a Scene,
    dataset: DatasetName,
    rng: Rng,
    work: Workload,
    /// Of every snapshot, by its tag.
    truths: BTreeMap<String, Truth>,
    count: usize,
}

impl Story<'_> {
    fn name(&self, tag: &str) -> SnapshotName {
        self.dataset.snapshot(tag.parse().unwrap()).unwrap()
    }

    fn snapshot(&mut self, tag: &str) {
        let name = self.name(tag);
        zfs(&["snapshot", &name.to_string()]);
        self.truths.insert(tag.to_owned(), self.scene.truth(&name));
    }

    fn new_snapshot(&mut self) {
        self.count += 1;
        self.snapshot(&format!("s{}", self.count));
    }

    fn any(&mut self) -> Option<String> {
        self.rng.choice(self.truths.keys().cloned().collect::<Vec<_>>())
    }

    fn destroy(&mut self) -> Option<String> {
        let tag = self.any()?;
        zfs(&["destroy", &self.name(&tag).to_string()]);
        self.truths.remove(&tag);
        Some(tag)
    }

    fn rollback(&mut self) {
        let Some(tag) = self.any() else { return };
        zfs(&["rollback", "-r", &self.name(&tag).to_string()]);
        let left = self.scene.snapshots(&self.dataset);
        self.truths.retain(|tag, _| left.iter().any(|snapshot| snapshot.name.tag.as_str() == tag));
        self.work.look();
    }

    /// Two snapshots take each other's names.
    fn swap(&mut self) {
        let (Some(a), Some(b)) = (self.any(), self.any()) else { return };
        if a == b {
            return;
        }
        for (from, to) in [(a.as_str(), "between"), (&b, &a), ("between", &b)] {
            zfs(&["rename", &self.name(from).to_string(), &self.name(to).to_string()]);
        }
        let (of_a, of_b) = (self.truths[&a].clone(), self.truths[&b].clone());
        self.truths.extend([(a, of_b), (b, of_a)]);
    }

    /// What happens to the snapshots.
    fn event(&mut self) -> &'static str {
        let what = match self.rng.u8(..20) {
            0..9 => "snapshot",
            9 => "two equal snapshots",
            10 | 11 => "destroy",
            12 => "another of the same name",
            13 | 14 => "rollback",
            15 => "swap",
            16 => "rollback and snapshot",
            17 => "destroy all",
            _ => "nothing",
        };
        match what {
            "snapshot" => self.new_snapshot(),
            "two equal snapshots" => {
                self.new_snapshot();
                self.new_snapshot();
            }
            "destroy" => drop(self.destroy()),
            "another of the same name" => {
                if let Some(tag) = self.destroy() {
                    self.snapshot(&tag);
                }
            }
            "rollback" => self.rollback(),
            "rollback and snapshot" => {
                self.rollback();
                self.work.run(20);
                self.new_snapshot();
            }
            "swap" => self.swap(),
            "destroy all" => while self.destroy().is_some() {},
            _ => {}
        }
        while self.truths.len() > SNAPSHOTS {
            self.destroy();
        }
        what
    }
}

/// By each line at its own pace: live now and then, and some rounds not looked at. At the end all are the same.
fn random(name: &str, options: &[&str], hard_links: bool, lines: fn(&Scene) -> Vec<Line>) {
    for seed in seeds(&[1, 2, 3]) {
        let Some(scene) = Scene::new(&format!("{name}-{seed}"), options) else { return };
        let (dataset, lines) = (scene.root.clone(), lines(&scene));
        let work = Workload::new(&scene.folder(&dataset), seed);
        let work = if hard_links { work } else { work.without_hard_links() };
        let rng = Rng::with_seed(seed);
        let mut story = Story { scene: &scene, dataset, rng, work, truths: BTreeMap::new(), count: 0 };
        story.work.run(60);
        for round in 0..ROUNDS {
            story.work.run(match round % 5 {
                0 => 100,
                3 => 0,
                _ => 1 + round,
            });
            let what = story.event();
            let live = scene.live(&story.dataset);
            for line in &lines {
                let (last, pace) = (round + 1 == ROUNDS, story.rng.u8(..8));
                let context = format!("seed {seed}, round {round}: {what}");
                eprintln!("{context}, {} {pace}", line.name);
                if pace < 4 || last {
                    line.look_at_live(std::slice::from_ref(&story.dataset));
                    line.knows_live(&story.dataset, &live, &context);
                } else if pace < 7 {
                    line.look();
                } else {
                    continue;
                }
                line.knows_snapshots(&scene, &story.dataset, &story.truths);
                line.is_sound(&context);
            }
        }
        same(&lines, &story.dataset, seed);
        scene.has_nothing_of_nasmans_own();
    }
}

/// All lines hold the same, and each came to it by its own means.
fn same(lines: &[Line], dataset: &DatasetName, seed: u64) {
    let held = |line: &Line| versions(line.folder.path(), &line.app.catalog, line.dataset(dataset).id);
    let first = held(&lines[0]);
    assert!(first.len() > 50, "only {} versions", first.len());
    for line in lines {
        let (now, name) = (held(line), line.name);
        let only: Vec<_> = now.iter().filter(|(what, states)| first.get(*what) != Some(states)).collect();
        let lost: Vec<_> = first.iter().filter(|(what, states)| now.get(*what) != Some(states)).collect();
        assert!(
            only.is_empty() && lost.is_empty(),
            "seed {seed}: only {name} {only:#?}; not {name} {lost:#?}"
        );
        let runs = line.runs(dataset);
        let other = |run: &&nasman_catalog::Run| ![name, "nothing", "walk"].contains(&run.means.as_str());
        let other: Vec<_> = runs.iter().filter(other).collect();
        assert!(other.is_empty(), "{name}: {other:?}");
        assert!(runs.iter().any(|run| run.means == name), "{name}: {runs:?}");
        let gave_up: Vec<_> = runs.iter().filter(|run| run.passed.to_string().contains("gave up")).collect();
        assert!(gave_up.is_empty(), "{name}: {gave_up:?}");
    }
}

#[test]
fn every_state_is_known_as_a_walk_finds_it() {
    random("random", &["-o", "xattr=sa"], true, |scene| vec![Line::ioctl(scene), Line::walk(scene)]);
}

#[test]
fn without_hard_links_zfs_diff_comes_to_the_same() {
    random("diff", &["-o", "xattr=dir", "-o", "dnodesize=auto"], false, |scene| {
        vec![Line::ioctl(scene), Line::zfs_diff(scene), Line::walk(scene)]
    });
}
