# usbback-ctl gives the disk back to the driver domain and refuses nonsense, and takes the controller away.
# timeout: 240
# only: ours

driver_attach
driver 40 "sh /bed/driver-domain/usbback-ctl attach $domid 9-9" && fail "usbback-ctl attached what is not there"
driver 40 "usb_wait DISK; sh /bed/driver-domain/usbback-ctl attach $domid \${usb##*/}" &&
    fail "usbback-ctl attached the disk twice"
driver_detach
read -r sum seconds <<END
$(driver 60 "disk_of DISK && bedtool stick read \$disk 0 1")
END
equal "sha256 of 1 MiB read by the driver domain" "$sum" "$(driver_sum 0 1)"
driver 40 "usb_wait DISK; sh /bed/driver-domain/usbback-ctl attach $domid \${usb##*/} 5" &&
    fail "usbback-ctl attached the disk to a port that is not there"
sh /bed/driver-domain/usbback-ctl remove "$domid" usbdom || fail "usbback-ctl did not remove the controller"
if xenstore-read "$driver_backend/state" 2>/dev/null; then fail "the controller's nodes are still there"; fi
guest 40 'for bus in /sys/bus/usb/devices/usb*; do [ ! -e $bus ]; done' || fail "the guest still has the controller"
