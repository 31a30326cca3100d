# A guest that resets a device without end waits half a second after each; another device is not disturbed.
# timeout: 180
# only: ours

tracing=/sys/kernel/tracing
attach STICK1
attach STICK2
mkdir -p $tracing
mount -t tracefs tracefs $tracing 2>/dev/null || true
echo 'p:bed_reset usb_reset_device' >>$tracing/kprobe_events
echo 'r:bed_reset_done usb_reset_device' >>$tracing/kprobe_events
echo >$tracing/trace
for event in bed_reset bed_reset_done; do echo 1 >$tracing/events/kprobes/$event/enable; done
guest_start resets "usb_wait STICK2 && bedtool resets \$(usb_node) 12"
guest_reads STICK1 0 8
asked=$(guest_wait resets 60) || fail "resetting ended early: $asked"
for event in bed_reset bed_reset_done; do echo 0 >$tracing/events/kprobes/$event/enable; done
# ... 123.456789: bed_reset: (usb_reset_device+0x0/0x240)
sed -n 's/.* \([0-9.]*\): \(bed_reset[a-z_]*\): .*/\2 \1/p' $tracing/trace >/tmp/resets
for event in bed_reset bed_reset_done; do echo -:$event >>$tracing/kprobe_events; done
awk '$1 == "bed_reset" && n++ { gap = $2 - done; if (n == 2 || gap < least) least = gap }
    $1 == "bed_reset_done" { done = $2 }
    END { print n, least * 1000 }' /tmp/resets >/tmp/gap
read -r resets least </tmp/gap
progress "the guest asked for $asked resets, dom0 did $resets, at least $least ms between two"
[ "$resets" -ge 6 ] || fail "only $resets resets"
# 500, less what the clock of jiffies may run fast in here.
[ "${least%.*}" -ge 400 ] || fail "there are only $least ms between two resets"
equal "sha256 of 8 MiB of the other stick" "$sum" "$(host sha256 stick1 0 8388608)"
guest_reads STICK2 0 1
equal "sha256 of 1 MiB of the stick that was reset" "$sum" "$(host sha256 stick2 0 1048576)"
