//! NASMan's server. The binary is a thin shell around this library, so that tests drive the same parts.

pub mod app;
pub mod auth;
pub mod commands;
pub mod config;
pub mod http;
pub mod jobs;
pub mod metrics;
pub mod restore;
pub mod routes;
pub mod serve;
