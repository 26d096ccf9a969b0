//! NASMan's server. The binary is a thin shell around this library, so that tests drive the same parts.

pub mod app;
pub mod auth;
pub mod browse;
pub mod commands;
pub mod config;
pub mod http;
pub mod index;
pub mod jobs;
mod lock;
pub mod metrics;
pub mod restore;
pub mod routes;
pub mod search;
pub mod serve;
