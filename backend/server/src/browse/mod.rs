//! Answers about files over time: from the catalog where it knows, from the file system where it does not (yet).

mod difference;
mod entry;
mod folder;
mod kept;
mod known;
mod live;
mod moments;
mod sighting;
mod versions;

pub use difference::{
    ChangesView, DifferenceView, Differs, SideView, SummaryView, TallyView, changes, changes_summary,
};
pub use entry::{DeletedView, Entry, Now};
pub use folder::{Folder, Question, Source, entry_at, list};
pub use live::live_root;
pub use moments::{TickView, TimeLineView, WeightView, moments};
pub use sighting::Sighting;
pub use versions::{After, VersionView, VersionsView, versions};
