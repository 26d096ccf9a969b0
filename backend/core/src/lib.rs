//! NASMan's words and rules, as plain values and pure functions.
//!
//! Nothing here does IO, reads a clock or is async: whoever calls passes in what the world looks like.
//! Names and paths are validated once, when they become one of these types; inside nobody checks again.

pub mod archive;
mod change;
pub mod grant;
mod id;
mod known;
mod name;
mod path;
mod placing;
mod reconcile;
pub mod restore;
mod role;

pub use change::{Change, FileTime, Kind, Lifetime, Meta, ROOT_INODE};
pub use grant::{Grant, Right};
pub use id::{Guid, Txg};
pub use known::{Known, KnownError, KnownObject};
pub use name::{DatasetName, HoldTag, NameError, PoolName, SnapshotName, SnapshotTag};
pub use path::{EntryName, PathError, RelPath};
pub use placing::Placing;
pub use reconcile::{FoundSnapshot, Noted, NotedSnapshot, Reconciliation};
pub use role::{Role, UnknownRole};
