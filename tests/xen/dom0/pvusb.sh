# Our backend and xl's PV USB commands. All the *_up functions do nothing when the thing is there already,
# so that every check can also run alone.

backend_up() {
    [ -d /sys/bus/usb/drivers/usbback ] || insmod /bed/modules/xen-usbback.ko
}

# controller_up: guest 1 has controller 0 with 8 ports, and its frontend is connected.
controller_up() {
    backend_up
    guest_up
    backend=/local/domain/0/backend/vusb/$domid/0
    if ! xenstore-read "$backend/state" >/dev/null 2>&1; then
        xl usbctrl-attach "$domid" type=pv version=2 ports=8
    fi
    bedtool xswait 10 "$backend/state" 4 || fail "the controller did not connect"
}

# attach SERIAL: pass the device through to guest 1 and wait until it is there.
attach() {
    controller_up
    usb_wait "$1" || fail "dom0 has no device $1"
    if [ "$(readlink "$usb"/*:1.0/driver)" != "../../../../../../bus/usb/drivers/usbback" ]; then
        xl usbdev-attach "$domid" hostbus="$bus" hostaddr="$dev" controller=0
    fi
    guest 20 "usb_wait $1" || fail "the guest has no device $1"
}

# port_of SERIAL: the port of controller 0 that has the device, from xenstore.
port_of() {
    usb_find "$1"
    for port in 1 2 3 4 5 6 7 8; do
        if [ "$(xenstore-read "/local/domain/0/backend/vusb/$domid/0/port/$port")" = "${usb##*/}" ]; then
            echo $port
            return
        fi
    done
    return 1
}

detach() { xl usbdev-detach "$domid" 0 "$(port_of "$1")"; }
