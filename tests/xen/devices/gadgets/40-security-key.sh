# A HID with the descriptor of a security key: 200 reports of 64 octets there and back.
# timeout: 120
# programs: devices

hid_up KEY
gadget_used KEY 60 "line_of KEY hid_generic '*:*/*:*/hidraw/hidraw*' hid 12800" /dev/hidg0 hid
