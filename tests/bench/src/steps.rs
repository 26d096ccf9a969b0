//! The next snapshot of a dataset, in the test guest: what changed goes into the catalog, beside `zfs diff` of the same
//! pair. All of it runs in the guest, so that its figures are of one clock.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use nasman_catalog::{At, Catalog, DatasetId};
use nasman_core::{DatasetName, Known};
use nasman_zfs::{
    CliZfs, Snapshot, Zfs as _,
    feed::{Feed, Means},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    guest::Guest,
    inside::{self, take_in, told},
    report::Row,
    rounds::{seconds, undisturbed},
};

const FILES: usize = 20_000;
const BESIDE: usize = 200_000;
const CHANGES: usize = 3_000;
/// As cameras and scanners fill theirs.
const PER_FOLDER: usize = 1000;
/// Measured turns; one goes before them to have everything in memory.
const TURNS: usize = 3;
/// Steps in a turn, for each `zfs diff`, which takes long.
const STEPS: usize = 4;
const EQUAL: usize = 20;
const POOL: &str = "bench";

/// Measures a step with many changes, the same with many unchanged files beside, and equal snapshots.
pub fn measure(folder: &Path) -> Result<Vec<Row>> {
    let payload = tempfile::tempdir_in(folder)?;
    fs::copy(std::env::current_exe()?, payload.path().join("bench"))?;
    let guest = Guest::start(payload.path())?;
    let (files, beside) = (FILES.to_string(), BESIDE.to_string());
    let told = told(&guest.run(&["/payload/bench", inside::WORD, "steps", &files, &beside])?)?;
    let number = |key: &str| told[key].as_f64().with_context(|| format!("no {key} in {told}"));
    let what = format!("guest: {CHANGES} changes in {FILES} files");
    Ok(vec![
        Row::new(format!("{what}: told"), number("told")?, "s")
            .against("zfs diff -FHt", number("diff")?)
            .at_most_times_the_peer(0.02),
        Row::new(format!("{what}: told, {BESIDE} unchanged files beside"), number("told_beside")?, "s")
            .against("without them", number("told")?)
            .at_most_times_the_peer(1.5),
        // SQLite's work is the processor's, which is emulated here: no peer writes anything down.
        Row::new(format!("{what}: told and taken into the catalog"), number("step")?, "s")
            .against("zfs diff -FHt", number("diff")?),
        Row::new(format!("{what}: the same, {BESIDE} unchanged files beside"), number("beside")?, "s")
            .against("without them", number("step")?)
            .at_most_times_the_peer(1.5),
        Row::new(format!("guest: equal snapshots, worst of {EQUAL}"), 1e3 * number("equal")?, "ms")
            .at_most(20.0),
        Row::new("guest: equal snapshots mounted", number("mounted")?, "snapshots").at_most(0.0),
    ])
}

/// In the guest.
pub fn inside(files: usize, beside: usize) -> Result<Value> {
    run("zpool", &["create", "-f", "-O", "mountpoint=/bench", POOL, "/dev/disk/by-id/virtio-data1"])?;
    let few = Pair::make("few", files)?;
    let many = Pair::make("many", files + beside)?;
    let [mut told, mut told_beside, mut step, mut wide, mut diff] = [const { Vec::new() }; 5];
    for turn in 0..=TURNS {
        diff.push(few.diff()?);
        for _ in 0..STEPS {
            told.push(few.tell()?);
            told_beside.push(many.tell()?);
            step.push(few.step()?);
            wide.push(many.step()?);
        }
        if turn == 0 {
            let all = [&mut told, &mut told_beside, &mut step, &mut wide, &mut diff];
            all.into_iter().for_each(Vec::clear);
        }
    }
    let (equal, mounted) = few.equal()?;
    Ok(json!({
        "told": undisturbed(told)?,
        "told_beside": undisturbed(told_beside)?,
        "step": undisturbed(step)?,
        "beside": undisturbed(wide)?,
        "diff": undisturbed(diff)?,
        "equal": equal,
        "mounted": mounted,
    }))
}

/// A dataset with two snapshots, of which the first is indexed.
struct Pair {
    zfs: CliZfs,
    name: DatasetName,
    id: DatasetId,
    first: Snapshot,
    second: Snapshot,
    /// The catalog as of the first.
    state: TempDir,
}

