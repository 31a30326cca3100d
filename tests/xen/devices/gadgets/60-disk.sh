# A disk (mass storage) is written and read.
# timeout: 120
# programs: devices

dd if=/dev/zero of=/tmp/gadget-disk bs=1M count=8 2>/dev/null
gadget_up DISK mass_storage lun.0/file=/tmp/gadget-disk
gadget_used DISK 60 "disk_both DISK"
rm /tmp/gadget-disk
