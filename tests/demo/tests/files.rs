//! The files as they lie on a disk: real pictures, papers, songs and films, with the marks that the plan gives them.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use nasman_demo::apply::{Done, fill_dir};
use nasman_demo::landmarks::*;
use nasman_demo::plan::{Plan, Settings};

struct Demo {
    dir: tempfile::TempDir,
    done: Done,
}

/// Written once for all tests.
fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let plan = Plan::new(Settings { seed: 1, now: 1_795_453_860, days: 21 });
        let done = fill_dir(&plan, dir.path()).unwrap();
        Demo { dir, done }
    })
}

fn at(path: &str) -> PathBuf {
    demo().dir.path().join(path)
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            walk(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

fn all_below(path: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(&at(path), &mut found);
    found.retain(|path| path.extension() == Some(OsStr::new(ending)));
    assert!(!found.is_empty(), "no {ending} below {path}");
    found
}

#[test]
fn all_planned_files_are_there() {
    let mut found = Vec::new();
    walk(demo().dir.path(), &mut found);
    // The one empty folder of the plan is no file.
    assert_eq!(found.len(), demo().done.files - 1);
    assert!(!at("home").join(TAX_RETURN).exists());
    assert!(at("home").join(THESIS).exists() && at("home").join(UMLAUTS).exists());
}

#[test]
fn a_directory_in_use_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("mine"), "mine").unwrap();
    let plan = Plan::new(Settings { seed: 1, now: 1_795_453_860, days: 14 });
    let error = fill_dir(&plan, dir.path()).unwrap_err();
    assert!(error.to_string().contains("is not empty"), "{error}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn photographs_decode_and_differ() {
    let mut seen = HashSet::new();
    let photos = all_below("photos", "jpg");
    assert!(photos.len() > 350, "{} photographs", photos.len());
    for (n, path) in photos.iter().enumerate() {
        let bytes = fs::read(path).unwrap();
        if n % 8 == 0 {
            let picture = image::load_from_memory(&bytes).unwrap().to_rgb8();
            assert_eq!(picture.dimensions(), (640, 420));
            let colours: HashSet<_> = picture.pixels().collect();
            assert!(colours.len() > 200, "{} is dull", path.display());
        }
        seen.insert(bytes);
    }
    // Only the backup's copies are duplicates.
    assert_eq!(seen.len(), photos.len() - 14);
}

#[test]
fn photographs_tell_when_and_with_what() {
    let path = fs::read_dir(at("photos/2025/Island hopping")).unwrap().next().unwrap().unwrap().path();
    let file = fs::read(&path).unwrap();
    let exif = exif::Reader::new().read_from_container(&mut std::io::Cursor::new(file)).unwrap();
    let show = |tag| exif.get_field(tag, exif::In::PRIMARY).map(|field| field.display_value().to_string());
    assert!(show(exif::Tag::DateTimeOriginal).unwrap().starts_with("2025-08"));
    assert!(show(exif::Tag::Model).is_some_and(|model| model.len() > 2));
    assert!(show(exif::Tag::GPSLatitude).unwrap().starts_with("55 deg"));
}

#[test]
fn screenshots_and_covers_decode() {
    for path in all_below("photos/Screenshots", "png").into_iter().chain(all_below("music", "jpg")) {
        let picture = image::open(&path).unwrap();
        assert!(picture.width() >= 200 && picture.height() >= 240, "{}", path.display());
    }
}

#[test]
fn pdfs_have_their_table_where_they_say() {
    for path in all_below("home", "pdf") {
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.starts_with(b"%PDF-1.4"), "{}", path.display());
        let end = String::from_utf8_lossy(&bytes[bytes.len() - 40..]).into_owned();
        let start: usize = end.rsplit('\n').nth(2).unwrap().parse().unwrap();
        assert!(bytes[start..].starts_with(b"xref"), "{}", path.display());
        let table = String::from_utf8_lossy(&bytes[start..]).into_owned();
        for (n, line) in table.lines().skip(3).take_while(|line| line.ends_with(" n ")).enumerate() {
            let offset: usize = line[..10].parse().unwrap();
            assert!(
                bytes[offset..].starts_with(format!("{} 0 obj", n + 1).as_bytes()),
                "{} object {n}",
                path.display()
            );
        }
    }
}

