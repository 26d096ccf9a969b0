#!/usr/bin/env bash
# `make test`: every test there is, in rings from the fastest to the slowest. Builds once; boots one guest.
set -euo pipefail
# shellcheck source=../deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../deploy/lib.sh"
# shellcheck source=demo/serve.sh
. tests/demo/serve.sh

name=test-$$
older=${ZFS:-}

packages() {
    need_compiler
    tests/guest/host-packages.sh
    need chromium
}

units() {
    say "frontend: units, and whether the client is up to date"
    npm --prefix frontend run --silent test
    npm --prefix frontend run --silent generate:check
    say "Rust: units, HTTP, contract on the fake"
    cargo test --workspace --all-features --no-fail-fast
}

# The paths of the compiled platform tests, which run in the guest: built with the words of `units`, so that nothing is
# built twice.
platform_binaries() {
    cargo test --workspace --all-features --no-run --message-format=json 2>/dev/null | node -e '
        let text = "";
        for await (const part of process.stdin) text += part;
        const built = text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
        const own = (b) => /#nasman(-zfs)?@/.test(b.package_id);
        const names = ["platform", "files_platform", "files", "feed", "indexing"];
        const tests = built.filter((b) => b.executable && own(b) && names.includes(b.target?.name));
        if (tests.length !== 5) throw new Error(`expected five platform tests, found ${tests.length}`);
        for (const test of tests) console.log(test.target.name, test.executable);
    ' --input-type=module
}

pack() {
    demo_pack target/debug/nasman target/debug/nasman-demo
    platform_binaries | while read -r test path; do cp --update "$path" "$demo_payload/$test"; done
}

platform() {
    say "real ZFS: $("$guest" run "$name" -- zfs version | tr '\n' ' ')"
    # Alone: a server would look into the snapshots that the tests take, and be in them when these are to be left.
    "$guest" run "$name" -- sh -c '! systemctl is-active --quiet nasman || systemctl stop nasman'
    "$guest" run "$name" -- zpool create -f scratch /dev/disk/by-id/virtio-data1
    "$guest" run "$name" -- env NASMAN_TEST_POOL=scratch /payload/platform --test-threads=2
    # One at a time: the counters of cloned blocks are the pool's.
    "$guest" run "$name" -- env NASMAN_TEST_POOL=scratch /payload/files_platform --test-threads=1
    # One story of random changes: the whole of them takes a quarter of an hour in an emulated machine.
    "$guest" run "$name" -- env NASMAN_TEST_POOL=scratch NASMAN_TEST_SEED=3 /payload/feed --test-threads=1
    "$guest" run "$name" -- env NASMAN_TEST_POOL=scratch NASMAN_TEST_SEED=1 NASMAN_BIN=/payload/nasman \
        /payload/indexing --test-threads=1
    # What is tested natively on whatever the machine has, once more on ZFS.
    "$guest" run "$name" -- env TMPDIR=/scratch /payload/files
    "$guest" run "$name" -- zpool destroy scratch
}

browser() {
    say "the browser, on the server in the guest"
    (
        cd tests/e2e
        NASMAN_URL=http://127.0.0.1:$demo_port NASMAN_PASSWORD=$demo_password GUEST=$guest GUEST_NAME=$name \
            npx --no-install playwright test
    )
}

packages
# An older ZFS is there to prove the driver; the rest has been proved on the current one.
if [[ -n $older ]]; then
    demo_build
    pack
    trap '"$guest" stop "$name" --now >/dev/null' EXIT
    "$guest" start "$name" --payload "$demo_payload" --owner $$
    platform
    exit
fi
tests/check.sh
units
pack
trap '"$guest" stop "$name" --now >/dev/null; rm -f "$top/target/demo-$name.img"*' EXIT
demo_start "$name" auto
platform
"$guest" run "$name" -- systemctl start nasman
wait_for "http://127.0.0.1:$demo_port/readyz" 120
browser
say "all tests passed"
