//! One child that prints events.

use std::{
    collections::BTreeSet,
    io::{self, Read as _},
    os::fd::OwnedFd,
    process::{self, ChildStderr, ChildStdout, Command},
    time::{Duration, Instant},
};

use nasman_core::DatasetName;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, ioctl_fionbio},
};

use super::super::{door, parse};
use crate::watch::{Hint, Tell};

/// Longer lines are no events.
const LINE: usize = 64 << 10;
/// A burst ends when nothing came for so long …
const QUIET: Duration = Duration::from_millis(100);
/// … or goes on for so long.
const BURST: Duration = Duration::from_secs(1);
/// More datasets in one burst are as good as all.
const MOST: usize = 256;
/// Of what it says on stderr, the end is kept.
const STDERR: usize = 1 << 10;

/// How following ended.
pub(super) enum End {
    /// Nobody wants it any more.
    Stopped,
    /// The child ended or printed what can't be read.
    Ended { reason: String },
}

/// Events on their way to become hints.
pub(super) struct Told<'a> {
    tell: &'a Tell,
    /// Since 1970; earlier events are passed over as long as the first ones come.
    since: Duration,
    catching_up: bool,
    /// Whether anything came: the command takes its time to begin.
    begun: bool,
    events: parse::Events,
    line: Vec<u8>,
    waiting: BTreeSet<DatasetName>,
    everywhere: bool,
    /// When the first of those waiting came.
    from: Option<Instant>,
}

impl<'a> Told<'a> {
    pub(super) fn new(since: Duration, tell: &'a Tell) -> Self {
        Self {
            tell,
            since,
            catching_up: true,
            begun: false,
            events: parse::Events::default(),
            line: Vec::new(),
            waiting: BTreeSet::new(),
            everywhere: false,
            from: None,
        }
    }

    /// Takes output; false when it is not of lines.
    fn add(&mut self, bytes: &[u8]) -> bool {
        self.begun = true;
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if self.line.len() > LINE {
                return false;
            }
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.line(String::from_utf8_lossy(&line).trim_end_matches('\n'));
            }
        }
        true
    }

    fn line(&mut self, line: &str) {
        let Some(event) = self.events.line(line) else { return };
        if self.catching_up && event.at < self.since {
            return;
        }
        let Some(hint) = event.hint() else { return };
        self.from.get_or_insert_with(Instant::now);
        match hint.dataset {
            Some(name) if self.waiting.len() < MOST => drop(self.waiting.insert(name)),
            _ => self.everywhere = true,
        }
    }

    /// How long more may be waited for.
    fn patience(&self) -> Option<Duration> {
        match self.from {
            Some(from) => Some(QUIET.min(BURST.saturating_sub(from.elapsed()))),
            None => (self.catching_up && self.begun).then_some(QUIET),
        }
    }

    /// Nothing more came: what waits is told. That everything may have changed says all.
    fn flush(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        if std::mem::take(&mut self.everywhere) {
            (self.tell)(Hint { dataset: None });
        } else {
            waiting.into_iter().for_each(|name| (self.tell)(Hint { dataset: Some(name) }));
        }
        self.from = None;
    }
}

/// The child; killed when dropped.
pub(super) struct Child {
    process: Option<process::Child>,
    stdout: ChildStdout,
    stderr: ChildStderr,
}

impl Drop for Child {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            door::abandon(process, ());
        }
    }
}

impl Child {
    pub(super) fn spawn(command: &mut Command) -> io::Result<Self> {
        let mut process = door::spawn(command)?;
        let (Some(stdout), Some(stderr)) = (process.stdout.take(), process.stderr.take()) else {
            door::abandon(process, ());
            return Err(io::Error::other("its output was not caught"));
        };
        let child = Self { process: Some(process), stdout, stderr };
        ioctl_fionbio(&child.stdout, true)?;
        ioctl_fionbio(&child.stderr, true)?;
        Ok(child)
    }

    /// Turns what it prints into hints until it ends, or `stopped` is closed.
    pub(super) fn follow(&mut self, mut told: Told<'_>, stopped: &OwnedFd) -> io::Result<End> {
        let mut buffer = [0; 16 << 10];
        loop {
            let mut fds = [PollFd::new(stopped, PollFlags::IN), PollFd::new(&self.stdout, PollFlags::IN)];
            if wait_for(&mut fds, told.patience())? == 0 {
                told.catching_up = false;
                told.flush();
                continue;
            }
            if !fds[0].revents().is_empty() {
                return Ok(End::Stopped);
            }
            match self.stdout.read(&mut buffer) {
                Ok(0) => {
                    told.flush();
                    return Ok(End::Ended { reason: self.last_words() });
                }
                Ok(count) if told.add(&buffer[..count]) => {}
                Ok(_) => return Ok(End::Ended { reason: "a line is too long".into() }),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            // A stream without a pause is told in pieces.
            if told.patience() == Some(Duration::ZERO) {
                told.flush();
            }
        }
    }

    fn last_words(&mut self) -> String {
        let mut words = Vec::new();
        let mut buffer = [0; 4 << 10];
        while let Ok(count @ 1..) = self.stderr.read(&mut buffer) {
            words.extend_from_slice(&buffer[..count]);
            words.drain(..words.len().saturating_sub(STDERR));
        }
        String::from_utf8_lossy(&words).trim().to_owned()
    }
}

/// Waits for so long, or until `stopped` is closed: then true.
pub(super) fn wait(stopped: &OwnedFd, time: Duration) -> io::Result<bool> {
    let until = Instant::now() + time;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if wait_for(&mut [PollFd::new(stopped, PollFlags::IN)], Some(left))? > 0 {
            return Ok(true);
        }
        if left.is_zero() {
            return Ok(false);
        }
    }
}

/// Polls; 0 when the time passed first.
fn wait_for(fds: &mut [PollFd<'_>], time: Option<Duration>) -> io::Result<usize> {
    let time = time.map(Timespec::try_from).transpose().map_err(io::Error::other)?;
    loop {
        match poll(fds, time.as_ref()) {
            Err(Errno::INTR) => {}
            answer => return Ok(answer?),
        }
    }
}
