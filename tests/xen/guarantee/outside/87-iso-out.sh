# 2000 isochronous packets reach the device in order, without a gap.
# timeout: 120

# device_got WHERE: the device has all packets, and each was the next one.
device_got() {
    read -r _ received wrong <<END
$(host "redir iso")
END
    [ "$received" -ge 2000 ] || fail "wrong: the device got $received packets ($1)"
    [ "$wrong" = 0 ] || fail "corrupts: $wrong of $received packets were not the next ones ($1)"
}

# stream WHERE COMMAND...: as often as workloads are repeated.
stream() {
    where=$1
    shift
    for _ in $(seq "$repeat"); do
        host "redir reset"
        "$@"
        device_got "$where"
    done
}

outside_up
stream natively in_dom0 "bedtool iso $(usb_node) out 2000 0"
attach REDIR
stream "in the guest" in_guest 40 "usb_wait REDIR && bedtool iso \$(usb_node) out 2000 0"
detach REDIR
outside_down
