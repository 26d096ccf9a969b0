//! NASMan's state: one SQLite file, through diesel. What every snapshot holds, and who may ask for it.
//!
//! Opening it migrates it, after the file has been copied aside. Calls block for as long as SQLite takes
//! (at most the busy timeout): call them off the async threads.

mod audit;
mod db;
mod files;
mod grants;
mod jobs;
mod rebuild;
mod restores;
mod schema;
mod searches;
mod sessions;
mod settings;
mod time;
mod tokens;
mod users;

pub use audit::{Audit, AuditFilter, NewAudit};
pub use db::{Catalog, OpenError};
pub use files::{
    Applied, Apply, At, ComparedEntry, ComparedPage, Coverage, Dataset, DatasetId, Deleted, DeletedPage,
    Difference, DifferencePage, DifferenceSummary, Different, Differs, DirEntry, DirPage, KnownFiles,
    Moments, NewRun, NewSnapshot, PathVersion, Problem, Run, SearchNote, Seen, Since, Snapshot, State, Tally,
    Version, Weight,
};
pub use grants::StoredGrant;
pub use jobs::{Job, JobState, LogLine, NewJob};
pub use rebuild::{Rebuilt, rebuild};
pub use restores::{ItemCursor, MadeAs, NewRestoreItem, RestoreCounts, RestoreItem, RestoreRecord};
pub use searches::SavedSearch;
pub use sessions::Session;
pub use tokens::{NewToken, Token};
pub use users::{NewUser, User, UserChange};

/// Why a call had no answer.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Nothing has this identity.
    #[error("no such row")]
    NotFound,
    /// Something with this name exists already.
    #[error("the name is taken")]
    Taken,
    /// Refused, since nobody could administer the server afterwards.
    #[error("this is the last administrator who can sign in; make another one first")]
    LastAdmin,
    /// The catalog does not know the files of that state (yet).
    #[error("the files of this state are not indexed yet")]
    NotIndexed,
    /// States are applied oldest to newest.
    #[error(
        "a state as of transaction group {asked} comes before the newest known one, {newest}; index the dataset anew"
    )]
    OutOfOrder {
        /// The state asked for.
        asked: u64,
        /// The newest one known.
        newest: u64,
    },
    /// SQLite could not write: the disk that holds the state is full.
    #[error("the disk that holds NASMan's state is full")]
    DiskFull,
    /// Others kept all connections, or the one right to write, for longer than a call waits.
    #[error("NASMan's state is busy; try again in a moment")]
    Busy,
    /// Anything else SQLite said.
    #[error("the state database failed: {0}")]
    Database(String),
}

/// Shorthand for what each call answers.
pub type Result<T> = std::result::Result<T, CatalogError>;

impl From<diesel::result::Error> for CatalogError {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error};
        match error {
            Error::NotFound => Self::NotFound,
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Taken,
            // SQLite's text for SQLITE_FULL; diesel has no kind for it.
            other if other.to_string().contains("database or disk is full") => Self::DiskFull,
            other if other.to_string().contains("database is locked") => Self::Busy,
            other => Self::Database(other.to_string()),
        }
    }
}
