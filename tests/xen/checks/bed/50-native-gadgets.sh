# dom0's own gadgets pass usbtest and give back URBs of all sizes.
# timeout: 180

gadget_up LOOP Loopback
usb_wait LOOP
bedtool loopback "$(usb_node)" 1 4096 65536 122880 1048576 || fail "loopback: see the log"
gadget_down LOOP

for pattern in 1 0; do
    gadget_up "TEST$pattern" SourceSink pattern=$pattern
    usbtest_run "TEST$pattern" $pattern
    gadget_down "TEST$pattern"
done >/tmp/usbtest
cat /tmp/usbtest
if grep -q fail /tmp/usbtest; then fail "usbtest natively: $(grep -m1 fail /tmp/usbtest)"; fi
