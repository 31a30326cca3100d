# USB gadgets on dummy_hcd: devices that dom0 itself plays, for what QEMU's devices cannot do.

# gadget_places NUMBER: dummy_hcd with room for so many gadgets at a time; none may be plugged. It has one otherwise.
gadget_places() {
    if [ -e "/sys/devices/platform/dummy_udc.$(($1 - 1))" ]; then return 0; fi
    if [ -d /sys/module/dummy_hcd ]; then rmmod dummy_hcd; fi
    modprobe dummy_hcd "num=$1"
}

# gadget_modules: those that gadgets need.
gadget_modules() {
    if [ -d /sys/kernel/config/usb_gadget ]; then return 0; fi
    modprobe -a dummy_hcd libcomposite usb_f_ss_lb usb_f_fs usb_f_mass_storage usb_f_acm usb_f_ecm
    [ -d /sys/kernel/config/usb_gadget ] || mount -t configfs configfs /sys/kernel/config
}

# iso_begin: a dummy_hcd that has isochronous endpoints (image/iso.sh), instead of Debian's; no gadget may exist.
# Once usb_f_ss_lb has met a controller without such endpoints, it offers none any more until it is loaded anew.
# iso_end: the other way round.
iso_begin() {
    gadget_modules
    rmmod usb_f_ss_lb dummy_hcd
    insmod /bed/modules/dummy_hcd_iso.ko
    modprobe usb_f_ss_lb
}
iso_end() {
    rmmod dummy_hcd_iso
    modprobe dummy_hcd
}

# gadget_up NAME FUNCTION [ATTRIBUTE=VALUE...]: plug a gadget that has this configfs function; its serial
# number is NAME. With ":=" the value has octets written as \\x...; idVendor and idProduct are the gadget's, other
# attributes the function's. Function ffs is the scripted device of tools/device.c, and with the name LIAR the one of
# tools/lies.c.
gadget_up() {
    gadget=/sys/kernel/config/usb_gadget/$1
    gadget_function=$2
    gadget_modules
    mkdir "$gadget" "$gadget/strings/0x409" "$gadget/configs/c.1" "$gadget/functions/$gadget_function.0"
    # "Gadget zero", which usbtest binds to, or an identity that no driver wants.
    case $gadget_function in
        SourceSink) echo 0x0525 >"$gadget/idVendor"; echo 0xa4a0 >"$gadget/idProduct" ;;
        *) echo 0x1d6b >"$gadget/idVendor"; echo 0x0104 >"$gadget/idProduct" ;;
    esac
    echo "$1" >"$gadget/strings/0x409/serialnumber"
    shift 2
    for attribute; do
        # shellcheck disable=SC2059 # a format is what it is
        case $attribute in
            idVendor=* | idProduct=*) echo "${attribute#*=}" >"$gadget/${attribute%%=*}" ;;
            *:=*) printf "${attribute#*:=}" >"$gadget/functions/$gadget_function.0/${attribute%%:=*}" ;;
            *) echo "${attribute#*=}" >"$gadget/functions/$gadget_function.0/${attribute%%=*}" ;;
        esac
    done
    case $gadget_function in
        ffs) gadget_program_start ;;
        uvc) camera_describe ;;
    esac
    ln -s "$gadget/functions/$gadget_function.0" "$gadget/configs/c.1/"
    gadget_plug "${gadget##*/}"
}

# The scripted device is a process, which must have described itself before the gadget is plugged.
gadget_program_start() {
    mkdir -p /tmp/ffs
    rm -rf /tmp/ffs-logs /tmp/ffs-ready
    mkdir /tmp/ffs-logs
    mount -t functionfs 0 /tmp/ffs
    if [ "${gadget##*/}" = LIAR ]; then
        bedtool lies /tmp/ffs /tmp/ffs-ready /tmp/disk.img /tmp/lie &
    else
        bedtool device /tmp/ffs /tmp/ffs-logs "$gadget/UDC" /tmp/ffs-ready &
    fi
    echo $! >/tmp/ffs-pid
    tries=$((100 * patience))
    until [ -e /tmp/ffs-ready ]; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail "the scripted device did not start"
        sleep 0.05
    done
}
gadget_program_stop() {
    read -r pid </tmp/ffs-pid
    kill "$pid"
    wait "$pid" || true
    umount /tmp/ffs
}

# gadget_log: what the scripted device's endpoints saw since the last gadget_log.
gadget_log() {
    for log in in1 out1 int1 in2 out2; do
        echo "$log:"
        cat "/tmp/ffs-logs/$log"
        : >"/tmp/ffs-logs/$log"
    done
}

# gadget_plug NAME, gadget_unplug NAME: the latter is a surprise, as if somebody pulled it.
gadget_plug() {
    for udc in /sys/class/udc/*; do
        [ "$(cat "$udc/function")" ] || break
    done
    echo "${udc##*/}" >"/sys/kernel/config/usb_gadget/$1/UDC"
}
gadget_unplug() { echo >"/sys/kernel/config/usb_gadget/$1/UDC"; }

# gadget_down NAME: unplug and forget.
gadget_down() {
    gadget=/sys/kernel/config/usb_gadget/$1
    gadget_unplug "$1"
    if [ -d "$gadget/functions/ffs.0" ]; then gadget_program_stop; fi
    rm "$gadget"/configs/c.1/*.0
    if [ -d "$gadget/functions/uvc.0" ]; then camera_forget; fi
    rmdir "$gadget"/configs/c.1 "$gadget"/functions/* "$gadget"/strings/0x409 "$gadget"
}

# A report of 64 octets each way, of what no driver knows.
hid_reports='\x06\xd0\xf1\x09\x01\xa1\x01\x09\x20\x15\x00\x26\xff\x00\x75\x08\x95\x40\x81\x02\x09\x21\x15\x00\x26\xff\x00\x75\x08\x95\x40\x91\x02\xc0'

# hid_up NAME [ATTRIBUTE=VALUE...]: a HID with just these.
hid_up() {
    hid_name=$1
    shift
    modprobe usb_f_hid
    gadget_up "$hid_name" hid report_length=64 "report_desc:=$hid_reports" "$@"
}

# interrupt_up NAME: a gadget with interrupt endpoints, a source and a sink of usbtest. interrupt_down NAME: no more.
interrupt_up() {
    hid_up "$1" idVendor=0x0525 idProduct=0xa4a0
    bedtool zeros /dev/hidg0 &
    interrupt_zeros=$!
}
interrupt_down() {
    kill $interrupt_zeros
    gadget_down "$1"
}
