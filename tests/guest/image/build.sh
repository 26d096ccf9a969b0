#!/usr/bin/env bash
# Builds the guest's files (vmlinuz, initrd, root.img, ssh key, known_hosts) into a new directory; needs root.
#   build.sh SUITE DIRECTORY
# GUEST_MIRROR may name another mirror than mmdebstrap's own default.
set -euo pipefail

suite=$1
out=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$out/root

wanted=$(sed -n '/^[^#]/p' "$here/packages.list")
mapfile -t transient < <(sed -n 's/^build://p' <<<"$wanted")
packages=$(sed 's/^build://' <<<"$wanted" | paste -sd,)

mkdir -p "$out"
ssh-keygen -q -t ed25519 -N '' -C guest -f "$out/id_ed25519"
ssh-keygen -q -t ed25519 -N '' -C guest -f "$out/host_ed25519"
printf 'guest %s\n' "$(cut -d' ' -f1,2 "$out/host_ed25519.pub")" >"$out/known_hosts"

# The initial RAM disk is our own; making the distribution's for each package would only cost time.
before='mkdir -p "$1/etc/initramfs-tools" && echo update_initramfs=no >"$1/etc/initramfs-tools/update-initramfs.conf"'
install_keys='install -d -m 700 "$1/root/.ssh" &&
    install -m 600 "$OUT/id_ed25519.pub" "$1/root/.ssh/authorized_keys" &&
    install -m 600 "$OUT/host_ed25519" "$1/etc/ssh/ssh_host_ed25519_key" &&
    install -m 644 "$OUT/host_ed25519.pub" "$1/etc/ssh/ssh_host_ed25519_key.pub"'
overlay='cp -r "$HERE/overlay/." "$1/" && mkdir "$1/image" && cp "$HERE/configure.sh" "$HERE/init" "$1/image/"'
configure='chroot "$1" bash /image/configure.sh $TRANSIENT && rm -r "$1/image"'

export OUT=$out HERE=$here TRANSIENT="${transient[*]}"
export TMPDIR=$out
mmdebstrap --mode=root --variant=apt --components=main,contrib --include="$packages" \
    --aptopt='Acquire::Retries "3"' --dpkgopt=force-unsafe-io --dpkgopt=force-confold \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --extract-hook="$before" --customize-hook="$overlay" --customize-hook="$install_keys" \
    --customize-hook="$configure" \
    "$suite" "$root" ${GUEST_MIRROR:+"$GUEST_MIRROR"}

cp "$root"/boot/vmlinuz-* "$out/vmlinuz"
mv "$root/boot/initrd" "$out/initrd"
# Sparse, and without a journal: it is never written, only read beneath a throw-away layer.
mke2fs -q -t ext4 -m 0 -O ^has_journal -E lazy_itable_init=1 -L guest -d "$root" "$out/root.img" 3G >/dev/null
rm -rf "$root" "$out/host_ed25519" "$out/host_ed25519.pub"
