#!/usr/bin/env bash
# Proves what the guest promises: boots one, tries everything once, and looks for what it should not leave behind.
set -euo pipefail

home=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
guest=$home/guest
name=selftest-$$
work=$(mktemp -d)
passed=0
failed=0

cleanup() {
    "$guest" stop "$name" --now
    "$guest" stop "$name-owned" --now
    rm -rf "$work"
}
trap cleanup EXIT

inside() { "$guest" run "$name" -- "$@"; }

# check WHAT COMMAND ARG...: the command must succeed. Run as a condition, so each function checks with && itself.
check() {
    local what=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
        printf 'ok      %s\n' "$what"
    else
        failed=$((failed + 1))
        printf 'FAILED  %s\n' "$what"
        sed 's/^/        /' "$work/log"
    fi
}

same() { [[ $1 == "$2" ]] || { printf 'wanted: %q\ngot:    %q\n' "$2" "$1" && return 1; }; }

exit_codes() {
    local code wanted
    for wanted in 0 1 7 42 200; do
        code=0
        inside sh -c "exit $wanted" || code=$?
        same "$code" "$wanted" || return 1
    done
}

quoting() {
    local arguments=('a b' "it's" '"double"' $'new\nline' $'tab\t' '' '$HOME' '`id`' 'back\slash' '*' '~' '-n' 'grün' $'\xff\xfe')
    same "$(inside printf '<%s>' "${arguments[@]}" | od -An -tx1)" "$(printf '<%s>' "${arguments[@]}" | od -An -tx1)"
}

streams() {
    same "$(printf 'through' | inside cat)" through &&
        same "$(inside sh -c 'echo out; echo err >&2' 2>/dev/null)" out &&
        same "$(inside sh -c 'echo out; echo err >&2' 2>&1 >/dev/null)" err
}

files() {
    mkdir -p "$work/tree/deep" && head -c 300000 /dev/urandom >"$work/tree/deep/a file" &&
        "$guest" copy "$name" "$work/tree" /root/tree &&
        "$guest" fetch "$name" "/root/tree/deep/a file" "$work/back" &&
        cmp "$work/tree/deep/a file" "$work/back"
}

payload() {
    same "$(inside cat '/payload/hello world')" hello && inside test -x /payload/program &&
        same "$(inside stat -c %U /payload)" root && ! inside touch /payload/x
}

pool() {
    inside zpool create -O acltype=posixacl -O xattr=sa -O mountpoint=/tank tank \
        mirror /dev/disk/by-id/virtio-data1 /dev/disk/by-id/virtio-data2 &&
        inside zfs create tank/home && same "$(inside zpool list -H -o health tank)" ONLINE
}

# The snapshot is reached by lookup alone: the kernel mounts it.
snapshot() {
    inside sh -c 'echo first >/tank/home/notes' && inside zfs snapshot tank/home@one &&
        inside sh -c 'echo second >/tank/home/notes' &&
        same "$(inside cat /tank/home/.zfs/snapshot/one/notes)" first &&
        same "$(inside cat /tank/home/notes)" second &&
        inside grep -q ' /tank/home/.zfs/snapshot/one ' /proc/self/mountinfo
}

cloned() { inside zpool get -Hp -o value bcloneused tank; }

block_cloning() {
    inside sh -c 'head -c 32M /dev/urandom >/tank/home/big && zfs snapshot tank/home@two && rm /tank/home/big' &&
        inside zfs create tank/other && inside zpool sync tank || return 1
    local before
    before=$(cloned)
    inside cp --reflink=auto /tank/home/.zfs/snapshot/two/big /tank/other/big && inside zpool sync tank &&
        inside cmp /tank/home/.zfs/snapshot/two/big /tank/other/big &&
        echo "bcloneused: $before, then $(cloned)" && (($(cloned) >= before + 32000000))
}

acls() {
    inside setfacl -m u:daemon:r /tank/home/notes &&
        same "$(inside getfacl -cp /tank/home/notes | grep daemon)" user:daemon:r-- &&
        inside setfattr -n user.note -v value /tank/home/notes &&
        same "$(inside getfattr --only-values -n user.note /tank/home/notes)" value
}

