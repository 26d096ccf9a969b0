//! The external engine: a Meilisearch server, which several hosts may share.
//!
//! All documents are in one index, each with its host's name; so is, for each host, one document that holds its marker:
//! a key that is limited to the index is enough. What the language can ask and Meilisearch can't is asked as nearly as
//! possible, and the answer checked here.

mod answer;
mod batch;
mod filter;
mod http;
mod plan;
mod server;
mod settings;
mod stored;
mod token;

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::io::Cursor;
use meilisearch_sdk::{
    documents::DocumentDeletionQuery,
    search::{SearchQuery, Selectors},
};
use nasman_core::{Guid, RelPath};
use serde::{Deserialize, Serialize};
use ureq::http::{HeaderValue, Uri};

use self::{
    batch::{Batch, Requests},
    http::Http,
    server::{Server, now},
};
use crate::{Answer, Change, Engine, Marker, Request, Result, SearchError, SearchIndex, Stats};

/// What the documents look like; a marker of another number counts for nothing that is there now.
const FORMAT: u32 = 1;
/// How long writing waits for a server that is away.
const PATIENCE: Duration = Duration::from_secs(5);
/// Tasks that may be under way at once.
const TASKS: usize = 8;
/// Objects that are asked about at a time, and places answered at a time.
const INODES: usize = 500;
const PLACED: usize = 1_000;
/// The longest name of a host, in bytes; ids hold it.
const LONGEST_HOST: usize = 128;

/// Which server, and as whom.
#[derive(Clone)]
pub struct MeiliSettings {
    /// Where it is, such as `http://search.lan:7700`.
    pub url: String,
    /// Its API key, if it has one. It needs `search`, `documents.add`, `documents.delete`, `indexes.create`,
    /// `settings.get`, `settings.update` and `tasks.get`; `version` where it is for all indexes.
    pub key: Option<String>,
    /// This host's name; its documents are told from those of other hosts by it.
    pub host: String,
    /// The index that holds the documents of all hosts.
    pub index: String,
}

impl MeiliSettings {
    /// The usual name of the index.
    pub const INDEX: &str = "nasman-versions";
}

impl fmt::Debug for MeiliSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, key, host, index } = self;
        let key = key.as_ref().map(|_| "…");
        f.debug_struct("MeiliSettings")
            .field("url", &without_login(url))
            .field("key", &key)
            .field("host", host)
            .field("index", index)
            .finish()
    }
}

/// An address as it may be shown.
fn without_login(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
        _ => url.to_owned(),
    }
}

/// Where an object is, or was.
#[derive(Debug, Deserialize)]
struct Placed {
    inode: u64,
    path: String,
}

/// The engine.
pub struct Meilisearch {
    server: Server,
    /// This host's key in documents.
    host: String,
    /// Tasks that were sent and of which the end is not known yet.
    tasks: Mutex<VecDeque<u32>>,
}

impl fmt::Debug for Meilisearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meilisearch")
            .field("index", &self.server.index.uid)
            .field("host", &self.host)
            .finish()
    }
}

/// What is stored of a marker.
#[derive(Debug, Serialize, Deserialize)]
struct StoredMarker {
    id: String,
    marker_of: String,
    format: u32,
    #[serde(flatten)]
    marker: Marker,
}

impl Meilisearch {
    /// The engine for this server. It is not asked anything yet: one that is away now may be there when it is needed.
    ///
    /// # Errors
    /// [`SearchError::Refused`]: settings with which it will never work.
    pub fn connect(settings: MeiliSettings) -> Result<Self> {
        let MeiliSettings { url, key, host, index } = settings;
        let url = url.trim_end_matches('/');
        let refused = |detail: &str| Err(SearchError::Refused(detail.to_owned()));
        let address = url.parse::<Uri>().ok();
        if !address
            .is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
        {
            return refused("the address of Meilisearch is one such as http://search.lan:7700");
        }
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if index.is_empty() || index.len() > 400 || !index.bytes().all(is_plain) {
            return refused("the name of Meilisearch's index has letters, digits, - and _ only");
        }
        if host.is_empty() || host.len() > LONGEST_HOST {
            return refused("the name of this host is empty or too long for Meilisearch");
        }
        let bearer = key.map(|key| HeaderValue::try_from(format!("Bearer {key}"))).transpose();
        let Ok(mut bearer) = bearer else {
            return refused("the key of Meilisearch has characters in it that no key can have");
        };
        bearer.iter_mut().for_each(|bearer| bearer.set_sensitive(true));
        let server = Server::new(url, Http::new(bearer), &index, PATIENCE);
        Ok(Self { server, host: stored::host_key(&host), tasks: Mutex::default() })
    }

