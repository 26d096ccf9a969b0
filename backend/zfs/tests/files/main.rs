//! Files beneath an opened root, on whatever filesystem the machine has.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod attacks;
mod carried;
mod common;
mod links;
mod look;
mod metadata;
mod refusals;
mod restore;
mod surveys;
mod trees;
mod undo;
mod walk;
