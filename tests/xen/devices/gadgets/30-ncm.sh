# A network adapter (NCM): 256 frames there and back.
# timeout: 120
# programs: devices

modprobe usb_f_ncm
gadget_up NCM ncm
bedtool frames echo "$(cat /sys/kernel/config/usb_gadget/NCM/functions/ncm.0/ifname)" &
gadget_used NCM 60 "frames_of NCM cdc_ncm 256"
kill $!
