# What the scripts share; source it. Sets $top and moves there.
# shellcheck shell=bash

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"
guest=$top/tests/guest/guest

# A command that fails without a word (ssh can) still says where.
set -E
trap 'printf "error: %s:%s: %s ended with %s\n" "${BASH_SOURCE[0]##*/}" "$LINENO" "$BASH_COMMAND" "$?" >&2' ERR

say() { printf '\n== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Debian packages, by name; installs what is missing and says so first.
need() { tests/guest/lib/apt.sh "$@"; }

# What building takes beside Rust and Node: the C compiler, for SQLite.
need_compiler() { command -v cc >/dev/null || need gcc libc6-dev; }

# Waits until an address answers with success; node is there anyway, curl may not be.
wait_for() {
    local url=$1 seconds=$2
    node -e '
        const [url, seconds] = process.argv.slice(1);
        const end = Date.now() + seconds * 1000;
        let last = "no answer";
        while (Date.now() < end) {
            try {
                // An answer may never come from behind a forwarded port whose server is just starting; the timer also keeps
                // node from ending before it does.
                const late = new Promise((_, fail) => setTimeout(() => fail(new Error("no answer in time")), 5000));
                const answer = await Promise.race([fetch(url), late]);
                if (answer.ok) process.exit(0);
                last = `${answer.status} ${await Promise.race([answer.text(), late])}`;
            } catch (error) { last = error.cause?.code ?? String(error); }
            await new Promise((resolve) => setTimeout(resolve, 300));
        }
        console.error(`${url}: ${last}`);
        process.exit(1);
    ' --input-type=module -- "$url" "$seconds"
}
