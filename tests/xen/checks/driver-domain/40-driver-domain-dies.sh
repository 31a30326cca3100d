# A driver domain that is destroyed while its disk is read: the guest gets an error, lives on, and a new one serves it.
# timeout: 300
# only: ours

driver_attach
guest 40 "rm -f /tmp/stick-progress"
guest_start read "disk_of DISK && while bedtool stick read \$disk 0 8; do :; done; false"
guest 40 "until read -r done </tmp/stick-progress && [ \$done -ge 1048576 ]; do sleep 0.1; done"
old=$driver_domid
xl destroy usbdom
guest_wait read 90 && fail "the guest read a disk that was gone"
guest 40 "usb_gone DISK" || fail "the guest still has the disk"
sh /bed/driver-domain/usbback-ctl remove "$domid" "$old"
guest 40 'for bus in /sys/bus/usb/devices/usb*; do [ ! -e $bus ]; done' || fail "the guest still has the controller"
driver_attach
guest_reads DISK 0 1
equal "sha256 of 1 MiB" "$sum" "$(driver_sum 0 1)"
