# What docs/OPERATING.md says of controllers and devices that are refused is what logs, xl and debugfs show.
# timeout: 240
# only: ours

# shows WHAT FILE PATTERN
shows() {
    cat "$2"
    grep -qE "$3" "$2" || fail "$1: no '$3' in $2"
}
# guest_log: the lines of our frontend in the guest's kernel log.
guest_log() { guest 20 'dmesg | grep xen-usbfront'; }

# The backend's module is not loaded.
guest_up
if [ -d /sys/bus/usb/drivers/usbback ]; then rmmod xen-usbback; fi
if xl usbctrl-attach "$domid" type=pv version=2 ports=8 >/tmp/xl 2>&1; then fail "a controller without a backend"; fi
cat /tmp/xl
# What xl has left behind comes to life with the module.
backend_up
bedtool xswait 20 "/local/domain/0/backend/vusb/$domid/0/state" 4 || fail "the controller did not come up by itself"
xl usbctrl-detach "$domid" 0

# No frontend in the guest.
guest 40 "rmmod xen-usbfront"
xl usbctrl-attach "$domid" type=pv version=2 ports=8
back_file state >/tmp/state
shows "no frontend" /tmp/state "^backend: InitWait \((SHOWN|INITWAIT)\)$"
shows "no frontend" /tmp/state "^frontend: Initialising$"
shows "no frontend" /tmp/state "^connection: none$"

# Not enough memory in the guest, or not enough grants.
xl usbctrl-detach "$domid" 0
rmmod xen-usbback
insmod /bed/modules/xen-usbback.ko max_ring_pages=16 max_request_pages=256
guest 40 "insmod /bed/modules/xen-usbfront.ko ring_pages=16 request_pages=256"
xl usbctrl-attach "$domid" type=pv version=2 ports=8
backend=/local/domain/0/backend/vusb/$domid/0
bedtool xswait 20 "/local/domain/$domid/device/vusb/0/state" 6 || fail "the frontend did not give up"
guest_log >/tmp/guest-log
cannot="cannot connect with 16 ring pages and requests of 1024 KiB"
shows "no memory" /tmp/guest-log "vusb-0: (12 $cannot: -ENOMEM|28 $cannot: -ENOSPC)$"
front_file state >/tmp/state-front
shows "no memory" /tmp/state-front "^frontend: Closed \(FAILED\)$"
xl usbctrl-detach "$domid" 0
guest 40 "rmmod xen-usbfront"
rmmod xen-usbback
guest 40 "insmod /bed/modules/xen-usbfront.ko"

# A key with a wrong value; rings that cannot be mapped are in errors/.
backend_up
log_mark
controller_by_hand 9 4 9
bedtool xswait 10 "$back/state" 6 || fail "the backend did not close"
log_since "usb-ver of the backend" >/tmp/log
shows "a wrong key" /tmp/log 'vusb-[0-9]*-9: 22 usb-ver of the backend is "9", must be 1..2$'
xenstore-ls "/local/domain/0/error/${back#/local/domain/0/}"
removed_by_hand

# A device that is too fast for its controller, and one that is too fast for any.
xl usbctrl-attach "$domid" type=pv version=1 ports=2
usb_wait STICK1
log_mark
if xl usbdev-attach "$domid" hostbus="$bus" hostaddr="$dev" controller=0 >/tmp/xl 2>&1; then
    fail "a high-speed device on a USB 1 controller"
fi
cat /tmp/xl
log_since "device" >/tmp/log
shows "too fast" /tmp/log "device ${usb##*/} runs at high-speed: not possible on a controller with usb-ver 1$"
rmmod dummy_hcd 2>/dev/null || true
modprobe dummy_hcd is_super_speed=1
gadget_up SUPER Loopback
usb_wait SUPER
log_mark
if xl usbdev-attach "$domid" hostbus="$bus" hostaddr="$dev" controller=0 >/tmp/xl 2>&1; then
    fail "a device at SuperSpeed"
fi
cat /tmp/xl
log_since "device" >/tmp/log
shows "much too fast" /tmp/log "device ${usb##*/} runs at super-speed: only low, full and high speed can be passed through$"
gadget_down SUPER
rmmod dummy_hcd
modprobe dummy_hcd
xl usbctrl-detach "$domid" 0
still_works
