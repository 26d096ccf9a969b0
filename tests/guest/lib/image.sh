# shellcheck shell=bash
# The cached image: built once for each state of the files in image/, never written afterwards.

# Which Debian suite carries which OpenZFS.
suite_of_zfs() {
    case $1 in
        2.3) printf trixie ;;
        2.1) printf bookworm ;;
        *) die "no image with OpenZFS $1; there are 2.1 and 2.3" ;;
    esac
}

# Sets `zfs`, `suite` and `image` (the image's directory).
select_image() {
    zfs=${ZFS:-2.3}
    suite=$(suite_of_zfs "$zfs")
    local key
    key=$(cd "$home/image" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum |
        { cat && printf '%s\n' "$zfs" "$suite"; } | sha256sum)
    image=$cache/guest-$zfs-${key:0:16}
}

ensure_image() {
    select_image
    "$home/host-packages.sh"
    if [[ ! -d $image ]]; then
        mkdir -p "$cache"
        local lock
        exec {lock}>"$cache/guest.lock"
        flock -n "$lock" || { say "waiting for another build of the image" && flock "$lock"; }
        [[ -d $image ]] || build_image
        exec {lock}>&-
    fi
    kill "$reporter"
    touch "$image"
}

build_image() {
    local building=$cache/building-guest as_root=() started=$SECONDS
    ((EUID == 0)) || as_root=(sudo)
    # An interrupted build may have left the host's /dev mounted in there.
    "${as_root[@]}" rm -rf --one-file-system "$building"
    mkdir -p "$building"
    say "building the image with OpenZFS $zfs ($suite), once; about 8 minutes on two cores"
    report_build "$building/build.log" &
    local reporter=$!
    if ! "${as_root[@]}" ${GUEST_MIRROR:+env "GUEST_MIRROR=$GUEST_MIRROR"} \
        "$home/image/build.sh" "$suite" "$building/image" >"$building/build.log" 2>&1 </dev/null; then
        kill "$reporter"
        tail -n 40 "$building/build.log" >&2
        die "the image could not be built; the whole log: $building/build.log"
    fi
    ((EUID == 0)) || sudo chown -R "$(id -u):$(id -g)" "$building"
    mv -T "$building/image" "$image"
    rm -rf --one-file-system "$building"
    # Images of earlier states that nobody has started for a month.
    find "$cache" -maxdepth 1 -name 'guest-*' -type d -mtime +30 -exec rm -rf {} +
    say "image ready after $((SECONDS - started)) s: $(du -sh "$image" | cut -f1)"
}

# Says every half minute that the build goes on, and where it is.
report_build() {
    say "log: $1"
    while sleep 30; do
        say "building for $((SECONDS - started)) s: $(tail -n 1 "$1" | tr -dc "[:print:]" | cut -c 1-80)"
    done
}

image_command() {
    (($# == 0)) || die "usage: guest image"
    ensure_image
    printf '%s\n' "$image"
}
