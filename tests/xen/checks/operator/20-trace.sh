# Tracepoints of both ends show the requests of a short read, the stop, the restart and the answers, in order.
# timeout: 150
# only: ours

# traced FILE: the events of endpoint 1 IN, without what differs from run to run.
traced() {
    sed -n "s/^usbif_\([a-z]*\): domain [0-9]* controller 0 port $has endpoint 1 in/\1/p" "$1" |
        sed 's/ id [0-9]*/ id/; s/ setup.*//'
}

gadget_up TRACED ffs
attach TRACED
port_of TRACED
has=$port
program="
    submit a in1 16384 short-not-ok
    submit b in1 16384 short-not-ok continues
    pending a b
    tell in1 send 1 100
    expect a -121 100
    expect b -104 0
    submit c in1 4096
    tell in1 send 1 200
    expect c 0 200"
trace_on
in_guest 60 "usb_wait TRACED && bedtool urbs \$(usb_node) 1 '$program'"
trace_off "endpoint 1 in"
cat /tmp/trace-front
cat /tmp/trace-back
cat >/tmp/wanted-back <<END
request bulk id length 16384 flags short-not-ok
request bulk id length 16384 flags short-not-ok
stop
answer id status SHORT length 100
answer id status NOT_EXECUTED length 0
request bulk id length 4096 flags restart
restart
answer id status OK length 200
END
# The frontend sends a restart as it puts the request on the ring, and learns of a stop by an answer.
cat >/tmp/wanted-front <<END
request bulk id length 16384 flags short-not-ok
request bulk id length 16384 flags short-not-ok
answer id status SHORT length 100
stop
answer id status NOT_EXECUTED length 0
restart
request bulk id length 4096 flags restart
answer id status OK length 200
END
for end in back front; do
    traced /tmp/trace-$end >/tmp/traced
    diff /tmp/wanted-$end /tmp/traced >/tmp/difference || {
        cat /tmp/difference
        fail "the ${end}end traced '$(sed -n '4p' /tmp/difference)'"
    }
done
# Control requests with their setup packets, and the xenbus states of a detach.
grep -q "^usbif_request: .* endpoint 0 .* control id .* setup [0-9a-f][0-9a-f] " /tmp/trace-back ||
    fail "no setup packet was traced"
trace_on
detach TRACED
controller_down
echo 0 >$tracing/events/xen_usbback/enable
sed -n 's/.*: \(usbif_.*\)/\1/p' $tracing/trace >/tmp/trace-back
grep "^usbif_[ps]" /tmp/trace-back
grep -q "^usbif_port: domain $domid controller 0 port $has speed none" /tmp/trace-back || fail "no unplug was traced"
grep -q "^usbif_state: domain $domid controller 0 event .* machine DRAIN own Connected other Connected" \
    /tmp/trace-back || fail "the end of the connection was not traced"
gadget_down TRACED
