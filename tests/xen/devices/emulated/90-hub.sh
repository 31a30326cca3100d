# A hub is refused, by xl with a clear message and by the backend with one, too.
# timeout: 120
# programs: devices
# only: ours

controller_up
host "plug hub"
tries=50
until hub=$(grep -l QEMU.USB.Hub /sys/bus/usb/devices/*-*/product) || [ $tries = 0 ]; do
    tries=$((tries - 1))
    sleep 0.2
done
hub=${hub%/product}
xl usbdev-attach "$domid" hostbus="$(cat "$hub/busnum")" hostaddr="$(cat "$hub/devnum")" >/tmp/xl 2>&1 && fail "wrong: xl attached a hub"
cat /tmp/xl
log_mark
echo "${hub##*/}:1.0" >/sys/bus/usb/drivers/hub/unbind
xenstore-write "$backend/port/1" "${hub##*/}"
echo "${hub##*/}:1.0" >/sys/bus/usb/drivers/usbback/bind || true
log_since "hub"
xenstore-write "$backend/port/1" ""
host "unplug hub"
