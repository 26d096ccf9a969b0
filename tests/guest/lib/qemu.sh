# shellcheck shell=bash
# Starting QEMU: accelerator, disks, forwarded ports.

# Sets `accelerator`. A device file proves nothing: nested machines often have one that does not work at all, or that
# runs some code (a boot sector) and no kernel. So the guest's own kernel is booted, as far as to its first line.
choose_accelerator() {
    accelerator=(-accel 'tcg,thread=multi' -cpu max)
    [[ -r /dev/kvm && -w /dev/kvm ]] || return 0
    local log=$run/probe.log
    # Without a root it panics, which ends QEMU. In a shell of its own, which keeps to itself that QEMU was aborted.
    (timeout -k 1 20 qemu-system-x86_64 -accel kvm -cpu host -machine q35 -m 256 -no-user-config -nodefaults \
        -display none -no-reboot -kernel "$image/vmlinuz" -append 'console=ttyS0 panic=-1' \
        -serial "file:$log"; exit $?) </dev/null >/dev/null 2>&1 || true
    if grep -q 'Linux version' "$log" 2>/dev/null; then
        accelerator=(-accel kvm -cpu host)
    else
        say "hardware acceleration does not work here; emulating"
    fi
    rm -f "$log"
}

# Appends a disk to `devices`: add_disk ID FILE KIND EXTRA_DRIVE_OPTIONS. The ID is the serial that shows in
# the guest: /dev/disk/by-id/virtio-ID, or nvme-QEMU_NVMe_Ctrl_ID.
add_disk() {
    local id=$1 file=$2 kind=$3 extra=${4:-}
    # A comma separates options, unless doubled.
    devices+=(-drive "file=${file//,/,,},format=raw,if=none,id=$id,cache=unsafe,discard=unmap$extra")
    case $kind in
        virtio) devices+=(-device "virtio-blk-pci,drive=$id,serial=$id") ;;
        nvme) devices+=(-device "nvme,drive=$id,serial=$id") ;;
        *) die "a disk is FILE or FILE,nvme; got kind '$kind'" ;;
    esac
}

# The disks that each guest has: its root under a throw-away layer (deleted by QEMU at once, so that nothing of
# it can stay behind), two virtio disks and an NVMe one for pools.
add_own_disks() {
    add_disk root "$image/root.img" virtio ',snapshot=on'
    local id
    for id in data1 data2 nvme1; do
        truncate -s 4G "$run/$id.img"
    done
    add_disk data1 "$run/data1.img" virtio
    add_disk data2 "$run/data2.img" virtio
    add_disk nvme1 "$run/nvme1.img" nvme
}

# A directory as a read-only disk: ready in a second, whatever its size.
add_payload() {
    local directory=$1 kib files
    kib=$(du -sk --apparent-size "$directory" | cut -f1)
    files=$(find "$directory" | wc -l)
    mke2fs -q -t ext4 -b 4096 -m 0 -O ^has_journal -E root_owner=0:0,lazy_itable_init=1 -N $((files + 64)) \
        -d "$directory" "$run/payload.img" "$((kib * 11 / 10 + files * 5 + 16384))k" >/dev/null
    add_disk payload "$run/payload.img" virtio ',readonly=on'
}

# A port of this machine that nobody listens on; QEMU still has the last word.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        [[ " ${taken[*]:-} " == *" $port "* ]] || (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    printf '%s' "$port"
}

# Writes the run's port files and sets `network` from `forwards` ("HOSTPORT:GUESTPORT"...).
assign_ports() {
    local forward host guest_port taken=()
    network=user,id=net
    rm -rf "$run/ports"
    mkdir "$run/ports"
    for forward in auto:22 "${forwards[@]}"; do
        host=${forward%%:*} guest_port=${forward#*:}
        [[ $host != auto && $host != 0 ]] || host=$(free_port)
        taken+=("$host")
        network+=",hostfwd=tcp:127.0.0.1:$host-:$guest_port"
        printf '%s\n' "$host" >"$run/ports/$guest_port"
    done
    cp "$run/ports/22" "$run/ssh.port"
}

launch() {
    TMPDIR=$run qemu-system-x86_64 -name "nasman-$name" -machine q35 "${accelerator[@]}" -smp 2 -m "$memory" \
        -no-user-config -nodefaults -display none -no-reboot -rtc base=utc -device virtio-rng-pci \
        -kernel "$image/vmlinuz" -initrd "$image/initrd" \
        -append 'console=ttyS0 quiet panic=-1 mitigations=off audit=0 apparmor=0 nokaslr net.ifnames=0 random.trust_cpu=on systemd.show_status=0' \
        -serial "file:$run/console.log" -monitor none \
        -netdev "$network" -device virtio-net-pci,netdev=net,romfile= \
        "${devices[@]}" -daemonize -pidfile "$run/qemu.pid" </dev/null 2>"$run/qemu.log"
}

# A port found free may be taken before QEMU binds it, so try again with others.
launch_with_ports() {
    local attempt
    for attempt in 1 2 3 4 5; do
        assign_ports
        launch && return
        grep -q 'host forwarding' "$run/qemu.log" || break
        [[ " ${forwards[*]} " =~ \ [1-9][0-9]*: && $attempt -ge 2 ]] && break
    done
    cat "$run/qemu.log" >&2
    die "QEMU did not start"
}
