# The device is pulled with URBs pending: all end; plugged again, it works.
# timeout: 150
# only: pv, native

pull="
    submit a in1 16384
    submit b in1 16384
    submit c out1 1024
    submit d int1 64
    pending a b c d
    tell in2 wait 100
    tell in2 vanish
    gone a b c d"
use="
    tell in1 send 1 100
    submit a in1 512
    expect a 0 100"
outside_up
for run in $(seq "$repeat"); do
    attach REDIR
    in_guest 40 "usb_wait REDIR && bedtool urbs \$(usb_node) 1 '$pull'"
    guest 40 "usb_gone REDIR" || fail "wrong: the guest still has the device"
    host "redir plug"
    usb_wait REDIR || fail "wrong: dom0 has no device REDIR"
    if [ "$system" != native ] && port_of REDIR; then detach REDIR; fi
    attach REDIR
    in_guest 40 "usb_wait REDIR && bedtool urbs \$(usb_node) 1 '$use'"
done
detach REDIR
outside_down
