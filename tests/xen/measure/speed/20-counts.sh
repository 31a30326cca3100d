# Requests, events and grant-copy hypercalls for each URB: a stick is read, four URBs wait at a gadget, a keyboard is used.
# timeout: 180
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

# From here to there.
begin() {
    guest 20 "$count_on"
    sh -c "$count_on"
}
end() {
    counted guest usb_hcd_submit_urb; urbs=$n
    counted guest notify_remote_via_irq; front=$n
    counted dom0 notify_remote_via_irq; back=$n
    counted dom0 xub_copy_hypercall; copies=$n
    counted dom0 usbif_back_admit; requests=$n
}
hundredths() { printf '%d.%02d' $(($1 / urbs)) $((100 * $1 / urbs % 100)); }
told() {
    progress "COUNTS of $1: $urbs URBs; for each: $(hundredths "$requests") requests, $(hundredths "$front") events to the backend, $(hundredths "$back") to the frontend, $(hundredths "$copies") grant-copy hypercalls"
}

attach STICK1
guest 60 'disk_of STICK1'
begin
guest 120 "disk_of STICK1 && bedtool stick time \$disk 0 32"
end
[ "$urbs" -gt 500 ] || fail "only $urbs URBs were counted"
told "a 32 MiB read"

gadget_up DEEP SourceSink pattern=0
attach DEEP
guest 20 'usb_wait DEEP'
begin
busy_start deep deep DEEP 5
busy_end deep
end
[ "$urbs" -gt 50 ] || fail "only $urbs URBs were counted"
told "URBs of 64 KiB, four at a time"
detach DEEP
gadget_down DEEP

attach KEYBOARD
guest_start keys "rm -f /tmp/keys-ready; bedtool keys 60 'QEMU USB Keyboard' 10"
guest 40 "until [ -e /tmp/keys-ready ]; do sleep 0.1; done"
sleep 3
begin
sleep 5
end
equal "events to the backend, of the frontend, and URBs in 5 s with an idle keyboard" "$front $back $urbs" "0 0 0"
begin
host "keys a b c d e f g h i j"
guest_wait keys 65
# The last key is up.
sleep 1
end
told "10 keys, down and up"
