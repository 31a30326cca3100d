# shellcheck shell=bash disable=SC2034
# Which packages the bed is made of. Needs scripts/lib/common.sh, packages.sh, suite.sh and kernels.sh.

# Installed on this machine, because they are used as programs or have absolute paths inside.
BED_HOST_PACKAGES=(qemu-system-x86 qemu-utils busybox-static cpio kmod binutils xz-utils bzip2 zstd
    python3 gcc libc6-dev make flex bison bc libelf-dev libusbredirparser-dev libusb-1.0-0-dev pkg-config libxen-dev)

# All others are only unpacked into the cache: installing them would make this machine a Xen host.

# xen_suite XEN: the Debian release that has this version of Xen.
xen_suite() {
    case $1 in
        4.17) echo bookworm ;;
        4.20) echo trixie ;;
        *) die "no Xen $1: there are 4.17 (Debian 12) and 4.20 (Debian 13)" ;;
    esac
}

# xen_packages XEN: the hypervisor and the toolstack for dom0.
xen_packages() {
    echo "xen-hypervisor-$1-amd64" "xen-utils-$1" xenstore-utils libxencall1 libxendevicemodel1 libxenevtchn1 \
        libxenforeignmemory1 libxengnttab1 libxenhypfs1 "libxenmisc$1" libxenstore4 libxentoolcore1 \
        libxentoollog1 libyajl2
    if [ "$(xen_suite "$1")" != bookworm ]; then echo libuuid1 zlib1g liblzma5 libzstd1; fi
}

# program_packages SUITE: sg_raw, which checks use, and what our own programs need there: of another release than this
# machine's all libraries must come along.
program_packages() {
    case $1 in
        bookworm) echo sg3-utils libsgutils2-1.46-2 ;;
        *) echo sg3-utils libsgutils2-1.48 libc6 libgcc-s1 libusb-1.0-0 libudev1 libcap2 ;;
    esac
}

# Files wanted from the kernel's source: the unpacker of vmlinuz, testusb, and the frontend that ours is
# compared with, and the host controller of gadgets.
BED_SOURCE_FILES=(scripts/extract-vmlinux tools/usb/testusb.c drivers/usb/host/xen-hcd.c
    drivers/usb/gadget/udc/dummy_hcd.c)
