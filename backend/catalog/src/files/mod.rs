//! Every version of every file, each once, with its lifetime.
//!
//! Two things are kept, because they are what ZFS changes: versions of *objects* (an inode's state) and versions of
//! *links* (a name in a folder, leading to an inode). What people see, an entry as of some state, is a link and an
//! object whose lifetimes both contain that state. So a renamed folder costs two links, whatever is below it.
//!
//! A *state* is a point at which a dataset was looked at: a snapshot, or live when last refreshed. Each is known by
//! its transaction group. States are applied oldest to newest; versions that no state shows any more are removed.

mod apply;
mod check;
mod datasets;
mod forget;
mod many;
#[cfg(test)]
mod oracle;
mod read;
mod row;
mod runs;
mod search;
mod snapshots;

pub use apply::{Applied, Apply, State};
pub use check::Problem;
pub(crate) use check::check_file;
pub use datasets::{Dataset, DatasetId};
pub(crate) use read::WeightCache;
pub use read::{
    At, ComparedEntry, ComparedPage, Deleted, DeletedPage, Difference, DifferencePage, DifferenceSummary,
    Differs, DirEntry, DirPage, KnownFiles, Moments, Seen, Since, Tally, Version, Weight,
};
pub(crate) use row::{kind, kind_number};
pub use runs::{NewRun, Run};
pub use search::{Different, PathVersion, SearchNote};
pub use snapshots::{Coverage, NewSnapshot, Snapshot};
