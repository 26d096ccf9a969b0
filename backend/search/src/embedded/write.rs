//! What comes in: documents and their folders' records, what they replace, and what is left to do when nothing does.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use nasman_core::{Guid, Txg};
use tantivy::{
    BitSet, IndexWriter, TantivyError,
    index::{SegmentId, SegmentMeta},
    indexer::{LogMergePolicy, UserOperation},
};

use super::{
    Open, Payload, Work,
    among::Among,
    chosen::Chosen,
    columns::{Shapes, number},
    errors::failed,
    folders::{Folders, Numbered},
    row::Row,
};
use crate::{Change, Document, Marker, Result};

/// Threads that take documents in, and bytes they gather before they write.
const THREADS: usize = 2;
const BUDGET: usize = 96 << 20;
/// The least that a writer takes, which has nothing to do but to merge.
const LEAST_BUDGET: usize = 16 << 20;
/// Parts with more documents are left as they are while documents come in: with them merged meanwhile, the first million
/// took a third longer and 50 MB more.
const LARGE: usize = 40_000;
/// Paths whose documents are replaced together.
const TOGETHER: usize = 4096;
/// Documents handed over at a time. One by one, two threads woke for each document, and those of a folder were scattered
/// over two parts of the index. The engine lets ten thousand such hands wait, however much is in them: with 256 in each,
/// 200 MB waited.
const HANDED: usize = 8;

impl Open {
    /// Runs work with the writer; after a failure what is not committed is dropped, since its threads may be gone.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&mut IndexWriter<Row>, &mut Work) -> tantivy::Result<T>,
    ) -> Result<T> {
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
                *held = Work { datasets: self.committed().datasets.clone(), ..Work::default() };
                Err(failed(cause(&mut writer, error)))
            }
        }
    }

    fn writer(&self, threads: usize, budget: usize) -> Result<IndexWriter<Row>> {
        let writer = self.index.writer_with_num_threads(threads, budget).map_err(failed)?;
        let mut merging = LogMergePolicy::default();
        merging.set_max_docs_before_merge(LARGE);
        writer.set_merge_policy(Box::new(merging));
        Ok(writer)
    }

    /// Puts parts together, and lets go of what is not needed while nothing happens.
    pub(super) fn rest(&self) -> Result<()> {
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
    pub(super) fn take_in(
        &self,
        writer: &IndexWriter<Row>,
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
                    hand_over(writer, work)?;
                    work.datasets.remove(&guid.0);
                    // A query for what goes is asked of each new part, too; the first index has nothing that goes.
                    if self.folders(work)?.forget(guid) {
                        writer.delete_query(Box::new(of_dataset(guid)))?;
                    }
                }
                Change::Add(document) => self.add(writer, work, &document)?,
                Change::Replace { entry, since, documents, .. } => {
                    replaced.insert(entry, (since, documents));
                }
            }
        }
        self.replace(writer, work, &mut replaced)?;
        hand_over(writer, work)
    }

    fn replace(
        &self,
        writer: &IndexWriter<Row>,
        work: &mut Work,
        replaced: &mut HashMap<u64, (Txg, Vec<Document>)>,
    ) -> tantivy::Result<()> {
        if replaced.is_empty() {
            return Ok(());
        }
        hand_over(writer, work)?;
        let since = replaced.iter().map(|(entry, (since, _))| (*entry, *since));
        writer.delete_query(Box::new(lived_after(since.collect())))?;
        let documents = replaced.drain().flat_map(|(_, (_, documents))| documents);
        documents.into_iter().try_for_each(|document| self.add(writer, work, &document))
    }

    fn add(&self, writer: &IndexWriter<Row>, work: &mut Work, document: &Document) -> tantivy::Result<()> {
        if work.datasets.get(&document.dataset.0) != Some(&document.dataset_name) {
            work.datasets.insert(document.dataset.0, document.dataset_name.clone());
        }
        let folder = match self.folders(work)?.of(document) {
            Numbered::Known(folder) => folder,
            Numbered::New(folder) => {
                work.rows.push(UserOperation::Add(Row::record(document, folder, &mut work.words)));
                folder
            }
        };
        work.rows.push(UserOperation::Add(Row::document(document, folder, &mut work.words)));
        if work.rows.len() < HANDED { Ok(()) } else { hand_over(writer, work) }
    }

    fn folders<'w>(&self, work: &'w mut Work) -> tantivy::Result<&'w mut Folders> {
        if work.folders.is_none() {
            work.folders = Some(Folders::load(&self.views, &self.index)?);
        }
        let missing = || TantivyError::InternalError("no folders".to_owned());
        work.folders.as_mut().ok_or_else(missing)
    }

    pub(super) fn commit(&self, marker: &Marker) -> Result<()> {
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
}

fn hand_over(writer: &IndexWriter<Row>, work: &mut Work) -> tantivy::Result<()> {
    if work.rows.is_empty() { Ok(()) } else { writer.run(work.rows.drain(..)).map(drop) }
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

/// What made a writer's thread fail, which it tells only when it is waited for.
fn cause(writer: &mut IndexWriter<Row>, error: TantivyError) -> TantivyError {
    match error {
        TantivyError::ErrorInThread(_) => writer.prepare_commit().err().unwrap_or(error),
        told => told,
    }
}
