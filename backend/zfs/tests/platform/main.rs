//! The contract on real ZFS, and what only real ZFS can show. Needs root and `NASMAN_TEST_POOL`, the name of an imported
//! pool that has room; each case makes datasets of its own in it and destroys them at the end, also when it failed.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

#[path = "../contract/mod.rs"]
mod contract;
mod real;
mod scene;

use std::env;

use libtest_mimic::{Arguments, Trial};
use scene::Scene;

const VARIABLE: &str = "NASMAN_TEST_POOL";

fn main() {
    let arguments: Vec<String> = env::args().collect();
    if let [_, flag, snapshot] = arguments.as_slice()
        && flag == real::FOLLOWS
    {
        return real::look_and_leave(snapshot);
    }
    let pool = env::var(VARIABLE).ok();
    if pool.is_none() {
        eprintln!("SKIPPED: real ZFS, since {VARIABLE} names no pool");
    }
    let contract =
        contract::cases().into_iter().map(|(name, case)| trial(name, &pool, move |scene| case(scene)));
    let real = real::CASES.iter().map(|(name, case)| trial(name, &pool, case));
    libtest_mimic::run(&Arguments::from_args(), contract.chain(real).collect()).exit();
}

fn trial(name: &str, pool: &Option<String>, case: impl FnOnce(&Scene) + Send + 'static) -> Trial {
    let found = pool.clone().ok_or(format!("{VARIABLE} names no pool"));
    let trial = Trial::test(name, move || {
        case(&Scene::new(&found?));
        Ok(())
    });
    trial.with_ignored_flag(pool.is_none())
}
