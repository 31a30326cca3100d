# shellcheck shell=bash
# Debian packages: install what is missing on this machine, or download and unpack without installing.
# Needs common.sh.

# For apt-cache, and for downloading; suite.sh sets it to mean another release.
APT_OPTIONS=()

# apt ...: apt-get that waits for another apt's lock and never asks.
apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 "$@"
}

# apt_update: refresh the lists. "apt-get update" does not wait for its lock, hence the retries.
apt_update() {
    local try
    for try in 1 2 3 4 5 6; do
        apt update && return 0
        say "apt-get update failed (try $try)"
        sleep 5
    done
    return 1
}

# ensure_packages PKG...: install those that are missing; costs nothing when none is.
ensure_packages() {
    local pkg missing=()
    for pkg; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$pkg" 2>/dev/null)" = installed ] || missing+=("$pkg")
    done
    [ ${#missing[@]} = 0 ] || stage "installing ${missing[*]}" install_now "${missing[@]}"
}

# Old lists name versions that the archive no longer has, so a failure is tried again with new lists.
install_now() {
    if apt install --no-install-recommends "$@"; then return 0; fi
    apt_update
    apt install --no-install-recommends "$@"
}

# package_versions PKG...: "name=candidate" of each, one a line; the stamp of a stage is made of these.
package_versions() {
    LC_ALL=C apt-cache "${APT_OPTIONS[@]}" policy "$@" |
        awk '/^[^ ]/ { sub(":$", ""); name = $1 } $1 == "Candidate:" { print name "=" $2 }'
}

# unpack_packages DIR NAME=VERSION...: download these packages and unpack them into DIR (made anew).
unpack_packages() {
    local dir=$1 debs=$1.debs deb
    shift
    rm -rf "$dir" "$debs"
    mkdir -p "$dir" "$debs"
    cd "$debs" || return
    if ! apt-get -q "${APT_OPTIONS[@]}" download "$@"; then
        if [ ${#APT_OPTIONS[@]} = 0 ]; then apt_update; else suite_update; fi
        apt-get -q "${APT_OPTIONS[@]}" download "$@"
    fi
    for deb in ./*.deb; do dpkg -x "$deb" "$dir"; done
    rm -rf "$debs"
}
