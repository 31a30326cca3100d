# shellcheck shell=bash
# The parts of the bed that only change with Debian's packages: Xen, the kernels, and the root file
# systems of dom0 and guest without anything of ours. All of it lives below $BED; what depends on the versions
# of Xen ($BED_XEN) and of the kernels ($BED_DOM0_KERNEL, $BED_GUEST_KERNEL) has them in its name.

# build_source: a few files of the kernel's source.
build_source() {
    local packages
    mapfile -t packages < <(package_versions linux-source-6.1)
    BED_SOURCE_KEY="${packages[*]} ${BED_SOURCE_FILES[*]}"
    if stamped "$BED/source.stamp" "$BED_SOURCE_KEY"; then return 0; fi
    stage "downloading the source of Linux 6.1" unpack_packages "$BED/source-packages" "${packages[@]}"
    stage "unpacking a few files of it" unpack_source
    stamp "$BED/source.stamp" "$BED_SOURCE_KEY"
}

unpack_source() {
    local file names=()
    for file in "${BED_SOURCE_FILES[@]}"; do names+=("linux-source-6.1/$file"); done
    tar -C "$BED" -xJf "$BED/source-packages/usr/src/linux-source-6.1.tar.xz" "${names[@]}"
    rm -r "$BED/source-packages"
}

# build_xen: $BED/xen-VERSION has the toolstack in packages/ and the hypervisor as QEMU's multiboot loader wants it.
build_xen() {
    local suite key packages dir=$BED/xen-$BED_XEN
    suite=$(xen_suite "$BED_XEN")
    suite_up "$suite" || die "this machine's archive of packages has no $suite, where Xen $BED_XEN is"
    # shellcheck disable=SC2046 # names of packages
    mapfile -t packages < <(in_suite "$suite" package_versions $(xen_packages "$BED_XEN") $(program_packages "$suite"))
    key="1 ${packages[*]}"
    BED_XEN_KEY=$key
    if stamped "$dir/stamp" "$key"; then return 0; fi
    mkdir -p "$dir"
    stage "downloading Xen $BED_XEN and its tools" in_suite "$suite" unpack_packages "$dir/packages" "${packages[@]}"
    gzip -dc "$dir/packages/boot/xen-$BED_XEN-amd64.gz" >"$dir/xen.new"
    mv "$dir/xen.new" "$dir/xen"
    stamp "$dir/stamp" "$key"
}

# build_linux KERNEL: $BED/linux-KERNEL has Debian's image in packages/, vmlinux (what Xen and the domain builder
# boot: unpacking it in the emulated machine would cost seconds of every boot), and vmlinux.cpio with it. Sets KVER.
build_linux() {
    local suite key packages dir=$BED/linux-$1
    kernel_headers "$1"
    suite=$(kernel_suite "$1")
    # shellcheck disable=SC2046 # names of packages
    mapfile -t packages < <(in_suite "$suite" package_versions $(image_package "$1") $(program_packages "$suite"))
    # shellcheck disable=SC2153 # kernel_headers has set KVER
    key="1 $(kernel_key "$1" "$KVER") ${packages[*]}"
    if stamped "$dir/stamp" "$key"; then return 0; fi
    mkdir -p "$dir"
    stage "downloading Linux $KVER" in_suite "$suite" unpack_packages "$dir/packages" "${packages[@]}"
    stage "unpacking Linux $KVER" unpack_linux "$dir" "$1"
    stamp "$dir/stamp" "$key"
}

# image_package KERNEL: the package that it is in; none for what is built here.
image_package() {
    if ! debug_kernel "$1"; then echo "linux-image-$KVER"; fi
}

