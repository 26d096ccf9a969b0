# shellcheck shell=bash
# Commands and files in and out of a running guest, over one kept ssh connection.

# Sets `ssh_options` for the selected guest; usable by ssh and scp alike.
set_ssh_options() {
    ssh_options=(-q -F none -o Port="$(cat "$run/ssh.port")" -o User=root -o HostKeyAlias=guest
        -o IdentityFile="$run/image/id_ed25519" -o IdentitiesOnly=yes -o BatchMode=yes
        -o UserKnownHostsFile="$run/image/known_hosts" -o GlobalKnownHostsFile=none -o StrictHostKeyChecking=yes
        -o ControlPath="$run/ssh" -o ServerAliveInterval=30 -o ServerAliveCountMax=4)
}

# Started apart from the first command: a connection that stays would keep that command's output open.
connect() {
    set_ssh_options
    ssh "${ssh_options[@]}" -o ControlMaster=yes -o ConnectTimeout=5 -f -N 127.0.0.1 </dev/null >/dev/null 2>&1
}

in_guest() {
    local terminal=() words
    [[ ! -t 0 || ! -t 1 ]] || terminal=(-t)
    # The far side is a shell: each argument is quoted so that it arrives as it is.
    printf -v words '%q ' "$@"
    ssh "${ssh_options[@]}" "${terminal[@]}" 127.0.0.1 "$words"
}

run_command() {
    select_guest "${1:-}"
    shift
    [[ ${1:-} == -- ]] && shift
    (($#)) || die "usage: guest run NAME -- COMMAND [ARGUMENT]..."
    need_running
    set_ssh_options
    in_guest "$@"
}

copy_command() {
    (($# == 3)) || die "usage: guest copy NAME SOURCE DESTINATION"
    select_guest "$1"
    need_running
    set_ssh_options
    scp -pr "${ssh_options[@]}" -- "$(local_path "$2")" "127.0.0.1:$3"
}

fetch_command() {
    (($# == 3)) || die "usage: guest fetch NAME SOURCE DESTINATION"
    select_guest "$1"
    need_running
    set_ssh_options
    scp -pr "${ssh_options[@]}" -- "127.0.0.1:$2" "$(local_path "$3")"
}

# scp takes a colon before the first slash for a host's name.
local_path() {
    case $1 in
        /*) printf '%s' "$1" ;;
        *) printf './%s' "$1" ;;
    esac
}
