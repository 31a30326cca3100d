# A controller is detached by xl while its stick is read, and attached again with the stick.
# timeout: 400
# cycle: 40
# only: ours
# kernel: slub_debug=U,kmalloc-*

removed() {
    reading_begins
    xl usbctrl-detach "$domid" $touched || fail "cycle $cycle: xl usbctrl-detach"
    reading_broke
    if xenstore-read "/local/domain/0/backend/vusb/$domid/$touched/state" 2>/dev/null; then
        fail "cycle $cycle: the controller's nodes are still there"
    fi
    churn_controllers
    give STICK1 $touched
}
churn removed
