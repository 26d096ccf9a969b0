//! Writes `.zip` as a stream: stored, sizes and checksums behind the content, ZIP64 where needed (APPNOTE.TXT 6.3).
//!
//! The library that reads and writes zip elsewhere keeps most of a kilobyte in memory for each entry until the end, and
//! can't take an entry back that turned out to be unreadable. Here the directory that belongs at the end goes to a
//! temporary file as it grows, so a million files take no more memory than one.

mod name;
mod record;

use std::{
    io::{self, Read, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use crc32fast::Hasher;
use nasman_zfs::files::Stat;
use tempfile::{SpooledTempFile, spooled_tempfile_in};

use self::record::{Entry, Kind, Sizes};
use super::{
    content::{Added, Archive, BUFFER, Content, What},
    sink::Sink,
};

/// Of the directory, so much is kept in memory.
const IN_MEMORY: usize = 4 << 20;

/// A zip on its way to a client.
pub struct Zip {
    sink: Sink,
    /// Bytes written so far.
    at: u64,
    directory: SpooledTempFile,
    entries: u64,
    buffer: Vec<u8>,
}

impl Zip {
    /// A new one; its directory lies in this folder, without a name there.
    pub fn new(sink: Sink, folder: &Path) -> Self {
        let directory = spooled_tempfile_in(IN_MEMORY, folder);
        Self { sink, at: 0, directory, entries: 0, buffer: vec![0; BUFFER] }
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sink.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// The first `length` bytes of the buffer.
    fn put_buffer(&mut self, length: usize) -> io::Result<()> {
        self.sink.write_all(&self.buffer[..length])?;
        self.at += length as u64;
        Ok(())
    }

    /// Notes an entry for the directory: only now it is part of the archive.
    fn note(&mut self, entry: &Entry<'_>, sizes: Sizes, begin: u64) -> io::Result<()> {
        self.entries += 1;
        self.directory.write_all(&entry.in_directory(sizes, begin))
    }

    /// An entry whose content is at hand.
    fn add_whole(&mut self, entry: &Entry<'_>, content: &[u8]) -> io::Result<()> {
        let (sizes, begin) = (Sizes::of(content), self.at);
        self.put(&entry.header(sizes))?;
        self.put(content)?;
        self.note(entry, sizes, begin)
    }

    fn add_file(&mut self, mut entry: Entry<'_>, size: u64, reader: &mut dyn Read) -> io::Result<Added> {
        let mut content = Content::new(reader, size);
        let first = match content.next(&mut self.buffer) {
            Ok(first) => first,
            Err(error) => return Ok(Added::LeftOut(error)),
        };
        let begin = self.at;
        if content.left() == 0 || first < self.buffer.len() {
            let sizes = Sizes::of(&self.buffer[..first]);
            self.put(&entry.header(sizes))?;
            self.put_buffer(first)?;
            self.note(&entry, sizes, begin)?;
            return Ok(content.verdict());
        }
        entry.stream(size);
        self.put(&entry.header(Sizes::default()))?;
        let (mut sum, mut filled) = (Hasher::new(), first);
        let failed = loop {
            sum.update(&self.buffer[..filled]);
            self.put_buffer(filled)?;
            match content.next(&mut self.buffer) {
                Ok(0) => break None,
                Ok(more) => filled = more,
                Err(error) => break Some(error),
            }
        };
        let sizes = Sizes { sum: sum.finalize(), size: content.read() };
        self.put(&entry.descriptor(sizes))?;
        match failed {
            // What was sent stays in the stream, but the directory does not know of it.
            Some(error) => Ok(Added::LeftOut(error)),
            None => self.note(&entry, sizes, begin).map(|()| content.verdict()),
        }
    }
}

impl Archive for Zip {
    fn add(&mut self, place: &[u8], stat: &Stat, what: What<'_>) -> io::Result<Added> {
        let entry = |kind| Entry::new(name::of_path(place), kind, stat);
        match what {
            What::Folder => self.add_whole(&entry(Kind::Folder), b"")?,
            What::Symlink(target) => self.add_whole(&entry(Kind::Symlink), target)?,
            What::File(reader) => return self.add_file(entry(Kind::File), stat.size, reader),
            What::Fifo | What::Link(_) => return Ok(Added::Unfit),
        }
        Ok(Added::Whole)
    }

    fn has_links(&self) -> bool {
        false
    }

    fn finish(mut self: Box<Self>) -> io::Result<u64> {
        let (begin, entries) = (self.at, self.entries);
        self.directory.seek(SeekFrom::Start(0))?;
        loop {
            let filled = self.directory.read(&mut self.buffer)?;
            if filled == 0 {
                break;
            }
            self.put_buffer(filled)?;
        }
        let end = record::end(entries, begin, self.at - begin);
        self.put(&end)?;
        self.sink.end()
    }
}

#[cfg(test)]
mod tests;
