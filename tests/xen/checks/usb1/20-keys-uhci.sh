# Keys of a full-speed keyboard behind a full-speed hub arrive in the guest.
# timeout: 180
# only: ours
# machine: uhci

attach KEYBOARD
equal "the keyboard's speed in the guest" "$(guest 40 "usb_speed KEYBOARD")" 12
guest_start keys "rm -f /tmp/keys-ready; bedtool keys 40 'QEMU USB Keyboard' 3"
guest 40 "until [ -e /tmp/keys-ready ]; do sleep 0.1; done"
host "keys x e n"
equal "the codes of x, e and n" "$(guest_wait keys 45)" "45 18 49 "
