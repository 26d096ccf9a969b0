//! What the tests stand on: one server, and clients typed by who calls.

mod api;
mod app;
mod busy;
pub mod downloads;
mod log;
mod reply;
mod restore;

pub use api::{Anonymous, Api, Browser, Script, Who, query};
pub use app::{HOME, PASSWORD, State, TestApp};
pub use busy::Busy;
pub use log::logged;
pub use reply::Reply;
pub use restore::{order, restore, seed, tree, undo};
