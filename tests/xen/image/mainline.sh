# shellcheck shell=bash
# The pair that ours is compared with: QEMU's USB backend in dom0 and Linux' xen-hcd in the guest. It is
# large, so it goes into archives of its own, made and loaded only for --system mainline.

# QEMU for Xen is unpacked; the libraries it needs are installed here, as they come with the outer QEMU anyway.
MAINLINE_HOST_PACKAGES=(qemu-system-data libspice-server1 libusb-1.0-0 libpixman-1-0 libjpeg62-turbo libglib2.0-0
    libkmod2 libacl1 libblkid1 libcap2 libselinux1)

build_mainline() {
    local key packages
    ensure_packages "${MAINLINE_HOST_PACKAGES[@]}"
    mapfile -t packages < <(package_versions qemu-system-xen udev)
    key="$BED_PACKAGES_KEY ${packages[*]} $(cd "$BED_DIR" && hash_of image)"
    if stamped "$BED/mainline.stamp" "$key"; then return 0; fi
    stage "downloading QEMU for Xen and udev" unpack_packages "$BED/mainline-packages" "${packages[@]}"
    stage "building the mainline frontend" build_xen_hcd
    stage "building the mainline pair's image" build_mainline_image
    stamp "$BED/mainline.stamp" "$key"
}

build_xen_hcd() {
    local dir=$BED/mainline
    rm -rf "$dir"
    mkdir -p "$dir"
    cp "$BED/linux-source-6.1/drivers/usb/host/xen-hcd.c" "$dir/"
    echo 'obj-m := xen-hcd.o' >"$dir/Kbuild"
    make -C "/lib/modules/$BED_KVER/build" M="$dir" modules
}

build_mainline_image() {
    local root=$BED/mainline-root program=/usr/libexec/xen-qemu-system-i386
    rm -rf "$root"
    mkdir -p "$root/usr/share/qemu/keymaps"
    add_program "$root" "$BED/mainline-packages" $program
    # QEMU learns from udevd of devices that come and go; it needs no rules for that.
    add_program "$root" "$BED/mainline-packages" /bin/udevadm
    mkdir -p "$root/lib/systemd"
    ln -s /bin/udevadm "$root/lib/systemd/systemd-udevd"
    # QEMU ends at once without a keymap, even without a display.
    cp /usr/share/qemu/keymaps/en-us "$root/usr/share/qemu/keymaps/"
    pack "$root" "$BED/mainline.cpio"
}
