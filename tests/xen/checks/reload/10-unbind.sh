# Each end's driver is taken from the controller and given back through sysfs while the devices are used.
# timeout: 300
# cycle: 60
# only: ours

load_up
for cycle in $(seq "$reload_cycles"); do
    before_reload
    guest 60 'echo vusb-0 >/sys/bus/xen/drivers/xen-usbfront/unbind' || fail "cycle $cycle: the frontend was not unbound"
    guest 20 '! usb_find STICK1 && ! usb_find KEYBOARD' || fail "cycle $cycle: the guest still has devices"
    guest 40 'echo vusb-0 >/sys/bus/xen/drivers/xen-usbfront/bind' || fail "cycle $cycle: the frontend was not bound"
    after_reload
    before_reload
    echo "vusb-$domid-0" >/sys/bus/xen-backend/drivers/xen-usbback/unbind
    guest 20 'usb_gone STICK1 && usb_gone KEYBOARD' || fail "cycle $cycle: the guest still has devices"
    echo "vusb-$domid-0" >/sys/bus/xen-backend/drivers/xen-usbback/bind
    after_reload
done
load_down $((2 * reload_cycles))
