# shellcheck shell=bash
# The parts of the bed that only change with Debian's packages: Xen, the kernel, and the root file
# systems of dom0 and guest without anything of ours. All of it lives below $BED.

# build_packages: download and unpack what dom0 is made of.
build_packages() {
    local key packages=("${BED_XEN_PACKAGES[@]}" "linux-image-$BED_KVER" linux-source-6.1)
    mapfile -t packages < <(package_versions "${packages[@]}")
    key="${packages[*]}"
    if ! stamped "$BED/packages.stamp" "$key"; then
        stage "downloading Xen, its tools and Linux $BED_KVER" unpack_packages "$BED/packages" "${packages[@]}"
        stage "unpacking a few files of the kernel's source" unpack_source
        stamp "$BED/packages.stamp" "$key"
    fi
    BED_PACKAGES_KEY=$key
}

unpack_source() {
    local file names=()
    for file in "${BED_SOURCE_FILES[@]}"; do names+=("linux-source-6.1/$file"); done
    rm -rf "$BED/linux-source-6.1"
    tar -C "$BED" -xJf "$BED/packages/usr/src/linux-source-6.1.tar.xz" "${names[@]}"
    rm "$BED/packages/usr/src/linux-source-6.1.tar.xz"
}

# build_kernels: Xen and Linux unpacked, as QEMU's multiboot loader and the domain builder want them;
# unpacking inside the emulated machine would cost seconds of every boot.
build_kernels() {
    local key="1 $BED_PACKAGES_KEY"
    if stamped "$BED/kernels.stamp" "$key"; then return 0; fi
    stage "unpacking the kernels" unpack_kernels
    stamp "$BED/kernels.stamp" "$key"
}

unpack_kernels() {
    gzip -dc "$BED/packages/boot/xen-4.17-amd64.gz" >"$BED/xen"
    bash "$BED/linux-source-6.1/scripts/extract-vmlinux" "$BED/packages/boot/vmlinuz-$BED_KVER" >"$BED/vmlinux"
}

# build_tools: our static helpers and the kernel's testusb.
build_tools() {
    local key
    key="$BED_PACKAGES_KEY $(cd "$BED_DIR" && hash_of tools libusb)"
    if stamped "$BED/tools.stamp" "$key"; then return 0; fi
    stage "building the helper programs" compile_tools
    stamp "$BED/tools.stamp" "$key"
}

