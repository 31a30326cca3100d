# USB devices as sysfs shows them; the same in dom0 and in the guest. Builtins only, but for the waiting.

# How many times longer all may take: more than 1 with a kernel that looks for errors.
read -r patience </bed/patience

# Where devices are looked for. A system in which dom0 plays the guest's part, too, may show one device twice.
: "${usb_places:=/sys/bus/usb/devices/[0-9]*-[0-9]*}"

# usb_find SERIAL: sets usb (sysfs directory), bus and dev; status 1 when there is no such device.
usb_find() {
    for usb in $usb_places; do
        [ -e "$usb/serial" ] || continue
        read -r serial <"$usb/serial"
        [ "$serial" = "$1" ] || continue
        read -r bus <"$usb/busnum"
        read -r dev <"$usb/devnum"
        return 0
    done
    return 1
}

# usb_wait SERIAL [SECONDS]: the same, but the device may take some time to come.
usb_wait() {
    tries=$((${2:-30} * 5 * patience))
    until usb_find "$1"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { echo "no USB device '$1'"; return 1; }
        sleep 0.2
    done
}

# usb_gone SERIAL [SECONDS]: wait until there is no such device any more.
usb_gone() {
    tries=$((${2:-30} * 5 * patience))
    while usb_find "$1"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { echo "USB device '$1' is still there"; return 1; }
        sleep 0.2
    done
}

# usb_speed SERIAL: its Mbit/s.
usb_speed() { usb_wait "$1" && cat "$usb/speed"; }

# usb_node: the usbfs file of the device found last.
usb_node() { printf '/dev/bus/usb/%03d/%03d\n' "$bus" "$dev"; }

# disk_of SERIAL: sets disk to the block device of a stick, as soon as it can be opened.
disk_of() {
    usb_wait "$1" || return 1
    tries=$((150 * patience))
    while [ $tries -gt 0 ]; do
        for disk in "$usb"/*:*/host*/target*/*/block/sd*; do
            disk=/dev/${disk##*/}
            # sysfs shows the disk before its size has been read, and the file is there before it can be opened.
            [ -b "$disk" ] && read -r sectors <"/sys/block/${disk##*/}/size" && [ "$sectors" -gt 0 ] &&
                { true <"$disk"; } 2>/dev/null && return 0
        done
        tries=$((tries - 1))
        sleep 0.2
    done
    echo "no disk for '$1'"
    return 1
}
