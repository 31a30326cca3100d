# A stick is detached by xl while it is read, and attached again.
# timeout: 400
# cycle: 30
# only: ours
# kernel: slub_debug=U,kmalloc-*

detached() {
    reading_begins
    port_with STICK1 $touched
    xl usbdev-detach "$domid" $touched "$port" || fail "cycle $cycle: xl usbdev-detach"
    reading_broke
    guest 40 "usb_gone STICK1" || fail "cycle $cycle: the guest still shows the stick"
    give STICK1 $touched
}
churn detached
