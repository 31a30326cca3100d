# A driver domain's disk pulled while it is read gives the guest an error, no hang; plugged and attached again it works.
# timeout: 240
# only: ours

driver_attach
guest 40 "rm -f /tmp/stick-progress"
guest_start read "disk_of DISK && while bedtool stick read \$disk 0 8; do :; done; false"
guest 40 "until read -r done </tmp/stick-progress && [ \$done -ge 1048576 ]; do sleep 0.1; done"
driver 40 "gadget_unplug DISK"
guest_wait read 90 && fail "the guest read a disk that was gone"
guest 40 "usb_gone DISK" || fail "the guest still has the disk"
bedtool xswait 20 "$driver_backend/port/1" '' || true
equal "the port that had the disk" "$(xenstore-read "$driver_backend/port/1")" ''
driver 40 "gadget_plug DISK && disk_of DISK" || fail "the disk did not come back to the driver domain"
driver_attach
guest_reads DISK 0 1
equal "sha256 of 1 MiB" "$sum" "$(driver_sum 0 1)"
