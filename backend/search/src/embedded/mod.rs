//! The index in the state directory: tantivy. What it answers it answers from columns and posting lists, in one pass.

mod among;
mod ask;
mod chosen;
mod collect;
mod columns;
mod docs;
mod errors;
mod facets;
mod find;
mod folders;
mod hits;
mod levels;
mod names;
mod order;
mod row;
mod schema;
mod sieve;
mod view;
mod word;
mod write;

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use nasman_core::{Guid, RelPath};
use serde::{Deserialize, Serialize};
use tantivy::{Index, IndexSettings, IndexWriter, indexer::UserOperation};

use self::{
    ask::{Asker, Typos},
    collect::{Best, Collected},
    errors::{failed, io_error, unusable},
    folders::Folders,
    row::Row,
    schema::{Fields, register},
    sieve::Sieve,
    view::{View, Views},
};
use crate::{
    Answer, Change, Engine, FacetCount, Hit, Marker, Request, Result, SearchError, SearchIndex, Stats, Total,
    request::most_frequent, words::Words,
};

/// Of what is in the folder; another one is made anew.
const FORMAT: u32 = 5;
const FORMAT_FILE: &str = "nasman-format";
/// Bytes of paths that are packed together, and unpacked for each hit.
const BLOCK: usize = 4 << 10;
/// Fewer hits than this, and words that are only alike count, too.
const FEW: u64 = 5;

/// What is committed with the documents.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Payload {
    marker: Option<Marker>,
    /// Names of datasets by their guids.
    datasets: HashMap<u64, String>,
}

/// The embedded engine.
pub struct Embedded {
    folder: PathBuf,
    host: String,
    open: RwLock<Result<Open>>,
}

/// A folder that can be used.
struct Open {
    index: Index,
    views: Views,
    committed: RwLock<Arc<Payload>>,
    work: Mutex<Work>,
}

/// What is taken in and not committed.
#[derive(Default)]
struct Work {
    /// Made when it is first needed, and anew after a failure, which may have ended its threads.
    writer: Option<IndexWriter<Row>>,
    datasets: HashMap<u64, String>,
    words: Words,
    /// Read when they are first needed, and anew after a failure.
    folders: Option<Folders>,
    /// Not handed over yet.
    rows: Vec<UserOperation<Row>>,
}

impl Embedded {
    /// Opens the index in a folder, or begins one. Where what is there is damaged or of another version, its calls say
    /// so until [`SearchIndex::clear`]. `host` is whose files these are.
    #[must_use]
    pub fn open(folder: &Path, host: &str) -> Self {
        Self { folder: folder.to_owned(), host: host.to_owned(), open: RwLock::new(Open::at(folder)) }
    }

    fn with<T>(&self, work: impl FnOnce(&Open) -> Result<T>) -> Result<T> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        work(open.as_ref().map_err(SearchError::clone)?)
    }
}

impl Open {
    fn at(folder: &Path) -> Result<Self> {
        let format = folder.join(FORMAT_FILE);
        let known = match fs::read_to_string(&format) {
            Ok(text) => text.trim() == FORMAT.to_string(),
            // Whatever is in the folder, it is not a whole index.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                begin(folder)?;
                true
            }
            Err(error) => return Err(io_error(&error)),
        };
        if !known {
            return Err(SearchError::Unusable("it is of another version of NASMan".to_owned()));
        }
        let index = Index::open_in_dir(folder).map_err(unusable)?;
        let damaged = index.validate_checksum().map_err(unusable)?;
        if !damaged.is_empty() {
            return Err(SearchError::Unusable(format!("{} of its files are damaged", damaged.len())));
        }
        register(&index);
        if index.schema() != Fields::schema() {
            return Err(SearchError::Unusable("its fields are not those of this version".to_owned()));
        }
        let payload = index.load_metas().map_err(unusable)?.payload;
        let payload: Payload = payload
            .map_or(Ok(Payload::default()), |text| serde_json::from_str(&text))
            .map_err(|error| SearchError::Unusable(error.to_string()))?;
        let work = Work { datasets: payload.datasets.clone(), ..Work::default() };
        let views = Views::default();
        Ok(Self { index, views, committed: RwLock::new(Arc::new(payload)), work: Mutex::new(work) })
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn committed(&self) -> Arc<Payload> {
        Arc::clone(&self.committed.read().unwrap_or_else(PoisonError::into_inner))
    }
    fn search(&self, request: &Request, host: &str) -> Result<Answer> {
        let committed = self.committed();
        let names = &committed.datasets;
        let view = self.view()?;
        if !request.filters.hosts.is_empty() && !request.filters.hosts.iter().any(|one| one == host) {
            return Ok(answer(request, Vec::new(), &Collected::default(), host));
        }
        let collected = self.collect(&view, request, names, Typos::None)?;
        let collected = if collected.total < FEW && request.query.words().next().is_some() {
            self.collect(&view, request, names, Typos::Allowed)?
        } else {
            collected
        };
        let hits = self.hits(&view, &collected.hits, names, host)?;
        Ok(answer(request, hits, &collected, host))
    }

