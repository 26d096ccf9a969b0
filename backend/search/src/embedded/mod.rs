//! The index in the state directory: tantivy. What it answers it answers from columns and posting lists, in one pass.

mod among;
mod ask;
mod chosen;
mod collect;
mod columns;
mod folders;
mod schema;
mod sieve;
mod view;
mod word;

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use nasman_core::{Guid, Lifetime, RelPath, Txg};
use serde::{Deserialize, Serialize};
use tantivy::{
    BitSet, DocAddress, Index, IndexSettings, IndexWriter, Searcher, TantivyDocument, TantivyError,
    directory::error::{OpenReadError, OpenWriteError},
    index::{SegmentId, SegmentMeta},
    indexer::LogMergePolicy,
    schema::Value as _,
};

use self::{
    among::Among,
    ask::{Asker, Typos},
    chosen::Chosen,
    collect::{Best, Collected},
    columns::{Shapes, number},
    folders::{Folders, Numbered},
    schema::{Fields, KINDS, NEVER, register},
    sieve::Sieve,
    view::{View, Views},
};
use crate::{
    Answer, Change, Document, Engine, FacetCount, Hit, Marker, Request, Result, SearchError, SearchIndex,
    Stats, Total, request::most_frequent, words::Words,
};

/// Of what is in the folder; another one is made anew.
const FORMAT: u32 = 3;
const FORMAT_FILE: &str = "nasman-format";
/// Threads that take documents in, and bytes they gather before they write.
const THREADS: usize = 2;
const BUDGET: usize = 96 << 20;
/// The least that a writer takes, which has nothing to do but to merge.
const LEAST_BUDGET: usize = 16 << 20;
/// Parts with more documents are left as they are while documents come in: with them merged meanwhile, the first million
/// took a third longer and 50 MB more.
const LARGE: usize = 40_000;
/// Bytes of paths that are packed together, and unpacked for each hit.
const BLOCK: usize = 4 << 10;
/// Paths whose documents are replaced together.
const TOGETHER: usize = 4096;
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
    fields: Fields,
    views: Views,
    committed: RwLock<Arc<Payload>>,
    work: Mutex<Work>,
}

