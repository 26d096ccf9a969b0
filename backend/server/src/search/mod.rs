//! Search: the index that follows the catalog, and what people ask of it.
//!
//! The catalog notes what is different; [`project`] makes the index say so, in the background and forever. So whatever
//! changes the catalog needs to know nothing of search, and an index that is lost or damaged is made anew by itself.

mod ahead;
mod answer;
mod ask;
mod known;
mod project;
mod suggest;

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use nasman_search::{Embedded, Engine, MeiliSettings, Meilisearch, SearchError, SearchIndex};
use serde::Serialize;
use utoipa::ToSchema;

pub use ahead::Ahead;
use ahead::Coming;
pub use answer::{
    Completeness, FacetValue, HitDataset, HitMatches, HitOwner, HitSnapshot, HitView, QueryProblem,
    SearchView, TotalView, Vanished,
};
pub use ask::{SearchQuery, search};
pub use known::{KnownCache, scope};
pub use project::run;
pub use suggest::{SuggestQuery, Suggestion, SuggestionKind, Suggestions, suggest};

use crate::{
    config::Config,
    http::error::{ApiError, Code},
};

/// The index and how far it is.
pub struct Search {
    index: Arc<dyn SearchIndex>,
    host: String,
    progress: Mutex<Progress>,
    woken: Condvar,
    /// A first state that is being walked, until somebody takes it up.
    coming: Mutex<Option<Coming>>,
}

#[derive(Debug, Clone)]
struct Progress {
    state: SearchState,
    pending: u64,
    detail: Option<String>,
    /// Something may be different.
    hinted: bool,
}

/// How far search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchState {
    /// All that the catalog knows is found.
    Ready,
    /// It lags behind.
    CatchingUp,
    /// It is made anew from the catalog.
    Rebuilding,
    /// It can't be asked now.
    Unavailable,
}

/// Search, for whoever runs the server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SearchStatus)]
pub struct SearchStatusView {
    /// What answers.
    engine: Engine,
    /// How far it is.
    state: SearchState,
    /// Versions of paths that can be found; null where that can't be told now.
    documents: Option<u64>,
    /// Changes noted and not yet found.
    pending: u64,
    /// Bytes of the index on the disk; null where it is elsewhere.
    bytes: Option<u64>,
    /// Why, and what to do, for people.
    detail: Option<String>,
}

impl Search {
    /// Opens the index that the settings name. One elsewhere is not asked yet: it may be away now and there later.
    ///
    /// # Errors
    /// [`SearchError::Refused`]: settings with which it will never work.
    pub fn open(config: &Config) -> Result<Self, SearchError> {
        let host = config.search_host.clone();
        let index: Arc<dyn SearchIndex> = match &config.search_url {
            Some(url) => Arc::new(Meilisearch::connect(MeiliSettings {
                url: url.clone(),
                key: config.search_key.clone().map(|key| key.0),
                host: host.clone(),
                index: config.search_index.clone(),
            })?),
            None => Arc::new(Embedded::open(&config.state_dir.join("search"), &host)),
        };
        let progress = Progress { state: SearchState::CatchingUp, pending: 0, detail: None, hinted: true };
        Ok(Self {
            index,
            host,
            progress: Mutex::new(progress),
            woken: Condvar::new(),
            coming: Mutex::default(),
        })
    }

    /// The catalog changed, or may have: looks soon.
    pub fn hint(&self) {
        self.progress().hinted = true;
        self.woken.notify_all();
    }

    /// How far it is. Blocks.
    #[must_use]
    pub fn status(&self) -> SearchStatusView {
        let stats = self.index.stats().ok();
        let Progress { state, pending, detail, .. } = self.progress().clone();
        SearchStatusView {
            engine: self.index.engine(),
            state,
            documents: stats.map(|stats| stats.documents),
            pending,
            bytes: stats.and_then(|stats| stats.bytes),
            detail,
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn coming(&self) -> MutexGuard<'_, Option<Coming>> {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: SearchState, detail: Option<String>) {
        let mut progress = self.progress();
        (progress.state, progress.detail) = (state, detail);
    }

    /// Waits for a hint, or so long. Answers whether there was one.
    fn wait(&self, most: Duration) -> bool {
        let progress = self.progress();
        let waited = self.woken.wait_timeout_while(progress, most, |progress| !progress.hinted);
        let (mut progress, _) = waited.unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut progress.hinted)
    }
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> Self {
        let code = match &error {
            SearchError::DiskFull => Code::NoSpace,
            SearchError::Refused(_) => Code::InvalidQuery,
            SearchError::Unavailable(_) | SearchError::Unusable(_) => Code::SearchUnavailable,
        };
        Self::new(code, error.to_string())
    }
}
