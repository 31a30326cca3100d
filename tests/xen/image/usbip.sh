# shellcheck shell=bash
# USB/IP's tools for dom0, in an archive of their own that is loaded only for --system usbip. Its kernel
# modules are among dom0's.

# The server's library for access control; it is installed for what it needs itself.
USBIP_HOST_PACKAGES=(libwrap0)

build_usbip() {
    local key packages
    ensure_packages "${USBIP_HOST_PACKAGES[@]}"
    mapfile -t packages < <(package_versions usbip)
    key="$BED_XEN_KEY ${packages[*]} $(cd "$BED_DIR" && hash_of image)"
    if stamped "$BED/usbip.stamp" "$key"; then return 0; fi
    stage "downloading the tools of USB/IP" unpack_packages "$BED/usbip-packages" "${packages[@]}"
    stage "building USB/IP's image" build_usbip_image
    stamp "$BED/usbip.stamp" "$key"
}

build_usbip_image() {
    local root=$BED/usbip-root
    rm -rf "$root"
    mkdir -p "$root"
    add_program "$root" "$BED/usbip-packages" "$BED/usbip-packages" /usr/sbin/usbip /usr/sbin/usbipd
    pack "$root" "$BED/usbip.cpio"
}