/// What is taken in and not committed.
#[derive(Default)]
struct Work {
    /// Made when it is first needed, and anew after a failure, which may have ended its threads.
    writer: Option<IndexWriter>,
    datasets: HashMap<u64, String>,
    words: Words,
    /// Read when they are first needed, and anew after a failure.
    folders: Option<Folders>,
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
        let (fields, schema) = Fields::build();
        if index.schema() != schema {
            return Err(SearchError::Unusable("its fields are not those of this version".to_owned()));
        }
        let payload = index.load_metas().map_err(unusable)?.payload;
        let payload: Payload = payload
            .map_or(Ok(Payload::default()), |text| serde_json::from_str(&text))
            .map_err(|error| SearchError::Unusable(error.to_string()))?;
        let work = Work { datasets: payload.datasets.clone(), ..Work::default() };
        let views = Views::default();
        Ok(Self { index, fields, views, committed: RwLock::new(Arc::new(payload)), work: Mutex::new(work) })
    }

    fn work(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn committed(&self) -> Arc<Payload> {
        Arc::clone(&self.committed.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs work with the writer; after a failure what is not committed is dropped, since its threads may be gone.
    fn write<T>(&self, work: impl FnOnce(&mut IndexWriter, &mut Work) -> tantivy::Result<T>) -> Result<T> {
        let mut held = self.work();
        let mut writer = match held.writer.take() {
            Some(writer) => writer,
            None => self.writer(THREADS, BUDGET)?,
        };
        match work(&mut writer, &mut held) {
            Ok(done) => {
                held.writer = Some(writer);
                Ok(done)
            }
            Err(error) => {
                held.datasets = self.committed().datasets.clone();
                held.folders = None;
                Err(failed(cause(&mut writer, error)))
            }
        }
    }

    fn writer(&self, threads: usize, budget: usize) -> Result<IndexWriter> {
        let writer = self.index.writer_with_num_threads(threads, budget).map_err(failed)?;
        let mut merging = LogMergePolicy::default();
        merging.set_max_docs_before_merge(LARGE);
        writer.set_merge_policy(Box::new(merging));
        Ok(writer)
    }

    /// Puts parts together, and lets go of what is not needed while nothing happens.
    fn rest(&self) -> Result<()> {
        let mut held = self.work();
        held.folders = None;
        if let Some(writer) = held.writer.take() {
            writer.wait_merging_threads().map_err(failed)?;
        }
        let parts = parts_to_merge(self.index.searchable_segment_metas().map_err(failed)?);
        self.views.rest();
        if parts.len() > 1 {
            let mut writer = self.writer(1, LEAST_BUDGET)?;
            writer.merge(&parts).wait().map_err(failed)?;
            // Whoever searches at this moment keeps the old parts' files, which the next time removes.
            self.views.forget();
            writer.garbage_collect_files().wait().map_err(failed)?;
            writer.wait_merging_threads().map_err(failed)?;
        }
        Ok(())
    }

    /// Takes changes in. Of those that replace others many are looked for at once, since each look goes through all there
    /// is.
    fn take_in(
        &self,
        writer: &IndexWriter,
        work: &mut Work,
        changes: &mut dyn Iterator<Item = Change>,
    ) -> tantivy::Result<()> {
        let mut replaced: HashMap<u64, (Txg, Vec<Document>)> = HashMap::new();
        for change in changes {
            match change {
                Change::Replace { entry, since, documents, .. }
                    if replaced.len() < TOGETHER && !replaced.contains_key(&entry) =>
                {
                    replaced.insert(entry, (since, documents));
                    continue;
                }
                _ => self.replace(writer, work, &mut replaced)?,
            }
            match change {
                Change::Forget(guid) => {
                    work.datasets.remove(&guid.0);
                    self.folders(work)?.forget(guid);
                    writer.delete_query(Box::new(of_dataset(guid)))?;
                }
                Change::Add(document) => self.add(writer, work, &document)?,
                Change::Replace { entry, since, documents, .. } => {
                    replaced.insert(entry, (since, documents));
                }
            }
        }
        self.replace(writer, work, &mut replaced)
    }

    fn replace(
        &self,
        writer: &IndexWriter,
        work: &mut Work,
        replaced: &mut HashMap<u64, (Txg, Vec<Document>)>,
    ) -> tantivy::Result<()> {
        if replaced.is_empty() {
            return Ok(());
        }
        let since = replaced.iter().map(|(entry, (since, _))| (*entry, *since));
        writer.delete_query(Box::new(lived_after(since.collect())))?;
        let documents = replaced.drain().flat_map(|(_, (_, documents))| documents);
        documents.into_iter().try_for_each(|document| self.add(writer, work, &document))
    }

    fn add(&self, writer: &IndexWriter, work: &mut Work, document: &Document) -> tantivy::Result<()> {
        if work.datasets.get(&document.dataset.0) != Some(&document.dataset_name) {
            work.datasets.insert(document.dataset.0, document.dataset_name.clone());
        }
        let folder = match self.folders(work)?.of(document) {
            Numbered::Known(folder) => folder,
            Numbered::New(folder) => {
                writer.add_document(self.fields.record(document, folder, &mut work.words))?;
                folder
            }
        };
        let row = self.fields.document(document, folder, &mut work.words);
        writer.add_document(row).map(drop)
    }

    fn folders<'w>(&self, work: &'w mut Work) -> tantivy::Result<&'w mut Folders> {
        if work.folders.is_none() {
            work.folders = Some(Folders::load(&self.views, &self.index)?);
        }
        let missing = || TantivyError::InternalError("no folders".to_owned());
        work.folders.as_mut().ok_or_else(missing)
    }

    fn commit(&self, marker: &Marker) -> Result<()> {
        let payload = self.write(|writer, work| {
            let payload = Payload { marker: Some(marker.clone()), datasets: work.datasets.clone() };
            let text =
                serde_json::to_string(&payload).map_err(|e| TantivyError::InternalError(e.to_string()))?;
            let mut commit = writer.prepare_commit()?;
            commit.set_payload(&text);
            commit.commit()?;
            Ok(payload)
        })?;
        self.views.renew(&self.index).map_err(failed)?;
        *self.committed.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(payload);
        Ok(())
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
        view: &Arc<View>,
        request: &Request,
        names: &HashMap<u64, String>,
        typos: Typos,
    ) -> Result<Collected> {
        let asked = Asker { fields: &self.fields, view, names, typos }.ask(request)?;
        let best = Best {
            columns: &view.columns,
            sieve: Sieve::new(request),
            sort: request.sort,
            facets: request.facets.clone(),
            words: ask::words_of(request),
            whole: ask::whole_name(request),
            offset: request.offset,
            limit: request.limit,
        };
        view.searcher.search(&asked, &best).map_err(failed)
    }

    fn view(&self) -> Result<Arc<View>> {
        self.views.get(&self.index).map_err(failed)
    }

    fn hits(
        &self,
        view: &View,
        all: &[DocAddress],
        names: &HashMap<u64, String>,
        host: &str,
    ) -> Result<Vec<Hit>> {
        let mut hits = Vec::with_capacity(all.len());
        for at in all {
            let document = self.document(view, *at, names)?;
            let versions = document.latest.then_some(document.versions.into());
            hits.push(Hit { host: host.to_owned(), document, versions });
        }
        let untold: Among<()> =
            hits.iter().filter(|hit| hit.versions.is_none()).map(|hit| (hit.document.entry(), ())).collect();
        if !untold.is_empty() {
            let counts = versions(view, &untold);
            for hit in hits.iter_mut().filter(|hit| hit.versions.is_none()) {
                hit.versions = counts.get(&hit.document.entry()).copied();
            }
        }
        Ok(hits)
    }

    fn document(&self, view: &View, at: DocAddress, names: &HashMap<u64, String>) -> Result<Document> {
        let damaged = || SearchError::Unusable("a document without its columns".to_owned());
        let columns = view.columns_at(at).map_err(failed)?;
        let shape = columns.shapes.of(at.doc_id).ok_or_else(damaged)?;
        let died = columns.died.get_val(at.doc_id);
        Ok(Document {
            dataset: Guid(shape.dataset),
            dataset_name: names.get(&shape.dataset).cloned().unwrap_or_default(),
            inode: columns.inode.get_val(at.doc_id),
            path: self.path(&view.searcher, at)?,
            kind: *KINDS.get(usize::from(shape.kind)).ok_or_else(damaged)?,
            size: columns.size.get_val(at.doc_id),
            modified: columns.modified.get_val(at.doc_id),
            owner: shape.owner,
            lifetime: Lifetime {
                born: Txg(columns.born.get_val(at.doc_id)),
                died: (died != NEVER).then_some(Txg(died)),
            },
            latest: crate::State::ALL.get(usize::from(shape.state)) != Some(&crate::State::Earlier),
            versions: u32::try_from(columns.versions.get_val(at.doc_id)).unwrap_or(u32::MAX),
        })
    }

    fn path(&self, searcher: &Searcher, at: DocAddress) -> Result<RelPath> {
        let stored: TantivyDocument = searcher.doc(at).map_err(failed)?;
        let path = stored.get_first(self.fields.path).and_then(|value| value.as_bytes()).unwrap_or_default();
        RelPath::from_bytes(path).map_err(|error| SearchError::Unusable(error.to_string()))
    }

    fn paths(&self, dataset: Guid, inodes: &[u64]) -> Result<Vec<(u64, RelPath)>> {
        let view = self.view()?;
        let inodes: Among<()> = inodes.iter().map(|inode| (*inode, ())).collect();
        let mut paths = Vec::new();
        view.each_document(|columns, at| {
            let inode = columns.inode.get_val(at.doc_id);
            if inodes.get(inode).is_none() {
                return Ok(());
            }
            let shape = columns.shapes.of(at.doc_id);
            if shape.is_some_and(|shape| shape.dataset == dataset.0 && !shape.is_record()) {
                paths.push((inode, self.path(&view.searcher, at)?));
            }
            Ok(())
        })?;
        paths.sort_unstable();
        paths.dedup();
        Ok(paths)
    }
}

