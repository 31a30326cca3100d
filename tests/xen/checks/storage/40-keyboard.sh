# Keys pressed on a keyboard that was passed through arrive in the guest.
# timeout: 180

attach KEYBOARD
guest_start keys "rm -f /tmp/keys-ready; bedtool keys 40 'QEMU USB Keyboard' 3"
guest 40 "until [ -e /tmp/keys-ready ]; do sleep 0.1; done"
host "keys x e n"
equal "the codes of x, e and n" "$(guest_wait keys 45)" "45 18 49 "
