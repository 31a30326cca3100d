# Devices of all kinds: each is used natively first, then in the guest, in the same way.

# plugged NAME SERIAL: a device of the emulated machine.
plugged() {
    plugged=$1
    host "plug $1"
    usb_wait "$2" || fail "wrong: no device (natively)"
}
# unplugged: it is taken away again.
unplugged() { host "unplug $plugged"; }

# released SERIAL: dom0's drivers let go of it. xl would bind each interface to its driver again, and fails where one
# driver has taken several.
released() {
    if [ "$system" = native ]; then return 0; fi
    usb_wait "$1" || fail "wrong: no device (natively)"
    for driver in "$usb"/*:*/driver; do
        if [ -e "$driver" ]; then
            interface=${driver%/driver}
            echo "${interface##*/}" >"$driver/unbind"
        fi
    done
}

# used SERIAL SECONDS COMMAND: natively and in the guest; then it is dom0's again.
used() {
    in_dom0 "$3"
    released "$1"
    attach "$1"
    in_guest "$2" "$3"
    detach "$1"
}

# gadget_used SERIAL SECONDS COMMAND [FILE FORM]: the same for a gadget, whose own end sends back all that comes.
gadget_used() {
    if [ $# = 5 ]; then
        bedtool echo back "$4" "$5" &
        back=$!
    fi
    used "$1" "$2" "$3"
    if [ $# = 5 ]; then kill "$back"; fi
    gadget_down "$1"
}

# points SERIAL NAME MOVE EVENTS: a pointing device moves and clicks; so many events are printed.
listening() { until [ -e /tmp/events-ready ]; do sleep 0.1; done; }
points() {
    usb_wait "$1" || fail "wrong: no device (natively)"
    rm -f /tmp/events-ready
    bedtool events 20 "$2" "$4" >/tmp/outcome &
    listening
    host "point $3"
    wait $! || fail "wrong: $(cat /tmp/outcome) (natively)"
    wanted=$(cat /tmp/outcome)
    # Without a guest, once is all: where a tablet is already, it does not say again.
    if [ "$system" = native ]; then return 0; fi
    attach "$1"
    guest 20 "rm -f /tmp/events-ready"
    guest_start events "bedtool events 20 '$2' $4"
    guest 20 "until [ -e /tmp/events-ready ]; do sleep 0.1; done"
    host "point $3"
    got=$(guest_wait events 30) || fail "wrong: $got (in the guest)"
    [ "$got" = "$wanted" ] || fail "wrong: $got, natively $wanted (in the guest)"
    progress "$got"
    detach "$1"
}