    /// How long writing waits for a server that is away, 5 s unless told.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.server.patience = patience;
        self
    }

    fn tasks(&self) -> MutexGuard<'_, VecDeque<u32>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends requests; waits where too many are under way.
    fn send(&self, requests: &Requests) -> Result<()> {
        for deletion in &requests.deletions {
            let task = self.delete(deletion)?;
            self.under_way(task)?;
        }
        if !requests.lines.is_empty() {
            let task = self.add(&requests.lines)?;
            self.under_way(task)?;
        }
        Ok(())
    }

    fn under_way(&self, task: u32) -> Result<()> {
        self.tasks().push_back(task);
        self.wait(TASKS)
    }

    /// Waits until at most so many tasks are under way. Those that follow one that failed are not waited for: all since
    /// the last marker is sent again.
    fn wait(&self, most: usize) -> Result<()> {
        loop {
            let task = {
                let mut tasks = self.tasks();
                if tasks.len() <= most {
                    return Ok(());
                }
                tasks.pop_front()
            };
            if let Some(Err(error)) = task.map(|task| self.server.wait(task)) {
                self.tasks().clear();
                return Err(error);
            }
        }
    }

    fn delete(&self, filter: &str) -> Result<u32> {
        let index = &self.server.index;
        let query = DocumentDeletionQuery { index, filter: Some(filter) };
        let task = self.server.patiently(|| now(index.delete_documents_with(&query)))?;
        Ok(task.task_uid)
    }

    /// A page of the places that a filter chooses.
    fn placed(&self, filter: &str, offset: usize) -> Result<Vec<Placed>> {
        let mut query = SearchQuery::new(&self.server.index);
        query.with_query("").with_filter(filter).with_offset(offset).with_limit(PLACED);
        query.with_attributes_to_retrieve(Selectors::Some(&["inode", "path"]));
        let found = self.server.patiently(|| now(self.server.index.execute_query::<Placed>(&query)))?;
        Ok(found.hits.into_iter().map(|hit| hit.result).collect())
    }

    fn add(&self, lines: &[u8]) -> Result<u32> {
        let index = &self.server.index;
        let task = self
            .server
            .patiently(|| now(index.add_documents_ndjson(Cursor::new(lines.to_vec()), Some("id"))))?;
        Ok(task.task_uid)
    }
}

impl SearchIndex for Meilisearch {
    fn engine(&self) -> Engine {
        Engine::Meilisearch
    }

    fn apply(&self, changes: &mut dyn Iterator<Item = Change>) -> Result<()> {
        self.server.ready()?;
        let mut batch = Batch::default();
        for change in changes {
            if batch.must_go_before(&change) {
                self.send(&batch.requests(&self.host))?;
            }
            batch.take(&self.host, change).map_err(|error| SearchError::Refused(error.to_string()))?;
        }
        self.send(&batch.requests(&self.host))
    }

    fn commit(&self, marker: &Marker) -> Result<()> {
        self.server.ready()?;
        self.wait(0)?;
        let marker = StoredMarker {
            id: stored::marker_id(&self.host),
            marker_of: self.host.clone(),
            format: FORMAT,
            marker: marker.clone(),
        };
        let line = serde_json::to_vec(&marker).map_err(|error| SearchError::Refused(error.to_string()))?;
        self.server.wait(self.add(&line)?)
    }

    fn marker(&self) -> Result<Option<Marker>> {
        self.server.ready()?;
        let filter = filter::is("marker_of", &self.host);
        let mut query = SearchQuery::new(&self.server.index);
        query.with_query("").with_filter(&filter).with_limit(1);
        let found = self.server.patiently(|| now(self.server.index.execute_query::<StoredMarker>(&query)))?;
        let Some(hit) = found.hits.into_iter().next() else { return Ok(None) };
        if hit.result.format != FORMAT {
            return Err(SearchError::Unusable("another version of NASMan wrote it".into()));
        }
        Ok(Some(hit.result.marker))
    }

    fn clear(&self) -> Result<()> {
        self.server.ready()?;
        self.tasks().clear();
        let (marker, documents) = (filter::is("marker_of", &self.host), filter::is("host", &self.host));
        let task = self.delete(&format!("{marker} OR {documents}"))?;
        self.server.wait(task)
    }

    fn paths(&self, dataset: Guid, inodes: &[u64]) -> Result<Vec<(u64, RelPath)>> {
        self.server.ready()?;
        let mut paths = Vec::new();
        for some in inodes.chunks(INODES) {
            let own = [filter::is("host", &self.host), filter::is("dataset", &dataset.to_string())];
            let filter = filter::all(&[&own[..], &[filter::numbers("inode", some)]].concat());
            let mut told = 0;
            loop {
                let page = self.placed(&filter, told)?;
                told += page.len();
                let ended = page.len() < PLACED;
                for Placed { inode, path } in page {
                    let path =
                        RelPath::decode(&path).map_err(|error| SearchError::Unusable(error.to_string()))?;
                    paths.push((inode, path));
                }
                if ended {
                    break;
                }
            }
        }
        paths.sort_unstable();
        paths.dedup();
        Ok(paths)
    }

    fn search(&self, request: &Request) -> Result<Answer> {
        answer::search(&self.server, &self.host, request)
    }

    fn stats(&self) -> Result<Stats> {
        self.server.ready_at_once()?;
        let filter = filter::is("host", &self.host);
        let mut query = SearchQuery::new(&self.server.index);
        query.with_query("").with_filter(&filter).with_limit(0).with_facets(Selectors::Some(&["host"]));
        let found = self.server.once(|| now(self.server.index.execute_query::<serde_json::Value>(&query)))?;
        let counted = found.facet_distribution.unwrap_or_default();
        let documents =
            counted.get("host").and_then(|hosts| hosts.get(&self.host)).copied().unwrap_or_default();
        // The disk is the server's, and other hosts are in the same index.
        Ok(Stats { documents: u64::try_from(documents).unwrap_or(u64::MAX), bytes: None })
    }
}
