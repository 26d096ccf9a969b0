use std::io::{Cursor, Read as _, Seek as _, SeekFrom};

use nasman_core::FileTime;
use zip::ZipArchive;

use super::*;
use crate::downloads::testing::{Broken, collect, file};

const MEGABYTE: u64 = 1 << 20;

fn archive(fill: impl FnOnce(&mut Zip) + Send) -> ZipArchive<Cursor<Vec<u8>>> {
    let bytes = collect(Vec::new(), |sink| {
        let mut zip = Zip::new(sink, Path::new("/tmp"));
        fill(&mut zip);
        Box::new(zip).finish().unwrap();
    });
    ZipArchive::new(Cursor::new(bytes)).unwrap()
}

fn add(zip: &mut Zip, name: &str, size: u64, reader: &mut dyn Read) -> Added {
    zip.add(name.as_bytes(), &file(size), What::File(reader)).unwrap()
}

fn names(archive: &ZipArchive<Cursor<Vec<u8>>>) -> Vec<String> {
    let mut names: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort_unstable();
    names
}

fn content(archive: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> Vec<u8> {
    let mut content = Vec::new();
    archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
    content
}

#[test]
fn small_and_big_files_come_out_as_they_went_in() {
    let big: Vec<u8> = (0..3 * MEGABYTE + 7).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
    let mut archive = archive(|zip| {
        assert!(matches!(add(zip, "empty", 0, &mut &b""[..]), Added::Whole));
        assert!(matches!(add(zip, "small", 5, &mut &b"12345"[..]), Added::Whole));
        assert!(matches!(add(zip, "big", big.len() as u64, &mut &big[..]), Added::Whole));
        let exact = vec![1; BUFFER];
        assert!(matches!(add(zip, "exact", BUFFER as u64, &mut &exact[..]), Added::Whole));
    });
    assert_eq!(names(&archive), ["big", "empty", "exact", "small"]);
    assert!(content(&mut archive, "big") == big);
    assert_eq!(content(&mut archive, "small"), b"12345");
    assert_eq!((content(&mut archive, "empty").len(), content(&mut archive, "exact").len()), (0, BUFFER));
}

#[test]
fn what_cannot_be_read_is_not_in_it() {
    let mut archive = archive(|zip| {
        assert!(matches!(add(zip, "at once", 9, &mut Broken(3)), Added::LeftOut(_)));
        assert!(matches!(add(zip, "later", 9 * MEGABYTE, &mut Broken(3 * MEGABYTE)), Added::LeftOut(_)));
        add(zip, "good", 2, &mut &b"ok"[..]);
        assert!(matches!(zip.add(b"pipe", &file(0), What::Fifo).unwrap(), Added::Unfit));
    });
    assert_eq!(names(&archive), ["good"]);
    assert_eq!(content(&mut archive, "good"), b"ok");
}

#[test]
fn files_that_change_meanwhile_are_what_was_read() {
    let long = vec![b'x'; 5 * MEGABYTE as usize];
    let mut archive = archive(|zip| {
        assert!(matches!(add(zip, "short", 9, &mut &b"123"[..]), Added::Shrunk(3)));
        assert!(
            matches!(add(zip, "shorter", 9 * MEGABYTE, &mut &long[..]), Added::Shrunk(n) if n == 5 * MEGABYTE)
        );
        assert!(matches!(add(zip, "grown", 3, &mut &b"12345"[..]), Added::Grew));
        assert!(matches!(add(zip, "longer", 4 * MEGABYTE, &mut &long[..]), Added::Grew));
    });
    assert_eq!(content(&mut archive, "short"), b"123");
    assert_eq!(content(&mut archive, "shorter").len(), 5 << 20);
    assert_eq!(content(&mut archive, "grown"), b"123");
    assert_eq!(content(&mut archive, "longer").len(), 4 << 20);
}

#[test]
fn times_of_any_year_harm_nothing() {
    let years =
        [(-9_000_000_000, (1980, 1)), (0, (1980, 1)), (4_000_000_000, (2096, 10)), (i64::MAX, (2107, 12))];
    let mut archive = archive(|zip| {
        for (seconds, _) in years {
            let stat = Stat { mtime: FileTime { seconds, nanos: 0 }, ..file(0) };
            zip.add(seconds.to_string().as_bytes(), &stat, What::File(&mut &b""[..])).unwrap();
        }
    });
    for (seconds, (year, month)) in years {
        let entry = archive.by_name(&seconds.to_string()).unwrap();
        let time = entry.last_modified().unwrap();
        assert_eq!((time.year(), time.month()), (year, month), "{seconds}");
    }
}

#[test]
fn more_entries_than_sixteen_bits_count() {
    let archive = archive(|zip| {
        for number in 0..70_000 {
            zip.add(format!("{number:05}").as_bytes(), &file(0), What::Folder).unwrap();
        }
        let in_memory = zip.directory.is_rolled();
        assert!(in_memory, "the directory stays in memory");
    });
    assert_eq!(archive.len(), 70_000);
}

/// Leaves zeros out, so that gigabytes of them take no time and no space.
struct Sparse(std::fs::File);

impl io::Write for Sparse {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.iter().any(|byte| *byte != 0) {
            return self.0.write(bytes);
        }
        self.0.seek(SeekFrom::Current(i64::try_from(bytes.len()).unwrap()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn more_bytes_than_thirty_two_bits_count() {
    let size = (4 << 30) + 5;
    let file = collect(Sparse(tempfile::tempfile().unwrap()), |sink| {
        let mut zip = Zip::new(sink, Path::new("/tmp"));
        add(&mut zip, "zeros", size, &mut io::repeat(0).take(size));
        add(&mut zip, "after", 2, &mut &b"ok"[..]);
        Box::new(zip).finish().unwrap();
    });
    let mut archive = ZipArchive::new(file.0).unwrap();
    assert_eq!(archive.by_name("zeros").unwrap().size(), size);
    let mut after = String::new();
    archive.by_name("after").unwrap().read_to_string(&mut after).unwrap();
    assert_eq!(after, "ok");
}
