# shellcheck shell=bash
# Out-of-tree kernel modules. Needs common.sh and kernels.sh.

# build_module DIR OUT KERNEL KVER: build the Kbuild directory DIR (relative to USBIF_ROOT) against the headers
# of that kernel (see kernel_headers) and leave its *.ko in OUT. Nothing is done when no source has changed.
#
# The source tree is never written to: Kbuild puts its objects beside the sources, so the sources are
# copied to OUT/tree first, in the same relative layout, because a module may compile files of
# libusbif/ by a relative path.
build_module() {
    local dir=$1 out=$2 kernel=$3 kver=$4 d key sources=()
    for d in libusbif shims; do
        if [ -d "$USBIF_ROOT/$d" ]; then sources+=("$d"); fi
    done
    case $dir in shims/*) ;; *) sources+=("$dir") ;; esac
    key="$(kernel_key "$kernel" "$kver") $(cd "$USBIF_ROOT" && hash_of "${sources[@]}")"
    if stamped "$out/stamp" "$key"; then return 0; fi
    rm -rf "$out"
    mkdir -p "$out/tree"
    (cd "$USBIF_ROOT" && find "${sources[@]}" -type f | cpio -pdm --quiet "$out/tree")
    stage "building $dir for $kver" kernel_make "$kernel" "$kver" M="$out/tree/$dir" modules
    cp "$out/tree/$dir"/*.ko "$out/"
    stamp "$out/stamp" "$key"
}
