//! The Meilisearch engine: against a stand-in that answers as a real server was seen to, and against a real one where
//! there is one.

mod away;
mod exchanges;
mod fake;
mod found;
mod support;
mod taken;
