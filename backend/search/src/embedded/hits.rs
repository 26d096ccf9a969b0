//! What was found, as it was when it came in.

use std::collections::HashMap;

use nasman_core::{Guid, Lifetime, RelPath, Txg};
use tantivy::{DocAddress, Searcher, TantivyDocument, schema::Value as _};

use super::{
    Open,
    among::Among,
    errors::failed,
    schema::{Fields, KINDS, NEVER},
    view::View,
};
use crate::{Document, Hit, Result, SearchError};

impl Open {
    pub(super) fn hits(
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

    pub(super) fn document(
        &self,
        view: &View,
        at: DocAddress,
        names: &HashMap<u64, String>,
    ) -> Result<Document> {
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
            modified: columns.modified_of(at.doc_id),
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
        let path =
            stored.get_first(Fields::known().path).and_then(|value| value.as_bytes()).unwrap_or_default();
        RelPath::from_bytes(path).map_err(|error| SearchError::Unusable(error.to_string()))
    }

    pub(super) fn paths(&self, dataset: Guid, inodes: &[u64]) -> Result<Vec<(u64, RelPath)>> {
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
