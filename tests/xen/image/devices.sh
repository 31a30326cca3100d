# shellcheck shell=bash
# The tools of the users of some devices, in an archive of their own for both domains; only checks that say
# "programs: devices" get it.

# Programs and their libraries are unpacked from these.
DEVICES_PACKAGES=(alsa-utils libasound2 libasound2-data libfftw3-single3 libsamplerate0 libtinfo6 libncursesw6
    mtp-tools libmtp9 libmtp-common libusb-1.0-0 libgcrypt20 libgpg-error0 libudev1
    pcscd libccid libpcsclite1 libsystemd0 opensc opensc-pkcs11 libeac3 libssl3 libreadline8
    libglib2.0-0 libpcre2-8-0 liblz4-1 liblzma5 libzstd1 libcap2 zlib1g)

build_devices() {
    local key packages
    mapfile -t packages < <(package_versions "${DEVICES_PACKAGES[@]}")
    key="$BED_XEN_KEY ${packages[*]} $(cd "$BED_DIR" && hash_of image)"
    if stamped "$BED/devices.stamp" "$key"; then return 0; fi
    stage "downloading tools for sound, media players and smart cards" \
        unpack_packages "$BED/devices-packages" "${packages[@]}"
    stage "building the archive of these tools" build_devices_archive
    stamp "$BED/devices.stamp" "$key"
}

build_devices_archive() {
    local root=$BED/devices-root from=$BED/devices-packages ccid=/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents
    local gconv=/usr/lib/x86_64-linux-gnu/gconv
    rm -rf "$root"
    mkdir -p "$root/usr/share"
    add_program "$root" "$from" "$from" /usr/bin/aplay /usr/bin/mtp-getfile /usr/bin/mtp-connect \
        /usr/sbin/pcscd /usr/bin/opensc-tool "$ccid/Linux/libccid.so"
    # OpenSC loads it by name.
    cp -L "$from/usr/lib/x86_64-linux-gnu/libpcsclite.so.1" "$root/usr/lib/x86_64-linux-gnu/"
    # And the C library this, when a thread ends; pcscd's do.
    cp -L /usr/lib/x86_64-linux-gnu/libgcc_s.so.1 "$root/usr/lib/x86_64-linux-gnu/"
    # Conversions of characters as well, which libmtp wants.
    mkdir -p "$root$gconv"
    cp -r "$gconv"/gconv-modules "$gconv"/{UNICODE,UTF-16}.so "$root$gconv/"
    cp -r "$from/usr/share/alsa" "$root/usr/share/"
    cp "$from/etc/libccid_Info.plist" "$root$ccid/Info.plist"
    pack "$root" "$BED/devices.cpio"
}
