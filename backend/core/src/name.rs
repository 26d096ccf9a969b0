//! ZFS names, checked by the rules the kernel applies (zfs_namecheck.c).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Longest full name, `pool/fs@tag`, in bytes (`ZFS_MAX_DATASET_NAME_LEN` less its NUL).
const MAX_LEN: usize = 255;
/// Deepest nesting of datasets (`zfs_max_dataset_nesting`).
const MAX_DEPTH: usize = 50;
/// Names a pool can't have, since `zpool create` reads them as vdev types.
const RESERVED_POOLS: [&str; 5] = ["log", "mirror", "raidz", "draid", "spare"];

/// Why a text is not a name that ZFS would take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or nothing between two slashes.
    #[error("{what} is empty or has an empty part; write it as {example}")]
    Empty {
        /// Which kind of name was expected.
        what: &'static str,
        /// What a good one looks like.
        example: &'static str,
    },
    /// A character outside ZFS's set.
    #[error("{what} has the character {bad:?}; letters, digits, space and - _ . : are allowed")]
    Character {
        /// Which kind of name was expected.
        what: &'static str,
        /// The first character refused.
        bad: char,
    },
    /// More than 255 bytes in all.
    #[error("{what} is {len} bytes long; ZFS allows {MAX_LEN} for the whole name")]
    TooLong {
        /// Which kind of name was expected.
        what: &'static str,
        /// Its length in bytes.
        len: usize,
    },
    /// `.` or `..` as a part.
    #[error("{what} has '.' or '..' as a part")]
    Dots {
        /// Which kind of name was expected.
        what: &'static str,
    },
    /// More than 50 levels.
    #[error("the dataset name has more than {MAX_DEPTH} levels")]
    TooDeep,
    /// A pool's first character must be a letter.
    #[error("the pool's name must begin with a letter")]
    PoolStart,
    /// The pool would be called like a vdev type.
    #[error("{name:?} is reserved and can't be a pool's name")]
    Reserved {
        /// The reserved word.
        name: String,
    },
    /// A tag must not look like a command's option.
    #[error("{what} must not begin with '-'")]
    LeadingDash {
        /// Which kind of name was expected.
        what: &'static str,
    },
    /// A snapshot's full name has exactly one `@`.
    #[error("a snapshot's full name is dataset@tag")]
    NotASnapshot,
}

fn check_part(what: &'static str, example: &'static str, part: &str) -> Result<(), NameError> {
    if part.is_empty() {
        return Err(NameError::Empty { what, example });
    }
    if part == "." || part == ".." {
        return Err(NameError::Dots { what });
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | ' ');
    match part.chars().find(|&c| !allowed(c)) {
        Some(bad) => Err(NameError::Character { what, bad }),
        None => Ok(()),
    }
}

fn check_len(what: &'static str, len: usize) -> Result<(), NameError> {
    if len > MAX_LEN { Err(NameError::TooLong { what, len }) } else { Ok(()) }
}

fn check_pool(name: &str) -> Result<(), NameError> {
    check_part("the pool's name", "tank", name)?;
    check_len("the pool's name", name.len())?;
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(NameError::PoolStart);
    }
    if RESERVED_POOLS.contains(&name) {
        return Err(NameError::Reserved { name: name.to_owned() });
    }
    Ok(())
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as ZFS prints it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let check: fn(&str) -> Result<(), NameError> = $check;
                check(&text)?;
                Ok(Self(text))
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_type!(
    /// A pool's name, such as `tank`.
    PoolName,
    check_pool
);

text_type!(
    /// A filesystem's or volume's full name, such as `tank/photos`.
    DatasetName,
    |text| {
        let what = "the dataset's name";
        check_len(what, text.len())?;
        let pool = text.split('/').next().unwrap_or_default();
        for part in text.split('/') {
            check_part(what, "tank/photos", part)?;
        }
        check_pool(pool)?;
        if text.split('/').count() > MAX_DEPTH { Err(NameError::TooDeep) } else { Ok(()) }
    }
);

