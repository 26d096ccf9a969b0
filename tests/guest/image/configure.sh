#!/usr/bin/env bash
# Runs inside the new root: builds the ZFS module, drops what built it, makes the initial RAM disk.
#   configure.sh BUILD_PACKAGE...
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

here=$(dirname "$0")
kernel=$(basename /boot/vmlinuz-*)
kernel=${kernel#vmlinuz-}
modules=/lib/modules/$kernel

say() { printf 'image: %s\n' "$*"; }

build_zfs() {
    if ! compgen -G "$modules/updates/dkms/zfs.ko*" >/dev/null; then
        dkms autoinstall -k "$kernel" || { cat /var/lib/dkms/zfs/*/build/make.log >&2; return 1; }
    fi
    # Kept uncompressed: an emulated processor needs seconds to unpack them at each boot.
    mkdir /tmp/zfs
    cp "$modules"/updates/dkms/*.ko* /tmp/zfs/
    ! compgen -G '/tmp/zfs/*.xz' >/dev/null || xz -d /tmp/zfs/*.xz
    ! compgen -G '/tmp/zfs/*.zst' >/dev/null || zstd -q -d --rm /tmp/zfs/*.zst
    say "removing what built the module"
    apt-get -qq -y purge "$@" dkms 'linux-headers-*' >/dev/null
    # Also what only a suggestion of some other package would keep: the compiler.
    apt-get -qq -y autoremove --purge -o APT::AutoRemove::RecommendsImportant=false \
        -o APT::AutoRemove::SuggestsImportant=false >/dev/null
    install -D -m 644 -t "$modules/updates" /tmp/zfs/*.ko
    depmod "$kernel"
    modinfo -k "$kernel" zfs >/dev/null
}

make_initrd() {
    local work=/tmp/initrd path name
    mkdir -p "$work"/{bin,dev,proc,root,modules}
    install -m 755 "$(command -v busybox)" "$work/bin/busybox"
    install -m 755 "$here/init" "$work/init"
    # Modules in the order in which they must be loaded; built-in ones are not listed as files.
    for name in virtio_pci virtio_blk virtio_net ext4; do
        modprobe --set-version "$kernel" --show-depends "$name"
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r path; do
        name=$(basename "$path")
        cp "$path" "$work/modules/$name"
        case $name in
            *.xz) xz -d "$work/modules/$name" ;;
            *.zst) zstd -q -d --rm "$work/modules/$name" ;;
        esac
        name=${name%.xz}
        printf '%s\n' "${name%.zst}" >>"$work/modules/order"
    done
    (cd "$work" && find . -print0 | cpio --null --quiet -o -H newc) >/boot/initrd
}

settle_services() {
    local unit
    systemctl -q enable guest-zfs.service guest-ready.service
    for unit in systemd-networkd.service getty@tty1.service e2scrub_reap.service e2scrub_all.timer fstrim.timer apt-daily.timer \
        apt-daily-upgrade.timer dpkg-db-backup.timer logrotate.timer smartmontools.service smartd.service \
        systemd-timesyncd.service systemd-pstore.service systemd-networkd-wait-online.service \
        zfs-import-cache.service zfs-import-scan.service zfs-mount.service zfs-share.service \
        zfs-volume-wait.service zfs-zed.service zfs-import.target zfs-volumes.target zfs.target; do
        systemctl -q disable "$unit" 2>/dev/null || true
    done
    # The last lines do what a guest booted anew each time never needs.
    systemctl -q mask serial-getty@ttyS0.service getty-static.service systemd-journal-flush.service \
        systemd-update-utmp.service systemd-network-generator.service systemd-remount-fs.service \
        systemd-udev-load-credentials.service modprobe@drm.service \
        systemd-hwdb-update.service systemd-binfmt.service ldconfig.service keyboard-setup.service \
        systemd-random-seed.service tmp.mount dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount \
        sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount
}

clean() {
    apt-get clean
    rm -rf /tmp/zfs /tmp/initrd /usr/src/* /var/lib/dkms /var/cache/* /var/log/*.log /var/lib/apt/lists/* \
        /initrd.img* /vmlinuz* /boot/System.map-* /etc/ssh/ssh_host_rsa_key* /etc/ssh/ssh_host_ecdsa_key*
    # A given identity keeps systemd from taking each boot for the first one.
    systemd-machine-id-setup >/dev/null 2>&1
    # Newer than /usr: nothing is brought up to date at boot.
    touch -d tomorrow /etc/.updated /var/.updated
}

build_zfs "$@"
make_initrd
settle_services
clean
