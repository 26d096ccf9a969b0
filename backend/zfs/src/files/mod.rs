//! Files beneath an opened directory, and nowhere else.
//!
//! A [`Root`] is the opened folder of a dataset or of a snapshot. Every path is resolved by the kernel beneath
//! it (`openat2`), through folders only: a symbolic link is shown and restored as what it is and never followed,
//! and a filesystem mounted further down is marked and not entered. So neither `..` nor a link that somebody
//! planted in a snapshot leads outside.
//!
//! All calls block: run them off the async threads. Opening a snapshot's folder keeps it mounted until the
//! [`Root`] is dropped, so drop it soon: a mounted snapshot can't be destroyed.

pub(crate) mod automount;
mod error;
mod list;
mod owner;
mod restore;
mod root;
mod stat;
pub mod tree;
mod walk;

pub use error::{FileError, Way};
pub use list::{Cursor, Entry, Finding, Listing};
pub use owner::Owners;
pub use restore::{
    Expected, Means, NotKept, Preview, Put, Restore, RestoreError, Restored, preview, remove_temp,
    restore_file,
};
// The words are the core's; who reads files here finds them here.
pub use nasman_core::{FileTime, Kind};
pub(crate) use root::CONTROL_INODE;
pub use root::Root;
pub use stat::Stat;
pub(crate) use stat::kind_of;
pub use walk::{Met, Walk};