/// How many versions paths have, by their [`crate::entry_id`].
fn versions(view: &View, entries: &Among<()>) -> HashMap<u64, u64> {
    let mut counts = HashMap::new();
    let counted = view.each_document::<std::convert::Infallible>(|columns, at| {
        let entry = columns.entry.get_val(at.doc_id);
        let is_version = || columns.shapes.of(at.doc_id).is_some_and(|shape| !shape.is_record());
        if entries.get(entry).is_some() && is_version() {
            *counts.entry(entry).or_default() += 1;
        }
        Ok(())
    });
    let Ok(()) = counted;
    counts
}

/// All of a dataset, records of folders, too.
fn of_dataset(dataset: Guid) -> Chosen {
    Chosen::by(move |segment| Ok(Shapes::open(segment)?.chosen(|shape| shape.dataset == dataset.0)))
}

/// The documents of paths that lived after a state, or live.
fn lived_after(since: Among<Txg>) -> Chosen {
    Chosen::by(move |segment| {
        let (entries, died) = (number(segment, "entry")?, number(segment, "died")?);
        let shapes = Shapes::open(segment)?;
        let mut docs = BitSet::with_max_value(segment.max_doc());
        for doc in 0..segment.max_doc() {
            let since = since.get(entries.get_val(doc));
            if since.is_some_and(|since| *since == Txg(0) || died.get_val(doc) > since.0)
                && shapes.of(doc).is_some_and(|shape| !shape.is_record())
            {
                docs.insert(doc);
            }
        }
        Ok(docs)
    })
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

/// What to put together of an index's parts, so that each that is left has more than twice as many documents as all that
/// are smaller: few parts make quick answers, and a document moves again only when its part has tripled.
fn parts_to_merge(mut parts: Vec<SegmentMeta>) -> Vec<SegmentId> {
    parts.sort_unstable_by_key(SegmentMeta::max_doc);
    let (mut sum, mut merged) = (0, 0);
    for (place, part) in parts.iter().enumerate() {
        if u64::from(part.max_doc()) <= 2 * sum {
            merged = place + 1;
        }
        sum += u64::from(part.max_doc());
    }
    parts.iter().take(merged).map(SegmentMeta::id).collect()
}

/// An empty index in place of whatever is there. The format's file is written last: without it nothing counts.
fn begin(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(&error)),
        _ => {}
    }
    fs::create_dir_all(folder).map_err(|error| io_error(&error))?;
    let settings = IndexSettings { docstore_blocksize: BLOCK, ..IndexSettings::default() };
    let builder = Index::builder().schema(Fields::build().1).settings(settings);
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

/// What made a writer's thread fail, which it tells only when it is waited for.
fn cause(writer: &mut IndexWriter, error: TantivyError) -> TantivyError {
    match error {
        TantivyError::ErrorInThread(_) => writer.prepare_commit().err().unwrap_or(error),
        told => told,
    }
}

fn unusable(error: TantivyError) -> SearchError {
    match failed(error) {
        SearchError::Refused(text) | SearchError::Unavailable(text) => SearchError::Unusable(text),
        other => other,
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn failed(error: TantivyError) -> SearchError {
    match &error {
        TantivyError::IoError(io) => io_error(io),
        TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: io, .. })
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: io, .. }) => io_error(io),
        TantivyError::InvalidArgument(text) => SearchError::Refused(text.clone()),
        TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::OpenReadError(_) => SearchError::Unusable(error.to_string()),
        _ => SearchError::Unavailable(error.to_string()),
    }
}

fn io_error(error: &io::Error) -> SearchError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => SearchError::DiskFull,
        _ => SearchError::Unavailable(error.to_string()),
    }
}
