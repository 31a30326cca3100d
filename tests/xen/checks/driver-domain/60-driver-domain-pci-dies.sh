# A driver domain with a PCI host controller is destroyed while its stick is read; the next one has the controller.
# timeout: 300
# only: ours
# machine: iommu

driver_pci_up
there=$(driver 40 "usb_find STICK5 && echo there" || true)
[ "$there" = there ] || host "plug stick5"
driver_give STICK5
guest 40 "rm -f /tmp/stick-progress"
guest_start read "disk_of STICK5 && while bedtool stick read \$disk 0 16; do :; done; false"
guest 40 "until read -r done </tmp/stick-progress && [ \$done -ge 1048576 ]; do sleep 0.1; done"
old=$driver_domid
# xl takes the controller away first, and Linux' xen-pcifront may warn of its own nodes then.
host "pardon guest2"
xl destroy usbdom
guest_wait read 90 && fail "the guest read a stick that was gone"
guest 40 "usb_gone STICK5" || fail "the guest still has the stick"
sh /bed/driver-domain/usbback-ctl remove "$domid" "$old"
driver_pci_up
host "judge guest2"
driver_give STICK5
guest_reads STICK5 0 1
equal "sha256 of 1 MiB" "$sum" "$(host sha256 stick5 0 1048576)"
