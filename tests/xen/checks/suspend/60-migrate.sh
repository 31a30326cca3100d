# A PVH guest is migrated, alive, to the same host while it reads a stick: the controller comes back by itself, the
# devices when they are attached again; the read has failed, and nothing else.
# timeout: 300
# only: ours
# guest: pvh

wanted=$(host sha256 stick1 0 4194304)
for round in $(seq "$repeat"); do
    attach STICK1
    attach KEYBOARD
    guest_reads STICK1 0 4
    equal "sha256 of 4 MiB before migration $round" "$sum" "$wanted"
    # Written and flushed before: it must stand on the stick.
    read -r written _ <<END
$(guest 60 "disk_of STICK1 && bedtool stick write \$disk 32 2 $round")
END
    guest 20 "rm -f /tmp/stick-progress"
    # Again and again: a slow guest's memory takes longer to copy than the stick does to read.
    guest_start read "disk_of STICK1; while bedtool stick read \$disk 0 64; do :; done; exit 1"
    guest 40 "until read -r done </tmp/stick-progress; do sleep 0.1; done"
    old=$domid
    # The other end is not behind ssh, but a process of ours.
    xl migrate -s "" guest1 "xl migrate-receive" >/tmp/xl 2>&1 || fail "xl migrate: $(tail -n 1 /tmp/xl)"
    # The devices are dom0's again.
    disk_of STICK1 || fail "dom0 has no disk STICK1 after the migration"
    guest_up
    [ "$domid" != "$old" ] || fail "the guest is still domain $old"
    xenstore-read "/local/domain/0/backend/vusb/$old" >/dev/null 2>&1 && fail "the old controller's nodes are left"
    guest_wait read 60 && fail "the read went on over the migration"
    equal "the status of the interrupted read" $? 1
    guest 40 "usb_gone STICK1 && usb_gone KEYBOARD" || fail "the guest still has its old devices"
    controller_up
    attach STICK1
    attach KEYBOARD
    guest_reads STICK1 0 4
    equal "sha256 of 4 MiB after migration $round" "$sum" "$wanted"
    guest_reads STICK1 32 2
    equal "sha256 of what was written before migration $round" "$sum" "$written"
    guest_start keys "rm -f /tmp/keys-ready; bedtool keys 40 'QEMU USB Keyboard' 3"
    guest 40 "until [ -e /tmp/keys-ready ]; do sleep 0.1; done"
    host "keys x e n"
    equal "the codes of x, e and n after migration $round" "$(guest_wait keys 45)" "45 18 49 "
done
