//! Restoring on real ZFS, in the test guest: a deleted file of 1 GiB, and a deleted folder of small ones, come back out of
//! snapshots, through the API.
//! The guest is emulated where the machine offers nothing better, so that only figures of one guest may be compared.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    client::Client,
    report::Row,
    rounds::{alternate, repeat, undisturbed, wait_for},
};

const GUEST: &str = "tests/guest/guest";
const SERVER: &str = "target/release/nasman";
const PASSWORD: &str = "measured-by-the-bench";
const ROUNDS: usize = 5;
const GIB: f64 = 1_073_741_824.0;
/// `cp` copies a part of this size, and its time is multiplied: a whole one takes a minute in an emulated guest.
const PART_MIB: u32 = 256;
const PARTS: u32 = 1024 / PART_MIB;

/// A file of 1 GiB and a part of it, in a snapshot `s` of a pool `bench`. Blocks are as they are on disk: random
/// bytes, uncompressed.
const SCENE: &str = "
    zpool create -f -O mountpoint=/bench -O compression=off bench /dev/disk/by-id/virtio-data1
    dd if=/dev/urandom of=/bench/big bs=1M count=1024 status=none
    dd if=/bench/big of=/bench/part bs=1M count=$0 status=none
    zfs snapshot bench@s
    rm /bench/big /bench/part
    zpool sync bench";

/// Files in the folder of small ones, in a hundred folders.
const SMALL: usize = 10_000;
const SMALL_ROUNDS: usize = 3;
/// Files of up to 8 KiB in a snapshot `small`.
const SMALL_SCENE: &str = r#"
    perl -e 'open my $random, "<", "/dev/urandom";
        mkdir "/bench/small";
        for my $folder (1..100) {
            mkdir "/bench/small/$folder";
            for my $file (1..100) {
                read $random, my $bytes, 1 + int rand 8192;
                open my $to, ">", "/bench/small/$folder/$file";
                print $to $bytes;
            }
        }'
    zfs snapshot bench@small
    rm -r /bench/small
    zpool sync bench"#;

/// Measures restores against copies.
pub fn measure(folder: &Path) -> Result<Vec<Row>> {
    std::fs::copy(SERVER, folder.join("nasman")).with_context(|| format!("{SERVER} is not built"))?;
    let guest = Guest::start(folder)?;
    guest.run(&["sh", "-ec", SCENE, &PART_MIB.to_string()])?;
    guest.run(&["sh", "-ec", SMALL_SCENE])?;
    let client = guest.serve()?;
    let mut rows = large(&guest, &client)?;
    rows.push(small(&guest, &client)?);
    Ok(rows)
}

/// One large file, against a copy that clones no blocks.
fn large(guest: &Guest, client: &Client) -> Result<Vec<Row>> {
    let mut grown = Vec::new();
    let restore = || {
        let seconds = restore(client, "s", "big")?;
        grown.push(guest.cloned()? / GIB);
        guest.remove("big")?;
        Ok(seconds)
    };
    let part = || Ok(f64::from(PARTS) * copy(guest, "--reflink=never", "s/part")?);
    let (restored, copied) = alternate(ROUNDS, undisturbed, restore, part)?;
    let cloned = repeat(ROUNDS, undisturbed, || copy(guest, "--reflink=auto", "s/big"))?;
    let least = grown.iter().copied().fold(f64::INFINITY, f64::min);
    Ok(vec![
        Row::new("guest: restore of 1 GiB out of a snapshot", restored, "s")
            .against(format!("cp --reflink=never, {PARTS} × {PART_MIB} MiB"), copied)
            .at_most(2.0),
        Row::new("guest: the same, beside a cp that clones too", restored, "s")
            .against("cp --reflink=auto", cloned),
        Row::new("guest: bcloneused grows by", least, "GiB").at_least(0.99),
    ])
}

/// Many small ones, against a copy that keeps as much as a restore does.
fn small(guest: &Guest, client: &Client) -> Result<Row> {
    let restored = || {
        let seconds = restore(client, "small", "small")?;
        let there = guest.run(&["sh", "-c", "find /bench/small -type f | wc -l"])?;
        ensure!(there.parse() == Ok(SMALL), "{there} files came back");
        guest.remove("small")?;
        Ok(seconds)
    };
    let copied = || copy(guest, "-a", "small/small");
    let (ours, theirs) = alternate(SMALL_ROUNDS, undisturbed, restored, copied)?;
    let row = Row::new(format!("guest: restore of {SMALL} small files out of a snapshot"), ours, "s");
    Ok(row.against("cp -a", theirs).at_most_times_the_peer(1.0))
}

