# A driver domain: a guest that has a USB host controller and gives its devices to other guests. Its controller is
# dummy_hcd, and the devices are gadgets that it plays itself; or, with --machine iommu, dom0's second xHCI, and what
# the machine plugs there.

# That xHCI, see runner/machine.py.
driver_pci=0000:00:10.0

# driver_domain_up: have it running, with our backend; sets driver_domid.
driver_domain_up() {
    if driver_domid=$(xl domid usbdom 2>/dev/null); then return 0; fi
    driver_domain_image
    # The runner follows the console of a guest of this name.
    ln -sf guest-usbdom.log /var/log/xen/console/guest-guest2.log
    guest_create usbdom /tmp/usbdom.cpio
    driver_domid=$domid
    driver 40 "insmod /bed/driver-domain/xen-usbback.ko" || fail "the driver domain could not load the backend"
}

# driver_pci_up: have it running with the xHCI.
driver_pci_up() {
    if xl domid usbdom >/dev/null 2>&1; then
        driver_domain_up
        return 0
    fi
    if [ ! -d /sys/module/xen_pciback ]; then
        modprobe xen-pciback
        xl pci-assignable-add $driver_pci
    fi
    guest_config="pci=['$driver_pci']"
    # Without this a PV guest's kernel does not look after memory that a device can reach.
    guest_options=iommu=soft
    driver_domain_up
    guest_config=
    guest_options=
    driver 60 "modprobe xen-pcifront && modprobe xhci_pci" || fail "the driver domain could not load its drivers"
}

# driver_domain_image: the guests' root, and besides the backend, our script, and dom0's programs for xenstore.
driver_domain_image() {
    (
        cd /
        for name in bed/driver-domain lib64 lib/x86_64-linux-gnu usr/lib/x86_64-linux-gnu usr/bin/xenstore*; do
            if [ -e "$name" ]; then find "$name"; fi
        done
        echo bed/gadgets.sh
    ) >/tmp/names
    (cd / && cpio -o -H newc </tmp/names >/tmp/more.cpio)
    cat /bed/guest.cpio /tmp/more.cpio >/tmp/usbdom.cpio
    rm /tmp/more.cpio
}

# driver SECONDS COMMAND: a shell command in the driver domain.
driver() { bedtool guest run "$1" "$driver_domid" main ". /bed/lib.sh; . /bed/gadgets.sh; $2"; }

# driver_disk_up: the driver domain has a disk DISK of 8 MiB.
driver_disk_up() {
    driver_domain_up
    if driver 5 "usb_find DISK"; then return 0; fi
    driver 60 "head -c 8388608 /dev/urandom >/tmp/disk && gadget_up DISK mass_storage lun.0/file=/tmp/disk &&
        disk_of DISK" || fail "the driver domain does not have its disk"
}

# driver_controller_up: guest 1 has a controller of the driver domain; sets driver_backend.
driver_controller_up() {
    driver_domain_up
    guest_up
    driver_backend=/local/domain/$driver_domid/backend/vusb/$domid/16
    if ! xenstore-read "$driver_backend/state" >/dev/null 2>&1; then
        sh /bed/driver-domain/usbback-ctl add "$domid" usbdom 4 || fail "usbback-ctl did not add a controller"
    fi
    bedtool xswait 20 "$driver_backend/state" 4 || fail "the controller did not connect"
}

# driver_give SERIAL, driver_take SERIAL: guest 1 gets a device of the driver domain, gives it back.
driver_give() {
    driver_controller_up
    if ! guest 5 "usb_find $1"; then
        driver 40 "usb_wait $1 && sh /bed/driver-domain/usbback-ctl attach $domid \${usb##*/}" ||
            fail "usbback-ctl did not attach $1"
    fi
    guest 40 "usb_wait $1" || fail "the guest does not have $1"
}
driver_take() {
    driver 40 "usb_wait $1 && sh /bed/driver-domain/usbback-ctl detach \${usb##*/}" ||
        fail "usbback-ctl did not take $1 back"
    guest 40 "usb_gone $1" || fail "the guest still has $1"
}

# driver_attach, driver_detach: the same with its own disk.
driver_attach() {
    driver_disk_up
    driver_give DISK
}
driver_detach() { driver_take DISK; }

# driver_sum FROM MIB: the sha256 of a part of the disk, as the driver domain has it.
driver_sum() {
    driver 60 "sync; dd if=/tmp/disk bs=1M skip=$1 count=$2 2>/dev/null | sha256sum" | cut -d' ' -f1
}
