//! Downloads of selections as one archive, streamed.
//!
//! A `POST` checks everything and leaves a ticket; a `GET` of the ticket's address streams. A thread of its own walks the
//! trees and writes the archive into a channel of a few chunks, so memory stays flat and the client's pace is the
//! thread's. When the client goes away the channel closes, the next write fails, and the thread ends.
//!
//! Nothing holds a snapshot between the two requests. From the second on its opened root does: as long as that is open
//! the snapshot is mounted and busy, and ZFS refuses to destroy it. So no hold has to be placed, and a killed server
//! leaves none behind.

mod content;
mod model;
mod notes;
mod produce;
mod select;
mod sink;
mod tar;
#[cfg(test)]
mod testing;
mod tickets;
mod zip;

pub use model::{Download, DownloadItem, DownloadRequest, Format};
pub use produce::start;
pub use select::{Part, Selection, open, select};
pub use sink::body;
pub use tickets::{Downloads, Owner, Running};
