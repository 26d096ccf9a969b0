//! Changes as few requests: what goes is gathered into filters, what comes into lines of JSON.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    mem,
};

use nasman_core::{Guid, Txg};

use super::{filter, stored::Stored};
use crate::{Change, Document};

/// Documents of a request, at most.
const DOCUMENTS: usize = 10_000;
/// Bytes of a request from which on it is sent; servers take 100 MB unless told otherwise.
const BYTES: usize = 16 << 20;
/// Paths whose documents go, gathered at most.
const ENTRIES: usize = 20_000;
/// Paths and datasets in one filter, at most.
const FILTERED: usize = 2_000;

/// Changes of which all that goes can go before anything comes.
#[derive(Debug, Default)]
pub(super) struct Batch {
    forgotten: BTreeSet<Guid>,
    replaced: BTreeMap<(Guid, Txg), Vec<u64>>,
    /// How many there are in `replaced`.
    entries: usize,
    /// Whose documents are among those that come.
    touched: BTreeMap<Guid, HashSet<u64>>,
    documents: usize,
    lines: Vec<u8>,
}

/// What to send, in this order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Requests {
    /// What holds of documents that go.
    pub(super) deletions: Vec<String>,
    /// Documents that come, one a line.
    pub(super) lines: Vec<u8>,
}

impl Batch {
    /// Whether the change must wait until all that was gathered is sent.
    pub(super) fn must_go_before(&self, change: &Change) -> bool {
        let is_full = self.documents >= DOCUMENTS || self.lines.len() >= BYTES || self.entries >= ENTRIES;
        is_full
            || match change {
                Change::Add(_) => false,
                Change::Forget(dataset) => self.touched.contains_key(dataset),
                Change::Replace { dataset, entry, .. } => {
                    self.touched.get(dataset).is_some_and(|entries| entries.contains(entry))
                }
            }
    }

    /// Takes a change in.
    ///
    /// # Errors
    /// A document that is no JSON; there is none.
    pub(super) fn take(&mut self, host: &str, change: Change) -> serde_json::Result<()> {
        match change {
            Change::Forget(dataset) => {
                self.forgotten.insert(dataset);
            }
            Change::Add(document) => self.add(host, &document)?,
            Change::Replace { dataset, entry, since, documents } => {
                self.replaced.entry((dataset, since)).or_default().push(entry);
                self.entries += 1;
                documents.iter().try_for_each(|document| self.add(host, document))?;
            }
        }
        Ok(())
    }

    fn add(&mut self, host: &str, document: &Document) -> serde_json::Result<()> {
        let stored = Stored::new(host, document);
        self.touched.entry(document.dataset).or_default().insert(stored.entry());
        self.documents += 1;
        serde_json::to_writer(&mut self.lines, &stored)?;
        self.lines.push(b'\n');
        Ok(())
    }

    /// What was gathered; nothing is after.
    pub(super) fn requests(&mut self, host: &str) -> Requests {
        let batch = mem::take(self);
        let mut conditions: Vec<(usize, String)> = Vec::new();
        if !batch.forgotten.is_empty() {
            let datasets = filter::one_of("dataset", batch.forgotten.iter().map(ToString::to_string));
            conditions.push((batch.forgotten.len(), datasets));
        }
        for ((dataset, since), entries) in &batch.replaced {
            let dataset = filter::is("dataset", &dataset.to_string());
            conditions.extend(entries.chunks(FILTERED).map(|entries| {
                let those = filter::numbers("entry", entries);
                (entries.len(), format!("{dataset} AND died > {since} AND {those}"))
            }));
        }
        Requests { deletions: gathered(host, conditions), lines: batch.lines }
    }
}

/// As few filters as bounds allow.
fn gathered(host: &str, conditions: Vec<(usize, String)>) -> Vec<String> {
    let host = filter::is("host", host);
    let mut filters = Vec::new();
    let (mut alternatives, mut weight) = (Vec::new(), 0);
    let close = |alternatives: Vec<String>| format!("{host} AND ({})", filter::any(&alternatives));
    for (its, condition) in conditions {
        if weight + its > FILTERED && !alternatives.is_empty() {
            filters.push(close(mem::take(&mut alternatives)));
            weight = 0;
        }
        weight += its;
        alternatives.push(condition);
    }
    if !alternatives.is_empty() {
        filters.push(close(alternatives));
    }
    filters
}
