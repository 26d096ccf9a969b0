//! What every engine must do. Each case gets an empty index.

mod changes;
mod finding;
mod ordering;
mod scope;
mod world;

use nasman_search::SearchIndex;

/// A case's name, and the case.
pub type Case = (&'static str, fn(&dyn SearchIndex));

/// All of them.
pub fn cases() -> Vec<Case> {
    [finding::CASES, ordering::CASES, changes::CASES, scope::CASES].concat()
}
