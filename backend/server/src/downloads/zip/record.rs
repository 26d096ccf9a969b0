//! The records of a zip, byte by byte.

use jiff::tz::TimeZone;
use nasman_core::FileTime;
use nasman_zfs::files::Stat;

/// What 32 bits can't hold is told by ZIP64 instead.
const LARGE: u64 = 0xFFFF_FFFF;
/// The same for 16 bits.
const MANY: u64 = 0xFFFF;
/// Names are UTF-8.
const UTF8: u16 = 0x0800;
/// Sizes and checksum follow the content.
const FOLLOW: u16 = 0x0008;
/// Made on Unix, by the rules of version 4.5, which has ZIP64.
const MADE_BY: u16 = 0x0300 | WITH_ZIP64;
const WITH_ZIP64: u16 = 45;
const PLAIN: u16 = 20;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Folder,
    File,
    Symlink,
}

/// The content's length and CRC-32. Stored, it takes what it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sizes {
    pub sum: u32,
    pub size: u64,
}

impl Sizes {
    /// Of content at hand.
    pub fn of(content: &[u8]) -> Self {
        Self { sum: crc32fast::hash(content), size: content.len() as u64 }
    }
}

/// An entry's records.
pub struct Entry<'a> {
    name: String,
    kind: Kind,
    stat: &'a Stat,
    flags: u16,
    /// Whether the header says that sizes have 64 bits.
    large: bool,
}

impl<'a> Entry<'a> {
    /// With its size known beforehand, and small.
    pub fn new(mut name: String, kind: Kind, stat: &'a Stat) -> Self {
        if kind == Kind::Folder {
            name.push('/');
        }
        Self { name, kind, stat, flags: UTF8, large: false }
    }

    /// Its sizes will follow; they are at most this.
    pub fn stream(&mut self, size: u64) {
        self.flags |= FOLLOW;
        self.large = size >= LARGE;
    }

    fn version(&self) -> u16 {
        if self.large { WITH_ZIP64 } else { PLAIN }
    }

    /// Before the content.
    pub fn header(&self, sizes: Sizes) -> Vec<u8> {
        let mut extra = Record::default();
        if self.large {
            extra.u16(0x0001).u16(16).u64(0).u64(0);
        }
        extra.modified(self.stat.mtime);
        // Where they follow they are zero here, or with ZIP64 told to be elsewhere.
        let size = if self.large { LARGE } else { sizes.size };
        let mut record = Record::default();
        record.u32(0x0403_4B50).u16(self.version());
        self.common(&mut record, sizes.sum, size, &extra);
        record.bytes(self.name.as_bytes()).bytes(&extra.0);
        record.0
    }

    /// After content whose sizes were not known before.
    pub fn descriptor(&self, sizes: Sizes) -> Vec<u8> {
        let mut record = Record::default();
        record.u32(0x0807_4B50).u32(sizes.sum);
        if self.large {
            record.u64(sizes.size).u64(sizes.size);
        } else {
            record.short(sizes.size).short(sizes.size);
        }
        record.0
    }

    /// At the end of the archive. `begin`: where the header is.
    pub fn in_directory(&self, sizes: Sizes, begin: u64) -> Vec<u8> {
        let mut zip64 = Record::default();
        if sizes.size >= LARGE {
            zip64.u64(sizes.size).u64(sizes.size);
        }
        if begin >= LARGE {
            zip64.u64(begin);
        }
        let mut extra = Record::default();
        if !zip64.0.is_empty() {
            extra.u16(0x0001).length(zip64.0.len()).bytes(&zip64.0);
        }
        extra.modified(self.stat.mtime);
        let version = if zip64.0.is_empty() { self.version() } else { WITH_ZIP64 };
        let mut record = Record::default();
        record.u32(0x0201_4B50).u16(MADE_BY).u16(version);
        self.common(&mut record, sizes.sum, sizes.size, &extra);
        // No comment, first disk, no attributes of the content.
        record.u16(0).u16(0).u16(0).u32(self.attributes()).short(begin);
        record.bytes(self.name.as_bytes()).bytes(&extra.0);
        record.0
    }

    /// What header and directory have in common: from the flags to the lengths.
    fn common(&self, record: &mut Record, sum: u32, size: u64, extra: &Record) {
        let (date, time) = dos(self.stat.mtime);
        record.u16(self.flags).u16(0).u16(time).u16(date).u32(sum).short(size).short(size);
        record.length(self.name.len()).length(extra.0.len());
    }

    /// Kind and permissions as Unix has them, and the one bit that others need.
    fn attributes(&self) -> u32 {
        let (kind, dos) = match self.kind {
            Kind::Folder => (0o040_000, 0x10),
            Kind::File => (0o100_000, 0),
            Kind::Symlink => (0o120_000, 0),
        };
        ((kind | self.stat.mode) << 16) | dos
    }
}

/// The archive's last records. `begin` and `size`: of the directory.
pub fn end(entries: u64, begin: u64, size: u64) -> Vec<u8> {
    let mut record = Record::default();
    if entries >= MANY || begin >= LARGE || size >= LARGE {
        record.u32(0x0606_4B50).u64(44).u16(MADE_BY).u16(WITH_ZIP64).u32(0).u32(0);
        record.u64(entries).u64(entries).u64(size).u64(begin);
        record.u32(0x0706_4B50).u32(0).u64(begin + size).u32(1);
    }
    let few = u16::try_from(entries).unwrap_or(u16::MAX);
    record.u32(0x0605_4B50).u16(0).u16(0).u16(few).u16(few).short(size).short(begin).u16(0);
    record.0
}

/// Little-endian numbers.
#[derive(Default)]
struct Record(Vec<u8>);

impl Record {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn u16(&mut self, number: u16) -> &mut Self {
        self.bytes(&number.to_le_bytes())
    }

    fn u32(&mut self, number: u32) -> &mut Self {
        self.bytes(&number.to_le_bytes())
    }

    fn u64(&mut self, number: u64) -> &mut Self {
        self.bytes(&number.to_le_bytes())
    }

    /// In 32 bits, or all ones where ZIP64 tells it.
    fn short(&mut self, number: u64) -> &mut Self {
        self.u32(u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// Names are at most 4 kB, tripled where they are rewritten; nothing here comes near the limit.
    fn length(&mut self, length: usize) -> &mut Self {
        self.u16(u16::try_from(length).unwrap_or(u16::MAX))
    }

    /// The "extended timestamp": UTC, to the second, where 32 bits hold it.
    fn modified(&mut self, time: FileTime) {
        if let Ok(seconds) = i32::try_from(time.seconds) {
            self.u16(0x5455).u16(5).bytes(&[1]).bytes(&seconds.to_le_bytes());
        }
    }
}

/// Date and time as DOS had them, in UTC, to two seconds; the nearest of 1980 to 2107.
fn dos(time: FileTime) -> (u16, u16) {
    let Some(time) = time.timestamp() else { return if time.seconds < 0 { FIRST } else { LAST } };
    let time = TimeZone::UTC.to_datetime(time);
    match time.year() {
        ..1980 => FIRST,
        2108.. => LAST,
        year => {
            let part = |number: i8| u16::from(number.unsigned_abs());
            let date = ((year - 1980).unsigned_abs() << 9) | (part(time.month()) << 5) | part(time.day());
            (date, (part(time.hour()) << 11) | (part(time.minute()) << 5) | (part(time.second()) / 2))
        }
    }
}

const FIRST: (u16, u16) = ((1 << 5) | 1, 0);
const LAST: (u16, u16) = ((127 << 9) | (12 << 5) | 31, (23 << 11) | (59 << 5) | 29);
