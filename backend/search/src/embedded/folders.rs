//! Folders of documents. What a folder is called is indexed once, with a *record* of it that is no document; documents
//! have its number. Indexed with each document, the folders' names were two thirds of all words and a third of the index.

use std::{collections::HashMap, ops::Range};

use nasman_core::{Guid, RelPath};
use tantivy::{BitSet, DocId};

use super::{
    columns::{Columns, Numbers},
    view::{View, Views},
};
use crate::{Document, entry_id};

/// Some folders, by their numbers.
pub(super) struct FolderSet {
    known: BitSet,
    all: Vec<u32>,
}

impl FolderSet {
    /// Room for the folders of a view.
    pub(super) fn of(view: &View) -> Self {
        Self { known: BitSet::with_max_value(view.folders), all: Vec::new() }
    }

    pub(super) fn insert(&mut self, folder: u32) {
        if folder < self.known.max_value() && !self.known.contains(folder) {
            self.known.insert(folder);
            self.all.push(folder);
        }
    }

    /// The folders of these records.
    pub(super) fn insert_all(&mut self, columns: &Columns, records: &[DocId]) {
        records.iter().for_each(|record| self.insert(columns.folder_of(*record)));
    }
}

/// A segment's documents by folder. They came in folder by folder, so that most folders are one or two runs of documents
/// beside each other. By folder, so that a word of few folders does not go through all runs: that was an eighth of the
/// time of all queries.
#[derive(Default)]
pub(super) struct Runs {
    /// Where a folder's runs begin, by its number; they end where the next one's begin.
    begins: Vec<u32>,
    runs: Vec<Range<DocId>>,
}

impl Runs {
    pub(super) fn read(folders: &Numbers) -> Self {
        let folder = |doc| u32::try_from(folders.get_val(doc)).unwrap_or(u32::MAX);
        let mut runs: Vec<(u32, Range<DocId>)> = Vec::new();
        for doc in 0..folders.num_vals() {
            match runs.last_mut() {
                Some((last, run)) if *last == folder(doc) => run.end = doc + 1,
                _ => runs.push((folder(doc), doc..doc + 1)),
            }
        }
        runs.sort_by_key(|(folder, _)| *folder);
        let beyond = runs.last().map_or(0, |(folder, _)| folder + 1);
        let place = |folder| runs.partition_point(|(other, _)| *other < folder);
        let begins = (0..=beyond).map(|folder| u32::try_from(place(folder)).unwrap_or(u32::MAX)).collect();
        Self { begins, runs: runs.into_iter().map(|(_, run)| run).collect() }
    }

    /// One more than the greatest number.
    pub(super) fn beyond(&self) -> u32 {
        u32::try_from(self.begins.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Tells the runs of documents in these folders.
    pub(super) fn each_in(&self, folders: &FolderSet, mut tell: impl FnMut(Range<DocId>)) {
        for folder in folders.all.iter().filter_map(|folder| usize::try_from(*folder).ok()) {
            let (Some(&begin), Some(&end)) = (self.begins.get(folder), self.begins.get(folder + 1)) else {
                continue;
            };
            for run in (begin..end).filter_map(|place| self.runs.get(usize::try_from(place).ok()?)) {
                tell(run.clone());
            }
        }
    }
}

/// The numbers of folders, for documents that come in.
pub(super) struct Folders {
    known: HashMap<Guid, HashMap<u64, u32>>,
    next: u32,
    last: Option<(Guid, Vec<u8>, u32)>,
}

/// A folder's number.
pub(super) enum Numbered {
    Known(u32),
    /// Its record must be written.
    New(u32),
}

impl Folders {
    pub(super) fn load(views: &Views, index: &tantivy::Index) -> tantivy::Result<Self> {
        let view = views.get(index)?;
        let mut known: HashMap<Guid, HashMap<u64, u32>> = HashMap::new();
        view.each_record(|columns, doc| {
            let dataset = columns.shapes.of(doc).map_or(0, |shape| shape.dataset);
            let number = columns.folder_of(doc);
            known.entry(Guid(dataset)).or_default().insert(columns.entry.get_val(doc), number);
        });
        Ok(Self { known, next: view.folders, last: None })
    }

    /// Of the folder that a document is in. Most are in the one that the last was in.
    pub(super) fn of(&mut self, document: &Document) -> Numbered {
        if let Some((dataset, path, number)) = &self.last
            && *dataset == document.dataset
            && path == document.path.split().0
        {
            return Numbered::Known(*number);
        }
        let above = document.path.parent().unwrap_or_else(RelPath::root);
        let of_dataset = self.known.entry(document.dataset).or_default();
        let next = self.next;
        let number = *of_dataset.entry(entry_id(document.dataset, &above)).or_insert(next);
        self.last = Some((document.dataset, above.as_bytes().to_vec(), number));
        if number == next {
            self.next += 1;
            return Numbered::New(number);
        }
        Numbered::Known(number)
    }

    /// The records of a dataset go. Answers whether there are any: each document is in a folder that has one.
    pub(super) fn forget(&mut self, dataset: Guid) -> bool {
        self.last = None;
        self.known.remove(&dataset).is_some()
    }
}
