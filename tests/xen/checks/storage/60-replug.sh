# A stick pulled while it is read gives the guest an error, no hang; plugged and attached again it works.
# timeout: 180
# only: pv

attach STICK1
guest 40 "rm -f /tmp/stick-progress"
guest_start read "disk_of STICK1 && bedtool stick again \$disk 0 64 /tmp/never"
guest 40 "until read -r done </tmp/stick-progress && [ \$done -ge 1048576 ]; do sleep 0.1; done"
host "unplug stick1"
guest_wait read 60 && fail "the guest read a stick that was gone"
equal "the status of the interrupted read" $? 1
guest 40 "usb_gone STICK1" || fail "the guest still shows the stick"
usb_gone STICK1 || fail "dom0 still shows the stick"
host "plug stick1"
# From our backend dom0 gets it; QEMU takes it again, but does not tell the guest.
if [ $backend_kind = vusb ]; then disk_of STICK1; fi
attach STICK1
guest_reads STICK1 0 1
equal "sha256 of 1 MiB" "$sum" "$(host sha256 stick1 0 1048576)"