impl Pair {
    fn make(name: &str, files: usize) -> Result<Self> {
        let zfs = CliZfs::default();
        let name: DatasetName = format!("{POOL}/{name}").parse()?;
        run("zfs", &["create", name.as_str()])?;
        let folder = zfs.live_folder(&name)?;
        let file = |number: usize| folder.join(format!("d{:04}/f{number}", number / PER_FOLDER));
        fill(files, file)?;
        let first = zfs.create_snapshot(&name.snapshot("first".parse()?)?, false)?;
        // On the disk, as a server's.
        let state = tempfile::tempdir_in("/var/tmp")?;
        let catalog = Catalog::open(state.path())?;
        let id = catalog.note_dataset(zfs.dataset(&name)?.guid, &name, Timestamp::now())?;
        take_in(&zfs, &catalog, id, None, &first)?;
        drop(catalog);
        change(&folder, file)?;
        let second = zfs.create_snapshot(&name.snapshot("second".parse()?)?, false)?;
        Ok(Self { zfs, name, id, first, second, state })
    }

    /// Seconds in which all changes are told, and then dropped as those of `zfs diff` are.
    fn tell(&self) -> Result<f64> {
        let catalog = Catalog::open(self.state.path())?;
        let known = catalog.known(self.id, At::Snapshot(self.first.createtxg))?;
        let (from, mut told) = ((&self.first.name, &known as &dyn Known), 0);
        let sink = &mut |_| {
            told += 1;
            Ok(())
        };
        let run = Feed::default().changes(&self.zfs, Some(from), &self.second.name, sink)?;
        ensure!(run.means == Means::Ioctl && told >= CHANGES, "told {told}: {:?}", run.passed);
        Ok(run.took.as_secs_f64())
    }

    /// Seconds of a step into a copy of the catalog.
    fn step(&self) -> Result<f64> {
        let (_state, catalog) = self.copy()?;
        self.step_in(&catalog)
    }

    fn copy(&self) -> Result<(TempDir, Catalog)> {
        let state = tempfile::tempdir_in("/var/tmp")?;
        fs::copy(self.state.path().join("nasman.db"), state.path().join("nasman.db"))?;
        // The disk has nothing else to do while it is measured.
        run("sync", &[])?;
        let catalog = Catalog::open(state.path())?;
        Ok((state, catalog))
    }

    fn step_in(&self, catalog: &Catalog) -> Result<f64> {
        let (seconds, run, _) = take_in(&self.zfs, catalog, self.id, Some(&self.first), &self.second)?;
        let told = run.counts.objects + run.counts.gone;
        ensure!(run.means == Means::Ioctl && told >= CHANGES as u64, "told {told}: {:?}", run.passed);
        Ok(seconds)
    }

    fn diff(&self) -> Result<f64> {
        let (first, second) = (self.first.name.to_string(), self.second.name.to_string());
        let mut diff = Command::new("zfs");
        diff.args(["diff", "-FHt", &first, &second]).stdout(Stdio::null());
        seconds(|| {
            ensure!(diff.status()?.success(), "zfs diff failed");
            Ok(())
        })
    }

    /// Seconds of the slowest step to a snapshot in which nothing changed, and how many of those were mounted then.
    fn equal(&self) -> Result<(f64, usize)> {
        let (_state, catalog) = self.copy()?;
        self.step_in(&catalog)?;
        let (mut slowest, mut base): (f64, _) = (0.0, self.second.clone());
        for number in 0..EQUAL {
            let tag = format!("equal-{number}").parse()?;
            let next = self.zfs.create_snapshot(&self.name.snapshot(tag)?, false)?;
            let (seconds, run, _) = take_in(&self.zfs, &catalog, self.id, Some(&base), &next)?;
            ensure!(run.means == Means::Nothing, "{:?}: {:?}", run.means, run.passed);
            (slowest, base) = (slowest.max(seconds), next);
        }
        let mounts = fs::read_to_string("/proc/self/mounts")?;
        let equal = format!("{}@equal-", self.name);
        Ok((slowest, mounts.lines().filter(|line| line.starts_with(&equal)).count()))
    }
}

fn fill(files: usize, file: impl Fn(usize) -> PathBuf) -> Result<()> {
    for number in 0..files {
        let path = file(number);
        if number % PER_FOLDER == 0 {
            fs::create_dir(path.parent().context("a file lies in a folder")?)?;
        }
        fs::write(path, b"content")?;
    }
    Ok(())
}

/// A third is removed, a third is written, a third moves to another folder.
fn change(folder: &Path, file: impl Fn(usize) -> PathBuf) -> Result<()> {
    for number in 0..CHANGES {
        match number % 3 {
            0 => fs::remove_file(file(number))?,
            1 => fs::write(file(number), b"other content")?,
            _ => fs::rename(file(number), folder.join(format!("d0000/moved{number}")))?,
        }
    }
    Ok(())
}

fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status();
    ensure!(status.with_context(|| program.to_owned())?.success(), "{program} {arguments:?} failed");
    Ok(())
}
