# A stick is pulled while it is read, and plugged and attached again.
# timeout: 400
# cycle: 30
# only: ours
# kernel: slub_debug=U,kmalloc-*

pulled() {
    reading_begins
    host "unplug stick1"
    reading_broke
    usb_gone STICK1 || fail "cycle $cycle: dom0 still shows the stick"
    host "plug stick1"
    give STICK1 $touched
}
churn pulled
