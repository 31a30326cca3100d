# A stick is detached by xl while it is read, and attached again.
# timeout: 400
# cycle: 30
# only: ours
# kernel: slub_debug=U,kmalloc-*

detached() {
    reading_begins
    port_with STICK1 $touched || fail "cycle $cycle: no port has STICK1"
    xl usbdev-detach "$domid" $touched "$port" || fail "cycle $cycle: xl usbdev-detach"
    reading_broke
    give STICK1 $touched
}
churn detached
