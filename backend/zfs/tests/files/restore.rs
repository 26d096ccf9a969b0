//! Content, place, and what is there while it happens.

use std::{
    fs::{self, File},
    io::{Seek as _, SeekFrom, Write as _},
    ops::ControlFlow,
    os::unix::{ffi::OsStrExt as _, fs::MetadataExt as _},
    path::Path,
};

use nasman_core::{EntryName, RelPath};
use nasman_zfs::files::{Means, Put, Restore, Root, preview, remove_temp, restore_file};

use crate::common::{Bench, go_on, name, odd_names, path, skipped};

const TEMP: &str = ".nasman-restore-1-0";

#[test]
fn content_comes_back_and_nothing_else_appears() {
    let content: Vec<u8> = (0..3_000_001u32).map(|n| (n % 251) as u8).collect();
    let bench = Bench::with("file", &content);
    let mut told = Vec::new();
    let restored = bench
        .restore_watched("file", "back", Put::New, &mut |bytes| {
            told.push(bytes);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!((restored.bytes, restored.created.len()), (3_000_001, 0));
    assert!(restored.means.is_some());
    assert!(told.is_sorted() && told.last() == Some(&3_000_001), "{told:?}");
    assert_eq!(fs::read(bench.at("target/back")).unwrap(), content);
    assert_eq!(bench.names("target"), ["back"]);
}

#[test]
fn an_empty_file_is_a_file() {
    let bench = Bench::with("empty", "");
    let restored = bench.restore("empty", "empty", Put::New).unwrap();
    assert_eq!((restored.bytes, restored.means), (0, None));
    assert_eq!(bench.read("target/empty"), "");
}

#[test]
fn odd_names_come_back() {
    let bench = Bench::new();
    for odd in odd_names() {
        let place = Path::new(std::ffi::OsStr::from_bytes(&odd)).to_owned();
        fs::create_dir(bench.at("source").join(&place)).unwrap();
        fs::write(bench.at("source").join(&place).join(&place), &odd).unwrap();
        let name = EntryName::new(odd.clone()).unwrap();
        let path = RelPath::root().join(&name).unwrap().join(&name).unwrap();
        let temp_name = EntryName::new(TEMP).unwrap();
        let what = Restore {
            source: &bench.source,
            from: &path,
            target: &bench.target,
            to: &path,
            put: Put::New,
            temp_name: &temp_name,
            keep_setid: false,
        };
        assert_eq!(restore_file(&what, &mut go_on).unwrap().created.len(), 1);
        assert_eq!(fs::read(bench.at("target").join(&place).join(&place)).unwrap(), odd);
    }
}

#[test]
fn holes_stay_holes() {
    let bench = Bench::new();
    let mut file = File::create(bench.at("source/sparse")).unwrap();
    file.write_all(b"begin").unwrap();
    file.seek(SeekFrom::Start(100 << 20)).unwrap();
    file.write_all(b"middle").unwrap();
    file.set_len(300 << 20).unwrap();
    file.sync_all().unwrap();
    let restored = bench.restore("sparse", "sparse", Put::New).unwrap();
    assert_eq!(restored.bytes, 300 << 20);
    let back = fs::metadata(bench.at("target/sparse")).unwrap();
    assert_eq!(back.size(), 300 << 20);
    assert!(back.blocks() * 512 < 1 << 20, "{} blocks", back.blocks());
    let stat = bench.target.stat(&path("sparse")).unwrap();
    assert_eq!(stat.allocated, back.blocks() * 512);
    let content = fs::read(bench.at("target/sparse")).unwrap();
    assert!(content.starts_with(b"begin\0") && content[100 << 20..].starts_with(b"middle\0"));
    assert_eq!(content.iter().filter(|&&byte| byte != 0).count(), 11);

    File::create(bench.at("source/hole")).unwrap().set_len(1 << 30).unwrap();
    bench.restore("hole", "hole", Put::New).unwrap();
    assert_eq!(fs::metadata(bench.at("target/hole")).unwrap().size(), 1 << 30);
}

#[test]
fn across_filesystems_it_is_read_and_written() {
    let bench = Bench::new();
    let Ok(memory) = tempfile::tempdir_in("/dev/shm") else { return skipped("no /dev/shm") };
    let content: Vec<u8> = (0..5_000_000u32).map(|n| (n % 241) as u8).collect();
    fs::write(memory.path().join("file"), &content).unwrap();
    let source = Root::open(memory.path()).unwrap();
    if source.stat(&RelPath::root()).unwrap().dev == bench.target.stat(&RelPath::root()).unwrap().dev {
        return skipped("the folder for temporary files is in memory, too");
    }
    let (file, temp_name) = (path("file"), name(TEMP));
    let what = Restore {
        source: &source,
        from: &file,
        target: &bench.target,
        to: &file,
        put: Put::New,
        temp_name: &temp_name,
        keep_setid: false,
    };
    assert_eq!(restore_file(&what, &mut go_on).unwrap().means, Some(Means::ReadWrite));
    assert_eq!(fs::read(bench.at("target/file")).unwrap(), content);
}

#[test]
fn the_place_never_shows_a_half_file() {
    let bench = Bench::with("file", vec![7; 200 << 20]);
    bench.write("target/file", "before");
    let expected = bench.expected("file");
    let mut looks = 0;
    bench
        .restore_watched("file", "file", Put::Replace(expected), &mut |_| {
            looks += 1;
            assert_eq!(bench.read("target/file"), "before");
            let temp = fs::metadata(bench.at("target").join(TEMP)).unwrap();
            assert!(temp.mode() & 0o077 == 0 || looks > 3, "not for others until it is complete");
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(looks >= 4, "{looks}: can be stopped every 64 MiB");
    assert_eq!(fs::metadata(bench.at("target/file")).unwrap().size(), 200 << 20);
    assert_eq!(bench.names("target"), ["file"]);
}

#[test]
fn what_a_killed_restore_left_is_cleared_away() {
    let bench = Bench::new();
    bench.write(&format!("target/made/deep/{TEMP}"), "half");
    bench.write("target/kept/file", "");
    let made = [path("kept"), path("made"), path("made/deep")];
    remove_temp(&bench.target, &path("made/deep/file"), &name(TEMP), &made).unwrap();
    assert_eq!(bench.names("target"), ["kept"], "folders only when they are empty");
    remove_temp(&bench.target, &path("made/deep/file"), &name(TEMP), &made).unwrap();
    assert_eq!(bench.names("target/kept"), ["file"]);
}

#[test]
fn a_preview_tells_what_is_there_and_changes_nothing() {
    let bench = Bench::with("folder/file", "12345");
    bench.write("target/there", "123");
    let from = path("folder/file");
    let look = |to: &str| preview(&bench.source, &from, &bench.target, &path(to), false).unwrap();

    let there = look("there");
    assert_eq!((there.source.size, there.there.unwrap().size), (5, 3));
    assert!(there.available > 0 && there.obstacle.is_none());
    assert_eq!(there.not_kept, []);

    let free = look("folder/file");
    assert_eq!((free.there, free.missing_folders), (None, vec![path("folder")]));
    assert_eq!(bench.names("target"), ["there"]);
}
