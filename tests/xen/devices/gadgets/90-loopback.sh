# A loopback of bulk data: URBs of 1 octet to 64 KiB come back right.
# timeout: 120
# programs: devices

gadget_up LOOP Loopback
gadget_used LOOP 60 "usb_wait LOOP && bedtool loopback \$(usb_node) 1 511 1000 4096 65536 && echo pass"
