# A network adapter (ECM): 256 frames there and back.
# timeout: 120
# programs: devices

gadget_up ECM ecm
bedtool frames echo "$(cat /sys/kernel/config/usb_gadget/ECM/functions/ecm.0/ifname)" &
gadget_used ECM 60 "frames_of ECM cdc_ether 256"
kill $!
