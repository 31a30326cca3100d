# URBs of 1 byte to 1 MiB go to a loopback gadget and come back unchanged, natively and from the guest.
# timeout: 180

# A size that fills packets but not one of the gadget's 4 KiB requests would wait there for more data.
sizes="1 511 513 4095 4096 4097 65535 65536 122880 1048576"
if [ ! -d /sys/kernel/config/usb_gadget/LOOP ]; then gadget_up LOOP Loopback; fi
usb_wait LOOP
# shellcheck disable=SC2086 # a list
bedtool loopback "$(usb_node)" $sizes || fail "natively: see the log"
attach LOOP
guest 90 "usb_wait LOOP && bedtool loopback \$(usb_node) $sizes" >/tmp/loopback ||
    fail "in the guest: $(grep -m1 -v ok /tmp/loopback)"
gadget_down LOOP
guest 40 "usb_gone LOOP" || fail "the guest still has the gadget"
