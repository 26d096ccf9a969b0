//! The content: as clones where the filesystem can, with its holes, in steps that can be stopped between.

use std::{
    fs::File,
    ops::{ControlFlow, Range},
    os::fd::OwnedFd,
};

use nasman_core::RelPath;
use rustix::{
    fs::{SeekFrom, copy_file_range, ftruncate, seek},
    io::{Errno, pread, pwrite, retry_on_intr},
};
use serde::{Deserialize, Serialize};

use super::RestoreError;

/// Bytes per system call, ended at multiples of it: ZFS clones whole records only, and these are powers of two
/// up to 16 MiB.
const STEP: u64 = 64 << 20;
/// Bytes read and written at a time where the kernel can't copy by itself.
const BUFFER: u64 = 1 << 20;

/// How content came over. A clone can't be told from a copy by what the kernel answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Means {
    /// By `copy_file_range`, which clones inside a pool where ZFS can.
    CopyFileRange,
    /// Read and written.
    ReadWrite,
    /// A part each way.
    Mixed,
}

/// What is copied where, for errors to tell.
#[derive(Debug, Clone, Copy)]
pub(in crate::files) struct Paths<'a> {
    pub(in crate::files) from: &'a RelPath,
    pub(in crate::files) to: &'a RelPath,
}

/// Copies the content. The target's length is set last, since ZFS fixes a file's record size with its first
/// bytes, and only a file of the source's record size can share its blocks.
pub(in crate::files) fn content(
    paths: Paths<'_>,
    source: &File,
    size: u64,
    target: &OwnedFd,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Option<Means>, RestoreError> {
    let mut copier =
        Copier { paths, source, target, kernel_can: true, means: None, buffer: Vec::new(), progress };
    let mut done = 0;
    while let Some(data) =
        next_data(source, done, size).map_err(|errno| RestoreError::read(paths.from, errno))?
    {
        done = data.end;
        copier.copy(data)?;
    }
    let means = copier.means;
    if done < size {
        ftruncate(target, size).map_err(|errno| RestoreError::write(paths.to, errno))?;
    }
    Ok(means)
}

/// The next range with data at or after `from`; all of the rest where the filesystem does not tell of holes.
fn next_data(file: &File, from: u64, size: u64) -> Result<Option<Range<u64>>, Errno> {
    if from >= size {
        return Ok(None);
    }
    let begin = match seek(file, SeekFrom::Data(from)) {
        Ok(begin) if begin < size => begin,
        Ok(_) | Err(Errno::NXIO) => return Ok(None),
        Err(Errno::INVAL | Errno::OPNOTSUPP) => return Ok(Some(from..size)),
        Err(errno) => return Err(errno),
    };
    let end = seek(file, SeekFrom::Hole(begin))?.min(size);
    // An end that is no further on means that the file changes under us; go on all the same, that ends.
    Ok(Some(begin..end.max(begin + 1)))
}

struct Copier<'a> {
    paths: Paths<'a>,
    source: &'a File,
    target: &'a OwnedFd,
    kernel_can: bool,
    means: Option<Means>,
    buffer: Vec<u8>,
    progress: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
}

impl Copier<'_> {
    fn copy(&mut self, data: Range<u64>) -> Result<(), RestoreError> {
        let mut at = data.start;
        while at < data.end {
            let step = at..data.end.min((at / STEP + 1) * STEP);
            at += match self.by_kernel(&step)? {
                Some(bytes) => {
                    self.note(Means::CopyFileRange);
                    bytes
                }
                None => {
                    self.note(Means::ReadWrite);
                    self.by_hand(&step)?
                }
            };
            if (self.progress)(at).is_break() {
                return Err(RestoreError::Canceled);
            }
        }
        Ok(())
    }

    /// Absent when the kernel can't, or something failed that reading and writing tells more of.
    fn by_kernel(&mut self, step: &Range<u64>) -> Result<Option<u64>, RestoreError> {
        if !self.kernel_can {
            return Ok(None);
        }
        let (mut from, mut to) = (step.start, step.start);
        let len = usize::try_from(step.end - step.start).unwrap_or(usize::MAX);
        let copied =
            retry_on_intr(|| copy_file_range(self.source, Some(&mut from), self.target, Some(&mut to), len));
        match copied {
            Ok(bytes) if bytes > 0 => Ok(Some(bytes as u64)),
            Err(errno @ (Errno::NOSPC | Errno::DQUOT)) => Err(RestoreError::write(self.paths.to, errno)),
            Err(Errno::XDEV | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
                self.kernel_can = false;
                Ok(None)
            }
            // Nothing copied, though the file should go on; or not this time (ZFS: EAGAIN for dirty records).
            Ok(_) | Err(_) => Ok(None),
        }
    }

    /// One buffer's worth.
    fn by_hand(&mut self, step: &Range<u64>) -> Result<u64, RestoreError> {
        let len = usize::try_from(BUFFER.min(step.end - step.start)).unwrap_or(usize::MAX);
        self.buffer.resize(self.buffer.len().max(len), 0);
        let read = retry_on_intr(|| pread(self.source, &mut self.buffer[..len], step.start))
            .map_err(|errno| RestoreError::read(self.paths.from, errno))?;
        if read == 0 {
            return Err(RestoreError::SourceChanged { path: self.paths.from.clone() });
        }
        let mut written = 0;
        while written < read {
            let at = step.start + written as u64;
            written += retry_on_intr(|| pwrite(self.target, &self.buffer[written..read], at))
                .map_err(|errno| RestoreError::write(self.paths.to, errno))?;
        }
        Ok(read as u64)
    }

    fn note(&mut self, now: Means) {
        self.means = Some(match self.means {
            Some(before) if before != now => Means::Mixed,
            _ => now,
        });
    }
}
