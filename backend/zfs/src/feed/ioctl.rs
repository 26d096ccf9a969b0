//! The kernel's own list of changed objects: what `zfs diff` asks first, before it looks up paths.
//!
//! `ZFS_IOC_DIFF` takes a `zfs_cmd` with the later snapshot's name, the earlier one's and a pipe, and writes
//! records of changed object ranges to the pipe. It changes nothing. The members it reads lie at the same
//! offsets in OpenZFS 2.1 to 2.3; the buffer is far larger than any version's struct, so that the kernel, which
//! copies its whole struct in and out, stays inside. Where the layout should ever differ, the kernel reads names
//! out of zeros and refuses.

use std::{
    fs::File,
    io::Read as _,
    os::fd::{AsRawFd as _, OwnedFd},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use nasman_core::SnapshotName;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{CWD, Mode, OFlags, openat},
    io::Errno,
    ioctl::{Updater, ioctl},
    pipe::{PipeFlags, pipe_with},
};

use super::ranges::{RECORD, Ranges, RangesError};

const DEVICE: &str = "/dev/zfs";
/// `ZFS_IOC_DIFF` on Linux: the 0x36th of the numbers that begin at `'Z' << 8`.
const DIFF: u32 = 0x5a36;
/// `zc_name`: the later snapshot.
const NAME: usize = 0;
/// `zc_value`: the earlier snapshot.
const VALUE: usize = 4144;
/// `zc_cookie`: the pipe's file descriptor.
const COOKIE: usize = 12_616;
/// More than twice the struct.
const SIZE: usize = 32 << 10;
/// What a pipe holds, unless told otherwise.
const PIPE: usize = 64 << 10;

/// Why the kernel's list could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum IoctlError {
    #[error("{DEVICE} can't be opened: {0}")]
    Device(Errno),
    #[error("the kernel refused: {0}")]
    Refused(Errno),
    #[error("no answer within {} s", .0.as_secs())]
    Late(Duration),
    #[error("the answer could not be read: {0}")]
    Output(String),
}

impl From<RangesError> for IoctlError {
    fn from(error: RangesError) -> Self {
        Self::Output(error.to_string())
    }
}

/// The objects that may have changed from one snapshot to a later one of the same dataset or of its clone.
///
/// The kernel may hang with the pool, so it is asked on a thread of its own, which is left behind at the deadline.
pub(super) fn changed_objects(
    from: &SnapshotName,
    to: &SnapshotName,
    deadline: Duration,
) -> Result<Ranges, IoctlError> {
    let output = |errno: Errno| IoctlError::Output(errno.to_string());
    let (read, write) = pipe_with(PipeFlags::CLOEXEC).map_err(output)?;
    let (send, receive) = mpsc::sync_channel(1);
    let (from, to) = (from.to_string(), to.to_string());
    let ask = move || {
        let asked = ask(&from, &to, &write);
        // The end of the records, for the reader.
        drop(write);
        let _ = send.send(asked);
    };
    thread::Builder::new()
        .name("zfs-changes".into())
        .spawn(ask)
        .map_err(|error| IoctlError::Output(error.to_string()))?;
    let until = Instant::now() + deadline;
    let ranges = collect(read, until).map_err(|error| error.unwrap_or(IoctlError::Late(deadline)))?;
    let left = until.saturating_duration_since(Instant::now());
    receive.recv_timeout(left).map_err(|_| IoctlError::Late(deadline))??;
    Ok(ranges)
}

/// Reads records to the end of the pipe; `Err(None)` when the deadline passes first.
fn collect(read: OwnedFd, until: Instant) -> Result<Ranges, Option<IoctlError>> {
    let failed = |text: String| Some(IoctlError::Output(text));
    let mut ranges = Ranges::default();
    let mut pipe = File::from(read);
    let mut buffer = vec![0; PIPE];
    let mut filled = 0;
    loop {
        let left = until.checked_duration_since(Instant::now()).ok_or(None)?;
        let left = Timespec::try_from(left).map_err(|error| failed(error.to_string()))?;
        match poll(&mut [PollFd::new(&pipe, PollFlags::IN)], Some(&left)) {
            Ok(0) => return Err(None),
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(errno) => return Err(failed(errno.to_string())),
        }
        let count = pipe.read(&mut buffer[filled..]).map_err(|error| failed(error.to_string()))?;
        if count == 0 {
            return if filled == 0 { Ok(ranges) } else { Err(failed("it ends within a record".into())) };
        }
        filled += count;
        let whole = filled - filled % RECORD;
        ranges.add_records(&buffer[..whole]).map_err(|error| Some(error.into()))?;
        buffer.copy_within(whole..filled, 0);
        filled -= whole;
    }
}

/// Asks; returns when all is written to the pipe.
fn ask(from: &str, to: &str, pipe: &OwnedFd) -> Result<(), IoctlError> {
    let device =
        openat(CWD, DEVICE, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()).map_err(IoctlError::Device)?;
    let mut command = command(from, to, pipe)?;
    // SAFETY: the buffer is initialised, exclusively borrowed for the call, and larger than the struct that the
    // kernel reads from and writes back to this address; the kernel keeps no pointer to it.
    #[allow(unsafe_code, reason = "no safe wrapper of this ioctl exists")]
    let answer = unsafe { ioctl(&device, Updater::<DIFF, _>::new(&mut *command)) };
    answer.map_err(IoctlError::Refused)
}

fn command(from: &str, to: &str, pipe: &OwnedFd) -> Result<Box<[u8; SIZE]>, IoctlError> {
    let fd = u64::try_from(pipe.as_raw_fd()).map_err(|error| IoctlError::Output(error.to_string()))?;
    let mut command = Box::new([0; SIZE]);
    // Names have at most 255 bytes (checked when they became names); both fields are longer, and end with zeros.
    command[NAME..NAME + to.len()].copy_from_slice(to.as_bytes());
    command[VALUE..VALUE + from.len()].copy_from_slice(from.as_bytes());
    command[COOKIE..COOKIE + 8].copy_from_slice(&fd.to_ne_bytes());
    Ok(command)
}
