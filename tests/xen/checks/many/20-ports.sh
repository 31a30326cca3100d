# A controller with 31 ports: devices at the first, the middle and the last one work; there is no port 32.
# timeout: 180
# only: ours

guest_up 1
controller_down
controller_ports=31
take_over STICK1 1
take_over KEYBOARD 16
take_over STICK2 31
port_of STICK1; equal "the port of STICK1" "$port" 1
port_of KEYBOARD; equal "the port of KEYBOARD" "$port" 16
port_of STICK2; equal "the port of STICK2" "$port" 31
guest 20 "usb_find STICK2 && echo \${usb##*-}" >/tmp/place
equal "the stick's port in the guest" "$(cat /tmp/place)" 31
guest_start one "disk_of STICK1 && bedtool stick read \$disk 0 4"
guest_start two "disk_of STICK2 && bedtool stick read \$disk 0 4"
guest_start keys "rm -f /tmp/keys-ready; bedtool keys 60 'QEMU USB Keyboard' 3"
guest 40 "until [ -e /tmp/keys-ready ]; do sleep 0.1; done"
host "keys x e n"
equal "the codes of x, e and n" "$(guest_wait keys 65)" "45 18 49 "
one=$(guest_wait one 90)
two=$(guest_wait two 90)
equal "the sha256 at port 1" "${one% *}" "$(host sha256 stick1 0 4194304)"
equal "the sha256 at port 31" "${two% *}" "$(host sha256 stick2 0 4194304)"

# There is no port 32, neither for a device nor in a controller.
detach STICK2
usb_wait STICK2
log_mark
! xl usbdev-attach "$domid" hostbus="$bus" hostaddr="$dev" controller=0 port=32 || fail "a device was attached to port 32"
log_since "there is no port 32: the controller has 31 ports" || fail "nothing in the log about port 32"
! xl usbctrl-attach "$domid" type=pv version=2 ports=32 2>/tmp/message || fail "a controller was made with 32 ports"
cat /tmp/message
grep -q "limited to 31" /tmp/message || fail "xl does not say how many ports a controller may have"

# Without xl, the backend itself.
log_mark
controller_by_hand 9 32 2
one_complaint
error_node
removed_by_hand

controller_down