#[test]
fn office_files_open() {
    for path in all_below("home", "odt").into_iter().chain(all_below("home", "ods")) {
        if path.ends_with(OVERWRITTEN) {
            assert!(zip::ZipArchive::new(fs::File::open(&path).unwrap()).is_err());
            continue;
        }
        let mut archive = zip::ZipArchive::new(fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(archive.by_index(0).unwrap().name().unwrap(), "mimetype");
        let content = std::io::read_to_string(archive.by_name("content.xml").unwrap()).unwrap();
        assert!(content.ends_with("</office:document-content>"), "{}", path.display());
    }
}

#[test]
fn songs_have_tags_and_films_end_in_padding() {
    let holds = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    for path in all_below("music", "flac") {
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.starts_with(b"fLaC") && holds(&bytes, b"TITLE="), "{}", path.display());
    }
    for path in all_below("music", "mp3") {
        let bytes = fs::read(&path).unwrap();
        let size = bytes[6..10].iter().fold(0, |size, byte| size << 7 | usize::from(*byte));
        assert!(bytes.starts_with(b"ID3\x03"), "{}", path.display());
        assert_eq!(
            &bytes[10 + size..12 + size],
            [0xff, 0xe3],
            "sound follows the tags of {}",
            path.display()
        );
    }
    for path in all_below("films", "mp4") {
        let bytes = fs::read(&path).unwrap();
        let mut at = 0;
        let mut last = Vec::new();
        while at < bytes.len() {
            last = bytes[at + 4..at + 8].to_vec();
            at += u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        }
        assert_eq!((at, last.as_slice()), (bytes.len(), b"free".as_slice()), "{}", path.display());
    }
    let films: Vec<Vec<u8>> = all_below("films", "mkv").iter().map(|path| fs::read(path).unwrap()).collect();
    let different: HashSet<&Vec<u8>> = films.iter().collect();
    assert_eq!(different.len(), films.len());
}

#[test]
fn odd_names_are_on_the_disk() {
    let odd = at("home/odd-names");
    for name in
        [b"latin1-caf\xe9.txt".as_slice(), b"line\nbreak.txt", b"tab\there.txt", b"back\\slash.txt", b"..."]
    {
        assert!(odd.join(OsStr::from_bytes(name)).is_file(), "{}", name.escape_ascii());
    }
    assert!(fs::read_dir(&odd).unwrap().any(|entry| entry.unwrap().file_name().len() == 255));
    let kind = |name: &str| odd.join(name).symlink_metadata().unwrap().file_type();
    assert!(kind("pipe").is_fifo() && kind("link").is_symlink() && kind("empty folder").is_dir());
    assert!(odd.join("link").is_dir() && !odd.join("link to nowhere").exists());
    assert_eq!(odd.join("empty.txt").metadata().unwrap().nlink(), 2);
    let sparse = odd.join("sparse.img").metadata().unwrap();
    assert_eq!(sparse.len(), 64 << 20);
    assert!(sparse.blocks() * 512 < 1 << 20, "{} blocks", sparse.blocks());
    assert_eq!(odd.join("no permission.txt").metadata().unwrap().permissions().mode() & 0o777, 0);
}

#[test]
fn times_have_nanoseconds_of_their_own() {
    let thesis = at("home").join(THESIS).metadata().unwrap();
    let other = at("home").join(UMLAUTS).metadata().unwrap();
    assert!(thesis.mtime() > 1_795_000_000 && thesis.mtime() < 1_795_453_860);
    assert_ne!(thesis.mtime_nsec(), 0);
    assert_ne!(thesis.mtime_nsec(), other.mtime_nsec());
}
