# Each device runs in the guest at the speed that it has in dom0: full behind USB 1 controllers, high behind others.
# timeout: 180
# only: ours

case $(echo /sys/bus/pci/drivers/[uo]hci*/0000*) in
    *0000:*) wanted=12 ;;
    *) wanted=480 ;;
esac
for device in STICK1 KEYBOARD; do
    equal "the speed of $device in dom0" "$(usb_speed $device)" $wanted
    attach $device
    equal "the speed of $device in the guest" "$(guest 40 "usb_speed $device")" $wanted
done
