#!/usr/bin/env bash
# `make bench`: measures against the bounds; writes target/bench/results.json and fails where a bound does not hold.
# Arguments name what to measure (see README.md); without any, all of it.
set -euo pipefail
# shellcheck source=../../deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../deploy/lib.sh"

need_compiler
tests/guest/host-packages.sh
need chromium
say "building"
# Together, so that the server in the guest is built from the same crates as the one that is measured here.
cargo build --release -p nasman -p nasman-bench
say "measuring"
exec target/release/nasman-bench "$@"
