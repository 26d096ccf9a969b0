//! Folders of documents. What a folder is called is indexed once, with a *record* of it that is no document; documents
//! have its number. Indexed with each document, the folders' names were two thirds of all words and a third of the index.

use std::collections::HashMap;

use nasman_core::{Guid, RelPath};
use tantivy::{BitSet, DocId, SegmentReader};

use super::{
    chosen::Chosen,
    columns::Numbers,
    view::{View, Views},
};
use crate::{Document, entry_id};

/// Some folders, by their numbers.
pub(super) struct FolderSet(BitSet);

impl FolderSet {
    /// Room for the folders of a view.
    pub(super) fn of(view: &View) -> Self {
        Self(BitSet::with_max_value(view.folders))
    }

    pub(super) fn insert(&mut self, folder: u32) {
        self.0.insert(folder);
    }

    pub(super) fn contains(&self, folder: u32) -> bool {
        self.0.contains(folder)
    }
}

/// Documents beside each other that are in the same folder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    first: DocId,
    folder: u32,
}

/// A segment's documents by folder. They came in folder by folder, so that there are few runs.
#[derive(Default)]
pub(super) struct Runs {
    all: Vec<Run>,
    end: DocId,
}

impl Runs {
    pub(super) fn read(folders: &Numbers) -> Self {
        let mut runs = Self { all: Vec::new(), end: folders.num_vals() };
        for doc in 0..runs.end {
            let folder = u32::try_from(folders.get_val(doc)).unwrap_or(u32::MAX);
            if runs.all.last().is_none_or(|run| run.folder != folder) {
                runs.all.push(Run { first: doc, folder });
            }
        }
        runs.all.shrink_to_fit();
        runs
    }

    /// One more than the greatest number.
    pub(super) fn beyond(&self) -> u32 {
        self.all.iter().map(|run| run.folder + 1).max().unwrap_or_default()
    }

    /// Adds the documents in these folders.
    pub(super) fn add_to(&self, docs: &mut BitSet, folders: &FolderSet) {
        let ends = self.all.iter().skip(1).map(|run| run.first).chain([self.end]);
        for (run, end) in self.all.iter().zip(ends) {
            if folders.contains(run.folder) {
                (run.first..end).for_each(|doc| _ = docs.insert(doc));
            }
        }
    }
}

/// The documents in some folders.
pub(super) fn in_folders(view: &std::sync::Arc<View>, folders: FolderSet) -> Chosen {
    let view = std::sync::Arc::clone(view);
    Chosen::by(move |segment: &SegmentReader| {
        let mut docs = BitSet::with_max_value(segment.max_doc());
        view.columns_of(segment)?.runs.add_to(&mut docs, &folders);
        Ok(docs)
    })
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
        let above = document.path.parent().unwrap_or_else(RelPath::root);
        if let Some((dataset, path, number)) = &self.last
            && *dataset == document.dataset
            && path == above.as_bytes()
        {
            return Numbered::Known(*number);
        }
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

    /// The records of a dataset are gone.
    pub(super) fn forget(&mut self, dataset: Guid) {
        self.known.remove(&dataset);
        self.last = None;
    }
}
