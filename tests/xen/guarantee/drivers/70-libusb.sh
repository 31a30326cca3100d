# A program on libusb: receives through a queue, cancels in the middle of one, and goes on after a halt
# timeout: 120

gadget_up LIBUSB ffs
usb_wait LIBUSB || fail "wrong: no device natively"
in_dom0 "usbqueue $bus $dev $repeat"
gadget_log >/tmp/log-native
attach LIBUSB
in_guest 60 "usb_wait LIBUSB && usbqueue \$bus \$dev $repeat"
gadget_log >/tmp/log-guest
same_log
detach LIBUSB
gadget_down LIBUSB
