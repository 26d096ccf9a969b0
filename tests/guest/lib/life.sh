# shellcheck shell=bash
# A guest's life: start, watch, stop, list.

start_usage='usage: guest start NAME [--forward HOSTPORT:GUESTPORT]... [--payload DIRECTORY]
             [--disk FILE[,nvme]]... [--memory SIZE] [--owner PID]'

parse_start() {
    forwards=() extra_disks=() payload='' memory=2G owner=''
    select_guest "${1:-}"
    shift
    while (($#)); do
        (($# >= 2)) || die "$start_usage"
        case $1 in
            --forward)
                [[ $2 =~ ^(auto|[0-9]{1,5}):[0-9]{1,5}$ ]] || die "--forward takes HOSTPORT:GUESTPORT; got '$2'"
                forwards+=("$2")
                ;;
            --payload)
                [[ -d $2 ]] || die "--payload takes a directory; got '$2'"
                payload=$2
                ;;
            --disk)
                [[ -f ${2%,nvme} ]] || die "--disk takes an existing file; got '$2'"
                extra_disks+=("$2")
                ;;
            --memory) memory=$2 ;;
            --owner)
                [[ -d /proc/$2 ]] || die "--owner takes a running process; got '$2'"
                owner=$2
                ;;
            *) die "$start_usage" ;;
        esac
        shift 2
    done
}

start_command() {
    parse_start "$@"
    ensure_image
    own_runs
    ! qemu_process >/dev/null || die "$name is already running (stop it: guest stop $name)"
    local starter
    starter=$(cat "$run/start.pid" 2>/dev/null) && [[ -d /proc/$starter ]] &&
        die "$name is just being started (if not: guest stop $name)"
    rm -rf "$run"
    mkdir "$run"
    printf '%s\n' "$$" >"$run/start.pid"
    ln -s "$image" "$run/image"
    # Whatever happens from here on, nothing stays behind unless the guest is of use.
    trap 'stop_now' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP

    local started=$SECONDS
    choose_accelerator
    collect_devices
    say "booting $name ($(printf '%s' "${accelerator[1]}" | cut -d, -f1), OpenZFS $zfs)"
    launch_with_ports
    [[ -z $owner ]] || watch_owner
    await 240 booted || true
    if ! grep -q guest-ready "$run/console.log"; then
        tail -n 30 "$run/console.log" >&2
        die "$name did not come up"
    fi
    await 60 connect || die "$name is up, but ssh does not answer"
    [[ -z $payload ]] || in_guest sh -c 'mkdir -p /payload && mount -o ro /dev/disk/by-id/virtio-payload /payload'
    rm "$run/start.pid"
    trap - EXIT
    say "$name is ready after $((SECONDS - started)) s${forwards[*]:+; ports: $(port_list)}"
}

collect_devices() {
    devices=()
    local disk file kind number=0
    add_own_disks
    [[ -z $payload ]] || add_payload "$payload"
    for disk in "${extra_disks[@]}"; do
        file=$(realpath "${disk%,nvme}") kind=virtio
        [[ $disk != *,nvme ]] || kind=nvme
        add_disk "extra$((++number))" "$file" "$kind"
    done
}

# True also when there is nothing more to wait for.
booted() { grep -q guest-ready "$run/console.log" 2>/dev/null || ! qemu_process >/dev/null; }

# From here on the guest ends with the process `owner`, however that ends.
watch_owner() {
    setsid "$home/guest" _watch "$name" "$owner" </dev/null >/dev/null 2>&1 &
    printf '%s\n' "$!" >"$run/watch.pid"
}

watch_command() {
    select_guest "$1"
    while [[ -d /proc/$2 ]] && ! grep -q '^State:[[:space:]]*Z' "/proc/$2/status" 2>/dev/null; do
        qemu_process >/dev/null || exit 0
        sleep 1
    done
    rm -f "$run/watch.pid"
    stop_now
}

# Ends every process of the guest and removes what it left.
stop_now() {
    local pid
    if pid=$(live_process "$run/watch.pid"); then kill "$pid" 2>/dev/null || true; fi
    [[ ! -S $run/ssh ]] || ssh -q -F none -o ControlPath="$run/ssh" -O exit 127.0.0.1 2>/dev/null || true
    if pid=$(qemu_process); then
        kill "$pid" 2>/dev/null || true
        await 5 gone "$pid" || kill -KILL "$pid" 2>/dev/null || true
        await 5 gone "$pid" || say "process $pid does not end"
    fi
    rm -rf "$run"
}

gone() { [[ ! -d /proc/$1 ]]; }

stop_command() {
    select_guest "${1:-}"
    local pid
    if [[ ${2:-} != --now ]] && pid=$(qemu_process) && [[ -S $run/ssh ]]; then
        set_ssh_options
        # The connection goes down with the guest, so its status says nothing.
        timeout 10 ssh "${ssh_options[@]}" -n 127.0.0.1 systemctl poweroff >/dev/null 2>&1 || true
        await 30 gone "$pid" || say "$name does not power off; ending it"
    fi
    stop_now
}

list_command() {
    local directory
    for directory in "$runs"/*/; do
        [[ -d $directory ]] || continue
        select_guest "$(basename "$directory")"
        if qemu_process >/dev/null; then printf '%s\trunning\t%s\n' "$name" "$(port_list)"; fi
    done
}

port_list() {
    local file
    for file in "$run"/ports/*; do
        printf '127.0.0.1:%s->%s ' "$(cat "$file")" "$(basename "$file")"
    done
}

port_command() {
    (($# == 2)) || die "usage: guest port NAME GUESTPORT"
    select_guest "$1"
    need_running
    cat "$run/ports/$2" 2>/dev/null || die "$name forwards no port to its port $2"
}
