//! Makes the index say what the catalog says: takes the catalog's notes in their order, commits, and removes them.
//!
//! Killed at any point, the next start takes the same notes again, which does no harm.

use std::{
    cell::Cell,
    collections::HashMap,
    ops::ControlFlow,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use nasman_catalog::{Catalog, CatalogError, PathVersion, SearchNote};
use nasman_core::{DatasetName, Guid, RelPath, Txg};
use nasman_search::{Change, Document, Marker, SearchError, entry_id};
use tokio::sync::watch;

use super::{Coming, Search, SearchState};

/// Notes taken at a time.
const NOTES: u32 = 20_000;
/// Paths looked up at a time.
const PATHS: usize = 2_000;
/// Versions handed over at a time, and how many such hands may wait.
const HAND: usize = 512;
const HANDS: usize = 8;
/// Without a hint, looks this often.
const EVERY: Duration = Duration::from_secs(30);
/// After so long without a change the index is put in order and lets go of memory.
const QUIET: Duration = Duration::from_secs(5);
/// Commits are at least so far apart: each costs, and many states may come one after another.
const APART: Duration = Duration::from_millis(300);
/// What changed elsewhere waits this long for a walk that is taken in; then the walk's dataset is read later instead.
const WALK: Duration = Duration::from_secs(30);
/// After a failure waits this long, and twice as long after each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

#[derive(Debug, thiserror::Error)]
enum ProjectError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Search(#[from] SearchError),
    #[error("the server stops")]
    Stopping,
}

type Result<T> = std::result::Result<T, ProjectError>;

/// Follows the catalog until the server stops. Blocks.
pub fn run(search: &Search, catalog: &Catalog, stopping: &watch::Receiver<bool>) {
    let mut project = Project { search, catalog, stopping, checked: None, walked: None };
    let (mut pause, mut rests) = (FIRST_PAUSE, false);
    while !*stopping.borrow() {
        match project.round() {
            Ok(true) => {
                (pause, rests) = (FIRST_PAUSE, false);
                thread::sleep(APART);
            }
            Ok(false) => {
                pause = FIRST_PAUSE;
                let hinted = search.wait(if rests { EVERY } else { QUIET });
                if !hinted && !*stopping.borrow() {
                    // Where that fails, what is found stays the same, and the next change tells what is wrong.
                    if let Err(error) = search.index.rest() {
                        tracing::warn!(%error, "the search index could not be put in order");
                    }
                    rests = true;
                }
            }
            Err(ProjectError::Stopping) => {}
            Err(error) => {
                // Whatever it was: whether the index is still whole is looked at before it is written again.
                (project.checked, project.walked) = (None, None);
                tracing::warn!(%error, "search does not follow the catalog; trying again");
                search.set(project.state_of(&error), Some(error.to_string()));
                search.wait(pause);
                pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
            }
        }
    }
}

struct Project<'a> {
    search: &'a Search,
    catalog: &'a Catalog,
    stopping: &'a watch::Receiver<bool>,
    /// The catalog's name, once it is sure that the index is one of it.
    checked: Option<String>,
    /// A dataset of which the first state was taken in while it was walked, and what it was called.
    walked: Option<(Guid, DatasetName)>,
}

