# shellcheck shell=bash disable=SC2154
# The kernel's own ring, from Debian's source of Linux 6.1, as a program: what
# bench/run compares with.  Needs common.sh and packages.sh.

VRINGH=$USBIF_CACHE/bench/vringh
# What tools/virtio/Makefile compiles with, but for warnings; data_race() is
# missing among the headers that it brings along.
VRINGH_FLAGS=(-O2 -g -w -fno-pie -mgeneral-regs-only -pthread
    -fno-strict-overflow -fno-strict-aliasing -fno-common -U_FORTIFY_SOURCE
    '-Ddata_race(expr)=(expr)' -I. -I../include -I../../usr/include
    -include ../../include/linux/kconfig.h -fno-tree-loop-distribute-patterns)

vringh_unpack() {
    tar -C "$VRINGH" -xJf "$VRINGH/usr/src/linux-source-6.1.tar.xz" \
        --strip-components=1 --wildcards 'linux-source-6.1/include/*' \
        'linux-source-6.1/tools/include/*' 'linux-source-6.1/tools/virtio/*' \
        linux-source-6.1/drivers/vhost/vringh.c \
        linux-source-6.1/drivers/virtio/virtio_ring.c
    rm -r "$VRINGH/usr"
}

# vringh_build: $VRINGH/vringh_cost; the source is fetched once a version.
vringh_build() {
    local package
    package=$(package_versions linux-source-6.1)
    if ! stamped "$VRINGH.stamp" "$package"; then
        stage "downloading the source of Linux 6.1" \
            unpack_packages "$VRINGH" "$package"
        stage "unpacking its rings" vringh_unpack
        stamp "$VRINGH.stamp" "$package"
    fi
    (cd "$VRINGH/tools/virtio" &&
        gcc "${VRINGH_FLAGS[@]}" -no-pie -o "$VRINGH/vringh_cost" \
            "$BENCH/vringh_cost.c" "$BENCH/memory.c" \
            ../../drivers/vhost/vringh.c ../../drivers/virtio/virtio_ring.c)
}
