//! Random trees are damaged and restored out of a snapshot; an independent program finds no difference.

use std::{fs, ops::ControlFlow, os::unix::fs::MetadataExt as _, path::Path, time::Instant};

use nasman_core::{EntryName, RelPath};
use nasman_zfs::files::{
    Expected, RestoreError, Root, Stat,
    tree::{
        Carry, Decide, Deed, Done, Look, Mark, Met, Outcome, Removed, Standing, Survey, Trees, move_aside,
        remove_made, survey,
    },
};

use crate::{Bench, grow::Grower, path, run};

/// Restores everything over what is there, and remembers what was made.
#[derive(Default)]
struct Overwrite {
    failed: Vec<Done>,
    lacking: Vec<Done>,
    made: Vec<Done>,
    added: Vec<(RelPath, Expected)>,
}

impl Decide for Overwrite {
    fn decide(&mut self, met: &Met<'_>) -> Deed {
        match (met.standing(), met.there) {
            (Standing::Nothing, _) => Deed::Create,
            (Standing::Folder, _) => Deed::Merge { like_source: true },
            (_, Some(there)) => Deed::Replace(there.into()),
            _ => Deed::Skip,
        }
    }
}

impl Carry for Overwrite {
    fn mark(&mut self, _: &Mark<'_>) -> Result<(), RestoreError> {
        Ok(())
    }

    fn done(&mut self, done: Done) {
        match &done.outcome {
            Outcome::Failed(_) | Outcome::Skipped => self.failed.push(done),
            Outcome::Made { not_kept, .. } | Outcome::Merged { not_kept } if !not_kept.is_empty() => {
                self.lacking.push(done);
            }
            Outcome::Made { .. } => self.made.push(done),
            Outcome::Merged { .. } => {}
        }
    }

    fn undone(&mut self, to: &RelPath) {
        panic!("{to:?} did not come to be");
    }

    fn progress(&mut self, _: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl Survey for Overwrite {
    fn refused(&mut self, _: &RelPath, to: &RelPath, error: RestoreError) {
        panic!("{to:?}: {error}");
    }

    fn added(&mut self, path: &RelPath, there: &Stat) {
        self.added.push((path.clone(), there.into()));
    }

    fn go_on(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// What differs between two trees in any respect, by a program that is not ours.
fn differences(a: &Path, b: &Path) -> String {
    let with_slash = |path: &Path| format!("{}/", path.display());
    run(
        "rsync",
        &[
            "-aHAXSn",
            "--itemize-changes",
            "--checksum",
            "--delete",
            "--modify-window=-1",
            &with_slash(a),
            &with_slash(b),
        ],
    )
}

fn restore(source: &Root, target: &Root, to: &RelPath) -> Overwrite {
    let (from, hidden) = (path("top"), EntryName::new(".nasman-restore-1").unwrap());
    let mut carrier = Overwrite::default();
    let mut trees = Trees::new(source, target, &hidden, true);
    trees.restore(&from, to, &mut carrier).unwrap();
    trees.finish().unwrap();
    assert!(carrier.failed.is_empty(), "{:?}", carrier.failed);
    assert!(carrier.lacking.is_empty(), "{:?}", carrier.lacking);
    carrier
}

/// Bytes that all files take.
fn taken(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|place| {
            let meta = fs::symlink_metadata(&place).unwrap();
            if meta.is_dir() { taken(&place) } else { meta.blocks() * 512 }
        })
        .sum()
}

#[test]
fn damaged_trees_come_back_equal_in_every_respect() {
    for seed in 1..=4 {
        let Some(bench) = Bench::new(&format!("tree{seed}")) else { return };
        let live = bench.at("home/top");
        let mut grower = Grower::new(seed);
        grower.grow(&live, 3);
        let snapshot = bench.snapshot("s");
        let then = bench.at("home/.zfs/snapshot/s/top");
        assert_eq!(differences(&then, &live), "", "seed {seed}: before anything happens");
        grower.damage(&live);
        assert_ne!(differences(&then, &live), "", "seed {seed}: the damage shows");

        let home = bench.root("home");
        let (top, aside) = (path("top"), EntryName::new("top (added since)").unwrap());
        let mut seen = Overwrite::default();
        let look = Look { added: true, not_kept: true, keep_setid: true };
        survey(&snapshot, &top, &home, &top, look, &mut seen).unwrap();
        for (added, expected) in &seen.added {
            move_aside(&home, &top, added, expected, &aside).unwrap();
        }
        restore(&snapshot, &home, &top);
        assert_eq!(differences(&then, &live), "", "seed {seed}: over what was there");

        // And where nothing is; without compression, where zeros that were written would take space.
        let other = bench.root("other");
        let began = Instant::now();
        let carrier = restore(&snapshot, &other, &path("new/place"));
        println!("seed {seed}: {} entries in {:.2} s", carrier.made.len(), began.elapsed().as_secs_f64());
        assert_eq!(differences(&then, &bench.at("other/new/place")), "", "seed {seed}: anew");
        run("zpool", &["sync", &bench.pool]);
        let (was, is) = (taken(&then), taken(&bench.at("other/new/place")));
        assert!(is <= was * 2 + (32 << 20), "seed {seed}: {is} bytes are taken, {was} before");
        for done in &carrier.made {
            let Outcome::Made { made, .. } = &done.outcome else { panic!("{done:?}") };
            let removed = remove_made(&other, &done.to, done.kind.unwrap(), made);
            assert_eq!(removed, Ok(Removed::Removed), "{done:?}");
        }
        assert_eq!(other.list(&RelPath::root(), None, 10).unwrap().total, 0, "seed {seed}: undone");
    }
}

/// More than are marked or told at a time. How fast that is, is the benchmark's to say.
#[test]
fn many_small_files() {
    let Some(bench) = Bench::new("many") else { return };
    let mut random = fastrand::Rng::with_seed(1);
    for folder in 0..20 {
        let folder = bench.at(&format!("home/top/{folder}"));
        fs::create_dir_all(&folder).unwrap();
        for file in 0..100 {
            let content: Vec<u8> = {
                let len = random.usize(1..8192);
                std::iter::repeat_with(|| random.u8(..)).take(len).collect()
            };
            fs::write(folder.join(file.to_string()), content).unwrap();
        }
    }
    let snapshot = bench.snapshot("s");
    let (then, other) = (bench.at("home/.zfs/snapshot/s/top"), bench.root("other"));
    let folder = bench.folder("other");
    restore(&snapshot, &other, &path("restored"));
    assert_eq!(differences(&then, &folder.join("restored")), "");
}
