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
    touch "$image"
}

build_image() {
    local building=$cache/building-guest as_root=() started=$SECONDS
    ((EUID == 0)) || as_root=(sudo)
    # An interrupted build may have left the host's /dev mounted in there.
    "${as_root[@]}" rm -rf --one-file-system "$building"
    mkdir -p "$building"
    say "building the image with OpenZFS $zfs ($suite), once; 5 to 10 minutes on two cores"
    if ! "${as_root[@]}" ${GUEST_MIRROR:+env "GUEST_MIRROR=$GUEST_MIRROR"} \
        "$home/image/build.sh" "$suite" "$building/image" </dev/null 2>&1 | report_build "$building/build.log"; then
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

# Copies its input to a log; says every half minute or so that the build goes on, and where it is.
report_build() {
    local line last='' status next=$((SECONDS + 30))
    say "log: $1"
    while :; do
        status=0
        IFS= read -r -t 30 line || status=$?
        if ((status == 0)); then
            printf '%s\n' "$line"
            last=$line
        elif ((status <= 128)); then
            break
        fi
        if ((SECONDS >= next)); then
            say "building for $((SECONDS - started)) s: ${last:0:80}"
            next=$((SECONDS + 30))
        fi
    done >"$1"
}

image_command() {
    (($# == 0)) || die "usage: guest image"
    ensure_image
    printf '%s\n' "$image"
}
