//! What may go wrong in the middle, and what is large.

use std::{
    fs,
    os::fd::OwnedFd,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use nasman_core::{Known, ROOT_INODE, SnapshotName};
use nasman_zfs::{
    Unreachable, Zfs as _, ZfsError,
    feed::{FeedError, Means, Run},
};
use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};

use crate::scene::{Line, Scene, reasons, run};

/// Far more than any run here takes; without it a hang would only be seen by the patience of who runs the tests.
const LONG: Duration = Duration::from_secs(300);

fn fill(scene: &Scene, folders: usize) {
    for folder in 0..folders {
        let folder = scene.folder.join(format!("d{folder}"));
        fs::create_dir(&folder).unwrap();
        (0..50).for_each(|file| fs::write(folder.join(format!("f{file}")), b"content").unwrap());
    }
}

/// Runs commands of which some will be refused.
fn attempt(commands: &[&[&str]]) {
    for command in commands {
        Command::new(command[0]).args(&command[1..]).output().unwrap();
    }
}

/// A run in the middle of which something happens, once.
fn disturbed(
    line: &mut Line,
    scene: &Scene,
    to: &SnapshotName,
    disturb: impl FnOnce(),
) -> Result<Run, FeedError> {
    let known = line.model.clone();
    let from = line.at.as_ref().map(|at| (at, &known as &dyn Known));
    let (model, start, mut disturb) = (&mut line.model, Instant::now(), Some(disturb));
    let told = line.feed.changes(&scene.zfs, from, to, &mut |change| {
        if let Some(disturb) = disturb.take() {
            disturb();
        }
        model.apply(change);
        Ok(())
    });
    assert!(disturb.is_none() && start.elapsed() < LONG);
    told
}

#[test]
fn a_snapshot_destroyed_while_it_is_read() {
    for means in [Means::Ioctl, Means::ZfsDiff, Means::Walk] {
        let Some(scene) = Scene::new("destroyed", &[]) else { return };
        fill(&scene, 40);
        let first = scene.snapshot("1");
        let mut line = Line::new(means);
        line.step(&scene, &first);
        let before = line.model.clone();
        fill_again(&scene);
        let second = scene.snapshot("2");
        let text = second.to_string();
        let told = disturbed(&mut line, &scene, &second, || {
            attempt(&[&["zfs", "destroy", &text], &["zfs", "destroy", "-d", &text]]);
        });
        // ZFS keeps it as long as it is read; where it does not, the run must say so.
        match told {
            Ok(told) => {
                assert_eq!((told.means, told.findings.len()), (means, 0), "{}", reasons(&told.passed));
                let after = line.model.paths().0;
                assert!(after.keys().any(|path| path.display().ends_with("/new")));
            }
            Err(error) => assert!(error.to_string().len() > 10, "{error}"),
        }
        attempt(&[
            &["umount", &format!("{}/.zfs/snapshot/2", scene.folder.display())],
            &["zfs", "destroy", &text],
        ]);
        // Gone before: nothing is told, and the error names it.
        let feed = line.feed.clone();
        let from = Some((&first, &before as &dyn Known));
        let error =
            feed.changes(&scene.zfs, from, &second, &mut |_| panic!("something was told")).unwrap_err();
        assert!(
            matches!(&error, FeedError::Zfs(ZfsError::SnapshotNotFound(name)) if *name == second),
            "{error:?}"
        );
    }
}

fn fill_again(scene: &Scene) {
    for folder in 0..40 {
        fs::write(scene.folder.join(format!("d{folder}/new")), b"1").unwrap();
        fs::remove_file(scene.folder.join(format!("d{folder}/f1"))).unwrap();
    }
}

/// Where the snapshot known before is gone, everything is read, and that is said.
#[test]
fn an_earlier_snapshot_that_is_gone() {
    let Some(scene) = Scene::new("earlier", &[]) else { return };
    fill(&scene, 2);
    let first = scene.snapshot("1");
    let mut line = Line::new(Means::Ioctl);
    line.step(&scene, &first);
    scene.zfs.leave_snapshot(&first);
    run("zfs", &["destroy", &first.to_string()]);
    fs::remove_file(scene.folder.join("d1/f1")).unwrap();
    let second = scene.snapshot("2");
    let told = line.step(&scene, &second);
    assert_eq!(told.means, Means::Walk);
    assert!(reasons(&told.passed).contains("the kernel refused"), "{:?}", told.passed);
    assert_eq!(line.model.paths().0, scene.truth(&second));
}

