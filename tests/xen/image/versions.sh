# shellcheck shell=bash disable=SC2034
# Which packages the bed is made of. Needs scripts/lib/common.sh and packages.sh.

# Installed on this machine, because they are used as programs or have absolute paths inside.
BED_HOST_PACKAGES=(qemu-system-x86 qemu-utils busybox-static cpio kmod binutils xz-utils bzip2
    python3 gcc libc6-dev make flex bison bc libelf-dev libusbredirparser-dev libusb-1.0-0-dev pkg-config)

# Only unpacked into the cache: installing them would make this machine a Xen host. (sg_raw is for the checks.)
BED_XEN_PACKAGES=(xen-hypervisor-4.17-amd64 xen-utils-4.17 xenstore-utils
    libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1
    libxenmisc4.17 libxenstore4 libxentoolcore1 libxentoollog1 libyajl2
    sg3-utils libsgutils2-1.46-2)

# Files wanted from the kernel's source: the unpacker of vmlinuz, testusb, and the frontend that ours is
# compared with.
BED_SOURCE_FILES=(scripts/extract-vmlinux tools/usb/testusb.c drivers/usb/host/xen-hcd.c)

# find_kernel: set BED_KVER to the kernel that Debian's meta package installs now. Headers and image of one
# name come from one source, so modules built here load there.
find_kernel() {
    local try
    for try in now "after an update"; do
        BED_KVER=$(LC_ALL=C apt-cache depends linux-image-amd64 2>/dev/null |
            sed -n 's/.*Depends: linux-image-//p' | head -n 1)
        if [ -n "$BED_KVER" ]; then return 0; fi
        # A new machine has no package lists yet.
        if [ "$try" = now ]; then stage "refreshing the package lists" apt_update; fi
    done
    die "no linux-image-amd64 in Debian's package lists"
}
