# Both ends' debugfs show the device, and the queue that a short read has stopped, with its counters.
# timeout: 150
# only: ours

gadget_up SHORT ffs
attach SHORT
port_of SHORT
program="
    submit a in1 16384 short-not-ok
    submit b in1 16384 short-not-ok continues
    pending a b
    tell in1 send 1 100
    expect a -121 100
    expect b -104 0"
in_guest 60 "usb_wait SHORT && bedtool urbs \$(usb_node) 1 '$program'"
back_file state >/tmp/state
back_file ports >/tmp/ports-back
front_file state >/tmp/state-front
front_file ports >/tmp/ports-front
cat /tmp/state /tmp/ports-back /tmp/state-front /tmp/ports-front
grep -qx "backend: Connected (UP)" /tmp/state || fail "the backend is not shown as connected"
grep -qx "frontend: Connected" /tmp/state || fail "the backend does not show its frontend"
grep -qx "frontend: Connected (UP)" /tmp/state-front || fail "the frontend is not shown as connected"
grep -q "^port $port: ${usb##*/} 1d6b:0104.*, high speed, address [1-9][0-9]*, plugged" /tmp/ports-back ||
    fail "the device is not shown"
# endpoint, type, state, waiting, under way, requests, octets in, out, stops, restarts, bounced, returned, ...
stopped="1 in bulk stopped 0 0 2 100 0 1 0 0 1 0 1 SHORT"
equal "the queue in the backend" "$(row /tmp/ports-back 1 in)" "$stopped"
equal "the queue in the frontend" "$(row /tmp/ports-front 1 in)" "$stopped"

# The next request restarts it.
program="
    submit c in1 16384
    tell in1 send 1 200
    expect c 0 200"
in_guest 60 "usb_wait SHORT && bedtool urbs \$(usb_node) 1 '$program'"
back_file ports >/tmp/ports-back
front_file ports >/tmp/ports-front
running="1 in bulk running 0 0 3 300 0 1 1 0 1 0 1 SHORT"
equal "the queue in the backend" "$(row /tmp/ports-back 1 in)" "$running"
equal "the queue in the frontend" "$(row /tmp/ports-front 1 in)" "$running"

# Nobody who reads can keep a controller from going.
guest_start reader "while :; do cat /sys/kernel/debug/xen-usbfront/*/*; done >/dev/null 2>&1"
(while [ ! -e /tmp/reader-end ]; do cat /sys/kernel/debug/xen-usbback/*/*; done >/dev/null 2>&1) &
detach SHORT
gadget_down SHORT
controller_down
: >/tmp/reader-end
wait $! || true
tries=$((50 * patience))
while [ -e "/sys/kernel/debug/xen-usbback/$domid-0" ]; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "the files are still there"
    sleep 0.1
done
xl destroy guest1