smart() { same "$(inside smartctl -j -a -d nvme /dev/disk/by-id/nvme-QEMU_NVMe_Ctrl_nvme1 | inside jq -r '.serial_number, .smart_status.passed')" $'nvme1\ntrue'; }

clock() {
    local difference=$(($(inside date +%s) - $(date +%s)))
    ((difference >= -3 && difference <= 3)) && inside date -s @1700000000 && inside zfs snapshot tank/home@past &&
        same "$(inside sh -c 'expr $(zfs get -Hp -o value creation tank/home@past) / 100')" 17000000 &&
        inside date -s "@$(date +%s)"
}

ports() {
    local port
    port=$("$guest" port "$name" 8080) || return 1
    inside systemd-run -q --unit listener sh -c 'mkdir /srv/www && echo served >/srv/www/index.html && busybox httpd -f -p 8080 -h /srv/www' &&
        inside sh -c 'until curl -sf localhost:8080/ >/dev/null; do sleep 0.2; done' &&
        same "$(curl -sf "http://127.0.0.1:$port/index.html")" served &&
        ! grep -qi ":$(printf %04X "$port") 00000000:0000 0A" <(grep -v '0100007F:' /proc/net/tcp)
}

extra_disk() {
    same "$(inside head -c 5 /dev/disk/by-id/virtio-extra1)" extra && same "$(inside blockdev --getsize64 /dev/disk/by-id/nvme-QEMU_NVMe_Ctrl_extra2)" 1048576
}

# The brackets keep grep from finding its own command line.
processes() { grep -la "[n]asman-guest-$UID/$1/\|[_]watch $1 " /proc/[0-9]*/cmdline 2>/dev/null || true; }

leaves_nothing() {
    "$guest" stop "$name" && same "$(processes "$name")" '' && same "$("$guest" list | grep "^$name" || true)" '' &&
        [[ ! -e /var/tmp/nasman-guest-$UID/$name ]] && "$guest" stop "$name"
}

# An owner that is killed without a chance to tidy up.
dies_with_owner() {
    sleep 300 &
    local owner=$! deadline
    "$guest" start "$name-owned" --owner "$owner" --memory 1G && [[ -n $(processes "$name-owned") ]] || return 1
    deadline=$((SECONDS + 20))
    kill -KILL "$owner"
    wait "$owner" || true
    until [[ -z $(processes "$name-owned") ]]; do
        ((SECONDS < deadline)) || { processes "$name-owned" && return 1; }
        sleep 0.2
    done
}

mkdir "$work/payload"
printf 'hello' >"$work/payload/hello world"
install -m 755 /bin/true "$work/payload/program"
{ printf extra && head -c 1048571 /dev/zero; } >"$work/disk1"
truncate -s 1M "$work/disk2"

# shellcheck disable=SC2119
"$guest" start "$name" --forward auto:8080 --payload "$work/payload" --disk "$work/disk1" --disk "$work/disk2,nvme" --owner $$

check 'exit codes pass through' exit_codes
check 'arguments arrive as they are' quoting
check 'standard input, output and error are separate' streams
check 'files go in and out' files
check 'the payload is mounted, read-only, with modes' payload
check 'extra disks show under their serials' extra_disk
check 'a mirror from the data disks' pool
check 'a snapshot is mounted on lookup' snapshot
check 'POSIX ACLs and extended attributes' acls
[[ ${ZFS:-2.3} == 2.1 ]] || check 'copying out of a snapshot clones blocks' block_cloning
check 'the NVMe disk answers SMART' smart
check 'the clock is right, and can be set' clock
check 'a port is forwarded, on loopback only' ports
check 'a second start of the same name is refused' eval '! "$guest" start "$name"'
check 'stop leaves no process and no file, and may be repeated' leaves_nothing
check 'the guest ends when its owner is killed' dies_with_owner

printf '%s passed, %s failed\n' "$passed" "$failed"
((failed == 0))
