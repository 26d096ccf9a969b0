//! One child process, from start to end or to the point where it is left behind.

use std::{
    collections::VecDeque,
    io::{self, Read},
    os::{fd::AsFd, unix::process::CommandExt as _},
    process::{Child, Command, Stdio},
    thread,
    time::Instant,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, ioctl_fionbio},
    process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open},
};

use super::gate::Permit;

/// Bounds in bytes.
pub(super) struct Limits {
    /// More is refused.
    pub(super) stdout: usize,
    /// Of more, the end is kept.
    pub(super) stderr: usize,
}

/// How it went.
pub(super) enum End {
    Exited {
        ok: bool,
        stdout: Vec<u8>,
        stderr: Vec<u8>,
    },
    /// The deadline passed.
    Late,
    /// More output than allowed.
    TooMuch,
}

/// Runs a command to its end, or to `until`. Then it is killed, and whatever the kernel still keeps of it is left to
/// a thread that holds the permit: a process stuck in the kernel can't be killed, only waited for.
pub(super) fn run(mut command: Command, until: Instant, limits: &Limits, permit: Permit) -> io::Result<End> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn(&mut command)?;
    let end = follow(&mut child, until, limits);
    if let Ok(End::Exited { stdout, stderr, .. }) = end {
        let ok = child.wait()?.success();
        return Ok(End::Exited { ok, stdout, stderr });
    }
    abandon(child, permit);
    end
}

/// Starts it in a group of its own, so that what it starts is killed with it.
pub(crate) fn spawn(command: &mut Command) -> io::Result<Child> {
    command.process_group(0).spawn()
}

/// Kills it, and keeps `kept` until it has really ended, without waiting for that.
pub(crate) fn abandon(mut child: Child, kept: impl Send + 'static) {
    // Not waited for yet, so the number still is this child's.
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    let reap = move || {
        let _ = child.wait();
        drop(kept);
    };
    if let Err(error) = thread::Builder::new().name("zfs-reaper".into()).spawn(reap) {
        tracing::warn!(%error, "a killed command could not be waited for");
    }
}

/// Reads both streams until the child ends. The exit status is the caller's to fetch.
fn follow(child: &mut Child, until: Instant, limits: &Limits) -> io::Result<End> {
    let exit = pidfd_open(Pid::from_child(child), PidfdFlags::empty())?;
    let mut stdout = Stream::new(child.stdout.take(), Keep::All { limit: limits.stdout })?;
    let mut stderr = Stream::new(child.stderr.take(), Keep::End { limit: limits.stderr })?;
    loop {
        let mut fds = vec![PollFd::new(&exit, PollFlags::IN)];
        fds.extend(stdout.poll_fd());
        fds.extend(stderr.poll_fd());
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).map_err(io::Error::other)?;
        match poll(&mut fds, Some(&left)) {
            Ok(0) => return Ok(End::Late),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        // Asked before reading: what the child wrote before it ended is then in the pipes.
        let exited = !fds[0].revents().is_empty();
        drop(fds);
        if !stdout.read()? || !stderr.read()? {
            return Ok(End::TooMuch);
        }
        if exited {
            return Ok(End::Exited { ok: false, stdout: stdout.kept.into(), stderr: stderr.kept.into() });
        }
    }
}

enum Keep {
    All { limit: usize },
    End { limit: usize },
}

/// One of the child's output streams.
struct Stream<R> {
    /// None once it ended.
    pipe: Option<R>,
    keep: Keep,
    kept: VecDeque<u8>,
}

impl<R: Read + AsFd> Stream<R> {
    fn new(pipe: Option<R>, keep: Keep) -> io::Result<Self> {
        if let Some(pipe) = &pipe {
            ioctl_fionbio(pipe, true)?;
        }
        Ok(Self { pipe, keep, kept: VecDeque::new() })
    }

    fn poll_fd(&self) -> Option<PollFd<'_>> {
        self.pipe.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN))
    }

    /// Takes what is there; false when it is more than allowed. One turn takes more than a pipe holds, and not without
    /// end, so that a flood does not keep the deadline from being seen.
    fn read(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 16 << 10];
        for _ in 0..128 {
            let Some(pipe) = &mut self.pipe else { break };
            match pipe.read(&mut buffer) {
                Ok(0) => self.pipe = None,
                Ok(count) => {
                    self.kept.extend(&buffer[..count]);
                    match self.keep {
                        Keep::All { limit } if self.kept.len() > limit => return Ok(false),
                        Keep::End { limit } if self.kept.len() > limit => {
                            self.kept.drain(..self.kept.len() - limit);
                        }
                        Keep::All { .. } | Keep::End { .. } => {}
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}
