//! `zfs diff`, running. Its output has no bound, so it is read while it comes.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    os::unix::process::CommandExt as _,
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use nasman_core::SnapshotName;

use crate::CliSettings;

/// Lines handed over at once.
const BATCH: usize = 256;
/// Batches that may wait; then the command waits.
const WAITING: usize = 8;
/// Of what it says on stderr.
const MAX_STDERR: u64 = 8 << 10;

/// A running `zfs diff`. Dropping it ends it.
pub(super) struct Running {
    child: Child,
    lines: Receiver<Vec<Vec<u8>>>,
    stderr: Receiver<String>,
    deadline: Duration,
    until: Instant,
}

impl Running {
    pub(super) fn start(from: &SnapshotName, to: &SnapshotName, deadline: Duration) -> Result<Self, String> {
        let program = CliSettings::default().directories.into_iter().map(|folder| folder.join("zfs"));
        let program =
            program.into_iter().find(|path| path.is_file()).ok_or("the command zfs is not there")?;
        let mut child = Command::new(program)
            .args(["diff", "-FHt", &from.to_string(), &to.to_string()])
            .env_clear()
            .envs([("LC_ALL", "C"), ("TZ", "UTC")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .map_err(|error| format!("it could not be run: {error}"))?;
        let (send, lines) = sync_channel(WAITING);
        let (send_stderr, stderr) = sync_channel(1);
        let streams = child.stdout.take().zip(child.stderr.take());
        let running = Self { child, lines, stderr, deadline, until: Instant::now() + deadline };
        let Some((stdout, stderr)) = streams else { return Err("it has no output".into()) };
        let start = |read: Box<dyn FnOnce() + Send>| {
            let thread = thread::Builder::new().name("zfs-diff".into()).spawn(read);
            thread.map(drop).map_err(|error| format!("no thread could be started: {error}"))
        };
        start(Box::new(move || read_lines(stdout, &send)))?;
        start(Box::new(move || read_stderr(stderr, &send_stderr)))?;
        Ok(running)
    }

    /// The next lines, without their ends; none when it ended well.
    pub(super) fn lines(&mut self) -> Result<Option<Vec<Vec<u8>>>, String> {
        let late = || format!("not finished within {} s", self.deadline.as_secs());
        let left = self.until.saturating_duration_since(Instant::now());
        match self.lines.recv_timeout(left) {
            Ok(lines) => return Ok(Some(lines)),
            Err(RecvTimeoutError::Timeout) => return Err(late()),
            Err(RecvTimeoutError::Disconnected) => {}
        }
        let left = self.until.saturating_duration_since(Instant::now());
        let said = self.stderr.recv_timeout(left).map_err(|_| late())?;
        match self.child.wait() {
            Ok(status) if status.success() => Ok(None),
            Ok(status) => Err(format!("{status}: {}", said.trim())),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Drop for Running {
    /// What hangs in the kernel can't be waited for here.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let _ = self.child.kill();
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            tracing::debug!("a killed zfs diff is still ending");
        }
    }
}

fn read_lines(stdout: ChildStdout, send: &SyncSender<Vec<Vec<u8>>>) {
    let mut batch = Vec::new();
    for line in BufReader::new(stdout).split(b'\n') {
        // The exit status tells whether this was the end.
        let Ok(line) = line else { break };
        batch.push(line);
        if batch.len() == BATCH && send.send(std::mem::take(&mut batch)).is_err() {
            return;
        }
    }
    let _ = send.send(batch);
}

fn read_stderr(stderr: ChildStderr, send: &SyncSender<String>) {
    let mut said = Vec::new();
    let mut stderr = stderr.take(MAX_STDERR);
    let _ = stderr.read_to_end(&mut said);
    let _ = std::io::copy(&mut stderr.into_inner(), &mut std::io::sink());
    let _ = send.send(String::from_utf8_lossy(&said).into_owned());
}
