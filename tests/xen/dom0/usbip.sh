# USB/IP on one machine: dom0 is the server that exports a device and the client that imports it. Commands of
# the "guest" run in dom0, as in native.sh, but they see only what was imported.

exported_places="/sys/devices/pci*/*/usb*/[0-9]*-[0-9]* /sys/devices/platform/dummy_hcd.*/usb*/[0-9]*-[0-9]*"
imported_places="/sys/devices/platform/vhci_hcd.*/usb*/[0-9]*-[0-9]*"
usb_places=$exported_places
# For guest/lib.sh, which then does not look everywhere.
guest_environment="usb_places='$imported_places';"

controller_up() {
    if [ -d /sys/bus/usb/drivers/usbip-host ]; then return 0; fi
    modprobe -a usbip-host vhci-hcd
    ip link set lo up
    usbipd -4 -D || fail "usbipd does not start"
}

# attach SERIAL: export the device and import it.
attach() {
    controller_up
    usb_wait "$1" || fail "dom0 has no device $1"
    if ! guest 5 "usb_find $1"; then
        busid=${usb##*/}
        # A device that comes back to the port where one was exported is bound already.
        [ -e "/sys/bus/usb/drivers/usbip-host/$busid" ] || usbip bind -b "$busid"
        usbip attach -r 127.0.0.1 -b "$busid" || fail "$1 could not be imported"
    fi
    guest 40 "usb_wait $1" || fail "the device $1 was not imported"
}

# detach SERIAL: let go of it at both ends.
detach() {
    usb_wait "$1" || fail "$1 is not attached"
    imported=$(guest 5 "usb_find $1 && echo \${usb##*/}") || fail "$1 is not attached"
    number=$(vhci_port "$imported") || fail "$1 has no port"
    usbip detach -p "$number"
    guest 40 "usb_gone $1" || fail "the device $1 is still imported"
    usbip unbind -b "${usb##*/}"
}

# vhci_port BUSID: the number of the port that has the imported device.
vhci_port() {
    for table in /sys/devices/platform/vhci_hcd.0/status*; do
        # Behind the heading: speed of the hub, port, status (006: in use), speed, device, socket, bus id.
        while read -r _ number status _ _ _ busid; do
            if [ "$status" = 006 ] && [ "$busid" = "$1" ]; then
                number=${number#"${number%%[!0]*}"}
                echo "${number:-0}"
                return 0
            fi
        done <"$table"
    done
    return 1
}
