//! The server as its clients meet it: over HTTP, on a ZFS in memory with real folders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../../../catalog/tests/common/mod.rs"]
mod catalog_common;
mod support;

mod access;
mod commands;
mod content;
mod contract;
mod destroy;
mod errors;
mod events;
mod files;
mod frontend;
mod index;
mod interrupted;
mod jobs;
mod metrics;
mod names;
mod restore_outcomes;
mod restore_refusals;
mod restores;
mod scale;
mod search;
mod search_follows;
mod session;
mod since;
mod snapshots;
mod storage;
mod throttle;
mod tokens;
mod users;
