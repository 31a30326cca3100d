# A guest floods its backend, through usbfs and past all rules: another guest keeps its share, dom0 its memory.
# timeout: 300
# only: ours

gadget_places 2
guest_up 1
gadget_up FLOOD SourceSink
attach FLOOD
gadget_up QUIET ffs
attach QUIET
first=$domid
guest_up 2
take_over STICK2
guest 60 "disk_of STICK2"
second=$domid

# measure WHAT: how far guest 2 comes in six seconds, and how punctual dom0 is. Sets read, late and memory.
measure() {
    domid=$second
    busy_start reader disk STICK2 6
    bedtool busy tick - 6 >/tmp/tick
    read -r ticks late </tmp/tick
    while read -r name memory _; do [ "$name" != MemAvailable: ] || break; done </proc/meminfo
    busy_end reader
    read=$amount
    progress "$1: guest 2 has read $read KiB, longest command $longest ms; dom0 $ticks ticks, longest $late ms, $memory KiB free"
}
# beside WHAT: the same, against what it was without.
beside() {
    measure "$1"
    at_least "guest 2 beside $1" "$read" "$alone" 10
    at_least "dom0's short sleeps beside $1" "$ticks" "$ticks_alone" 30
    at_most "what $1 costs of dom0's memory, KiB" $((memory_alone - memory)) 16384
}
measure "quiet"
alone=$read ticks_alone=$ticks memory_alone=$memory

domid=$first
busy_start flood flood FLOOD 16
busy_start unlink unlink QUIET 16
sleep 2
beside "a flood of URBs"
domid=$first
busy_end flood
progress "$amount URBs"
busy_end unlink
progress "$amount unlinked, longest $longest ms"

for kind in unlink write; do
    domid=$first
    guest 30 "[ ! -d /sys/module/xen_usbfront ] || rmmod xen-usbfront; insmod /bed/modules/ring-flood.ko kind=$kind"
    tries=100
    until answered=$(guest 10 "cat /sys/module/ring_flood/parameters/answered") && [ "$answered" != 0 ]; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail "the flood of the ring does not begin"
        sleep 0.1
    done
    before=$answered
    beside "a flood of the ring ($kind)"
    domid=$first
    answered=$(guest 10 "cat /sys/module/ring_flood/parameters/answered")
    progress "$((answered - before)) requests"
    # A bound device has a reference to its module.
    guest 30 "echo vusb-0 >/sys/bus/xen/drivers/ring-flood/unbind; rmmod ring-flood"
done
guest 30 "insmod /bed/modules/xen-usbfront.ko; usb_wait FLOOD"
detach FLOOD
gadget_down FLOOD
detach QUIET
gadget_down QUIET
