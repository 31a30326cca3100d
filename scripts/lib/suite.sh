# shellcheck shell=bash
# Packages of another Debian release than this machine's, by a list of packages of their own: nothing of this
# machine's apt changes, and nothing is installed. Needs common.sh and packages.sh.

# in_suite SUITE CMD...: run CMD with apt, package_versions and unpack_packages meaning that release; "bookworm" is
# this machine's own, with all that its apt knows (security updates).
in_suite() {
    local suite=$1 APT_OPTIONS=()
    shift
    if [ "$suite" != bookworm ]; then
        local dir=$USBIF_CACHE/suites/$suite
        APT_OPTIONS=(-o "Dir::Etc::sourcelist=$dir/$suite.sources" -o Dir::Etc::sourceparts=/dev/null
            -o "Dir::State::Lists=$dir/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
            -o APT::Sandbox::User=)
    fi
    "$@"
}

# suite_site: the archive that this machine has its own release from.
suite_site() {
    # shellcheck disable=SC2016 # apt's variables
    apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(SITE)' 'Created-By: Packages' |
        sed -n 's/^bookworm main //p' | head -n 1
}

# suite_up SUITE: have that release's list of packages, not older than a day; status 1 when the archive of this
# machine does not have it, or can't be reached.
suite_up() {
    local dir=$USBIF_CACHE/suites/$1 site
    if [ "$1" = bookworm ] || [ -n "$(find "$dir/ready" -mmin -1440 2>/dev/null)" ]; then return 0; fi
    site=$(suite_site)
    if [ -z "$site" ]; then
        apt_update >/dev/null
        site=$(suite_site)
    fi
    mkdir -p "$dir/lists/partial"
    printf '%s\n' "Types: deb" "URIs: $site" "Suites: $1" "Components: main" \
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg" >"$dir/$1.sources"
    say "bed: the list of packages of $1 ..."
    if in_suite "$1" suite_update >"$dir/log" 2>&1; then touch "$dir/ready"; fi
    [ -e "$dir/ready" ]
}

# The lists are the caller's own, so no root is needed; and no list at all is a failure here.
suite_update() { apt-get -q "${APT_OPTIONS[@]}" -o APT::Update::Error-Mode=any update; }
