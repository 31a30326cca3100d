# usbdev-detach gives the stick back to dom0; usbctrl-detach takes the controller away.
# timeout: 150
# only: pv

attach STICK1
detach STICK1
dom0_reads STICK1 0 1
equal "sha256 of 1 MiB read by dom0" "$sum" "$(host sha256 stick1 0 1048576)"
controller_down
if xenstore-read "/local/domain/0/backend/$backend_kind/$domid/0/state" 2>/dev/null; then
    fail "the controller's nodes are still there"
fi
guest 40 'for bus in /sys/bus/usb/devices/usb*; do [ ! -e $bus ]; done' || fail "the guest still has the controller"
