# shellcheck shell=bash
# What all subcommands share: where things are, how to speak, how to tell a guest's processes.

# On disk, not in a run-time directory: those are often small memory disks, and data disks live here.
runs=${NASMAN_GUEST_RUNS:-/var/tmp/nasman-guest-$UID}
cache=${NASMAN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nasman}

say() { printf 'guest: %s\n' "$*" >&2; }
die() {
    say "$*"
    exit 1
}

# Sets `name` and `run` (the guest's own directory) from a guest's name.
select_guest() {
    [[ ${1:-} =~ ^[a-z0-9][a-z0-9-]{0,30}$ ]] ||
        die "a guest's name is 1 to 31 of a-z, 0-9 and -, not starting with -; got '${1:-}'"
    name=$1
    run=$runs/$name
}

# The directory of all guests is in a place where everybody may write, so make sure that it is ours.
own_runs() {
    [[ -d $runs ]] || mkdir -m 700 "$runs"
    [[ -O $runs && ! -L $runs ]] || die "$runs belongs to somebody else"
}

# Prints the process in file $1 if it runs and its command line mentions this guest; numbers are used again.
live_process() {
    local pid
    pid=$(cat "$1" 2>/dev/null) && [[ -n $pid ]] || return 1
    tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -e "$run/" -e "_watch $name " || return 1
    printf '%s' "$pid"
}

qemu_process() { live_process "$run/qemu.pid"; }

need_running() { qemu_process >/dev/null || die "$name is not running (start it: guest start $name)"; }

# Waits until a command succeeds: await SECONDS COMMAND ARG...
await() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}