text_type!(
    /// A snapshot's own name: the part after the `@`.
    SnapshotTag,
    |text| {
        let what = "the snapshot's name";
        check_part(what, "daily-2026-05-02", text)?;
        check_len(what, text.len())
    }
);

text_type!(
    /// The name of a user hold on a snapshot.
    HoldTag,
    |text| {
        let what = "the hold's tag";
        check_part(what, "keep", text)?;
        check_len(what, text.len())?;
        if text.starts_with('-') { Err(NameError::LeadingDash { what }) } else { Ok(()) }
    }
);

impl DatasetName {
    /// The pool it lies in.
    #[must_use]
    pub fn pool(&self) -> PoolName {
        PoolName(self.0.split('/').next().unwrap_or_default().to_owned())
    }

    /// Whether it lies somewhere beneath the other one.
    #[must_use]
    pub fn is_beneath(&self, other: &Self) -> bool {
        self.0.strip_prefix(other.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The snapshot of this dataset with the given tag.
    ///
    /// # Errors
    /// When the whole name would be longer than ZFS allows.
    pub fn snapshot(&self, tag: SnapshotTag) -> Result<SnapshotName, NameError> {
        check_len("the snapshot's full name", self.0.len() + 1 + tag.0.len())?;
        Ok(SnapshotName { dataset: self.clone(), tag })
    }
}

/// A snapshot's full name, `dataset@tag`. For display and commands; its identity is the [`crate::Guid`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SnapshotName {
    /// What was snapshotted.
    pub dataset: DatasetName,
    /// Its own name within the dataset.
    pub tag: SnapshotTag,
}

impl fmt::Display for SnapshotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.dataset, self.tag)
    }
}

impl FromStr for SnapshotName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (dataset, tag) = text.split_once('@').ok_or(NameError::NotASnapshot)?;
        dataset.parse::<DatasetName>()?.snapshot(tag.parse()?)
    }
}

impl TryFrom<String> for SnapshotName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SnapshotName> for String {
    fn from(name: SnapshotName) -> Self {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datasets_as_zfs_takes_them() {
        for good in ["tank", "tank/a b", "t/x.y-z_1:2", "tank/-x", "Tank9/..."] {
            assert!(good.parse::<DatasetName>().is_ok(), "{good}");
        }
        for bad in [
            "", "/", "tank/", "/tank", "tank//a", "9tank", "tank/a@b", "tank/a%b", "tank/ä", "tank/..",
            "./tank", "mirror", "log/x", "tank/a\n", "tank/a\0", "-tank", "tank/a#b",
        ] {
            assert!(bad.parse::<DatasetName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn length_counts_the_whole_name() {
        let dataset: DatasetName = format!("tank/{}", "a".repeat(250)).parse().unwrap();
        assert_eq!(dataset.as_str().len(), 255);
        assert!(format!("{dataset}a").parse::<DatasetName>().is_err());
        assert!(dataset.snapshot("x".parse().unwrap()).is_err());
        assert!(format!("t@{}", "a".repeat(253)).parse::<SnapshotName>().is_ok());
        assert!(format!("t@{}", "a".repeat(254)).parse::<SnapshotName>().is_err());
    }

    #[test]
    fn depth_is_bounded() {
        assert!(["a"; 50].join("/").parse::<DatasetName>().is_ok());
        assert_eq!(["a"; 51].join("/").parse::<DatasetName>(), Err(NameError::TooDeep));
    }

    #[test]
    fn snapshots_have_one_at() {
        assert_eq!("a/b@c".parse::<SnapshotName>().unwrap().to_string(), "a/b@c");
        assert_eq!("a/b".parse::<SnapshotName>(), Err(NameError::NotASnapshot));
        assert!("a@b@c".parse::<SnapshotName>().is_err());
        assert!("a@".parse::<SnapshotName>().is_err());
    }

    #[test]
    fn hold_tags_are_no_options() {
        assert!("-r".parse::<HoldTag>().is_err());
        assert!("nasman-7".parse::<HoldTag>().is_ok());
    }
}
