//! Paths inside a dataset. Names are bytes: ZFS does not ask for UTF-8.

use std::{ffi::OsStr, fmt, os::unix::ffi::OsStrExt as _, path::Path};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Longest path a request may name, in bytes (`PATH_MAX` less its NUL).
const MAX_PATH: usize = 4095;
/// Longest name in a directory, in bytes (`NAME_MAX`).
const MAX_NAME: usize = 255;
/// Left readable in the encoded form; all else becomes `%XX`.
const ENCODE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Why bytes are not a path inside a dataset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// `..` (or `.`) could lead elsewhere.
    #[error("the path has '.' or '..' as a part; name each folder from the dataset's root")]
    Dots,
    /// A NUL byte ends a name for the kernel.
    #[error("the path has a NUL byte")]
    Nul,
    /// An empty part, as in `a//b`.
    #[error("the path has an empty part ('//')")]
    Empty,
    /// Longer than the kernel takes.
    #[error("the path is {0} bytes long; {MAX_PATH} are allowed")]
    TooLong(usize),
    /// One name is longer than the kernel takes.
    #[error("a name in the path is {0} bytes long; {MAX_NAME} are allowed")]
    NameTooLong(usize),
    /// A name where a `/` was given.
    #[error("a name can't hold '/'")]
    Slash,
}

/// One name in a directory: any bytes but `/` and NUL, at most 255 of them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName(Vec<u8>);

impl EntryName {
    /// # Errors
    /// When the kernel could not have such a name.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, PathError> {
        let bytes = bytes.into();
        if bytes.contains(&b'/') {
            return Err(PathError::Slash);
        }
        check_name(&bytes)?;
        Ok(Self(bytes))
    }

    /// The name as the kernel has it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The name as the standard library wants it.
    #[must_use]
    pub fn as_os_str(&self) -> &OsStr {
        OsStr::from_bytes(&self.0)
    }

    /// For people: what is not UTF-8 shows as `�`.
    #[must_use]
    pub fn display(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl fmt::Debug for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.display())
    }
}

fn check_name(name: &[u8]) -> Result<(), PathError> {
    match name {
        b"" => Err(PathError::Empty),
        b"." | b".." => Err(PathError::Dots),
        _ if name.contains(&0) => Err(PathError::Nul),
        _ if name.len() > MAX_NAME => Err(PathError::NameTooLong(name.len())),
        _ => Ok(()),
    }
}

/// A path relative to a dataset's root; empty for the root itself. It never begins or ends with `/`
/// and has no `.`, `..`, NUL or empty part.
///
/// Its text form, in JSON and in URLs, is percent-encoded and loses nothing: `r%C3%A9sum%E9.txt`.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelPath(Vec<u8>);

impl RelPath {
    /// The dataset's root.
    #[must_use]
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// One leading and one trailing `/` are forgiven: people paste paths.
    ///
    /// # Errors
    /// When a part could lead elsewhere, or the kernel could not have such a path.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PathError> {
        let bytes = bytes.strip_prefix(b"/").unwrap_or(bytes);
        let bytes = bytes.strip_suffix(b"/").unwrap_or(bytes);
        if bytes.len() > MAX_PATH {
            return Err(PathError::TooLong(bytes.len()));
        }
        if !bytes.is_empty() {
            bytes.split(|&b| b == b'/').try_for_each(check_name)?;
        }
        Ok(Self(bytes.to_vec()))
    }

    /// Reads the percent-encoded form.
    ///
    /// # Errors
    /// As [`Self::from_bytes`], on the decoded bytes.
    pub fn decode(text: &str) -> Result<Self, PathError> {
        Self::from_bytes(&percent_decode_str(text).collect::<Vec<u8>>())
    }

    /// The percent-encoded form, which loses nothing.
    #[must_use]
    pub fn encode(&self) -> String {
        percent_encode(&self.0, ENCODE).to_string()
    }

    /// For people: what is not UTF-8 shows as `�`.
    #[must_use]
    pub fn display(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }

    /// The bytes, without a leading `/`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As the standard library wants it; relative, empty for the root.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.0))
    }

    /// True for the dataset's root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Names from the root downwards.
    pub fn names(&self) -> impl Iterator<Item = EntryName> + '_ {
        self.0.split(|&b| b == b'/').filter(|name| !name.is_empty()).map(|name| EntryName(name.to_vec()))
    }

    /// The last name, absent for the root.
    #[must_use]
    pub fn name(&self) -> Option<EntryName> {
        Some(self.split().1).filter(|name| !name.is_empty()).map(|name| EntryName(name.to_vec()))
    }

    /// The bytes of the directory that holds it, and those of the last name; both are empty for the root. Without an
    /// allocation, for those who ask of a million paths.
    #[must_use]
    pub fn split(&self) -> (&[u8], &[u8]) {
        match self.0.iter().rposition(|&b| b == b'/') {
            Some(end) => (&self.0[..end], &self.0[end + 1..]),
            None => (&[], &self.0),
        }
    }

    /// The directory that holds it, absent for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        (!self.is_root()).then(|| Self(self.split().0.to_vec()))
    }

    /// The entry with this name in this directory.
    ///
    /// # Errors
    /// When the whole grows longer than the kernel takes.
    pub fn join(&self, name: &EntryName) -> Result<Self, PathError> {
        let mut bytes = self.0.clone();
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(&name.0);
        if bytes.len() > MAX_PATH { Err(PathError::TooLong(bytes.len())) } else { Ok(Self(bytes)) }
    }
}

impl fmt::Debug for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.encode())
    }
}

impl Serialize for RelPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.encode())
    }
}

impl<'de> Deserialize<'de> for RelPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::decode(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_could_lead_elsewhere() {
        let check = |text: &str| RelPath::decode(text).unwrap_err();
        assert_eq!(check("../etc"), PathError::Dots);
        assert_eq!(check("a/%2e%2e/b"), PathError::Dots);
        assert_eq!(check("a/./b"), PathError::Dots);
        assert_eq!(check("a%00b"), PathError::Nul);
        assert_eq!(check("a//b"), PathError::Empty);
        assert_eq!(check(&"a/".repeat(2500)), PathError::TooLong(4999));
        assert_eq!(check(&"a".repeat(256)), PathError::NameTooLong(256));
    }

    #[test]
    fn forgives_the_slashes_people_paste() {
        assert_eq!(RelPath::decode("/a/b/").unwrap(), RelPath::decode("a/b").unwrap());
        assert!(RelPath::decode("/").unwrap().is_root());
        assert!(RelPath::decode("").unwrap().is_root());
    }

    #[test]
    fn walks_up_and_down() {
        let path = RelPath::decode("a/b%20c").unwrap();
        assert_eq!(path.name().unwrap().display(), "b c");
        let parent = path.parent().unwrap();
        assert_eq!(parent.display(), "a");
        assert_eq!(parent.join(&path.name().unwrap()).unwrap(), path);
        assert!(parent.parent().unwrap().is_root());
        assert_eq!(RelPath::root().parent(), None);
        assert_eq!(RelPath::root().names().count(), 0);
    }

    proptest! {
        #[test]
        fn any_path_survives_its_text_form(
            names in prop::collection::vec(prop::collection::vec(1u8..=255, 1..12), 0..5)
        ) {
            let bytes = names.join(&b'/');
            if let Ok(path) = RelPath::from_bytes(&bytes) {
                let text = path.encode();
                prop_assert!(text.is_ascii() && !text.contains([' ', '\n', '+', '&', '#', '\\']));
                prop_assert_eq!(RelPath::decode(&text).unwrap(), path);
            }
        }
    }
}
