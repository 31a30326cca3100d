# A HID with the descriptor of a security key: 200 reports of 64 octets there and back.
# timeout: 120
# programs: devices

modprobe usb_f_hid
gadget_up KEY hid report_length=64 report_desc:='\x06\xd0\xf1\x09\x01\xa1\x01\x09\x20\x15\x00\x26\xff\x00\x75\x08\x95\x40\x81\x02\x09\x21\x15\x00\x26\xff\x00\x75\x08\x95\x40\x91\x02\xc0'
gadget_used KEY 60 "line_of KEY hid_generic '*:*/*:*/hidraw/hidraw*' hid 12800" /dev/hidg0 hid
