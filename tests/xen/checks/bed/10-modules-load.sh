# Our modules, built against Debian's headers, load in dom0 and in a guest and can be removed again.
# timeout: 150
# only: ours

backend_up
rmmod xen-usbback
guest_up
guest 40 "rmmod xen-usbfront" || fail "the frontend was not loaded in the guest"
xl destroy guest1
