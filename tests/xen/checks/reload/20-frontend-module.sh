# The frontend's module is removed and loaded again while its devices are used; they all come back.
# timeout: 240
# cycle: 40
# only: ours

load_up
for cycle in $(seq "$reload_cycles"); do
    before_reload
    guest 60 "rmmod xen-usbfront" || fail "cycle $cycle: the frontend could not be removed"
    guest 20 '! usb_find STICK1 && ! usb_find KEYBOARD' || fail "cycle $cycle: the guest still has devices"
    # What belongs to no module any more is given back while there is none.
    hold_ends
    guest 40 "insmod /bed/modules/xen-usbfront.ko" || fail "cycle $cycle: the frontend could not be loaded again"
    after_reload
done
load_down "$reload_cycles"
