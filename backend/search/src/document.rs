//! What engines hold.

use nasman_core::{Guid, Kind, Lifetime, RelPath};
use serde::{Deserialize, Serialize};

use crate::Category;

/// One state of what was at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The dataset's identity.
    pub dataset: Guid,
    /// Its name now.
    pub dataset_name: String,
    /// The object.
    pub inode: u64,
    /// Where in the dataset; never its root.
    pub path: RelPath,
    /// What it is.
    pub kind: Kind,
    /// Bytes.
    pub size: u64,
    /// When its content last changed: seconds since 1970, UTC.
    pub modified: i64,
    /// The number of its owner.
    pub owner: u32,
    /// When it was so.
    pub lifetime: Lifetime,
    /// Whether no later version was ever at this path.
    pub latest: bool,
    /// How many versions its path has; told of the latest, 0 of others.
    pub versions: u32,
}

/// What became of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = VersionState))]
pub enum State {
    /// It is there now.
    Live,
    /// It was the last at its path, and is gone.
    Deleted,
    /// A later version is, or was, at its path.
    Earlier,
}

impl State {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Live, Self::Deleted, Self::Earlier];

    /// The word for it in a query and in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Deleted => "deleted",
            Self::Earlier => "earlier",
        }
    }
}

impl Document {
    /// What became of it.
    #[must_use]
    pub const fn state(&self) -> State {
        match (self.lifetime.died, self.latest) {
            (None, _) => State::Live,
            (Some(_), true) => State::Deleted,
            (Some(_), false) => State::Earlier,
        }
    }

    /// The identity of its path.
    #[must_use]
    pub fn entry(&self) -> u64 {
        entry_id(self.dataset, &self.path)
    }

    /// What its name says it is.
    #[must_use]
    pub fn category(&self) -> Category {
        Category::of(self.kind, self.extension().as_deref())
    }

    /// What follows the last dot of a file's name, folded; absent for folders, for hidden files that have no other
    /// dot, and where it is longer than an extension would be.
    #[must_use]
    pub fn extension(&self) -> Option<String> {
        if self.kind == Kind::Directory {
            return None;
        }
        crate::category::extension(self.path.split().1)
    }
}

/// The identity of a path in a dataset: the same wherever and whenever it is asked for. 53 bits of a hash, because
/// JSON's numbers hold no more; among a hundred million paths less than one pair is expected to collide, and what
/// collides is told apart by its path.
#[must_use]
pub fn entry_id(dataset: Guid, path: &RelPath) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&dataset.0.to_le_bytes());
    hasher.update(path.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(first) >> 11
}
