//! Answers about files over time: from the catalog where it knows, from the file system where it does not (yet).

mod difference;
mod entry;
mod folder;
mod known;
mod sighting;
mod versions;

pub use difference::{ChangesView, DifferenceView, Differs, SideView, changes};
pub use entry::{DeletedView, Entry};
pub use folder::{Folder, Question, Source, entry_at, list};
pub use sighting::Sighting;
pub use versions::{After, VersionView, VersionsView, versions};
