//! Where changes go, counted.

use nasman_core::{Change, KnownError, Meta};

use super::FeedError;
use crate::files::Finding;

/// Of more findings, the number is kept.
const FINDINGS: usize = 1000;

/// How much was told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Objects told with their state.
    pub objects: u64,
    /// Directories told with their names.
    pub directories: u64,
    /// Objects told to be gone.
    pub gone: u64,
    /// Things that could not be read or kept.
    pub findings: u64,
}

/// Takes each change; its failure ends the run.
pub type Sink<'a> = dyn FnMut(Change) -> Result<(), KnownError> + 'a;

pub(super) struct Out<'a> {
    sink: &'a mut Sink<'a>,
    pub(super) counts: Counts,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Out<'a> {
    pub(super) fn new(sink: &'a mut Sink<'a>) -> Self {
        Self { sink, counts: Counts::default(), findings: Vec::new() }
    }

    pub(super) fn change(&mut self, change: Change) -> Result<(), FeedError> {
        match &change {
            Change::Object { meta: Some(_), .. } => self.counts.objects += 1,
            Change::Object { meta: None, .. } => self.counts.gone += 1,
            Change::Directory { .. } => self.counts.directories += 1,
        }
        (self.sink)(change).map_err(FeedError::Sink)
    }

    pub(super) fn object(&mut self, inode: u64, meta: Meta) -> Result<(), FeedError> {
        self.change(Change::Object { inode, meta: Some(meta) })
    }

    pub(super) fn gone(&mut self, inode: u64) -> Result<(), FeedError> {
        self.change(Change::Object { inode, meta: None })
    }

    pub(super) fn finding(&mut self, finding: Finding) {
        self.counts.findings += 1;
        if self.findings.len() < FINDINGS {
            self.findings.push(finding);
        }
    }
}
