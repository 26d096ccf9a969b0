//! The Meilisearch engine: against a stand-in that answers as a real server was seen to, and against a real one where
//! there is one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "tests"
)]

mod away;
#[path = "../contract/mod.rs"]
mod contract;
mod exchanges;
mod fake;
mod found;
mod support;
mod taken;

#[test]
fn keeps_the_contract() {
    for (name, case) in contract::cases() {
        println!("{name}");
        let host = format!("contract-{name}").replace('_', "-");
        // What other cases left is of other hosts.
        support::with_engine(&host, |engine| case(&engine(&host)));
    }
}
