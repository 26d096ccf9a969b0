#!/usr/bin/env bash
# `make run`: serves on this machine's pools; without ZFS, or with GUEST=1, in a guest with a demo pool.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

has_zfs() { [[ -e /dev/zfs ]] && PATH=$PATH:/usr/sbin:/sbin command -v zfs >/dev/null; }

serve_here() {
    say "building"
    need_compiler
    cargo build --release -p nasman
    local as_root=()
    ((EUID == 0)) || as_root=(sudo)
    say "serving on this machine's pools; state in .run, stop with Ctrl-C"
    exec "${as_root[@]}" env NASMAN_SERVER_STATE_DIR="$top/.run" \
        NASMAN_SERVER_LISTEN="${NASMAN_SERVER_LISTEN:-127.0.0.1:8440}" target/release/nasman serve
}

serve_in_guest() {
    # shellcheck source=../tests/demo/serve.sh
    . tests/demo/serve.sh
    need_compiler
    tests/guest/host-packages.sh
    demo_build
    trap 'say "stopping the guest"; "$guest" stop demo >/dev/null' EXIT
    trap 'exit 0' INT TERM
    demo_start demo 8440
    printf '\nA demo pool with three weeks of snapshots is being served. Stop with Ctrl-C.\n'
    printf '\n  address   http://127.0.0.1:%s\n  name      admin\n  password  %s\n\n' "$demo_port" "$demo_password"
    # In the background, since bash handles signals only between commands.
    sleep infinity &
    trap 'kill "$!" 2>/dev/null || true; say "stopping the guest"; "$guest" stop demo >/dev/null' EXIT
    wait $!
}

if has_zfs && [[ ${GUEST:-} != 1 ]]; then serve_here; else serve_in_guest; fi
