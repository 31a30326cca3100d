# A printer gets 16 KiB and sends them back.
# timeout: 120
# programs: devices

modprobe usb_f_printer
gadget_up PRINTER printer
gadget_used PRINTER 60 "line_of PRINTER usblp '*:*/usbmisc/lp*' raw 16384" /dev/g_printer0 raw
