//! The Meilisearch engine: against a stand-in that answers as a real server was seen to, and against a real one where
//! there is one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    clippy::print_stderr,
    reason = "tests"
)]

mod away;
mod exchanges;
mod fake;
mod found;
mod support;
mod taken;
