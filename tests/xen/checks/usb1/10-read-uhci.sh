# A full-speed stick behind a UHCI controller is read natively and read and written by the guest; every octet is right.
# timeout: 240
# only: ours
# machine: uhci

usb_wait STICK1 || fail "dom0 has no stick"
[ -e /sys/bus/pci/drivers/uhci_hcd/0000* ] || fail "there is no UHCI controller"
equal "the speed in dom0" "$(usb_speed STICK1)" 12
dom0_reads STICK1 0 1
equal "sha256 of 1 MiB read by dom0" "$sum" "$(host sha256 stick1 0 1048576)"
attach STICK1
equal "the speed in the guest" "$(guest 40 "usb_speed STICK1")" 12
guest_reads STICK1 1 1
equal "sha256 of 1 MiB read by the guest" "$sum" "$(host sha256 stick1 1048576 1048576)"
read -r sum seconds <<END
$(guest 90 "disk_of STICK1 && bedtool stick write \$disk 4 1 54321")
END
host "verify stick1 4194304 1048576 $sum"
