//! Questions about files over time.

mod compare;
mod deleted;
mod difference;
mod known;
mod list;
mod path;
mod sides;
mod versions;
mod weights;

use diesel::SqliteConnection;
use nasman_core::{Lifetime, Txg};

pub use compare::{ComparedEntry, ComparedPage, Since};
pub use deleted::{Deleted, DeletedPage};
pub use difference::{Difference, DifferencePage, DifferenceSummary, Differs, Tally};
pub use known::KnownFiles;
pub use list::{DirEntry, DirPage};
pub(super) use path::{
    DEEPEST, ROOT, entry_name, join, links_in, object_at, occupants, occupants_below, rel_path,
};
pub use versions::{Seen, Version};
pub(crate) use weights::WeightCache;
pub use weights::{Moments, Weight};

use super::{
    datasets::{DatasetId, position},
    row::txg,
    snapshots::{is_state, states},
};
use crate::{Catalog, CatalogError, Result};

/// Which state is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The filesystem as last looked at.
    Live,
    /// The snapshot with this `createtxg`.
    Snapshot(Txg),
}

impl At {
    /// The state's number in the database.
    fn resolve(self, conn: &mut SqliteConnection, dataset: DatasetId) -> Result<i64> {
        match self {
            Self::Live => position(conn, dataset)?.ok_or(CatalogError::NotIndexed),
            Self::Snapshot(txg) => {
                let txg = txg.0.cast_signed();
                if is_state(conn, dataset, txg)? { Ok(txg) } else { Err(CatalogError::NotIndexed) }
            }
        }
    }
}

impl Catalog {
    /// Whether the files of a state are known.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`] when there is no such dataset.
    pub fn is_indexed(&self, dataset: DatasetId, at: At) -> Result<bool> {
        match at.resolve(&mut *self.conn()?, dataset) {
            Ok(_) => Ok(true),
            Err(CatalogError::NotIndexed) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// All states of a dataset, to tell which of them a lifetime holds.
pub(super) struct States(Vec<i64>);

impl States {
    pub(super) fn load(conn: &mut SqliteConnection, dataset: DatasetId) -> Result<Self> {
        Ok(Self(states(conn, dataset)?))
    }

    pub(super) fn with(mut self, another: Option<i64>) -> Self {
        self.0.extend(another);
        self.0.sort_unstable();
        self.0.dedup();
        self
    }

    pub(super) fn until(mut self, at: i64) -> Self {
        self.0.retain(|&state| state <= at);
        self
    }

    fn within(&self, life: &Lifetime) -> &[i64] {
        let before = |txg: Txg| self.0.partition_point(|&state| state < txg.0.cast_signed());
        let begin = before(life.born);
        let end = life.died.map_or(self.0.len(), before);
        self.0.get(begin..end).unwrap_or_default()
    }

    /// The last state that shows it; absent when none does.
    fn last(&self, life: &Lifetime) -> Option<i64> {
        self.within(life).last().copied()
    }

    /// Whether any state shows it.
    pub(super) fn shows(&self, life: &Lifetime) -> bool {
        !self.within(life).is_empty()
    }

    /// Which states show it; absent when none does.
    fn seen(&self, life: &Lifetime) -> Option<Seen> {
        let within = self.within(life);
        Some(Seen {
            first: txg(*within.first()?),
            last: txg(*within.last()?),
            states: u64::try_from(within.len()).unwrap_or_default(),
        })
    }
}