unpack_linux() {
    local dir=$1
    # Where modprobe -d looks.
    [ -e "$dir/packages/lib" ] || ln -s usr/lib "$dir/packages/lib"
    if debug_kernel "$2"; then
        debug_kernel_install "$2" "$dir"
    else
        bash "$BED/linux-source-6.1/scripts/extract-vmlinux" "$dir/packages/boot/vmlinuz-$KVER" >"$dir/vmlinux.new"
        mv "$dir/vmlinux.new" "$dir/vmlinux"
    fi
    depmod -b "$dir/packages" "$KVER"
    rm -rf "$dir/root"
    mkdir -p "$dir/root/bed"
    ln "$dir/vmlinux" "$dir/root/bed/vmlinux"
    pack "$dir/root" "$dir/vmlinux.cpio"
    rm -r "$dir/root"
}

# build_tools: our static helpers and the kernel's testusb.
build_tools() {
    local key
    key="$BED_SOURCE_KEY $(cd "$BED_DIR" && hash_of tools libusb)"
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

# build_unikernel: examples/unikernel, as anybody builds it.
build_unikernel() {
    local key
    key="$(cd "$USBIF_ROOT" && hash_of examples/unikernel examples/template-port libusbif)"
    if stamped "$BED/unikernel.stamp" "$key"; then return 0; fi
    stage "building the unikernel" make -C "$USBIF_ROOT/examples/unikernel" BUILD="$BED/unikernel"
    stamp "$BED/unikernel.stamp" "$key"
}

# build_bases: the two root file systems as uncompressed cpio archives.
build_bases() {
    local key guest=$BED/guest-base-$BED_GUEST_KERNEL dom0=$BED/dom0-base-$BED_XEN-$BED_DOM0_KERNEL
    key="$(cat "$BED/tools.stamp") $(cd "$BED_DIR" && hash_of image)"
    if ! stamped "$guest.stamp" "$(cat "$BED/linux-$BED_GUEST_KERNEL/stamp") $key"; then
        stage "building the guest's base image ($BED_GUEST_KERNEL)" build_guest_base "$guest"
        stamp "$guest.stamp" "$(cat "$BED/linux-$BED_GUEST_KERNEL/stamp") $key"
    fi
    key="$(cat "$BED/linux-$BED_DOM0_KERNEL/stamp") $BED_XEN_KEY $key"
    if ! stamped "$dom0.stamp" "$key"; then
        stage "building dom0's base image (Xen $BED_XEN, $BED_DOM0_KERNEL)" build_dom0_base "$dom0"
        stamp "$dom0.stamp" "$key"
    fi
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

# add_modules ROOT LIST KERNEL: Debian's modules named in LIST with their dependencies; modprobe works in ROOT,
# and the lines of LIST marked "boot" are also loaded by init in one go (/etc/boot-modules).
add_modules() {
    local root=$1 list=$2 from=$BED/linux-$3/packages kver name when path
    kver=$(cd "$from/lib/modules" && echo *)
    while read -r name when; do
        case $name in '' | '#'*) continue ;; esac
        # A driver that is a module in one kernel may be built into the other.
        modprobe -d "$from" -S "$kver" --show-depends "$name" >"$root.depends" || debug_kernel "$3"
        sed -n 's/^insmod \([^ ]*\).*/\1/p' "$root.depends" >"$root.modules"
        # A small kernel has not all of them; the checks that want one fail.
        if [ ! -s "$root.depends" ] && debug_kernel "$3"; then continue; fi
        [ -s "$root.depends" ] || { say "no module $name"; return 1; }
        while read -r path; do
            path=${path#"$from"}
            mkdir -p "$root$(dirname "$path")"
            case $path in
                *.xz)
                    path=${path%.xz}
                    [ -e "$root$path" ] || xz -dc "$from$path.xz" >"$root$path"
                    ;;
                *) cp -n "$from$path" "$root$path" ;;
            esac
            if [ "$when" = boot ] && ! grep -qsx "$path" "$root/etc/boot-modules"; then
                echo "$path" >>"$root/etc/boot-modules"
            fi
        done <"$root.modules"
    done <"$list"
    rm "$root.modules" "$root.depends"
    cp "$from/lib/modules/$kver"/modules.{order,builtin} "$root/lib/modules/$kver/"
    depmod -b "$root" "$kver"
}

