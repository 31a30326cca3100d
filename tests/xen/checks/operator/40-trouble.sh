# What docs/OPERATING.md says of devices that leave, stall or stay silent is what logs, xl and debugfs show.
# timeout: 240
# only: ours

shows() {
    cat "$2"
    grep -qE "$3" "$2" || fail "$1: no '$3' in $2"
}

# Pulled out.
attach STICK1
port_of STICK1
was=${usb##*/}
log_mark
host "unplug stick1"
usb_gone STICK1
guest 40 "usb_gone STICK1"
log_since "device" >/tmp/log
shows "pulled out" /tmp/log "vusb-$domid-0: device $was unplugged from port $port: pulled out$"
xl usb-list "$domid"
host "plug stick1"

# Given back, taken by a driver of dom0 while our module was not there.
attach STICK2
port_of STICK2
log_mark
rmmod xen-usbback
log_since "vusb" >/tmp/log
shows "unloaded" /tmp/log "vusb-$domid-0: disconnected from domain $domid: the driver lets go$"
echo "${usb##*/}:1.0" >/sys/bus/usb/drivers/usb-storage/bind
log_mark
backend_up
bedtool xswait 20 "$backend/state" 4 || fail "the controller did not connect again"
log_since "device" >/tmp/log
shows "taken" /tmp/log "device ${usb##*/} of port $port is not there, or a driver of this domain has it: detach it and attach it again$"
back_file ports >/tmp/ports-back
shows "taken" /tmp/ports-back "^port $port: ${usb##*/}, not plugged$"
xl usbdev-detach "$domid" 0 "$port"
attach STICK2
detach STICK2

# An endpoint that stalls, and one whose device says nothing.
gadget_up QUIET ffs
attach QUIET
program="
    tell in1 halt
    submit a in1 512
    expect a -32 0"
in_guest 60 "usb_wait QUIET && bedtool urbs \$(usb_node) 1 '$program'"
back_file ports >/tmp/ports-back
row /tmp/ports-back 1 in >/tmp/row
shows "stalled" /tmp/row "^1 in bulk stopped 0 0 1 0 0 1 0 0 0 0 1 STALL$"
program="
    submit b in2 512
    sleep 8000
    discard b
    expect b -2 0"
guest_start quiet "usb_wait QUIET && bedtool urbs \$(usb_node) 1 '$program'"
tries=$((50 * patience))
until back_file ports >/tmp/ports-back && grep -qE " in +bulk +running +0 +1 +1 " /tmp/ports-back; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "the request is not shown"
    sleep 0.1
done
cat /tmp/ports-back
front_file ports >/tmp/ports-front
shows "silent" /tmp/ports-front " in +bulk +running +0 +1 +1 +0 +0 "
guest_wait quiet 30
back_file ports >/tmp/ports-back
shows "unlinked" /tmp/ports-back " in +bulk +stopped +0 +0 +1 +0 +0 +1 +0 +0 +0 +1 +1 CANCELLED$"
detach QUIET
gadget_down QUIET

# The guest goes.
log_mark
xl destroy guest1
bedtool xswait 30 "$backend/state" '' || fail "the controller stays"
log_since "vusb" >/tmp/log
shows "destroyed" /tmp/log "vusb-$domid-0: disconnected from domain $domid: "
