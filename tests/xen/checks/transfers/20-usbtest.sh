# Every case of usbtest that passes natively passes in the guest.
# timeout: 240

for pattern in 1 0; do
    serial=TEST$pattern
    gadget_up $serial SourceSink pattern=$pattern
    usbtest_run $serial $pattern >/tmp/native
    attach $serial
    guest 160 "usbtest_run $serial $pattern" >/tmp/guest || fail "usbtest did not end in the guest"
    while read -r case result; do
        [ "$result" = pass ] || continue
        grep -qx "$case pass" /tmp/guest ||
            fail "case $case passes natively; in the guest: $(grep "^$case " /tmp/guest || echo no result)"
    done </tmp/native
    progress "pattern $pattern: $(grep -c pass /tmp/native) cases natively, $(grep -c pass /tmp/guest) in the guest"
    # Pulled out it would leave its driver's name to xl, which would want it for the next device there.
    detach $serial
    gadget_down $serial
done
