//! Folders that are not entered.

use globset::{Candidate, GlobBuilder, GlobSet};
use nasman_core::{EntryName, RelPath};

/// Patterns of the names of folders, such as `node_modules` or `*.tmp.d`. A folder with such a name is told with its own
/// state and without entries, and nothing beneath it is told.
#[derive(Debug, Clone, Default)]
pub struct FolderNames {
    set: GlobSet,
    patterns: Vec<String>,
}

/// A pattern that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{pattern}' is no pattern of folder names: {reason}")]
pub struct BadPattern {
    /// As it was given.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

impl FolderNames {
    /// Names that any of these patterns matches: `*` is any number of bytes, `?` one, `[a-z]` one of these, `{a,b}`
    /// either; a backslash takes the meaning from what follows. Case matters.
    ///
    /// # Errors
    /// The first pattern that is malformed or could never match a name.
    pub fn new<P: AsRef<str>>(patterns: impl IntoIterator<Item = P>) -> Result<Self, BadPattern> {
        let patterns: Vec<String> = patterns.into_iter().map(|pattern| pattern.as_ref().to_owned()).collect();
        let mut set = GlobSet::builder();
        for pattern in &patterns {
            let bad = |reason: String| BadPattern { pattern: pattern.clone(), reason };
            if pattern.is_empty() || pattern.contains(['/', '\0']) {
                return Err(bad("a folder's name is not empty and has no '/'".into()));
            }
            let glob = GlobBuilder::new(pattern).backslash_escape(true).build();
            set.add(glob.map_err(|error| bad(error.kind().to_string()))?);
        }
        let set = set.build().map_err(|error| BadPattern {
            pattern: error.glob().unwrap_or_default().to_owned(),
            reason: error.kind().to_string(),
        })?;
        Ok(Self { set, patterns })
    }

    /// As they were given.
    #[must_use]
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// True when every folder is entered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether a folder with this name is not entered.
    #[must_use]
    pub fn matches(&self, name: &EntryName) -> bool {
        !self.is_empty() && self.set.is_match_candidate(&Candidate::from_bytes(name.as_bytes()))
    }

    /// Whether what is in this folder is not told: the folder, or one above it, is not entered.
    #[must_use]
    pub fn hides(&self, folder: &RelPath) -> bool {
        !self.is_empty() && folder.names().any(|name| self.matches(&name))
    }

    /// Whether the thing at this path is not told, since a folder above it is not entered.
    pub(super) fn hides_place(&self, path: &RelPath) -> bool {
        !self.is_empty() && path.parent().is_some_and(|folder| self.hides(&folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(bytes: &[u8]) -> EntryName {
        EntryName::new(bytes).unwrap()
    }

    #[test]
    fn matches_whole_names_byte_by_byte() {
        let names = FolderNames::new(["node_modules", ".cache", "*.tmp.d", "v?", "[ab]{x,y}"]).unwrap();
        for hit in
            [&b"node_modules"[..], b".cache", b".tmp.d", b"a\nb\xff.tmp.d", b"v1", b"v\xff", b"ax", b"by"]
        {
            assert!(names.matches(&name(hit)), "{}", hit.escape_ascii());
        }
        for miss in [&b"Node_modules"[..], b"node_modules2", b"cache", b"x.tmp.dd", b"v12", b"cx"] {
            assert!(!names.matches(&name(miss)), "{}", miss.escape_ascii());
        }
        assert!(!FolderNames::default().matches(&name(b"x")));
    }

    #[test]
    fn hides_what_is_inside() {
        let names = FolderNames::new(["skip"]).unwrap();
        let path = |text: &str| RelPath::from_bytes(text.as_bytes()).unwrap();
        assert!(names.hides(&path("a/skip")) && names.hides(&path("skip/b")) && !names.hides(&path("a/b")));
        assert!(!names.hides_place(&path("a/skip")) && names.hides_place(&path("a/skip/b")));
    }

    #[test]
    fn bad_patterns_are_named() {
        for bad in ["", "a/b", "[a", "{a", "a\\", "a\0"] {
            let error = FolderNames::new(["fine", bad]).unwrap_err();
            assert_eq!(error.pattern, bad);
            assert!(!error.reason.is_empty());
        }
    }
}
