# A frontend and a backend that break the protocol are named in the other end's log, debugfs and trace; then all works.
# timeout: 200
# only: ours

shows() {
    cat "$2"
    grep -qE "$3" "$2" || fail "$1: no '$3' in $2"
}

# The guest reads without an end; the stick is there again soon, but not for this read.
breaks() {
    guest_wait lie 60 && fail "the guest read through a broken connection"
    equal "the status of the broken read" $? 1
}

# The guest's next request is for no port.
attach STICK1
guest 20 "insmod /bed/modules/liar.ko"
log_mark
trace_on
guest_start lie 'disk_of STICK1 || exit 3; echo 1 >/sys/module/liar/parameters/lies; bedtool stick again $disk 0 1 /tmp/never'
bedtool xswait 20 "$backend/state" 6 || fail "the backend did not close"
breaks
log_since "xen-usbback" >/tmp/log
shows "a fault" /tmp/log "vusb-$domid-0: 71 the frontend broke the protocol: REQ_PORT, request [0-9]*$"
shows "a fault" /tmp/log "vusb-$domid-0: disconnected from domain $domid: after a fault$"
back_file state >/tmp/state
shows "a fault" /tmp/state "^faults of the frontend: REQ_PORT 1$"
trace_off usbif_state
grep -E "usbif_(fault|state)" /tmp/trace-back
shows "a fault" /tmp/trace-back "^usbif_fault: domain $domid controller 0 fault REQ_PORT id [0-9]*$"
xenstore-ls "/local/domain/0/error/backend/vusb/$domid/0"
guest 20 'dmesg | grep "xen-usbfront\|usb 1-1"'
guest 20 "rmmod liar"
controller_down || xl usbctrl-detach "$domid" 0

# The backend's next answer is too long.
still_works
insmod /bed/modules/liar.ko
guest 20 "rm -f /tmp/stick-progress"
guest_start lie 'disk_of STICK1 && bedtool stick again $disk 0 1 /tmp/never'
guest 40 "until read -r done </tmp/stick-progress; do sleep 0.1; done"
echo 1 >/sys/module/liar/parameters/lies
breaks
guest 20 'dmesg | grep "xen-usbfront"' >/tmp/guest-log
shows "a fault" /tmp/guest-log "vusb-0: 71 the backend broke the protocol: RSP_LENGTH, answer to request [0-9]*$"
shows "a fault" /tmp/guest-log "vusb-0: disconnected from domain 0: after a fault$"
front_file state >/tmp/state-front
shows "a fault" /tmp/state-front "^faults of the backend: RSP_LENGTH 1$"
rmmod liar
controller_down || xl usbctrl-detach "$domid" 0
still_works
