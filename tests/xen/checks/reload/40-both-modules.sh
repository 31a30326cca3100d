# Both modules are removed and loaded again at the same time while the devices are used; they all come back.
# timeout: 240
# cycle: 40
# only: ours

load_up
for cycle in $(seq "$reload_cycles"); do
    before_reload
    guest_start module "rmmod xen-usbfront && insmod /bed/modules/xen-usbfront.ko"
    rmmod xen-usbback || fail "cycle $cycle: the backend could not be removed"
    backend_up
    guest_wait module 60 || fail "cycle $cycle: the frontend could not be removed and loaded again"
    after_reload
done
load_down "$reload_cycles"
