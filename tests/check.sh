#!/usr/bin/env bash
# `make check`: formatting, lints, types. Warnings are errors.
set -euo pipefail
# shellcheck source=../deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../deploy/lib.sh"

need_compiler
say "Rust: formatting and lints"
cargo fmt --all --check
cargo clippy --workspace --all-targets --all-features -- -D warnings
say "frontend: formatting, lints, types"
npm --prefix frontend run --silent format:check
npm --prefix frontend run --silent lint
npm --prefix frontend run --silent typecheck
say "browser tests: formatting, types"
frontend/node_modules/.bin/prettier --config frontend/.prettierrc.json --check tests/e2e/*.ts tests/bench/browser/*.mjs
frontend/node_modules/.bin/tsc -p tests/e2e
