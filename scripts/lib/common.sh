# shellcheck shell=bash
# Shell helpers that every host script of this tree may use: messages, timed stages, stamps.
# Source it from bash with 'set -eu'. The sourcing script sets USBIF_ROOT, the top of the source tree.

: "${USBIF_ROOT:?set USBIF_ROOT to the top of the source tree first}"

# Everything downloaded or built goes here, never into the source tree.
USBIF_CACHE=${USBIF_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/libusbif}

say() { printf '%s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# as_root CMD...: for package installation only; everything else runs as the caller.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# stage TEXT CMD...: say what is being done, do it quietly, say how long it took. The output is kept in
# a log and shown only when the command fails.
stage() {
    local text=$1 from=$SECONDS status log
    shift
    log=$USBIF_CACHE/logs/stages/$(printf '%s' "$text" | tr -cs 'A-Za-z0-9.\n' '-' | cut -c1-60).log
    mkdir -p "$USBIF_CACHE/logs/stages"
    say "bed: $text ..."
    # Not in an 'if' or '||': there bash would ignore 'set -e' inside the command.
    set +e
    (set -eu; "$@") >"$log" 2>&1
    status=$?
    set -e
    if [ "$status" != 0 ]; then
        tail -n 40 "$log" >&2
        die "$text failed with status $status (log: $log)"
    fi
    say "bed: $text: $((SECONDS - from)) s"
}

# stamped FILE KEY: true when FILE says that its stage was finished for exactly KEY.
stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
stamp() { printf '%s\n' "$2" >"$1"; }

# hash_of PATH...: one hash over the names and contents of all files below the given paths.
hash_of() {
    find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# tree_id: a short name of this source tree, for build directories in the cache, which CMake ties to one tree.
tree_id() { printf '%s' "$USBIF_ROOT" | cksum | cut -d' ' -f1; }
