# Keys pressed on the host's side arrive in dom0.
# timeout: 180

bedtool keys 40 "QEMU USB Keyboard" 3 >/tmp/keys &
until [ -e /tmp/keys-ready ]; do sleep 0.1; done
host "keys x e n"
wait $!
equal "the codes of x, e and n" "$(cat /tmp/keys)" "45 18 49 "