# add_program ROOT FROM LIBRARIES FILE...: programs found in FROM, with what they need of the packages unpacked in
# LIBRARIES, or of Xen's. What is not there is part of this machine's Debian; unless LIBRARIES has a C library, as
# packages of another release do: then nothing is of this machine.
add_program() {
    local root=$1 from=$2 libraries=$3 xen=$BED/xen-$BED_XEN/packages dir=usr/lib/x86_64-linux-gnu linker file lib target
    local path=$libraries/$dir:$libraries/lib/x86_64-linux-gnu
    linker=$libraries/$dir/ld-linux-x86-64.so.2
    shift 3
    for file; do
        mkdir -p "$root$(dirname "$file")"
        cp -P "$from$file" "$root$file"
        if [ -e "$linker" ]; then
            mkdir -p "$root/lib64"
            cp -nL "$linker" "$root/lib64/"
            "$linker" --library-path "$path" --list "$from$file" | sed -n 's/.* => \([^ ]*\).*/\1/p' |
                grep -v '/ld-linux-x86-64.so.2$'
        else
            LD_LIBRARY_PATH=$path:$xen/$dir:$xen/lib/x86_64-linux-gnu ldd "$from$file" | grep -o '/[^ ]*'
        fi >"$root.libs"
        while read -r lib; do
            target=${lib#"$libraries"}
            target=${target#"$xen"}
            mkdir -p "$root$(dirname "$target")"
            cp -nL "$lib" "$root$target"
        done <"$root.libs"
    done
    rm "$root.libs"
}

# pack ROOT ARCHIVE: a run that reads the old archive keeps it.
pack() {
    (cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >"$2.new"
    mv "$2.new" "$2"
}

build_guest_base() {
    local root=$1-root from=$BED/linux-$BED_GUEST_KERNEL/packages
    start_root "$root"
    add_modules "$root" "$BED_DIR/image/guest-modules" "$BED_GUEST_KERNEL"
    add_program "$root" "$from" "$from" /usr/bin/sg_raw
    add_program "$root" "$BED/tools" "$from" /usr/bin/usbqueue
    install -m 755 "$BED_DIR/image/guest-init" "$root/init"
    pack "$root" "$1.cpio"
}

build_dom0_base() {
    local root=$1-root bin=/usr/lib/xen-$BED_XEN/bin from=$BED/xen-$BED_XEN/packages
    start_root "$root"
    add_modules "$root" "$BED_DIR/image/dom0-modules" "$BED_DOM0_KERNEL"
    add_program "$root" "$from" "$from" \
        "$bin"/{xl,xenstored,xenconsoled,xen-init-dom0,libxl-save-helper,xenstore-control,lsevtchn} \
        /usr/bin/xenstore /usr/bin/xenstore-{ls,read,write,rm,list,chmod} \
        /usr/bin/sg_raw
    add_program "$root" "$BED/tools" "$from" /usr/bin/usbqueue
    ln -s "xen-$BED_XEN" "$root/usr/lib/xen"
    add_cancel_library "$root" "$from"
    mkdir -p "$root/etc/xen" "$root/var/lib/xen" "$root/var/log/xen/console"
    echo 'autoballoon="off"' >"$root/etc/xen/xl.conf"
    install -m 755 "$BED_DIR/image/dom0-init" "$root/init"
    pack "$root" "$1.cpio"
}

# add_cancel_library ROOT FROM: glibc loads this one only when a thread is cancelled, so ldd does not show it.
add_cancel_library() {
    local lib=/usr/lib/x86_64-linux-gnu/libgcc_s.so.1
    if [ -e "$2$lib" ]; then
        cp -L "$2$lib" "$1$lib"
    else
        cp -L "/lib/x86_64-linux-gnu/libgcc_s.so.1" "$1/lib/x86_64-linux-gnu/"
    fi
}
