# A guest that suspends what is idle tries so with a keyboard, in vain, and loses no key.
# timeout: 180
# only: ours

attach KEYBOARD
guest 20 "usb_find KEYBOARD
    echo 'func usb_port_suspend +p' >/sys/kernel/debug/dynamic_debug/control
    echo enabled >\$usb/power/wakeup
    echo auto >\$usb/power/control"
for _ in $(seq "$repeat"); do
    guest_start keys "rm -f /tmp/keys-ready; bedtool keys 60 'QEMU USB Keyboard' 3"
    guest 40 "until [ -e /tmp/keys-ready ]; do sleep 0.1; done"
    # The guest tries two seconds after the last key.
    sleep 3
    host "keys x"
    sleep 3
    host "keys e n"
    equal "the codes of x, e and n" "$(guest_wait keys 65)" "45 18 49 "
done
guest 20 "usb_find KEYBOARD; echo on >\$usb/power/control
    dmesg | grep -c \"can't suspend, status -32\"" || fail "the guest never tried to suspend the keyboard"
