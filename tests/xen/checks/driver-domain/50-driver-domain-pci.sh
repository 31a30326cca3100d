# A driver domain has a PCI host controller of its own: a guest uses the stick behind it, also after it was pulled.
# timeout: 300
# only: ours
# machine: iommu

driver_pci_up
host "plug stick5"
driver_give STICK5
guest_reads STICK5 0 16
equal "sha256 of the whole stick" "$sum" "$(host sha256 stick5 0 16777216)"
read -r sum seconds <<END
$(guest 90 "disk_of STICK5 && bedtool stick write \$disk 8 4 54321")
END
equal "sha256 of what the guest wrote" "$(host sha256 stick5 8388608 4194304)" "$sum"
guest 40 "rm -f /tmp/stick-progress"
guest_start read "disk_of STICK5 && while bedtool stick read \$disk 0 16; do :; done; false"
guest 40 "until read -r done </tmp/stick-progress && [ \$done -ge 1048576 ]; do sleep 0.1; done"
host "unplug stick5"
guest_wait read 90 && fail "the guest read a stick that was gone"
guest 40 "usb_gone STICK5" || fail "the guest still has the stick"
host "plug stick5"
driver_give STICK5
guest_reads STICK5 0 1
equal "sha256 of 1 MiB" "$sum" "$(host sha256 stick5 0 1048576)"
driver_take STICK5
equal "sha256 of 1 MiB read by the driver domain" \
    "$(driver 60 "disk_of STICK5 && bedtool stick read \$disk 0 1" | cut -d' ' -f1)" "$sum"
