//! NASMan's server. The binary is a thin shell around this library, so that tests drive the same parts.

pub mod app;
pub mod audit;
pub mod auth;
pub mod browse;
pub mod commands;
pub mod config;
pub mod downloads;
pub mod http;
pub mod index;
pub mod jobs;
mod lock;
pub mod metrics;
pub mod restore;
pub mod routes;
pub mod search;
pub mod serve;

/// Gives memory back when it is not needed any more, by a thread of its own (`.cargo/config.toml`): the system's own kept a
/// third more of it after a million files were taken in, and others give back only what a busy thread has.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;
