//! What ZFS said of a dataset when the catalog was last compared with it: as long as it says the same, nothing is
//! listed, snapshotted or mounted.

use jiff::{SignedDuration, Timestamp};
use nasman_catalog::{Catalog, CatalogError, DatasetId};
use nasman_core::SnapshotName;
use nasman_zfs::Dataset;
use serde::{Deserialize, Serialize};

/// `snapshots_changed` has whole seconds: a second change within one would not show. So it is believed only where
/// the comparison was made this long after.
const RIPE: SignedDuration = SignedDuration::from_secs(2);
/// Where ZFS does not tell (before 2.2), snapshots are listed this often.
const BLIND: SignedDuration = SignedDuration::from_mins(10);
/// After a look at live, so many times its length passes before the next one: a large dataset without any snapshot is
/// walked each time.
const REST: i32 = 20;

/// Stored in the catalog with the dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// ZFS's own mark at that time.
    pub snapshots_changed: Option<Timestamp>,
    /// What it was a clone of at that time. A promoted clone gets older snapshots without that ZFS marks it; but it is a
    /// clone of something else then, or none.
    pub origin: Option<SnapshotName>,
    /// When the snapshots were last listed.
    pub listed_at: Timestamp,
    /// The figures by which live shows a change, as they were before live was last looked at; absent before that.
    pub live: Option<LiveFigures>,
}

/// See [`Seen::live`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveFigures {
    /// Bytes written since the newest snapshot.
    pub written: Option<u64>,
    /// Bytes referred to.
    pub referenced: u64,
    /// When they were read.
    pub at: Timestamp,
    /// How long the look took.
    pub took: SignedDuration,
}

impl Seen {
    /// What was stored; what another version stored in another form is nothing.
    pub fn read(text: Option<&str>) -> Option<Self> {
        serde_json::from_str(text?).ok()
    }

    /// Stores it with the dataset.
    pub fn store(&self, catalog: &Catalog, dataset: DatasetId) -> Result<(), CatalogError> {
        catalog.set_seen(dataset, Some(&serde_json::json!(self).to_string()))
    }

    /// Whether the snapshots must be listed to know that they are the same.
    pub fn snapshots_may_differ(&self, now: &Dataset, at: Timestamp) -> bool {
        if self.origin != now.origin {
            return true;
        }
        match now.snapshots_changed {
            None => at.duration_since(self.listed_at) >= BLIND,
            Some(changed) => {
                self.snapshots_changed != Some(changed) || self.listed_at.duration_since(changed) < RIPE
            }
        }
    }

    /// Whether it is time to look at live, every `interval` seconds at most. Where nothing was written since the newest
    /// snapshot, nothing changed. Other figures prove a change by differing, but not the opposite by being the same: what
    /// is written anew in the same size leaves them. So they are believed only as long as nothing else in the pool was
    /// written either; `stirred` is when something last was.
    pub fn live_is_due(
        &self,
        now: &Dataset,
        at: Timestamp,
        interval: u32,
        stirred: Option<Timestamp>,
    ) -> bool {
        let Some(live) = self.live else { return true };
        let interval = SignedDuration::from_secs(interval.into()).max(live.took.saturating_mul(REST));
        let same = (live.written, live.referenced) == (now.written, now.referenced);
        let untouched = same && now.written == Some(0);
        let stirred = stirred.is_some_and(|stirred| stirred > live.at);
        !untouched && (!same || stirred) && at.duration_since(live.at) >= interval
    }
}

impl LiveFigures {
    /// As a dataset has them now.
    pub const fn of(dataset: &Dataset, at: Timestamp) -> Self {
        Self { written: dataset.written, referenced: dataset.referenced, at, took: SignedDuration::ZERO }
    }
}
