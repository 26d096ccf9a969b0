//! Writes `.tar.zst` as a stream: POSIX tar, with pax records for what its headers can't tell.

use std::io::{self, Read, Write as _};

use nasman_core::FileTime;
use nasman_zfs::files::{Owners, Stat};
use tar::{Builder, EntryType, Header};
use zstd::stream::write::Encoder;

use super::{
    content::{Added, Archive, BUFFER, Content, What},
    sink::{Sink, Watched},
};

/// Of the compressor: its own default, which keeps up with disks.
const LEVEL: i32 = 3;
/// Content is filled up to a multiple of this.
const BLOCK: u64 = 512;
/// Longest path in a header itself, in bytes.
const SHORT: usize = 100;
/// Largest number in a header's seven octal digits.
const SEVEN_DIGITS: u32 = 0o7_777_777;
/// Largest in its eleven.
const ELEVEN_DIGITS: u64 = 0o77_777_777_777;

/// A tar on its way to a client.
pub struct Tar<'a> {
    builder: Builder<Watched<Encoder<'static, Sink>>>,
    owners: &'a Owners,
    buffer: Vec<u8>,
}

impl<'a> Tar<'a> {
    /// A new one.
    ///
    /// # Errors
    /// When there is no memory for the compressor.
    pub fn new(sink: Sink, owners: &'a Owners) -> io::Result<Self> {
        let client = sink.client();
        let inner = Encoder::new(sink, LEVEL)?;
        Ok(Self { builder: Builder::new(Watched { inner, client }), owners, buffer: vec![0; BUFFER] })
    }

    /// An entry's header with the pax records it needs.
    fn head(&mut self, place: &[u8], stat: &Stat, kind: EntryType, link: &[u8], size: u64) -> io::Result<()> {
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(stat.mode);
        header.set_uid(stat.uid.into());
        header.set_gid(stat.gid.into());
        header.set_mtime(u64::try_from(stat.mtime.seconds).unwrap_or(0));
        header.set_size(size);
        // Names that don't fit are left out: the number says the same.
        self.owners.user(stat.uid).and_then(|name| header.set_username(&name).ok());
        self.owners.group(stat.gid).and_then(|name| header.set_groupname(&name).ok());
        if let Some(ustar) = header.as_ustar_mut() {
            begin_with(&mut ustar.name, place);
            begin_with(&mut ustar.linkname, link);
        }
        header.set_cksum();
        let records = records(place, stat, link, size);
        self.builder.append_pax_extensions(records.iter().map(|(key, value)| (*key, value.as_slice())))?;
        self.builder.get_mut().write_all(header.as_bytes())
    }

    fn add_file(&mut self, place: &[u8], stat: &Stat, reader: &mut dyn Read) -> io::Result<Added> {
        let mut content = Content::new(reader, stat.size);
        let mut filled = match content.next(&mut self.buffer) {
            Ok(first) => first,
            Err(error) => return Ok(Added::LeftOut(error)),
        };
        // A file that turns out short at once is told as long as it is; what it grows to meanwhile is no part of it.
        let short = filled < self.buffer.len();
        let size = if short { filled as u64 } else { stat.size };
        self.head(place, stat, EntryType::Regular, b"", size)?;
        let mut failed = None;
        while filled > 0 {
            self.builder.get_mut().write_all(&self.buffer[..filled])?;
            if short {
                break;
            }
            filled = content.next(&mut self.buffer).unwrap_or_else(|error| {
                failed = Some(error);
                0
            });
        }
        // The header's size is a promise.
        let missing = size - content.read();
        self.zeros(missing + size.next_multiple_of(BLOCK) - size)?;
        Ok(match failed {
            Some(error) => Added::Cut(content.read(), error),
            None => content.verdict(),
        })
    }

    fn zeros(&mut self, mut count: u64) -> io::Result<()> {
        self.buffer.fill(0);
        while count > 0 {
            let some = usize::try_from(count).unwrap_or(usize::MAX).min(self.buffer.len());
            self.builder.get_mut().write_all(&self.buffer[..some])?;
            count -= some as u64;
        }
        Ok(())
    }
}

impl Archive for Tar<'_> {
    fn add(&mut self, place: &[u8], stat: &Stat, what: What<'_>) -> io::Result<Added> {
        match what {
            What::Folder => self.head(&[place, b"/"].concat(), stat, EntryType::Directory, b"", 0)?,
            What::Symlink(target) => self.head(place, stat, EntryType::Symlink, target, 0)?,
            What::Link(first) => self.head(place, stat, EntryType::Link, first, 0)?,
            What::Fifo => self.head(place, stat, EntryType::Fifo, b"", 0)?,
            What::File(reader) => return self.add_file(place, stat, reader),
        }
        Ok(Added::Whole)
    }

    fn has_links(&self) -> bool {
        true
    }

    fn finish(self: Box<Self>) -> io::Result<u64> {
        self.builder.into_inner()?.inner.finish()?.end()
    }
}

/// The field's bytes; the rest of a longer one is in a pax record.
fn begin_with(field: &mut [u8; SHORT], bytes: &[u8]) {
    let fits = bytes.len().min(SHORT);
    field[..fits].copy_from_slice(&bytes[..fits]);
}

/// What the header can't tell.
fn records(place: &[u8], stat: &Stat, link: &[u8], size: u64) -> Vec<(&'static str, Vec<u8>)> {
    let mut records = Vec::new();
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok();
    let long = |bytes: &[u8]| bytes.len() > SHORT || !text(bytes);
    let paths: Vec<_> =
        [("path", place), ("linkpath", link)].into_iter().filter(|(_, bytes)| long(bytes)).collect();
    // The records are UTF-8 unless this says otherwise.
    if paths.iter().any(|(_, bytes)| !text(bytes)) {
        records.push(("hdrcharset", b"BINARY".to_vec()));
    }
    records.extend(paths.into_iter().map(|(key, bytes)| (key, bytes.to_vec())));
    for (key, number) in [("uid", stat.uid), ("gid", stat.gid)] {
        if number > SEVEN_DIGITS {
            records.push((key, number.to_string().into_bytes()));
        }
    }
    if size > ELEVEN_DIGITS {
        records.push(("size", size.to_string().into_bytes()));
    }
    if stat.mtime.nanos > 0 || !(0..=ELEVEN_DIGITS.cast_signed()).contains(&stat.mtime.seconds) {
        records.push(("mtime", decimal(stat.mtime).into_bytes()));
    }
    records
}

/// Seconds since 1970 with all nine decimals.
fn decimal(time: FileTime) -> String {
    match time {
        FileTime { seconds, nanos } if seconds < 0 && nanos > 0 => {
            format!("-{}.{:09}", (seconds + 1).unsigned_abs(), 1_000_000_000 - nanos)
        }
        FileTime { seconds, nanos } => format!("{seconds}.{nanos:09}"),
    }
}

#[cfg(test)]
mod tests;
