# The backend's module is removed and loaded again while a guest uses its devices; they all come back.
# timeout: 240
# cycle: 40
# only: ours

load_up
for cycle in $(seq "$reload_cycles"); do
    before_reload
    rmmod xen-usbback || fail "cycle $cycle: the backend could not be removed"
    [ ! -e /sys/bus/usb/drivers/usbback ] || fail "the backend's USB driver is still there"
    guest 20 'usb_gone STICK1 && usb_gone KEYBOARD' || fail "cycle $cycle: the guest still has devices"
    backend_up
    after_reload
done
load_down "$reload_cycles"