compile_tools() {
    mkdir -p "$BED/tools/usr/bin"
    gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -o "$BED/tools/bedtool" "$BED_DIR"/tools/*.c
    gcc -O2 -w -static -pthread -o "$BED/tools/testusb" "$BED/linux-source-6.1/tools/usb/testusb.c"
    # shellcheck disable=SC2046 # several flags
    gcc -std=gnu11 -O2 -Wall -Wextra -Werror $(pkg-config --cflags libusb-1.0) -o "$BED/tools/usr/bin/usbqueue" \
        "$BED_DIR"/libusb/*.c "$BED_DIR/tools/scripted.c" -lusb-1.0
}

# build_redir: the device that runs beside QEMU, see redir/redir.h.
build_redir() {
    local key
    key="$(cd "$BED_DIR" && hash_of redir tools/scripted.c tools/scripted.h)"
    if stamped "$BED/redir.stamp" "$key"; then return 0; fi
    stage "building the scripted device for usb-redir" compile_redir
    stamp "$BED/redir.stamp" "$key"
}

compile_redir() {
    gcc -std=gnu11 -O2 -Wall -Wextra -Werror -o "$BED/redir.new" "$BED_DIR"/redir/*.c "$BED_DIR/tools/scripted.c" \
        -lusbredirparser
    mv "$BED/redir.new" "$BED/redir"
}

# build_bases: the two root file systems as uncompressed cpio archives.
build_bases() {
    local key
    key="$BED_PACKAGES_KEY $(cat "$BED/tools.stamp") $(cd "$BED_DIR" && hash_of image)"
    if stamped "$BED/bases.stamp" "$key"; then return 0; fi
    stage "building the guest's base image" build_guest_base
    stage "building dom0's base image" build_dom0_base
    stamp "$BED/bases.stamp" "$key"
}

# start_root DIR: an empty root with busybox and our helpers.
start_root() {
    local root=$1 applet
    rm -rf "$root"
    mkdir -p "$root"/{bin,sbin,proc,sys,dev,run,tmp,root,etc,bed,var/log,var/lib,usr/bin,usr/sbin}
    ln -s ../run "$root/var/run"
    cp /bin/busybox "$BED/tools/bedtool" "$BED/tools/testusb" "$root/bin/"
    for applet in $(busybox --list); do
        [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
    done
    ln -sf ../bin/busybox "$root/sbin/modprobe"
    echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
    echo 'root:x:0:' >"$root/etc/group"
}

# add_modules ROOT LIST: Debian's modules named in LIST with their dependencies; modprobe works in ROOT,
# and the lines of LIST marked "boot" are also loaded by init in one go (/etc/boot-modules).
add_modules() {
    local root=$1 list=$2 name when path
    while read -r name when; do
        case $name in '' | '#'*) continue ;; esac
        modprobe -d "$BED/packages" -S "$BED_KVER" --show-depends "$name" |
            sed -n 's/^insmod \([^ ]*\).*/\1/p' >"$root.modules"
        [ -s "$root.modules" ] || { say "no module $name"; return 1; }
        while read -r path; do
            path=${path#"$BED/packages"}
            mkdir -p "$root$(dirname "$path")"
            cp -n "$BED/packages$path" "$root$path"
            if [ "$when" = boot ] && ! grep -qsx "$path" "$root/etc/boot-modules"; then
                echo "$path" >>"$root/etc/boot-modules"
            fi
        done <"$root.modules"
    done <"$list"
    rm "$root.modules"
    cp "$BED/packages/lib/modules/$BED_KVER"/modules.{order,builtin} "$root/lib/modules/$BED_KVER/"
    depmod -b "$root" "$BED_KVER"
}

# add_program ROOT FROM FILE...: programs of packages unpacked in FROM, with the libraries that they need.
# What is not among the bed's packages is part of this machine's Debian, of the same release.
add_program() {
    local root=$1 from=$2 file lib target
    local libs=$BED/packages/usr/lib/x86_64-linux-gnu:$BED/packages/lib/x86_64-linux-gnu
    shift 2
    for file; do
        mkdir -p "$root$(dirname "$file")"
        cp -P "$from$file" "$root$file"
        for lib in $(LD_LIBRARY_PATH=$libs ldd "$from$file" | grep -o '/[^ ]*'); do
            target=${lib#"$BED/packages"}
            mkdir -p "$root$(dirname "$target")"
            cp -nL "$lib" "$root$target"
        done
    done
}

# pack ROOT ARCHIVE: a run that reads the old archive keeps it.
pack() {
    (cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >"$2.new"
    mv "$2.new" "$2"
}

build_guest_base() {
    local root=$BED/guest-root
    start_root "$root"
    depmod -b "$BED/packages" "$BED_KVER"
    add_modules "$root" "$BED_DIR/image/guest-modules"
    add_program "$root" "$BED/packages" /usr/bin/sg_raw
    add_program "$root" "$BED/tools" /usr/bin/usbqueue
    install -m 755 "$BED_DIR/image/guest-init" "$root/init"
    pack "$root" "$BED/guest-base.cpio"
}

build_dom0_base() {
    local root=$BED/dom0-root bin=/usr/lib/xen-4.17/bin
    start_root "$root"
    add_modules "$root" "$BED_DIR/image/dom0-modules"
    add_program "$root" "$BED/packages" $bin/{xl,xenstored,xenconsoled,xen-init-dom0,libxl-save-helper,xenstore-control,lsevtchn} \
        /usr/bin/xenstore /usr/bin/xenstore-{ls,read,write,rm,list,chmod} \
        /usr/bin/sg_raw
    add_program "$root" "$BED/tools" /usr/bin/usbqueue
    # glibc loads this one only when a thread is cancelled, so ldd does not show it.
    cp -L /lib/x86_64-linux-gnu/libgcc_s.so.1 "$root/lib/x86_64-linux-gnu/"
    mkdir -p "$root/etc/xen" "$root/var/lib/xen" "$root/var/log/xen/console"
    echo 'autoballoon="off"' >"$root/etc/xen/xl.conf"
    install -m 755 "$BED_DIR/image/dom0-init" "$root/init"
    cp "$BED/vmlinux" "$root/bed/vmlinux"
    pack "$root" "$BED/dom0-base.cpio"
}
