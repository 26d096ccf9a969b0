//! A file's content on its way into an archive, and what an archive is to the one who fills it.

use std::io::{self, Read};

use nasman_zfs::files::Stat;

/// Bytes are read so many at a time. A file that fits is read before its entry begins, so that one that can't be read
/// leaves no trace.
pub const BUFFER: usize = 256 * 1024;

/// An archive that is being written.
pub trait Archive {
    /// Adds an entry. Errors are the archive's own, and end it; what went wrong with the entry is in the answer.
    ///
    /// # Errors
    /// When the client is gone, or what the archive keeps on disk can't be written.
    fn add(&mut self, place: &[u8], stat: &Stat, what: What<'_>) -> io::Result<Added>;

    /// Whether it holds a second name of a file as such.
    fn has_links(&self) -> bool;

    /// Writes what belongs at the end. Answers the bytes of the whole.
    ///
    /// # Errors
    /// As [`Self::add`].
    fn finish(self: Box<Self>) -> io::Result<u64>;
}

/// What an entry is.
pub enum What<'a> {
    /// A folder.
    Folder,
    /// A regular file with its content.
    File(&'a mut dyn Read),
    /// A symbolic link, and where it points.
    Symlink(&'a [u8]),
    /// Another name of the file that lies there in the archive.
    Link(&'a [u8]),
    /// A named pipe.
    Fifo,
}

/// What became of an entry.
#[derive(Debug)]
pub enum Added {
    /// It is in the archive.
    Whole,
    /// It is in the archive, but was shorter than it said at first: so many bytes are its own.
    Shrunk(u64),
    /// It is in the archive, but grew meanwhile: what it had at first is there.
    Grew,
    /// It could not be read to its end; so many bytes are in the archive, and zeros after them.
    Cut(u64, io::Error),
    /// It could not be read, and is not in the archive.
    LeftOut(io::Error),
    /// Such an archive holds nothing of its kind.
    Unfit,
}

/// Reads at most as much as the file said it has.
pub struct Content<'a> {
    reader: &'a mut dyn Read,
    left: u64,
    read: u64,
}

impl<'a> Content<'a> {
    /// Of a file of so many bytes.
    pub fn new(reader: &'a mut dyn Read, size: u64) -> Self {
        Self { reader, left: size, read: 0 }
    }

    /// Fills the buffer as far as there is something; 0 at the end.
    ///
    /// # Errors
    /// As reading does.
    pub fn next(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let mut filled = 0;
        while filled < wanted {
            match self.reader.read(&mut buffer[filled..wanted]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.left -= filled as u64;
        self.read += filled as u64;
        Ok(filled)
    }

    /// Bytes read.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// Bytes that it said it has and that were not read.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// After the last byte: what is to be told of it.
    pub fn verdict(&mut self) -> Added {
        if self.left > 0 {
            return Added::Shrunk(self.read);
        }
        match self.reader.read(&mut [0]) {
            Ok(1..) => Added::Grew,
            // One byte beyond the end that can't be read is none of the file's.
            Ok(0) | Err(_) => Added::Whole,
        }
    }
}
