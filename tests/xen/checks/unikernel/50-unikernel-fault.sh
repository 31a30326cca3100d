# A backend that breaks the protocol is named and left; the next controller works.
# timeout: 180
# only: ours

unikernel_up
insmod /bed/modules/liar.ko
echo 1 >/sys/module/liar/parameters/lies
plug_into STICK2
says 30 'usb: the backend is at fault: RSP_LENGTH'
says 30 'usb: disconnected'
rmmod liar
xl usbctrl-detach "$domid" 0
plug_into KEYBOARD
says 30 'keyboard: listening'
host "keys x"
says 20 'key: x'
