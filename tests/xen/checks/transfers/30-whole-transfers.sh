# A read of 120 KiB by usb-storage is three requests on the ring: command, all of the data, status.
# timeout: 60
# only: ours

# Requests that the backend has taken, by the kernel's own counter of calls.
requests() {
    while read -r name hits rest; do
        if [ "$name" = usbif_back_admit ]; then echo "$hits"; fi
    done </sys/kernel/tracing/kprobe_profile
}

attach STICK1
guest 60 'disk_of STICK1'
mkdir -p /sys/kernel/tracing
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || true
echo p:usbif_back_admit usbif_back_admit >>/sys/kernel/tracing/kprobe_events
echo 1 >/sys/kernel/tracing/events/kprobes/usbif_back_admit/enable
before=$(requests)
guest 30 'disk_of STICK1 && dd if=$disk of=/dev/null bs=120k count=64 iflag=direct 2>/dev/null'
after=$(requests)
echo 0 >/sys/kernel/tracing/events/kprobes/usbif_back_admit/enable
echo -:usbif_back_admit >>/sys/kernel/tracing/kprobe_events
progress "64 reads of 120 KiB were $((after - before)) requests"
[ $((after - before)) -ge 192 ] || fail "only $((after - before)) requests were counted"
# A few more are the disk's own, when it is opened.
[ $((after - before)) -lt 224 ] || fail "64 reads were $((after - before)) requests"
