# The host can pull a device and plug it again.
# timeout: 180

usb_wait STICK2
host "unplug stick2"
usb_gone STICK2
host "plug stick2"
dom0_reads STICK2 0 1
equal "sha256 of 1 MiB" "$sum" "$(host sha256 stick2 0 1048576)"
