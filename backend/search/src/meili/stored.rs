//! A document as Meilisearch holds it. Fields that are filtered by are written so that its own folding of such values
//! (case, compatible characters) makes no two of them equal.

use jiff::{Timestamp, tz::Offset};
use nasman_core::{Guid, Kind, Lifetime, RelPath, Txg};
use serde::{Deserialize, Serialize};

use super::token::tokens;
use crate::{Document, Hit, SIZES, State, request::size_range, words};

/// In `died` while it lasts: beyond all transaction groups, and the greatest number that JSON readers agree on.
pub(super) const NEVER: u64 = (1 << 53) - 1;

/// What is sent.
#[derive(Debug, Serialize)]
pub(super) struct Stored {
    id: String,
    host: String,
    dataset: String,
    dataset_name: String,
    entry: u64,
    inode: u64,
    path: String,
    name: String,
    words: String,
    folders: Vec<String>,
    exact: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<String>,
    above: Vec<String>,
    places: Vec<String>,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    ext: Option<String>,
    category: &'static str,
    owner: u32,
    size: u64,
    modified: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    year: Option<i16>,
    size_range: &'static str,
    state: &'static str,
    rank: u8,
    latest: bool,
    born: u64,
    died: u64,
}

impl Stored {
    /// The identity of its path.
    pub(super) const fn entry(&self) -> u64 {
        self.entry
    }

    pub(super) fn new(host: &str, document: &Document) -> Self {
        let names: Vec<String> = document.path.names().map(|name| name.display()).collect();
        let (name, folders) =
            names.split_last().map_or(("", &[][..]), |(name, above)| (name.as_str(), above));
        let entry = document.entry();
        let exact = words::folded(name);
        let state = document.state();
        Self {
            id: format!("{host}-{}-{entry}-{}", document.dataset, document.lifetime.born),
            host: host.to_owned(),
            dataset: document.dataset.to_string(),
            dataset_name: document.dataset_name.clone(),
            entry,
            inode: document.inode,
            path: document.path.encode(),
            name: name.to_owned(),
            words: tokens(&words::of_name(name)),
            folders: folders.iter().map(|folder| tokens(&words::of_name(folder))).collect(),
            suffix: exact.rsplit_once('.').map(|(_, suffix)| suffix.to_owned()),
            exact,
            above: folders.iter().map(|folder| words::folded(folder)).collect(),
            places: places(&document.dataset_name, folders),
            kind: document.kind,
            ext: document.extension(),
            category: document.category().word(),
            owner: document.owner,
            size: document.size,
            modified: document.modified,
            year: year(document.modified),
            size_range: SIZES[size_range(document.size)].1,
            state: state.word(),
            rank: rank(state),
            latest: document.latest,
            born: document.lifetime.born.0,
            died: document.lifetime.died.map_or(NEVER, |died| died.0),
        }
    }
}

/// Live before deleted before earlier.
const fn rank(state: State) -> u8 {
    match state {
        State::Live => 0,
        State::Deleted => 1,
        State::Earlier => 2,
    }
}

/// What is answered, of what was sent.
#[derive(Debug, Deserialize)]
pub(super) struct Found {
    host: String,
    dataset: Guid,
    dataset_name: String,
    path: String,
    kind: Kind,
    owner: u32,
    size: u64,
    modified: i64,
    latest: bool,
    born: u64,
    died: u64,
}

impl Found {
    /// The fields to ask for.
    pub(super) const FIELDS: [&'static str; 11] = [
        "host",
        "dataset",
        "dataset_name",
        "path",
        "kind",
        "owner",
        "size",
        "modified",
        "latest",
        "born",
        "died",
    ];

    /// Absent where it is none of ours.
    pub(super) fn hit(self) -> Option<Hit> {
        let died = (self.died != NEVER).then_some(Txg(self.died));
        let document = Document {
            dataset: self.dataset,
            dataset_name: self.dataset_name,
            // Finds documents, and is not kept to be shown.
            inode: 0,
            path: RelPath::decode(&self.path).ok()?,
            kind: self.kind,
            size: self.size,
            modified: self.modified,
            owner: self.owner,
            lifetime: Lifetime { born: Txg(self.born), died },
            latest: self.latest,
            // Not kept there.
            versions: 0,
        };
        Some(Hit { host: host_name(&self.host), document, versions: None })
    }
}

/// A host's name in the characters that ids allow.
pub(super) fn host_key(host: &str) -> String {
    let mut key = String::with_capacity(host.len());
    for byte in host.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' => key.push(byte.into()),
            _ => key.push_str(&format!("_{byte:02x}")),
        }
    }
    key
}

/// The name that was made into a key.
pub(super) fn host_name(key: &str) -> String {
    let mut parts = key.split('_');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2).unwrap_or(("", part));
        bytes.extend(u8::from_str_radix(code, 16));
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The id of the document that holds a host's marker. No version's id ends like this.
pub(super) fn marker_id(host: &str) -> String {
    format!("{host}--marker")
}

/// The place that people mean by a dataset's name, or by that of a folder in it.
pub(super) fn place(name: &str) -> String {
    blake3::hash(name.as_bytes()).to_hex()[..20].to_owned()
}

/// All places that a version is in: its dataset, the ones above, the folders above it.
fn places(dataset: &str, folders: &[String]) -> Vec<String> {
    let mut name = String::with_capacity(256);
    let mut places = Vec::new();
    for part in dataset.split('/').chain(folders.iter().map(String::as_str)) {
        if !name.is_empty() {
            name.push('/');
        }
        name.push_str(part);
        places.push(place(&name));
    }
    places
}

/// The year of an instant, UTC; absent beyond the calendar.
pub(super) fn year(seconds: i64) -> Option<i16> {
    let instant = Timestamp::from_second(seconds).ok()?;
    Some(Offset::UTC.to_datetime(instant).year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_survive_their_keys() {
        for host in ["nas", "NAS-1.local", "größe", "a_b", ""] {
            let key = host_key(host);
            assert!(
                key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b)),
                "{key}"
            );
            assert_eq!(host_name(&key), host);
        }
        assert_ne!(host_key("NAS"), host_key("nas"));
    }

    #[test]
    fn a_version_is_in_its_dataset_and_folders() {
        let folders = ["2019".to_owned(), "May".to_owned()];
        let places = places("tank/photos", &folders);
        for name in ["tank", "tank/photos", "tank/photos/2019", "tank/photos/2019/May"] {
            assert!(places.contains(&place(name)), "{name}");
        }
        assert!(!places.contains(&place("tank/photos/2019/may")));
    }

    #[test]
    fn sizes_and_years() {
        assert_eq!(SIZES[size_range(0)].1, "tiny");
        assert_eq!(SIZES[size_range((1 << 20) - 1)].1, "small");
        assert_eq!(SIZES[size_range(u64::MAX)].1, "giant");
        assert_eq!((year(0), year(-1), year(i64::MAX)), (Some(1970), Some(1969), None));
    }
}