    fn collect(
        &self,
        view: &View,
        request: &Request,
        names: &HashMap<u64, String>,
        typos: Typos,
    ) -> Result<Collected> {
        let clauses = Asker { view, names, typos }.ask(request)?;
        let best = Best {
            clauses,
            sieve: Sieve::new(request),
            sort: request.sort,
            facets: &request.facets,
            whole: ask::whole_name(request),
            offset: request.offset,
            limit: request.limit,
        };
        best.of(view).map_err(failed)
    }

    fn view(&self) -> Result<Arc<View>> {
        self.views.get(&self.index).map_err(failed)
    }
}

impl SearchIndex for Embedded {
    fn engine(&self) -> Engine {
        Engine::Embedded
    }

    fn apply(&self, changes: &mut dyn Iterator<Item = Change>) -> Result<()> {
        self.with(|open| open.write(|writer, work| open.take_in(writer, work, changes)))
    }

    fn commit(&self, marker: &Marker) -> Result<()> {
        self.with(|open| open.commit(marker))
    }

    fn rest(&self) -> Result<()> {
        self.with(Open::rest)
    }

    fn marker(&self) -> Result<Option<Marker>> {
        self.with(|open| Ok(open.committed().marker.clone()))
    }

    fn clear(&self) -> Result<()> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        // What writes and reads lets go of the files first.
        *open = Err(SearchError::Unavailable("it is being made anew".to_owned()));
        *open = begin(&self.folder).and_then(|()| Open::at(&self.folder));
        open.as_ref().map(drop).map_err(SearchError::clone)
    }

    fn search(&self, request: &Request) -> Result<Answer> {
        self.with(|open| open.search(request, &self.host))
    }

    fn paths(&self, dataset: Guid, inodes: &[u64]) -> Result<Vec<(u64, RelPath)>> {
        self.with(|open| open.paths(dataset, inodes))
    }

    fn stats(&self) -> Result<Stats> {
        self.with(|open| {
            let files = fs::read_dir(&self.folder).map_err(|error| io_error(&error))?;
            let bytes = files.filter_map(|file| file.ok()?.metadata().ok()).map(|meta| meta.len()).sum();
            Ok(Stats { documents: open.view()?.documents(), bytes: Some(bytes) })
        })
    }
}
/// An empty index in place of whatever is there. The format's file is written last: without it nothing counts.
fn begin(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(&error)),
        _ => {}
    }
    fs::create_dir_all(folder).map_err(|error| io_error(&error))?;
    let settings = IndexSettings { docstore_blocksize: BLOCK, ..IndexSettings::default() };
    let builder = Index::builder().schema(Fields::schema()).settings(settings);
    builder.create_in_dir(folder).map_err(failed)?;
    fs::write(folder.join(FORMAT_FILE), FORMAT.to_string()).map_err(|error| io_error(&error))
}

fn answer(request: &Request, hits: Vec<Hit>, collected: &Collected, host: &str) -> Answer {
    let facets = request.facets.iter().enumerate().map(|(at, facet)| {
        let mut counts: Vec<FacetCount> = collected
            .counts
            .get(at)
            .into_iter()
            .flatten()
            .map(|(value, count)| FacetCount { value: value.clone(), count: *count })
            .collect();
        if *facet == crate::Facet::Host && collected.total > 0 {
            counts.push(FacetCount { value: host.to_owned(), count: collected.total });
        }
        (*facet, most_frequent(counts, request.facet_values))
    });
    let facets = facets.collect();
    Answer { hits, total: Total { count: collected.total, exact: true }, facets }
}
