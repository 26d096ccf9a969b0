#!/usr/bin/env bash
# Installs the named Debian packages that are missing; says so first, and does nothing when none is.
#
#   lib/apt.sh PACKAGE...
#
# Where a package cannot be had from the release itself (typically because one that is already installed
# is a backport and both must be of one version), all of them are taken from the release's backports.
set -euo pipefail

missing=()
as_root=()
# Never at the price of a package that is already there: apt would rather remove a backport than take one.
options=(-y -qq --no-install-recommends --no-remove)

say() { printf 'packages: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

find_missing() {
    local package
    for package in "$@"; do
        # shellcheck disable=SC2016  # the format is dpkg's, not the shell's
        if [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
            missing+=("$package")
        fi
    done
}

become_root() {
    ((EUID == 0)) && return
    command -v sudo >/dev/null || die "needs root or sudo to install: ${missing[*]}"
    as_root=(sudo)
}

apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -o Dpkg::Use-Pty=0 "$@"; }
update() { say "reading the package lists"; apt update -qq; }

# True when apt would install the missing packages from the release itself.
possible() { apt -s "${options[@]}" install "${missing[@]}" >/dev/null 2>&1; }

codename() { ( . /etc/os-release && printf '%s' "${VERSION_CODENAME:?}" ) }

# The address (and key) from which this machine already takes its release, as the head of a one-line source.
own_source() {
    local suite=$1
    # Entries of deb822 files are joined to one line each; then both styles are read alike.
    {
        cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true
        awk 'FNR == 1 || /^[[:space:]]*$/ { flush() }
             /^#/ { next }
             { at = index($0, ":"); field[tolower(substr($0, 1, at - 1))] = substr($0, at + 1) }
             function flush(   uri, suites) {
                 split(field["uris"], uri, " ")
                 if (field["types"] ~ /(^| )deb( |$)/ && uri[1] != "") {
                     split(field["suites"], suites, " ")
                     key = field["signed-by"]; gsub(/ /, "", key)
                     print "deb " (key == "" ? "" : "[signed-by=" key "] ") uri[1] " " suites[1] " main"
                 }
                 split("", field)
             }
             END { flush() }' /etc/apt/sources.list.d/*.sources 2>/dev/null || true
    } | sed -n -E "s/^(deb[[:space:]]+(\[[^]]*\][[:space:]]+)?[^[:space:]]+)[[:space:]]+${suite}[[:space:]].*/\1/p" | sed -n 1p
}

add_backports() {
    local suite=$1 source
    apt-cache policy 2>/dev/null | grep -q "n=$suite" && return
    source=$(own_source "${suite%-backports}")
    [[ -n $source ]] || die "found no source of ${suite%-backports} from which to derive $suite"
    say "adding the source $suite (apt takes nothing from it unless asked)"
    printf '%s %s main\n' "$source" "$suite" |
        "${as_root[@]}" tee /etc/apt/sources.list.d/nasman-backports.list >/dev/null
    update
}

main() {
    (($#)) || die "usage: apt.sh PACKAGE..."
    command -v apt-get >/dev/null || die "this is not a Debian system; please install: $*"
    find_missing "$@"
    ((${#missing[@]})) || return 0
    become_root
    say "installing ${missing[*]}${as_root[*]:+ (with sudo)}"

    local suite=()
    if ! possible; then
        update
        if ! possible; then
            suite=(-t "$(codename)-backports")
            add_backports "${suite[1]}"
        fi
    fi
    # Lists read long ago may name versions that are no longer there.
    apt "${options[@]}" "${suite[@]}" install "${missing[@]}" >/dev/null || {
        update
        apt "${options[@]}" "${suite[@]}" install "${missing[@]}" >/dev/null
    }
}

main "$@"
