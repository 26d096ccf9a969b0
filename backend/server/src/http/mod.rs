//! What every request goes through: errors, request ids, headers, query strings.

pub mod body;
pub mod disposition;
pub mod error;
pub mod middleware;
pub mod packed;
pub mod page;
pub mod query;
