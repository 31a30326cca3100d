# A guest reads and writes a disk of a driver domain: the controller and the disk by usbback-ctl.
# timeout: 240
# only: ours

driver_attach
guest_reads DISK 0 8
equal "sha256 of 8 MiB" "$sum" "$(driver_sum 0 8)"
read -r sum seconds <<END
$(guest 90 "disk_of DISK && bedtool stick write \$disk 2 4 54321")
END
equal "sha256 of the 4 MiB that the guest wrote" "$(driver_sum 2 4)" "$sum"
driver 40 "sh /bed/driver-domain/usbback-ctl list" >/tmp/list
cat /tmp/list
grep -q "^guest $domid controller 16 port 1: " /tmp/list || fail "usbback-ctl does not list the disk"
