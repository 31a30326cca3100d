# A stick behind an EHCI controller is read and written natively and by the guest; every octet is right.
# timeout: 180
# machine: ehci

usb_wait STICK1 || fail "dom0 has no stick"
[ -e /sys/bus/pci/drivers/ehci-pci/0000* ] || fail "there is no EHCI controller"
dom0_reads STICK1 0 1
equal "sha256 of 1 MiB read by dom0" "$sum" "$(host sha256 stick1 0 1048576)"
attach STICK1
guest_reads STICK1 1 2
equal "sha256 of 2 MiB read by the guest" "$sum" "$(host sha256 stick1 1048576 2097152)"
read -r sum seconds <<END
$(guest 90 "disk_of STICK1 && bedtool stick write \$disk 4 2 54321")
END
host "verify stick1 4194304 2097152 $sum"
