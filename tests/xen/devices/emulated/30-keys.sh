# A keyboard: keys.
# timeout: 120
# programs: devices

type_keys() { host "keys a b c"; }
rm -f /tmp/keys-ready
bedtool keys 20 'QEMU USB Keyboard' 3 >/tmp/outcome &
until [ -e /tmp/keys-ready ]; do sleep 0.1; done
type_keys
wait $! || fail "wrong: $(cat /tmp/outcome) (natively)"
attach KEYBOARD
guest 20 "rm -f /tmp/keys-ready"
guest_start keys "bedtool keys 20 'QEMU USB Keyboard' 3"
guest 20 "until [ -e /tmp/keys-ready ]; do sleep 0.1; done"
type_keys
got=$(guest_wait keys 30) || fail "wrong: $got (in the guest)"
[ "$got" = "$(cat /tmp/outcome)" ] || fail "wrong: $got (in the guest)"
detach KEYBOARD
