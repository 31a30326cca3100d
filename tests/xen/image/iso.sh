# shellcheck shell=bash
# dummy_hcd with isochronous transfers, for gadgets that need them: Linux' own, whose source says where they are
# missing, and modules/dummy-iso/. Only for Linux 6.1 in dom0, as the source is of that.

build_dummy_iso() {
    local key to=$BED/modules-$BED_DOM0_KERNEL
    key="$(kernel_key "$BED_DOM0_KERNEL" "$BED_DOM0_KVER") $BED_SOURCE_KEY $(cd "$USBIF_ROOT" &&
        hash_of shims/linux-common tests/xen/modules/dummy-iso tests/xen/image/iso.sh)"
    if stamped "$to/dummy-iso.stamp" "$key"; then return 0; fi
    mkdir -p "$to"
    stage "building dummy_hcd with isochronous transfers for $BED_DOM0_KVER" compile_dummy_iso "$to/dummy-iso"
    stamp "$to/dummy-iso.stamp" "$key"
}

# Its list of endpoints has isochronous ones in comments.
compile_dummy_iso() {
    local part
    rm -rf "$1"
    mkdir -p "$1"
    cp "$USBIF_ROOT"/tests/xen/modules/dummy-iso/dummy_iso.h "$USBIF_ROOT/shims/linux-common/no_dma.h" "$1/"
    sed -e '/ep_info\[\] = {/,/#undef EP_INFO/{/^\/\*$/d;/^\*\/$/d}' \
        -e '/^static enum hrtimer_restart dummy_timer(/i #include "dummy_iso.h"' \
        -e 's/status = -EINVAL;.*fail all xfers.*/status = dummy_iso(dum, urb, ep);/' \
        -e '/^static int dummy_hcd_probe(/,/^}/s/^\tdum = .*pdev->dev.*;$/&\n\tno_dma_begin(\&pdev->dev);/' \
        "$BED/linux-source-6.1/drivers/usb/gadget/udc/dummy_hcd.c" >"$1/dummy_hcd_iso.c"
    for part in 'include "dummy_iso.h"' 'dummy_iso(dum, urb, ep)' 'no_dma_begin('; do
        [ "$(grep -c "$part" "$1/dummy_hcd_iso.c")" = 1 ] || { say "dummy_hcd.c: no place for $part"; return 1; }
    done
    echo 'obj-m := dummy_hcd_iso.o' >"$1/Kbuild"
    kernel_make "$BED_DOM0_KERNEL" "$BED_DOM0_KVER" M="$1" modules
}
