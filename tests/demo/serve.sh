# Boots a guest with the demo pool and NASMan serving it; source it after deploy/lib.sh. Used by `make run` and by the
# browser tests.
# shellcheck shell=bash disable=SC2154  # $guest, $top come from deploy/lib.sh

demo_payload=$top/target/demo-payload
demo_cache=${NASMAN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/nasman}/demo
demo_port=
demo_password=

# Builds what runs in the guest. The development profile is optimised enough, and the tests have it built already.
demo_build() {
    say "building"
    cargo build -p nasman -p nasman-demo
    demo_pack target/debug/nasman target/debug/nasman-demo
}

# The folder that the guest sees as /payload.
demo_pack() {
    mkdir -p "$demo_payload"
    cp --update --reflink=auto "$@" deploy/nasman.service deploy/nasman.toml "$demo_payload/"
}

# demo_start NAME PORT: afterwards $demo_port and $demo_password tell how to get in. PORT may be `auto`.
demo_start() {
    local name=$1 port=$2 disk
    demo_disk "$name"
    if [[ $port != auto ]] && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        say "port $port is taken; choosing another one"
        port=auto
    fi
    say "booting a guest with real ZFS"
    "$guest" start "$name" --payload "$demo_payload" --disk "$disk" --forward "$port:8440" --owner $$
    if [[ -e $disk.filled ]]; then
        "$guest" run "$name" -- zpool import -f -d /dev/disk/by-id tank
    else
        demo_fill "$name"
    fi
    demo_install "$name"
    demo_port=$("$guest" port "$name" 8440)
    wait_for "http://127.0.0.1:$demo_port/readyz" 120
    demo_password=$("$guest" run "$name" -- journalctl -u nasman -o cat |
        sed -n "s/^First run: sign in as 'admin' with the password //p")
    [[ -n $demo_password ]] || die "the server in the guest printed no first login"
}

# Installs and starts the server as docs/install.md says, but for the address: the guest's port is forwarded. And it is
# patient: on a busy machine an emulated one needs a minute for a `zfs list`, and what fails late is not tried again soon.
demo_install() {
    local name=$1 unit=/etc/systemd/system/nasman.service
    "$guest" run "$name" -- sh -euc '
        useradd --no-create-home --uid 1000 anna
        useradd --no-create-home --uid 1001 jonas
        install -m 755 /payload/nasman /usr/local/bin/
        install -D -m 600 /payload/nasman.toml /etc/nasman/nasman.toml
        install -m 644 /payload/nasman.service "$1"
        mkdir "$1.d"
        printf "[Service]\nEnvironment=NASMAN_SERVER_LISTEN=0.0.0.0:8440 NASMAN_ZFS_TIMEOUT_SECONDS=180\n" > "$1.d/demo.conf"
        systemctl daemon-reload
        systemctl start nasman
    ' sh "$unit"
}

# Sets $disk: a copy of today's filled pool where there is one, for stories are told up to today. Each run gets a
# copy of its own, so what is done in a demo is gone afterwards.
demo_disk() {
    local key
    key=$(sha256sum "$demo_payload/nasman-demo" | cut -c1-16)-$(date -u +%F)
    demo_filled=$demo_cache/$key.img
    disk=$top/target/demo-$1.img
    rm -f "$disk" "$disk.filled"
    if [[ -e $demo_filled ]]; then
        cp --sparse=always --reflink=auto "$demo_filled" "$disk"
        : > "$disk.filled"
    else
        truncate -s 4G "$disk"
    fi
}

# Fills a new pool, and keeps a copy of its disk for the next run.
demo_fill() {
    local name=$1
    say "filling a demo pool with three weeks of files and snapshots"
    "$guest" run "$name" -- zpool create -f -O mountpoint=/tank tank /dev/disk/by-id/virtio-extra1
    "$guest" run "$name" -- /payload/nasman-demo fill --pool tank
    # Exported, all of it is on the disk, which can be copied while the guest goes on.
    "$guest" run "$name" -- zpool export tank
    mkdir -p "$demo_cache"
    rm -f "$demo_cache"/*.img
    cp --sparse=always --reflink=auto "$disk" "$demo_filled.$$"
    mv "$demo_filled.$$" "$demo_filled"
    "$guest" run "$name" -- zpool import -f -d /dev/disk/by-id tank
}
