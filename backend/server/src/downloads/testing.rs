//! What the tests of archives stand on.

use std::{
    io::{self, Read, Write},
    thread,
};

use nasman_core::FileTime;
use nasman_zfs::files::{Kind, Stat};

use super::sink::{Sink, channel};

/// Fills an archive, and collects what a client gets. It must come to its end.
pub fn collect<W: Write>(mut into: W, fill: impl FnOnce(Sink) + Send) -> W {
    let (sink, outlet) = channel();
    thread::scope(|scope| {
        scope.spawn(|| fill(sink));
        assert!(outlet.copy_to(&mut into).unwrap(), "the archive came to no end");
    });
    into
}

/// A regular file of so many bytes.
pub fn file(size: u64) -> Stat {
    let time = FileTime { seconds: 1_777_777_777, nanos: 123_456_789 };
    Stat {
        kind: Kind::File,
        size,
        allocated: size,
        inode: 1,
        atime: time,
        mtime: time,
        ctime: time,
        btime: None,
        uid: 1000,
        gid: 1000,
        mode: 0o640,
        nlink: 1,
        dev: 1,
        mountpoint: false,
    }
}

/// Gives so many bytes, then an error.
pub struct Broken(pub u64);

impl Read for Broken {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::Error::other("the disk is broken"));
        }
        let read = buffer.len().min(usize::try_from(self.0).unwrap());
        buffer[..read].fill(b'x');
        self.0 -= read as u64;
        Ok(read)
    }
}
