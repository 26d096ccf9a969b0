//! The feed's answers compared with plain walks.

use std::{fs, os::unix::fs::symlink};

use nasman_zfs::feed::{FolderNames, Means};

use crate::{
    scene::{Line, Scene, is_mounted, reasons, run},
    workload::Workload,
};

fn seeds() -> Vec<u64> {
    match std::env::var("NASMAN_TEST_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => vec![1, 2, 3],
    }
}

/// After each snapshot of a random workload, each means knows what a plain walk finds.
fn random(name: &str, options: &[&str], hard_links: bool, exclude: &[&str]) {
    for seed in seeds() {
        let Some(mut scene) = Scene::new(&format!("{name}-{seed}"), options) else { return };
        scene.exclude = FolderNames::new(exclude).unwrap();
        let work = Workload::new(&scene.folder, seed);
        let (mut work, mut lines) =
            if hard_links { (work, Line::sound()) } else { (work.without_hard_links(), Line::all()) };
        work.run(60);
        for round in 0..25 {
            // Now and then much at once, and now and then nothing.
            work.run(match round % 5 {
                0 => 150,
                3 => 0,
                _ => 1 + round,
            });
            let to = scene.snapshot(&format!("s{round}"));
            let truth = scene.truth(&to);
            for line in &mut lines {
                line.prove(&scene, &to, &truth, &format!("seed {seed}, round {round}"));
            }
        }
    }
}

#[test]
fn steps_know_what_a_walk_finds() {
    random("random", &["-o", "xattr=sa"], true, &[]);
}

#[test]
fn also_with_attributes_in_folders_and_large_dnodes() {
    random("dir", &["-o", "xattr=dir", "-o", "dnodesize=auto", "-o", "snapdir=visible"], true, &[]);
}

#[test]
fn without_hard_links_zfs_diff_knows_it_too() {
    random("diff", &["-o", "xattr=sa"], false, &[]);
}

/// Folders come into sight and get out of it, by their names and by those above them.
#[test]
fn folders_that_are_not_entered() {
    random("skip", &["-o", "xattr=sa"], true, &["*.skip"]);
}

#[test]
fn folders_that_are_not_entered_by_zfs_diff() {
    random("skip-diff", &["-o", "xattr=sa"], false, &["*.skip"]);
}

#[test]
fn equal_snapshots_are_not_mounted() {
    let Some(scene) = Scene::new("equal", &[]) else { return };
    fs::write(scene.folder.join("file"), b"1").unwrap();
    let first = scene.snapshot("a");
    let mut line = Line::new(Means::Ioctl);
    line.step(&scene, &first);
    let second = scene.snapshot("b");
    let before = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let told = line.step(&scene, &second);
    // Other tests mount theirs at the same time.
    let own = |mounts: &str| mounts.matches(&format!(" {}", scene.dataset)).count();
    let after = fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert_eq!(own(&after), own(&before));
    assert_eq!((told.means, told.counts), (Means::Nothing, Default::default()), "{}", reasons(&told.passed));
    assert!(!is_mounted(&second));
}

/// What was told of a snapshot later than the one that is left after a rollback is forgotten by whoever asks; from
/// the one left to what comes then is a step like any other, also where inodes are used a second time.
#[test]
fn a_rollback_is_a_step_from_what_is_left() {
    let Some(scene) = Scene::new("rollback", &[]) else { return };
    let mut work = Workload::new(&scene.folder, 11);
    work.run(80);
    let base = scene.snapshot("base");
    let mut lines = Line::sound();
    let truth = scene.truth(&base);
    for line in &mut lines {
        line.prove(&scene, &base, &truth, "before");
    }
    work.run(80);
    scene.snapshot("lost");
    run("zfs", &["rollback", "-r", &base.to_string()]);
    let mut work = Workload::new(&scene.folder, 12);
    work.run(80);
    let after = scene.snapshot("after");
    let truth = scene.truth(&after);
    for line in &mut lines {
        line.prove(&scene, &after, &truth, "after");
    }
}

/// A clone's first snapshot is a step from the snapshot that it grew from.
#[test]
fn a_clone_goes_on_from_its_origin() {
    let Some(scene) = Scene::new("origin", &[]) else { return };
    Workload::new(&scene.folder, 5).run(80);
    let origin = scene.snapshot("grown");
    let mut line = Line::new(Means::Ioctl);
    line.step(&scene, &origin);
    let name = format!("{}/clone", scene.dataset);
    run("zfs", &["clone", &origin.to_string(), &name]);
    let clone = Scene {
        zfs: Default::default(),
        dataset: name.parse().unwrap(),
        folder: scene.folder.join("clone"),
        exclude: Default::default(),
    };
    fs::write(clone.folder.join("new"), b"1").unwrap();
    let to = clone.snapshot("first");
    let truth = clone.truth(&to);
    let told = line.prove(&clone, &to, &truth, "clone");
    assert_eq!(told.means, Means::Ioctl);
}

/// A file deleted while open is still an object, and nothing leads to it.
#[test]
fn a_file_deleted_while_open_is_gone() {
    let Some(scene) = Scene::new("open", &[]) else { return };
    let path = scene.folder.join("file");
    fs::write(&path, b"1").unwrap();
    symlink("nowhere", scene.folder.join("link")).unwrap();
    let first = scene.snapshot("a");
    let mut lines = Line::all();
    let truth = scene.truth(&first);
    for line in &mut lines {
        line.prove(&scene, &first, &truth, "before");
    }
    let held = fs::File::open(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let second = scene.snapshot("b");
    drop(held);
    let truth = scene.truth(&second);
    for line in &mut lines {
        line.prove(&scene, &second, &truth, "after");
    }
}

/// Where what is known is not of the earlier snapshot, everything is read.
#[test]
fn what_does_not_fit_is_walked() {
    let Some(scene) = Scene::new("surprise", &[]) else { return };
    fs::create_dir_all(scene.folder.join("a/b")).unwrap();
    fs::write(scene.folder.join("a/b/file"), b"1").unwrap();
    let first = scene.snapshot("1");
    let mut line = Line::new(Means::Ioctl);
    line.step(&scene, &first);
    fs::rename(scene.folder.join("a"), scene.folder.join("c")).unwrap();
    let second = scene.snapshot("2");
    fs::write(scene.folder.join("c/b/file"), b"22").unwrap();
    let third = scene.snapshot("3");
    // It pretends to know the second.
    line.at = Some(second);
    let told = line.step(&scene, &third);
    assert_eq!(told.means, Means::Walk);
    assert!(reasons(&told.passed).contains("Ioctl: "), "{:?}", told.passed);
    let (paths, lost) = line.model.paths();
    assert_eq!(paths, scene.truth(&third));
    assert!(lost.is_empty());
}
