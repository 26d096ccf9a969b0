//! The change feed on real ZFS. Needs root and `NASMAN_TEST_POOL`, the name of an imported pool; each test makes a
//! dataset of its own in it and destroys that at the end.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod cases;
mod figures;
mod model;
mod robust;
mod scene;
mod truth;
mod workload;
