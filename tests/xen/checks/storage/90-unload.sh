# Both modules can be removed when nothing is attached, and loaded again.
# timeout: 180
# only: our-back

controller_up
controller_down
guest 40 "rmmod $frontend_module" || fail "the frontend could not be removed"
rmmod xen-usbback || fail "the backend could not be removed"
[ ! -e /sys/bus/usb/drivers/usbback ] || fail "the backend's USB driver is still there"
guest 40 "insmod /bed/modules/$frontend_module.ko" || fail "the frontend could not be loaded again"
attach STICK1
guest_reads STICK1 0 1
equal "sha256 of 1 MiB" "$sum" "$(host sha256 stick1 0 1048576)"
