# shellcheck shell=bash
# The drivers that ours are compared with, and joined with: QEMU's USB backend in dom0, which is large and so
# goes into an archive of its own, and Linux' xen-hcd in the guest.

# QEMU for Xen is unpacked; the libraries it needs are installed here, as they come with the outer QEMU anyway.
QUSB_HOST_PACKAGES=(qemu-system-data libspice-server1 libusb-1.0-0 libpixman-1-0 libjpeg62-turbo libglib2.0-0
    libkmod2 libacl1 libblkid1 libcap2 libselinux1)

build_qusb() {
    local key packages
    ensure_packages "${QUSB_HOST_PACKAGES[@]}"
    mapfile -t packages < <(package_versions qemu-system-xen udev)
    key="$BED_XEN_KEY ${packages[*]} $(cd "$BED_DIR" && hash_of image)"
    if stamped "$BED/qusb.stamp" "$key"; then return 0; fi
    stage "downloading QEMU for Xen and udev" unpack_packages "$BED/qusb-packages" "${packages[@]}"
    stage "building the image of QEMU's backend" build_qusb_image
    stamp "$BED/qusb.stamp" "$key"
}

build_qusb_image() {
    local root=$BED/qusb-root program=/usr/libexec/xen-qemu-system-i386
    rm -rf "$root"
    mkdir -p "$root/usr/share/qemu/keymaps"
    add_program "$root" "$BED/qusb-packages" "$BED/qusb-packages" $program
    # QEMU learns from udevd of devices that come and go; it needs no rules for that.
    add_program "$root" "$BED/qusb-packages" "$BED/qusb-packages" /bin/udevadm
    mkdir -p "$root/lib/systemd"
    ln -s /bin/udevadm "$root/lib/systemd/systemd-udevd"
    # QEMU ends at once without a keymap, even without a display.
    cp /usr/share/qemu/keymaps/en-us "$root/usr/share/qemu/keymaps/"
    pack "$root" "$BED/qusb.cpio"
}

build_xen_hcd() {
    local key to=$BED/modules-$BED_GUEST_KERNEL
    key="$(kernel_key "$BED_GUEST_KERNEL" "$BED_GUEST_KVER") $BED_SOURCE_KEY"
    if stamped "$to/xen-hcd.stamp" "$key"; then return 0; fi
    mkdir -p "$to"
    stage "building Linux' xen-hcd for $BED_GUEST_KVER" compile_xen_hcd "$to/xen-hcd"
    stamp "$to/xen-hcd.stamp" "$key"
}

compile_xen_hcd() {
    rm -rf "$1"
    mkdir -p "$1"
    cp "$BED/linux-source-6.1/drivers/usb/host/xen-hcd.c" "$1/"
    echo 'obj-m := xen-hcd.o' >"$1/Kbuild"
    kernel_make "$BED_GUEST_KERNEL" "$BED_GUEST_KVER" M="$1" modules
}

# HVM guests: QEMU as their device model, the firmware in an archive for dom0, and in $BED/iso-KERNEL what each run makes
# a disk of. A boot loader reads that by DMA; what QEMU itself hands out of a kernel (kernel= in the configuration)
# comes octet by octet, four minutes of it, and what SeaBIOS reads of a CD word by word.
HVM_HOST_PACKAGES=(seabios isolinux syslinux-common syslinux-utils genisoimage)

build_hvm() {
    local key
    build_qusb
    ensure_packages "${HVM_HOST_PACKAGES[@]}"
    key="$BED_XEN_KEY $(dpkg-query -W "${HVM_HOST_PACKAGES[@]}" | tr '\n\t' '  ') $(cd "$BED_DIR" && hash_of image)"
    if ! stamped "$BED/hvm.stamp" "$key"; then
        stage "building the image of the HVM guests' firmware" build_hvm_image
        stamp "$BED/hvm.stamp" "$key"
    fi
    key="$key $(cat "$BED/linux-$BED_GUEST_KERNEL/stamp")"
    if stamped "$BED/iso-$BED_GUEST_KERNEL.stamp" "$key"; then return 0; fi
    stage "collecting what HVM guests boot from" collect_iso "$BED/iso-$BED_GUEST_KERNEL"
    stamp "$BED/iso-$BED_GUEST_KERNEL.stamp" "$key"
}

build_hvm_image() {
    local root=$BED/hvm-root boot=/usr/lib/xen-$BED_XEN/boot
    rm -rf "$root"
    mkdir -p "$root$boot" "$root/usr/share/seabios"
    cp "$BED/xen-$BED_XEN/packages$boot/hvmloader" "$root$boot/"
    cp /usr/share/seabios/bios-256k.bin "$root/usr/share/seabios/"
    pack "$root" "$BED/hvm.cpio"
}

collect_iso() {
    rm -rf "$1"
    mkdir -p "$1/isolinux"
    cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$1/isolinux/"
    cp "$BED/linux-$BED_GUEST_KERNEL/packages/boot/vmlinuz-$BED_GUEST_KVER" "$1/vmlinuz"
}
