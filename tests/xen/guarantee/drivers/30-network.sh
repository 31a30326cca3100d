# A network adapter passes Ethernet frames of all sizes both ways, and can be switched off when it is quiet.
# timeout: 120

gadget_up NET ecm
bedtool frames echo "$(cat /sys/kernel/config/usb_gadget/NET/functions/ecm.0/ifname)" &
both_ways NET 60 "network_of NET 256 $repeat"
kill $!
detach NET
gadget_down NET
