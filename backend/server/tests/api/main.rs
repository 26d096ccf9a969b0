//! The server as its clients meet it: over HTTP, on a ZFS in memory with real folders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

#[path = "../../../catalog/tests/common/mod.rs"]
mod catalog_common;
mod support;

mod access;
mod audit;
mod commands;
mod content;
mod contract;
mod destroy;
mod download_archives;
mod downloads;
mod errors;
mod events;
mod files;
mod frontend;
mod grants;
mod grants_found;
mod index;
mod interrupted;
mod jobs;
mod metrics;
mod names;
mod restore_conflicts;
mod restore_outcomes;
mod restore_plans;
mod restore_refusals;
mod restore_trees;
mod restores;
mod scale;
mod search;
mod search_follows;
mod search_full;
mod session;
mod since;
mod snapshots;
mod storage;
mod throttle;
mod tokens;
mod undo;
mod users;
