# A bulk-only disk answers a request for 120 KiB with 36 octets; its status is not taken for data.
# timeout: 180

dd if=/dev/urandom of=/tmp/disk.img bs=1M count=1 2>/dev/null
gadget_up DISK mass_storage stall=0 lun.0/file=/tmp/disk.img
both_ways DISK 60 "inquiry_twice DISK $repeat"
equal "corrupts: the sha256 of a block" "$(tail -n 2 /tmp/outcome)" "$(tail -n 2 /tmp/outcome-native)"
detach DISK
gadget_down DISK
