# Workloads on the device outside of the machine (redir/redir.h), which is behind the machine's own USB host
# controller. The same programs as for the gadget (workloads.sh).

# How often Linux has the controller try a transaction that times out: five times with xHCI, and once only until
# an URB was filled again; with EHCI 32 times. On endpoint 0 of QEMU's EHCI that looks like a stall.
retries=5 control_failed=-71
for controller in /sys/bus/pci/drivers/ehci-pci/0000*; do
    if [ -e "$controller" ]; then retries=32 control_failed=-32; fi
done

# outside_up [low]: plug it, at high speed or at low.
outside_up() {
    host "redir plug${1:+ $1}"
    usb_wait REDIR || fail "wrong: dom0 has no device REDIR"
}
outside_down() {
    host "redir unplug"
    usb_gone REDIR || fail "wrong: dom0 still has the device REDIR"
}

# outside_log: what its endpoints saw since the last outside_log.
outside_log() {
    for log in in1 out1 int1 in2 out2; do echo "$log: $(host "redir log $log")"; done
}

# outside_in_guest PROGRAM: run it in the guest only, for what the controller itself does not promise.
outside_in_guest() {
    outside_up
    attach REDIR
    in_guest 60 "usb_wait REDIR && bedtool urbs \$(usb_node) $repeat '$1'"
    detach REDIR
    outside_down
}

# outside PROGRAM [low]: run it natively and in the guest; the device must have seen the same.
outside() {
    outside_up "${2:-}"
    in_dom0 "bedtool urbs $(usb_node) $repeat '$1'"
    outside_log >/tmp/log-native
    cat /tmp/log-native
    attach REDIR
    in_guest 60 "usb_wait REDIR && bedtool urbs \$(usb_node) $repeat '$1'"
    outside_log >/tmp/log-guest
    same_log
    detach REDIR
    outside_down
}
