# PV USB through xl: our drivers, or others' at one end or at both. All the *_up functions do nothing when the thing is there already, so every check can also run alone.

backend_parameters=
xl_type=pv backend_kind=vusb
case $system in
    qusb+*) xl_type=qusb backend_kind=qusb ;;
    ours-pipelined) backend_parameters=pipelined=ehci-pci,dummy_hcd ;;
esac
frontend_module=xen-usbfront
case $system in *+xen-hcd) frontend_module=xen-hcd ;; esac

backend_up() {
    if [ $backend_kind = qusb ]; then
        [ -d /run/udev ] || /lib/systemd/systemd-udevd --daemon
        return 0
    fi
    if [ -d /sys/bus/usb/drivers/usbback ]; then return 0; fi
    # shellcheck disable=SC2086 # none, or several
    insmod /bed/modules/xen-usbback.ko $backend_parameters
}

# guest_usb_config: what a guest's configuration file says about USB. QEMU only serves controllers that
# the guest was created with.
guest_usb_config() {
    if [ $backend_kind = qusb ]; then
        echo "usbctrl=['type=qusb,version=2,ports=8']"
    fi
}

# How many ports a controller gets.
controller_ports=8

# controller_up: the guest has controller 0, and its frontend is connected.
controller_up() {
    backend_up
    guest_up
    backend=/local/domain/0/backend/$backend_kind/$domid/0
    if ! xenstore-read "$backend/state" >/dev/null 2>&1; then
        xl usbctrl-attach "$domid" type=$xl_type version=2 ports=$controller_ports
    fi
    bedtool xswait 20 "$backend/state" 4 || fail "the controller did not connect"
}

# port_of SERIAL: sets port to the port of controller 0 that has the device; status 1 when none has.
port_of() {
    usb_find "$1" || return 1
    xenstore-ls "/local/domain/0/backend/$backend_kind/$domid/0/port" >/tmp/ports
    while read -r port _ busid; do
        [ "$busid" = "\"${usb##*/}\"" ] && return 0
    done </tmp/ports
    return 1
}

# attach_by_xl ARGUMENT...: xl usbdev-attach. QEMU resets a device that it lets go, and xl refuses it meanwhile.
attach_by_xl() {
    left=0
    if [ $backend_kind = qusb ]; then left=5; fi
    while [ $left -gt 0 ]; do
        if xl usbdev-attach "$@"; then return 0; fi
        left=$((left - 1))
        sleep 1
    done
    xl usbdev-attach "$@"
}

# attach SERIAL [PORT]: pass the device through to the guest and wait until it is there.
attach() {
    controller_up
    usb_wait "$1" || fail "dom0 has no device $1"
    # A port may still have the bus id of a device that was pulled out before it came back.
    if port_of "$1" && ! guest 5 "usb_find $1"; then xl usbdev-detach "$domid" 0 "$port"; fi
    if ! port_of "$1"; then
        # shellcheck disable=SC2086 # none, or one
        attach_by_xl "$domid" hostbus="$bus" hostaddr="$dev" controller=0 ${2:+port=$2}
    fi
    guest 40 "usb_wait $1" || fail "the guest has no device $1"
}

# detach SERIAL: take it back and wait until the guest has noticed.
detach() {
    port_of "$1" || fail "$1 is not attached"
    xl usbdev-detach "$domid" 0 "$port"
    guest 40 "usb_gone $1" || fail "the guest still has $1"
}

# controller_down: take back what the guest has, then its controller 0; nothing happens when there is none.
controller_down() {
    if ! xenstore-read "/local/domain/0/backend/$backend_kind/$domid/0/state" >/dev/null 2>&1; then return 0; fi
    for device in STICK1 STICK2 KEYBOARD; do
        if port_of $device; then detach $device; fi
    done
    xl usbctrl-detach "$domid" 0
}
