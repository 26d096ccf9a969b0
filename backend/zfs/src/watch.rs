//! Hints that something changed.

use std::{any::Any, fmt};

use nasman_core::{DatasetName, SnapshotName};

/// What the tags of NASMan's own short-lived snapshots of live begin with. No hint tells of them.
pub const LIVE_TAG_PREFIX: &str = "nasman-live-";

/// Something happened to a dataset or its snapshots. A hint is no more than that: some are late, some are lost, some
/// tell of nothing. What is true must be asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hint {
    /// Which; absent when it may be any, or several.
    pub dataset: Option<DatasetName>,
}

/// Is told of each hint, one after the other.
pub type Tell = Box<dyn Fn(Hint) + Send + Sync>;

/// Hints come as long as this lives.
#[must_use = "dropping it ends the watch"]
pub struct Watch(#[expect(dead_code, reason = "it is there to be dropped")] Box<dyn Any + Send + Sync>);

impl Watch {
    /// A watch that ends when `guard` is dropped.
    pub fn new(guard: impl Send + Sync + 'static) -> Self {
        Self(Box::new(guard))
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

/// Whether a change of this property may change what can be read, and where.
pub(crate) fn matters(property: &str) -> bool {
    matches!(property, "mountpoint" | "canmount" | "snapdir" | "overlay" | "keylocation" | "zoned")
}

/// Whether it is one of NASMan's own snapshots of live.
#[cfg_attr(not(feature = "fake"), expect(dead_code, reason = "the commands tell names as text"))]
pub(crate) fn is_own(snapshot: &SnapshotName) -> bool {
    snapshot.tag.as_str().starts_with(LIVE_TAG_PREFIX)
}
