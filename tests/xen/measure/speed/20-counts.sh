# Requests, events and grant-copy hypercalls for each URB of a 32 MiB read by the guest.
# timeout: 120
# only: ours

# The kernels' own counters of calls to a function.
count_on='mkdir -p /sys/kernel/tracing; mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
cd /sys/kernel/tracing; echo 0 >events/kprobes/enable 2>/dev/null; echo >kprobe_events
for f in usb_hcd_submit_urb notify_remote_via_irq xub_copy_hypercall usbif_back_admit; do echo "p:$f $f" >>kprobe_events; done
echo 1 >events/kprobes/enable'
count_of='while read -r name hits rest; do [ $name != WANTED ] || echo $hits; done </sys/kernel/tracing/kprobe_profile'

# counted WHERE FUNCTION: sets n to how often it was called.
counted() {
    command="${count_of%%WANTED*}$2${count_of#*WANTED}"
    if [ "$1" = guest ]; then n=$(guest 20 "$command"); else n=$(sh -c "$command"); fi
}

attach STICK1
guest 60 'disk_of STICK1'
guest 20 "$count_on"
sh -c "$count_on"
guest 120 "disk_of STICK1 && bedtool stick time \$disk 0 32"
counted guest usb_hcd_submit_urb; urbs=$n
counted guest notify_remote_via_irq; front=$n
counted dom0 notify_remote_via_irq; back=$n
counted dom0 xub_copy_hypercall; copies=$n
counted dom0 usbif_back_admit; requests=$n
[ "$urbs" -gt 500 ] || fail "only $urbs URBs were counted"
hundredths() { printf '%d.%02d' $(($1 / urbs)) $((100 * $1 / urbs % 100)); }
progress "COUNTS of a 32 MiB read: $urbs URBs; for each: $(hundredths "$requests") requests, $(hundredths "$front") events to the backend, $(hundredths "$back") to the frontend, $(hundredths "$copies") grant-copy hypercalls"
