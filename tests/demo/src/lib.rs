//! A demo pool: believable files of two invented people, and three weeks of snapshots in which they lived with them.
//!
//! [`plan`] says what exists and what happens when, purely; [`content`] turns a file's description into bytes;
//! [`apply`] does it, on a pool or in a plain directory; [`landmarks`] names what tests and readers may rely on.

pub mod apply;
pub mod content;
mod history;
pub mod landmarks;
pub mod plan;
mod world;
