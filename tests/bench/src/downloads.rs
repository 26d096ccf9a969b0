//! Downloads of selections over HTTP, beside `zip` and `tar` of the same files into a pipe. The files are in memory and
//! the client throws away what it gets: what is measured is the way from the one to the other.

use std::{
    fs::{self, File},
    io::{Read, Write as _},
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use anyhow::{Context as _, Result, ensure};
use nasman_zfs::FakeZfs;
use serde_json::json;

use crate::{
    index::memory,
    report::Row,
    rounds::{alternate, seconds, undisturbed},
    served::Served,
};

/// How many GB (10⁹ bytes) the archive of big files has.
const GIGABYTES: &str = "NASMAN_BENCH_DOWNLOAD_GB";
const GB: u64 = 1_000_000_000;
const ROUNDS: usize = 3;
const SMALL: usize = 50_000;
const DATASET: &str = "tank/files";
/// In memory on every Linux.
const MEMORY: &str = "/dev/shm";

/// Measures throughput and memory.
pub fn measure(folder: &Path) -> Result<Vec<Row>> {
    let gigabytes: u64 = std::env::var(GIGABYTES).map_or(Ok(1), |text| text.parse()).context(GIGABYTES)?;
    let place = tempfile::Builder::new().prefix("nasman-bench-").tempdir_in(MEMORY)?;
    let zfs = Arc::new(FakeZfs::new().with_dataset(DATASET));
    let live = zfs.folder(DATASET);
    fs::remove_dir(&live)?;
    symlink(place.path(), &live)?;
    let served = Served::start(folder, Arc::clone(&zfs))?;

    let big = place.path().join("big");
    fill(&big, gigabytes)?;
    let (zip, grown) = watched(|| compare(&served, &big, "zip", &["zip", "-0", "-q", "-r", "-", "."]))?;
    let (tar, _) = watched(|| compare(&served, &big, "tar.zst", &["tar", "-c", "-I", "zstd -3", "."]))?;
    fs::remove_dir_all(&big)?;
    let small = place.path().join("small");
    fs::create_dir(&small)?;
    for number in 0..SMALL {
        fs::write(small.join(format!("a file with a name {number:06}.txt")), [b'x'; 100])?;
    }
    let (many, grown_by_many) =
        watched(|| compare(&served, &small, "zip", &["zip", "-0", "-q", "-r", "-", "."]))?;

    let speed = |seconds: f64| (gigabytes * GB) as f64 / 1e6 / seconds;
    Ok(vec![
        Row::new(format!("download: zip of {gigabytes} GB"), speed(zip.0), "MB/s")
            .against("zip -0", speed(zip.1))
            .at_least(200.0),
        Row::new(format!("download: zip of {gigabytes} GB, more memory at its peak"), grown, "MB")
            .at_most(64.0),
        Row::new(format!("download: tar.zst of {gigabytes} GB that don't compress"), speed(tar.0), "MB/s")
            .against("tar | zstd -3", speed(tar.1)),
        Row::new(format!("download: zip of {SMALL} files of 100 bytes"), many.0, "s")
            .against("zip -0", many.1),
        Row::new(format!("download: zip of {SMALL} files, more memory at its peak"), grown_by_many, "MB")
            .at_most(64.0),
    ])
}

/// So many names of one file of 1 GB of random bytes: a zip knows no links, and takes each for a file.
fn fill(folder: &Path, gigabytes: u64) -> Result<()> {
    fs::create_dir(folder)?;
    let first = folder.join("1");
    let mut file = File::create(&first)?;
    let mut block = vec![0; 1_000_000];
    for number in 0..GB / block.len() as u64 {
        fastrand::Rng::with_seed(number).fill(&mut block);
        file.write_all(&block)?;
    }
    for number in 2..=gigabytes {
        fs::hard_link(&first, folder.join(number.to_string()))?;
    }
    Ok(())
}

/// What work answers, and by how many MB this process, with the server in it, had more memory at its peak than before.
fn watched<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, f64)> {
    // The peak begins anew at what is in use now.
    fs::write("/proc/self/clear_refs", "5").context("beginning the memory's peak anew")?;
    let before = memory()?;
    let done = work()?;
    Ok((done, memory()?.saturating_sub(before) as f64 / 1e6))
}

/// Seconds of a download of the folder, and of the peer's archive of it.
fn compare(served: &Served, folder: &Path, format: &str, peer: &[&str]) -> Result<(f64, f64)> {
    let name = folder.file_name().and_then(|name| name.to_str()).context("the folder's name")?;
    let order = json!({ "format": format, "items": [{ "dataset": DATASET, "paths": [name] }] });
    let made = served.client.post("/downloads", &order)?;
    let address =
        made["address"].as_str().and_then(|path| path.strip_prefix("/api/v1")).context("no address")?;
    // Of a tar, which has each file once, no matter how many names there are.
    let least = fs::read_dir(folder)?.next().context("the folder is empty")??.metadata()?.len();
    let download = || seconds(|| enough(served.client.drained(address)?, least, format));
    let archive = || seconds(|| enough(piped(folder, peer)?, least, peer[0]));
    alternate(ROUNDS, undisturbed, download, archive)
}

fn enough(bytes: u64, least: u64, what: &str) -> Result<()> {
    ensure!(bytes >= least, "{what} gave only {bytes} bytes");
    Ok(())
}

/// Bytes that the program writes.
fn piped(folder: &Path, program: &[&str]) -> Result<u64> {
    let (name, arguments) = program.split_first().context("no program")?;
    let mut child = Command::new(name).args(arguments).current_dir(folder).stdout(Stdio::piped()).spawn()?;
    let bytes = drained(child.stdout.take().context("no pipe")?)?;
    ensure!(child.wait()?.success(), "{name} failed");
    Ok(bytes)
}

/// Reads to the end, and keeps nothing.
pub fn drained(mut reader: impl Read) -> Result<u64> {
    let mut buffer = vec![0; 256 * 1024];
    let mut total = 0;
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(total),
            read => total += read as u64,
        }
    }
}
