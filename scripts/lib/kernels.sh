# shellcheck shell=bash
# The Linux kernels that our modules are built for, named by their series: Debian 12's 6.1 and Debian 13's 6.12; and
# those of debug-kernels.sh. Needs common.sh, packages.sh, suite.sh and debug-kernels.sh.

# kernel_suite KERNEL: the Debian release whose kernel that is.
kernel_suite() {
    case $1 in
        6.1 | 6.1-*) echo bookworm ;;
        6.12) echo trixie ;;
        *) die "no kernel $1: there are 6.1 (Debian 12) and 6.12 (Debian 13)" ;;
    esac
}

# kernel_find KERNEL: set KVER to the release name of the kernel that Debian's meta package installs now. Headers
# and image of one name come from one source, so modules built here load there.
kernel_find() {
    local suite try
    suite=$(kernel_suite "$1")
    suite_up "$suite" || die "this machine's archive of packages has no $suite, where kernel $1 is"
    for try in now "after an update"; do
        KVER=$(LC_ALL=C in_suite "$suite" kernel_of_meta_package)
        if [ -n "$KVER" ]; then return 0; fi
        # A new machine has no package lists yet.
        if [ "$try" = now ]; then stage "refreshing the package lists" apt_update; fi
    done
    die "no linux-image-amd64 in the package lists of $suite"
}

kernel_of_meta_package() {
    apt-cache "${APT_OPTIONS[@]}" depends linux-image-amd64 2>/dev/null |
        sed -n 's/.*Depends: linux-image-//p' | head -n 1
}

# The compiler that belongs to Debian 13's headers, and the libraries of both.
KERNEL_TOOLS=(gcc-14-x86-64-linux-gnu cpp-14-x86-64-linux-gnu libgcc-14-dev binutils-x86-64-linux-gnu
    binutils-common libbinutils libctf-nobfd0 libctf0 libjansson4 libsframe1 libzstd1 zlib1g libcc1-0 libc6
    libgcc-s1 libgmp10 libisl23 libmpc3 libmpfr6 libstdc++6 libelf1t64 libssl3t64)

# kernel_headers KERNEL: have the headers of that kernel: installed, when it is this machine's release; else
# unpacked, together with the compiler that they want. Sets KVER.
kernel_headers() {
    local suite root packages
    if debug_kernel "$1"; then
        debug_kernel_ready "$1"
        return 0
    fi
    kernel_find "$1"
    suite=$(kernel_suite "$1")
    if [ "$suite" = bookworm ]; then
        ensure_packages gcc make "linux-headers-$KVER"
        return 0
    fi
    ensure_packages make binutils
    root=$USBIF_CACHE/suites/$suite/headers
    mapfile -t packages < <(in_suite "$suite" package_versions "linux-headers-$KVER" \
        "linux-headers-${KVER%-amd64}-common" "linux-kbuild-${KVER%-amd64}" "${KERNEL_TOOLS[@]}")
    if stamped "$root.stamp" "1 ${packages[*]}"; then return 0; fi
    stage "downloading the headers of $KVER" in_suite "$suite" unpack_packages "$root" "${packages[@]}"
    stage "making the headers of $KVER work from there" kernel_relocate "$root"
    stamp "$root.stamp" "1 ${packages[*]}"
}

# kernel_key KERNEL KVER: what a module for it depends on. The name of a kernel that is built here stays the same when
# its configuration changes.
kernel_key() {
    echo "$2"
    if debug_kernel "$1"; then cat "$DEBUG_KERNEL_CACHE/$1.stamp"; fi
}

# kernel_relocate ROOT: what was made for / works in ROOT. Each program is started by its own dynamic linker with
# its own libraries, as this machine's may be older.
kernel_relocate() {
    local root=$1 file lib=$1/usr/lib/x86_64-linux-gnu
    sed -i "s|/usr/src/|$root/usr/src/|" "$root/usr/src/linux-headers-$KVER/Makefile"
    # With it, type information would be made for modules, by a program that is too old here.
    rm -f "$root/usr/src/linux-headers-$KVER/vmlinux"
    find "$root/usr/bin" "$root/usr/libexec" "$root/usr/lib/linux-kbuild-${KVER%-amd64}" -type f -perm -100 |
        while read -r file; do
            if ! readelf -l "$file" 2>/dev/null | grep -q INTERP; then continue; fi
            mv "$file" "$file.elf"
            # shellcheck disable=SC2016 # for the script that is written
            printf '#!/bin/sh\nexec "%s" --argv0 "$0" --library-path "%s" "%s" "$@"\n' \
                "$lib/ld-linux-x86-64.so.2" "$lib" "$file.elf" >"$file"
            chmod +x "$file"
        done
}

# kernel_make KERNEL KVER ARGUMENT...: make in that kernel's headers.
kernel_make() {
    local suite root kernel=$1 kver=$2
    suite=$(kernel_suite "$1")
    root=$USBIF_CACHE/suites/$suite/headers
    shift 2
    if debug_kernel "$kernel"; then
        make -C "$DEBUG_KERNEL_CACHE/$kernel" "$@"
    elif [ "$suite" = bookworm ]; then
        make -C "/lib/modules/$kver/build" "$@"
    else
        PATH=$root/usr/bin:$PATH make -C "$root/usr/src/linux-headers-$kver" "$@"
    fi
}
