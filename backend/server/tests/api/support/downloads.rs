//! Downloads of selections: how they are asked for, and archives as their readers see them.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Read as _},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

use rustix::fs::{CWD, FileType, Mode, Timespec, Timestamps, mknodat, utimensat};
use serde_json::{Value, json};
use zip::ZipArchive;

use super::{Api, Reply, TestApp, Who};

/// One dataset's paths, live or as of a moment.
pub fn item(dataset: &str, at: Option<&str>, paths: &[&str]) -> Value {
    json!({ "dataset": dataset, "at": at, "paths": paths })
}

pub fn order(format: &str, items: &[Value]) -> Value {
    json!({ "format": format, "items": items })
}

/// The archive's address, below `/api/v1`.
pub async fn prepare<W: Who>(api: &Api<W>, format: &str, items: &[Value]) -> String {
    let reply = api.post("/downloads", &order(format, items)).await.is(201);
    let (location, made) = (reply.header("location").unwrap().to_owned(), reply.json());
    assert_eq!(made["address"], location);
    assert_eq!(location, format!("/api/v1/downloads/{}", made["id"].as_str().unwrap()));
    location.strip_prefix("/api/v1").unwrap().to_owned()
}

pub async fn fetch<W: Who>(api: &Api<W>, format: &str, items: &[Value]) -> Reply {
    api.get(&prepare(api, format, items).await).await.is(200)
}

/// An entry as a reader of archives sees it.
#[derive(Debug, Default)]
pub struct Seen {
    pub mode: u32,
    /// Seconds since 1970.
    pub modified: i64,
    pub content: Vec<u8>,
    /// Of a tar: kind, target, pax records.
    pub kind: Option<tar::EntryType>,
    pub target: Vec<u8>,
    pub pax: BTreeMap<String, Vec<u8>>,
    pub owner: (u64, String),
}

pub fn unzipped(reply: &Reply) -> BTreeMap<String, Seen> {
    let mut archive = ZipArchive::new(Cursor::new(&reply.body)).unwrap();
    let mut seen = BTreeMap::new();
    for number in 0..archive.len() {
        let mut entry = archive.by_index(number).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let modified = entry.extra_data_fields().find_map(|field| match field {
            zip::ExtraField::ExtendedTimestamp(times) => times.mod_time(),
            _ => None,
        });
        let (mode, modified) = (entry.unix_mode().unwrap(), i64::from(modified.unwrap_or_default()));
        let name = String::from_utf8(entry.name_raw().to_vec()).unwrap();
        assert!(seen.insert(name, Seen { mode, modified, content, ..Seen::default() }).is_none());
    }
    seen
}

pub fn untarred(reply: &Reply) -> BTreeMap<Vec<u8>, Seen> {
    let mut archive = tar::Archive::new(zstd::Decoder::new(&reply.body[..]).unwrap());
    let mut seen = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let mut pax = BTreeMap::new();
        for record in entry.pax_extensions().unwrap().into_iter().flatten() {
            let record = record.unwrap();
            pax.insert(record.key().unwrap().to_owned(), record.value_bytes().to_vec());
        }
        let header = entry.header();
        let one = Seen {
            mode: header.mode().unwrap(),
            modified: i64::try_from(header.mtime().unwrap()).unwrap(),
            kind: Some(header.entry_type()),
            target: entry.link_name_bytes().unwrap_or_default().into_owned(),
            owner: (header.uid().unwrap(), header.username().unwrap().unwrap_or_default().to_owned()),
            pax,
            content,
        };
        assert!(seen.insert(entry.path_bytes().into_owned(), one).is_none());
    }
    seen
}

pub fn names<K: AsRef<[u8]>>(archive: &BTreeMap<K, Seen>) -> Vec<String> {
    archive.keys().map(|name| String::from_utf8_lossy(name.as_ref()).into_owned()).collect()
}

pub fn set_times(path: &Path, seconds: i64, nanos: i64) {
    let time = Timespec { tv_sec: seconds, tv_nsec: nanos };
    let times = Timestamps { last_access: time, last_modification: time };
    utimensat(CWD, path, &times, rustix::fs::AtFlags::SYMLINK_NOFOLLOW).unwrap();
}

/// `anna/Documents` live with one of each kind, and the snapshot `tank/home@one` of it.
pub fn scene() -> TestApp {
    let app = TestApp::new();
    let zfs = app.zfs();
    let report = zfs.write("tank/home", "anna/Documents/report.txt", "as it was");
    fs::set_permissions(&report, fs::Permissions::from_mode(0o640)).unwrap();
    set_times(&report, 1_700_000_001, 123_456_789);
    zfs.write("tank/home", "anna/Documents/sub/deep.txt", "deep");
    let folder = zfs.folder("tank/home").join("anna/Documents");
    fs::create_dir(folder.join("empty")).unwrap();
    fs::set_permissions(folder.join("empty"), fs::Permissions::from_mode(0o750)).unwrap();
    set_times(&folder.join("empty"), 1_600_000_000, 0);
    symlink("/etc/passwd", folder.join("outside")).unwrap();
    mknodat(CWD, folder.join("pipe"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    zfs.add_snapshot("tank/home@one");
    app
}
