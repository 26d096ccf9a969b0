//! What the commands print, as values. Pure functions, each naming the command whose output it reads.

mod dataset;
mod event;
mod holds;
mod mounts;
mod plan;
mod pool;
mod pool_json;
mod pool_text;
mod property;
mod rows;
mod scan_text;
mod snapshot;
mod version;

use crate::ZfsError;

pub(super) use self::{
    dataset::{Dataset as DatasetFacts, datasets},
    event::Events,
    holds::holds,
    mounts::{Mount, mounts},
    plan::reclaims,
    pool::{Capacity, capacities},
    pool_json::status_json,
    pool_text::status_text,
    property::{properties, properties_json},
    rows::{rows, rows_json},
    snapshot::{COSTLY, FAST, details, snapshots},
    version::version,
};

/// Output that is not of the documented form: what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) String);

impl Malformed {
    pub(super) fn of(self, verb: &'static str) -> ZfsError {
        ZfsError::Output { verb, detail: self.0 }
    }
}

/// Shorthand for what each parser answers.
pub(super) type Parsed<T> = Result<T, Malformed>;

/// Lists what could be read, and beside it what was passed over and why: one odd name does not hide the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed<T> {
    pub(super) items: Vec<T>,
    pub(super) findings: Vec<String>,
}

impl<T> Listed<T> {
    /// The items; the findings go to the log.
    pub(super) fn logged(self, verb: &'static str) -> Vec<T> {
        for finding in self.findings {
            tracing::warn!(verb, finding, "passed over");
        }
        self.items
    }
}

/// Internal clones of an unfinished receive, such as `tank/x/%recv`, are no datasets of anybody's.
pub(super) fn is_internal(name: &str) -> bool {
    name.contains('%')
}
