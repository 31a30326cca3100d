# A guest that resets a device without end gets no more than a reset each half second; another device is not disturbed.
# timeout: 180
# only: ours

tracing=/sys/kernel/tracing
attach STICK1
attach STICK2
mkdir -p $tracing
mount -t tracefs tracefs $tracing 2>/dev/null || true
echo 'p:bed_reset usb_reset_device' >>$tracing/kprobe_events
echo >$tracing/trace
echo 1 >$tracing/events/kprobes/bed_reset/enable
guest_start resets "usb_wait STICK2 && bedtool resets \$(usb_node) 12"
guest_reads STICK1 0 8
asked=$(guest_wait resets 60) || fail "resetting ended early: $asked"
echo 0 >$tracing/events/kprobes/bed_reset/enable
# ... 123.456789: bed_reset: (usb_reset_device+0x0/0x240)
sed -n 's/.* \([0-9.]*\): bed_reset: .*/\1/p' $tracing/trace >/tmp/resets
echo -:bed_reset >>$tracing/kprobe_events
awk 'NR > 1 { gap = $1 - last; if (NR == 2 || gap < least) least = gap } { last = $1 } END { print NR, least * 1000 }' \
    /tmp/resets >/tmp/gap
read -r resets least </tmp/gap
progress "the guest asked for $asked resets, dom0 did $resets, at least $least ms apart"
[ "$resets" -ge 6 ] || fail "only $resets resets"
[ "${least%.*}" -ge 500 ] || fail "two resets are only $least ms apart"
equal "sha256 of 8 MiB of the other stick" "$sum" "$(host sha256 stick1 0 8388608)"
guest_reads STICK2 0 1
equal "sha256 of 1 MiB of the stick that was reset" "$sum" "$(host sha256 stick2 0 1048576)"