/// Seconds that the job took.
fn restore(client: &Client, at: &str, path: &str) -> Result<f64> {
    let order = json!({"dataset": "bench", "at": at, "paths": [path]});
    let id = client.post("/restores", &order)?["id"].as_str().context("the job has no id")?.to_owned();
    let job = wait_for(Duration::from_secs(600), "the restore", || {
        let job = client.get(&format!("/jobs/{id}"))?;
        Ok((!job["finished_at"].is_null()).then_some(job))
    })?;
    ensure!(job["state"] == "succeeded", "the restore failed: {job}");
    Ok((time(&job["finished_at"])? - time(&job["started_at"])?) / 1e9)
}

/// Nanoseconds; of times a few days apart at most, so that nothing of importance is lost in the conversion.
fn time(value: &Value) -> Result<f64> {
    let time: Timestamp = value.as_str().context("a job without its times")?.parse()?;
    Ok(time.as_nanosecond() as f64)
}

/// Seconds until a copy out of a snapshot is safe on disk, by the guest's clock.
fn copy(guest: &Guest, how: &str, what: &str) -> Result<f64> {
    const TIMED: &str = r#"began=$(date +%s%N)
        cp "$0" "/bench/.zfs/snapshot/$1" /bench/copy
        if [ -d /bench/copy ]; then sync -f /bench/copy; else sync /bench/copy; fi
        echo $(($(date +%s%N) - began))"#;
    let nanoseconds: f64 = guest.run(&["sh", "-ec", TIMED, how, what])?.parse()?;
    guest.remove("copy")?;
    Ok(nanoseconds / 1e9)
}

/// A running guest; stopped when dropped, and by itself when this process dies.
pub struct Guest {
    name: String,
}

impl Guest {
    /// Starts one. What is in the folder appears at `/payload` in it.
    pub fn start(folder: &Path) -> Result<Self> {
        let pid = std::process::id().to_string();
        let guest = Self { name: format!("bench-{pid}") };
        let folder = folder.to_str().context("the folder's name")?;
        guest.call("start", &["--payload", folder, "--forward", "auto:8440", "--owner", &pid])?;
        Ok(guest)
    }

    /// Starts NASMan in it and signs in.
    fn serve(&self) -> Result<Client> {
        self.run(&[
            "systemd-run",
            "--quiet",
            "--unit=nasman",
            "--setenv=NASMAN_SERVER_LISTEN=0.0.0.0:8440",
            &format!("--setenv=NASMAN_ADMIN_PASSWORD={PASSWORD}"),
            "/payload/nasman",
            "serve",
        ])?;
        let server = format!("http://127.0.0.1:{}", self.call("port", &["8440"])?);
        let limit = Duration::from_secs(120);
        wait_for(limit, "the server in the guest", || Client::sign_in(&server, PASSWORD).map(Some))
    }

    /// Bytes that the pool's cloned blocks take.
    fn cloned(&self) -> Result<f64> {
        self.run(&["zpool", "sync", "bench"])?;
        Ok(self.run(&["zpool", "get", "-Hpo", "value", "bcloneused", "bench"])?.parse()?)
    }

    /// Removes a file or folder, and waits until its blocks are the snapshot's alone again.
    fn remove(&self, what: &str) -> Result<()> {
        self.run(&["rm", "-r", &format!("/bench/{what}")])?;
        let none = || Ok((self.cloned()? == 0.0).then_some(()));
        wait_for(Duration::from_secs(300), "freeing what was removed", none)
    }

    /// Runs a command in it; what it prints, without the last new line.
    pub fn run(&self, command: &[&str]) -> Result<String> {
        self.call("run", &[&["--"], command].concat())
    }

    fn call(&self, verb: &str, arguments: &[&str]) -> Result<String> {
        let mut call = Command::new(GUEST);
        call.arg(verb).arg(&self.name).args(arguments).stdin(Stdio::null()).stderr(Stdio::inherit());
        let output = call.output().with_context(|| format!("calling {GUEST}"))?;
        ensure!(output.status.success(), "{GUEST} {verb} {arguments:?} failed");
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        // If this fails, its owner's end ends it.
        let _ = self.call("stop", &["--now"]);
    }
}
