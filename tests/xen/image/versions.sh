# shellcheck shell=bash
# Which packages the bed is made of. Needs scripts/lib/common.sh and packages.sh.

# Installed on this machine, because they are used as programs or have absolute paths inside.
BED_HOST_PACKAGES=(qemu-system-x86 qemu-utils busybox-static cpio kmod binutils xz-utils bzip2
    python3 gcc libc6-dev make flex bison bc libelf-dev)

# Only unpacked into the cache: installing them would make this machine a Xen host.
BED_XEN_PACKAGES=(xen-hypervisor-4.17-amd64 xen-utils-4.17 xenstore-utils
    libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1
    libxenmisc4.17 libxenstore4 libxentoolcore1 libxentoollog1 libyajl2)

# Files wanted from the kernel's source: the unpacker of vmlinuz, testusb, and the mainline frontend
# that ours is compared with.
BED_SOURCE_FILES=(scripts/extract-vmlinux tools/usb/testusb.c drivers/usb/host/xen-hcd.c)

# find_kernel: set BED_KVER to the stock kernel that Debian's meta package names now. Headers and image
# come from one source version, so modules built here load there.
find_kernel() {
    local line
    if ! LC_ALL=C apt-cache depends linux-headers-amd64 2>/dev/null | grep -q Depends; then
        stage "refreshing the package lists" apt_update
    fi
    line=$(LC_ALL=C apt-cache depends linux-headers-amd64 | grep -m1 'Depends: linux-headers-')
    BED_KVER=${line##*linux-headers-}
}
