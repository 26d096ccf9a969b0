//! Indexing and recovery on real ZFS: the server's own parts, and what the catalog then says compared with plain walks; its
//! binary, and what it restores compared by `rsync`. Needs root
//! and `NASMAN_TEST_POOL`, the name of an imported pool in which nobody else indexes; the tests of the binary
//! need `NASMAN_BIN`, too. Each test makes a dataset of its own and destroys it at the end. One at a time
//! (`--test-threads=1`): they look at all that is mounted.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod answer;
mod events;
mod kill;
mod line;
mod quiet;
mod random;
mod recovery;
mod scene;
mod server;
#[path = "../../../zfs/tests/feed/truth.rs"]
mod truth;
#[path = "../../../zfs/tests/feed/workload.rs"]
mod workload;
