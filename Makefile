# The doors. What they do is in deploy/ and tests/; each installs what it needs, says so first, and can be repeated.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check bench openapi fmt

frontend_sources := $(shell find frontend/src frontend/public -type f 2>/dev/null) \
	$(wildcard frontend/*.html frontend/*.ts frontend/*.js frontend/package.json)

help:
	@echo "make run      build and serve: on this machine's pools, or without ZFS in a guest with a demo pool"
	@echo "make test     all tests: checks, units, HTTP, real ZFS in a guest, the browser (ZFS=2.1 for the older guest)"
	@echo "make check    formatting, lints and types only"
	@echo "make bench    measure against the bounds; writes target/bench/results.json"
	@echo "make openapi  regenerate openapi/nasman.json and the frontend's client"
	@echo "make fmt      format everything"

run: frontend/dist/index.html
	@deploy/run.sh

test: frontend/dist/index.html tests/e2e/node_modules/.package-lock.json
	@tests/run.sh

check: frontend/node_modules/.package-lock.json tests/e2e/node_modules/.package-lock.json
	@tests/check.sh

bench: frontend/dist/index.html tests/e2e/node_modules/.package-lock.json
	@tests/bench/run.sh

openapi: frontend/node_modules/.package-lock.json
	cargo run --quiet -p nasman -- openapi > target/openapi.json
	mv target/openapi.json openapi/nasman.json
	npm --prefix frontend run --silent generate

fmt: frontend/node_modules/.package-lock.json
	cargo fmt --all
	npm --prefix frontend run --silent format
	frontend/node_modules/.bin/prettier --config frontend/.prettierrc.json --write --log-level=warn tests/e2e/*.ts tests/bench/browser/*.mjs

# npm writes this file last, so it tells whether what is installed is what the lock file says.
%/node_modules/.package-lock.json: %/package-lock.json
	@echo "installing the packages of $*"
	npm --prefix $* ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/index.html: frontend/node_modules/.package-lock.json $(frontend_sources)
	npm --prefix frontend run --silent build
	@touch $@
