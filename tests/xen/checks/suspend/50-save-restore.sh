# A guest is saved while it reads a stick, and restored: the controller comes back by itself, the devices when
# they are attached again; the read has failed, and nothing else.
# timeout: 400
# only: ours

# saved_guest: save guest 1 and restore it; sets domid anew.
saved_guest() {
    xl save guest1 /run/saved >/tmp/xl 2>&1 || fail "xl save: $(tail -n 1 /tmp/xl)"
    # The devices are dom0's again.
    disk_of STICK1 || fail "dom0 has no disk STICK1 after the save"
    xl restore /run/saved >/tmp/xl 2>&1 || fail "xl restore: $(tail -n 1 /tmp/xl)"
    rm /run/saved
    guest_up
}

wanted=$(host sha256 stick1 0 4194304)
for round in $(seq "$repeat"); do
    attach STICK1
    attach KEYBOARD
    guest_reads STICK1 0 4
    equal "sha256 of 4 MiB before save $round" "$sum" "$wanted"
    # Written and flushed before the save: it must stand on the stick.
    read -r written _ <<END
$(guest 60 "disk_of STICK1 && bedtool stick write \$disk 32 2 $round")
END
    guest 20 "rm -f /tmp/stick-progress"
    guest_start read "disk_of STICK1 && bedtool stick again \$disk 0 64 /tmp/never"
    guest 40 "until read -r done </tmp/stick-progress; do sleep 0.1; done"
    old=$domid
    saved_guest
    [ "$domid" != "$old" ] || fail "the guest is still domain $old"
    xenstore-read "/local/domain/0/backend/vusb/$old" >/dev/null 2>&1 && fail "the old controller's nodes are left"
    # The read ends in the new domain, with an error as if the stick had been pulled.
    guest_wait read 60 && fail "the read went on over the save"
    equal "the status of the interrupted read" $? 1
    guest 40 "usb_gone STICK1 && usb_gone KEYBOARD" || fail "the guest still has its old devices"
    controller_up
    attach STICK1
    attach KEYBOARD
    guest_reads STICK1 0 4
    equal "sha256 of 4 MiB after restore $round" "$sum" "$wanted"
    guest_reads STICK1 32 2
    equal "sha256 of what was written before save $round" "$sum" "$written"
    guest_start keys "rm -f /tmp/keys-ready; bedtool keys 40 'QEMU USB Keyboard' 3"
    guest 40 "until [ -e /tmp/keys-ready ]; do sleep 0.1; done"
    host "keys x e n"
    equal "the codes of x, e and n after restore $round" "$(guest_wait keys 45)" "45 18 49 "
done
# The same with an empty controller, whose root hub sleeps.
detach STICK1
detach KEYBOARD
guest 40 "until read -r is </sys/bus/usb/devices/usb1/power/runtime_status && [ \$is = suspended ]; do sleep 0.2; done" ||
    fail "the root hub is not suspended"
saved_guest
attach STICK1
guest_reads STICK1 0 4
equal "sha256 of 4 MiB after the restore of an empty controller" "$sum" "$wanted"