impl Project<'_> {
    /// Takes some notes in. Answers whether there may be more.
    fn round(&mut self) -> Result<bool> {
        let catalog = match self.checked.clone() {
            Some(catalog) => catalog,
            None => self.check()?,
        };
        let mut notes = self.catalog.search_notes(NOTES)?;
        if notes.is_empty() {
            self.all_taken();
            let Some(coming) = self.search.coming().take() else { return Ok(false) };
            self.take_ahead(coming)?;
            // It ends with a note of it.
            notes = self.catalog.search_notes(NOTES)?;
        }
        let Some(first) = notes.first() else { return Ok(true) };
        let pending = self.catalog.search_pending()?;
        {
            let mut progress = self.search.progress();
            progress.pending = pending;
            if progress.state != SearchState::Rebuilding {
                (progress.state, progress.detail) = (SearchState::CatchingUp, None);
            }
        }
        // One dataset after another, so that what is done is found.
        let own: Vec<SearchNote> =
            notes.iter().copied().take_while(|note| note.dataset == first.dataset).collect();
        let Some(last) = own.last() else { return Ok(false) };
        self.take_in(first.dataset, &own)?;
        self.search.index.commit(&Marker { catalog, note: last.id })?;
        self.catalog.search_done(last.id)?;
        if self.catalog.search_pending()? == 0 {
            self.all_taken();
        }
        Ok(true)
    }

    fn all_taken(&self) {
        self.search.progress().pending = 0;
        self.search.set(SearchState::Ready, None);
    }

    /// Takes a first state in while it is walked. Nothing is committed before a note says that the catalog has it.
    fn take_ahead(&mut self, coming: Coming) -> Result<()> {
        let dataset = coming.dataset;
        let Ok(known) = self.catalog.dataset(dataset) else { return Ok(()) };
        self.search.set(SearchState::CatchingUp, None);
        let others = Cell::new(None);
        let goes_on = || {
            let others_wait = self.catalog.search_pending().is_ok_and(|pending| pending > 0);
            let since = others_wait.then(|| others.get().unwrap_or_else(Instant::now));
            others.set(since);
            !self.is_stopping() && since.is_none_or(|since| since.elapsed() < WALK)
        };
        let mut all = false;
        let added = coming.versions(&goes_on, &mut all);
        let added = added.map(|version| Change::Add(document(dataset, known.name.as_str(), version)));
        self.search.index.apply(&mut std::iter::once(Change::Forget(dataset)).chain(added))?;
        if !all {
            return Ok(self.search.index.apply(&mut std::iter::once(Change::Forget(dataset)))?);
        }
        self.walked = Some((dataset, known.name));
        Ok(())
    }

    /// Whether the index is one of this catalog and lacks nothing but what the notes tell; else it is begun anew.
    fn check(&mut self) -> Result<String> {
        let (catalog, done, newest) = self.catalog.search_marker()?;
        let reason = match self.search.index.marker() {
            Ok(Some(marker)) if marker.catalog != catalog => "it belonged to another catalog".to_owned(),
            Ok(Some(marker)) if marker.note < done || marker.note > newest => {
                "the catalog or the index was put back from a copy".to_owned()
            }
            Ok(Some(_)) => {
                self.checked = Some(catalog.clone());
                return Ok(catalog);
            }
            Ok(None) => "there was none".to_owned(),
            Err(SearchError::Unusable(reason)) => reason,
            Err(error) => return Err(error.into()),
        };
        tracing::info!(reason, "the search index is made anew from the catalog");
        self.search.set(
            SearchState::Rebuilding,
            Some(format!("The index is made anew from the catalog: {reason}.")),
        );
        self.search.index.clear()?;
        self.catalog.search_anew()?;
        self.checked = Some(catalog.clone());
        // Even where there is nothing to note: an index with a marker is one that is whole.
        self.search.index.commit(&Marker { catalog: catalog.clone(), note: done })?;
        Ok(catalog)
    }

    fn state_of(&self, error: &ProjectError) -> SearchState {
        match error {
            ProjectError::Search(SearchError::Unavailable(_)) => SearchState::Unavailable,
            ProjectError::Search(SearchError::Unusable(_)) => SearchState::Rebuilding,
            _ => SearchState::CatchingUp,
        }
    }

    fn take_in(&mut self, dataset: Guid, notes: &[SearchNote]) -> Result<()> {
        let walked = self.walked.take_if(|(walked, _)| *walked == dataset);
        let known = match self.catalog.dataset(dataset) {
            Err(CatalogError::NotFound) => {
                return Ok(self.search.index.apply(&mut std::iter::once(Change::Forget(dataset)))?);
            }
            known => known?,
        };
        let name = known.name.as_str();
        let (of_all, of_some): (Vec<SearchNote>, Vec<_>) =
            notes.iter().partition(|note| note.inode.is_none());
        let is_known = walked.is_some_and(|(_, walked)| walked == known.name) && of_all.len() == 1;
        if is_known || of_all.is_empty() {
            self.some(dataset, name, &of_some)
        } else {
            self.all(dataset, name)
        }
    }

    /// Every version of a dataset, read on a thread of its own while the index takes them in.
    fn all(&self, dataset: Guid, name: &str) -> Result<()> {
        let (send, receive) = mpsc::sync_channel::<Vec<PathVersion>>(HANDS);
        thread::scope(|scope| {
            let reader = scope.spawn(move || {
                let mut hand = Vec::with_capacity(HAND);
                let told = self.catalog.every_version(dataset, &mut |version| {
                    hand.push(version);
                    let full = hand.len() == HAND;
                    if full && (self.is_stopping() || send.send(std::mem::take(&mut hand)).is_err()) {
                        return ControlFlow::Break(());
                    }
                    ControlFlow::Continue(())
                });
                // Nobody listens any more where the index failed, which is then the error that counts.
                let _ = send.send(hand);
                told
            });
            let versions = receive.into_iter().flatten();
            let added = versions.map(|version| Change::Add(document(dataset, name, version)));
            let applied = self.search.index.apply(&mut std::iter::once(Change::Forget(dataset)).chain(added));
            let told =
                reader.join().unwrap_or_else(|_| Err(CatalogError::Database("a thread was lost".to_owned())));
            applied?;
            told?;
            if self.is_stopping() { Err(ProjectError::Stopping) } else { Ok(()) }
        })
    }

    /// What single notes name: on all paths where the catalog, or the index, knows it.
    fn some(&self, dataset: Guid, name: &str, notes: &[SearchNote]) -> Result<()> {
        let different = self.catalog.search_different(dataset, notes)?;
        let since: HashMap<u64, Txg> = different.inodes.iter().copied().collect();
        let inodes: Vec<u64> = since.keys().copied().collect();
        let mut paths: HashMap<RelPath, Txg> = different.paths;
        for (inode, path) in self.search.index.paths(dataset, &inodes)? {
            let since = since.get(&inode).copied().unwrap_or(Txg(0));
            paths.entry(path).and_modify(|known| *known = since.min(*known)).or_insert(since);
        }
        let paths: Vec<(RelPath, Txg)> = paths.into_iter().collect();
        for paths in paths.chunks(PATHS) {
            if self.is_stopping() {
                return Err(ProjectError::Stopping);
            }
            let versions = self.catalog.versions_at(dataset, paths.iter().map(|(path, _)| path))?;
            let mut changes = paths.iter().zip(versions).map(|((path, since), versions)| {
                let (since, versions) = PathVersion::different(versions, *since);
                let documents =
                    versions.into_iter().map(|version| document(dataset, name, version)).collect();
                Change::Replace { dataset, entry: entry_id(dataset, path), since, documents }
            });
            self.search.index.apply(&mut changes)?;
        }
        Ok(())
    }

    fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}

fn document(dataset: Guid, name: &str, version: PathVersion) -> Document {
    let PathVersion { inode, path, kind, size, modified, owner, lifetime, latest, versions } = version;
    let dataset_name = name.to_owned();
    Document { dataset, dataset_name, inode, path, kind, size, modified, owner, lifetime, latest, versions }
}
