# The backend's module is removed and loaded: a kernel without an operating system has its keyboard back by itself.
# timeout: 120
# only: ours

plug_into KEYBOARD
says 30 'keyboard: listening'
said_mark
rmmod xen-usbback
says 20 '^usb: disconnected'
said_mark
backend_up
says 30 '^usb: connected'
says 30 'keyboard: listening'
host "keys n"
says 20 'key: n'
