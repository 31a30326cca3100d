# xl attaches a controller and a stick; both show in usb-list, the stick in the guest.
# timeout: 150
# only: pv

attach STICK1
port_of STICK1 || fail "no port has the stick"
xl usb-list "$domid" >/tmp/usb-list
cat /tmp/usb-list
grep -q "Port $port: Bus 0*$bus Device 0*$(printf %x "$dev")\$" /tmp/usb-list ||
    fail "usb-list does not show the stick at port $port"
