//! What a job of restoring leaves for the next process, should this one die.

use nasman_core::{HoldTag, Kind, RelPath, SnapshotName};
use nasman_zfs::files::{Expected, tree::Placing};
use serde::{Deserialize, Serialize};

/// Stored before each deed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::restore) struct Marks {
    /// On the snapshot that is read.
    pub hold: HoldTag,
    /// How often the job was begun.
    pub starts: u32,
    /// The guard snapshot that is, or is about to be, taken.
    #[serde(default)]
    pub guard: Option<SnapshotName>,
    /// The hidden folder with all that is incomplete.
    #[serde(default)]
    pub staging: Option<RelPath>,
    /// What may have its name by now, or not.
    #[serde(default)]
    pub placing: Vec<Place>,
    /// What may be moved aside by now, or not.
    #[serde(default)]
    pub moving: Vec<Move>,
    /// Whether all that was to be moved aside is, or is told as failed.
    #[serde(default)]
    pub moved: bool,
}

/// Something that is about to get its name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::restore) struct Place {
    pub from: RelPath,
    pub to: RelPath,
    pub kind: Kind,
    pub made: Expected,
    pub replaces: bool,
}

impl From<&Placing> for Place {
    fn from(placing: &Placing) -> Self {
        let Placing { from, to, kind, made, replaces } = placing;
        Self { from: from.clone(), to: to.clone(), kind: *kind, made: *made, replaces: replaces.is_some() }
    }
}

/// Something that is about to be moved aside.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::restore) struct Move {
    pub entry: RelPath,
    pub kind: Kind,
    pub is: Expected,
    /// Where it will be.
    pub to: RelPath,
}

impl Marks {
    pub(in crate::restore) const fn new(hold: HoldTag, starts: u32) -> Self {
        Self {
            hold,
            starts,
            guard: None,
            staging: None,
            placing: Vec::new(),
            moving: Vec::new(),
            moved: false,
        }
    }

    /// Whether something may be left, or not on record.
    pub(super) fn tell_of_something(&self) -> bool {
        self.staging.is_some() || !self.moving.is_empty()
    }
}
