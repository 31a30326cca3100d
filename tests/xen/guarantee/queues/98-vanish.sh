# A device vanishes under the URBs of three endpoints: each ends, and the device works when it comes back.
# timeout: 180

steps="
    submit a in1 16384
    submit b in1 16384
    submit c in1 16384
    submit p int1 64
    submit x out1 4096
    submit y out1 4096
    tell in1 send 1 1000
    expect a 0 1000
    tell in1 wait 100
    tell in1 vanish
    gone b c p x y"

gadget_up VANISH ffs
usb_wait VANISH || fail "wrong: no device natively"
in_dom0 "bedtool urbs $(usb_node) 1 '$steps'"
usb_gone VANISH || fail "wrong: dom0 still shows the device"
gadget_log >/tmp/log-native
for _ in $(seq "$repeat"); do
    gadget_plug VANISH
    attach VANISH
    in_guest 40 "usb_wait VANISH && bedtool urbs \$(usb_node) 1 '$steps'"
    guest 40 "usb_gone VANISH" || fail "wrong: the guest still shows the device"
    usb_gone VANISH || fail "wrong: dom0 still shows the device"
    gadget_log >/tmp/log-guest
    same_log
done
gadget_plug VANISH
attach VANISH
in_guest 40 "usb_wait VANISH && bedtool urbs \$(usb_node) 1 'tell in1 send 1 100
submit a in1 512
expect a 0 100'"
detach VANISH
gadget_down VANISH
