# The backend's module is removed and loaded again while a stick is read, the keyboard idle and a device open.
# timeout: 400
# cycle: 40
# only: ours
# kernel: slub_debug=U,kmalloc-*

reloaded() {
    rmmod xen-usbback || fail "cycle $cycle: the backend could not be removed"
    guest 40 'usb_gone STICK1 && usb_gone KEYBOARD' || fail "cycle $cycle: the guest still has devices"
    backend_up
}
reload reloaded
