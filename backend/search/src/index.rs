//! The one door to an engine.

use nasman_core::{Guid, RelPath, Txg};
use serde::{Deserialize, Serialize};

use crate::{Answer, Document, Request, Result};

/// Which engine it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SearchEngine))]
pub enum Engine {
    /// In the state directory.
    Embedded,
    /// A Meilisearch server.
    Meilisearch,
}

/// How an index becomes what the catalog says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// All documents of a dataset go.
    Forget(Guid),
    /// One more. Only for a path of which there is none, or none in this lifetime: after [`Change::Forget`].
    Add(Document),
    /// Of one path, the documents that live or died after `since` become these.
    Replace {
        /// The dataset.
        dataset: Guid,
        /// The path's [`crate::entry_id`].
        entry: u64,
        /// Documents that died at or before it stay as they are.
        since: Txg,
        /// What is there instead; all of them live or died after `since`.
        documents: Vec<Document>,
    },
}

/// Up to where an index is complete; stored by the engine with what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Which catalog it projects; another means that nothing in it counts.
    pub catalog: String,
    /// The number of the last note of the catalog that was taken in.
    pub note: i64,
}

/// What an index holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    /// Documents of this host.
    pub documents: u64,
    /// Bytes it takes on disk, where that can be told.
    pub bytes: Option<u64>,
}

/// An engine with this host's documents. Calls block.
pub trait SearchIndex: Send + Sync {
    /// Which one it is.
    fn engine(&self) -> Engine;

    /// Takes changes in, in their order. They are found after [`SearchIndex::commit`], not before; dropped or killed
    /// before that, some of them may be found all the same, and taking them in again does no harm.
    ///
    /// # Errors
    /// [`crate::SearchError`]; what was taken in before stays.
    fn apply(&self, changes: &mut dyn Iterator<Item = Change>) -> Result<()>;

    /// Makes all that was taken in findable, and remembers the marker with it.
    ///
    /// # Errors
    /// [`crate::SearchError`]; then the marker is what it was.
    fn commit(&self, marker: &Marker) -> Result<()>;

    /// Nothing has changed for a while: puts in order what the last changes left, and lets go of memory. Takes its time
    /// where much came in.
    ///
    /// # Errors
    /// [`crate::SearchError`]; what is found stays the same.
    fn rest(&self) -> Result<()> {
        Ok(())
    }

    /// The last marker committed; absent in a new or cleared index.
    ///
    /// # Errors
    /// [`crate::SearchError::Unusable`] where the index must be cleared, and others.
    fn marker(&self) -> Result<Option<Marker>>;

    /// Begins anew: no documents of this host, no marker. Works on a damaged index, too.
    ///
    /// # Errors
    /// [`crate::SearchError`]
    fn clear(&self) -> Result<()>;

    /// The paths of documents of these objects, each with its object, as of the last commit: also of paths that the
    /// catalog does not know any more.
    ///
    /// # Errors
    /// [`crate::SearchError`]
    fn paths(&self, dataset: Guid, inodes: &[u64]) -> Result<Vec<(u64, RelPath)>>;

    /// Answers a query.
    ///
    /// # Errors
    /// [`crate::SearchError`]
    fn search(&self, request: &Request) -> Result<Answer>;

    /// Counts what it holds.
    ///
    /// # Errors
    /// [`crate::SearchError`]
    fn stats(&self) -> Result<Stats>;
}