#[test]
fn a_dataset_unmounted_in_the_middle() {
    for means in [Means::Ioctl, Means::ZfsDiff, Means::Walk] {
        let Some(scene) = Scene::new("unmounted", &[]) else { return };
        fill(&scene, 40);
        let first = scene.snapshot("1");
        let mut line = Line::new(means);
        line.step(&scene, &first);
        fill_again(&scene);
        let second = scene.snapshot("2");
        let folder = scene.folder.to_str().unwrap().to_owned();
        let inside = format!("{folder}/.zfs/snapshot/2");
        let told = disturbed(&mut line, &scene, &second, || {
            attempt(&[
                &["zfs", "unmount", "-f", scene.dataset.as_str()],
                &["umount", "-l", &inside],
                &["umount", "-l", "-R", &folder],
            ]);
        });
        let reason = Unreachable::Unmounted;
        // What was opened can be read on; else the run must say so.
        match told {
            Ok(told) => assert_eq!(told.findings.len(), 0, "{:?}", told.findings),
            Err(error) => assert!(error.to_string().len() > 10, "{error}"),
        }
        let third = scene.snapshot("3");
        let error = line.feed.changes(&scene.zfs, None, &third, &mut |_| Ok(())).unwrap_err();
        let expected = ZfsError::Unreachable { name: third.to_string(), reason };
        assert!(matches!(&error, FeedError::Zfs(found) if *found == expected), "{error:?}");
        run("zfs", &["mount", scene.dataset.as_str()]);
        let mut anew = Line::new(means);
        anew.step(&scene, &third);
        assert_eq!(anew.model.paths().0, scene.truth(&third));
    }
}

#[test]
fn a_directory_of_200_000_names_is_told_whole() {
    let Some(scene) = Scene::new("names", &[]) else { return };
    let folder = scene.folder.join("many");
    fs::create_dir(&folder).unwrap();
    for number in 0..200_000 {
        fs::File::create(folder.join(format!("a name of some length {number}"))).unwrap();
    }
    let first = scene.snapshot("1");
    let mut line = Line::new(Means::Ioctl);
    let told = line.step(&scene, &first);
    assert_eq!((told.counts.objects, told.counts.directories, told.counts.findings), (200_002, 2, 0));
    fs::remove_file(folder.join("a name of some length 77")).unwrap();
    fs::write(folder.join("one more"), b"1").unwrap();
    let second = scene.snapshot("2");
    let told = line.step(&scene, &second);
    assert_eq!((told.means, told.counts.gone), (Means::Ioctl, 1), "{}", reasons(&told.passed));
    eprintln!("one of 200,000 names: {:?}, {:?}", told.took, told.counts);
    let many = line.model.children(ROOT_INODE).unwrap()[0].1;
    let mut names: Vec<_> =
        line.model.children(many).unwrap().into_iter().map(|(name, _)| name.display()).collect();
    let mut expected: Vec<_> = (0..200_000)
        .filter(|number| *number != 77)
        .map(|number| format!("a name of some length {number}"))
        .collect();
    expected.push("one more".into());
    names.sort();
    expected.sort();
    assert!(names == expected);
}

/// Makes folders inside one another, whatever the length of the whole path; the innermost.
fn nest(outermost: &Path, name: &str, depth: usize) -> OwnedFd {
    let folder = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut fd = openat(CWD, outermost, folder, Mode::empty()).unwrap();
    for _ in 0..depth {
        mkdirat(&fd, name, Mode::RWXU).unwrap();
        fd = openat(&fd, name, folder, Mode::empty()).unwrap();
    }
    fd
}

fn write_in(folder: &OwnedFd, name: &str, content: &[u8]) {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC;
    let file = openat(folder, name, flags, Mode::RUSR | Mode::WUSR).unwrap();
    rustix::io::write(file, content).unwrap();
}

#[test]
fn a_path_of_4_000_bytes() {
    let Some(scene) = Scene::new("deep", &[]) else { return };
    let name = "n".repeat(249);
    let innermost = nest(&scene.folder, &name, 16);
    write_in(&innermost, "file", b"1");
    let first = scene.snapshot("1");
    let mut lines = Line::all();
    let deep = [name.as_str(); 16].join("/") + "/file";
    assert!((4000..4096).contains(&deep.len()), "{}", deep.len());
    let deep = nasman_core::RelPath::from_bytes(deep.as_bytes()).unwrap();
    for line in &mut lines {
        let told = line.step(&scene, &first);
        assert!(told.findings.is_empty(), "{:?}", told.findings);
        assert_eq!(line.model.paths().0[&deep].1.size, 1);
    }
    write_in(&innermost, "file", b"longer");
    let second = scene.snapshot("2");
    for line in &mut lines {
        let told = line.step(&scene, &second);
        assert!(told.findings.is_empty(), "{:?}: {:?}", line.means, told.findings);
        assert_eq!(line.model.paths().0[&deep].1.size, 6, "{:?} {}", line.means, reasons(&told.passed));
    }
    // Deeper than a path may be: said once, and all else is told.
    let too_deep = nest(&scene.folder, &"m".repeat(200), 25);
    write_in(&too_deep, "file", b"1");
    fs::write(scene.folder.join("beside"), b"1").unwrap();
    let third = scene.snapshot("3");
    for line in &mut lines[..1] {
        let told = line.step(&scene, &third);
        assert!(told.counts.findings >= 1, "{:?}", told.counts);
        assert!(line.model.children(ROOT_INODE).unwrap().iter().any(|(name, _)| name.display() == "beside"));
    }
    drop((innermost, too_deep));
}
