# The frontend's module is removed and loaded again while a stick is read, the keyboard idle and a device open.
# timeout: 400
# cycle: 40
# only: ours
# kernel: slub_debug=U,kmalloc-*

reloaded() {
    guest 60 "rmmod xen-usbfront" || fail "cycle $cycle: the frontend could not be removed"
    hold_ends
    guest 40 "insmod /bed/modules/xen-usbfront.ko" || fail "cycle $cycle: the frontend could not be loaded again"
}
reload reloaded
