# What one guest has made of a device neither dom0 nor the next guest finds; nor what dom0 has.
# timeout: 240
# only: ours

# A keyboard keeps its protocol (0 boot, 1 report) until it is reset; its driver here never sets it.
protocol_0='[ ! -e "$usb/${usb##*/}:1.0/driver" ] || echo "${usb##*/}:1.0" >/sys/bus/usb/drivers/usbhid/unbind
    bedtool request "$(usb_node)" 0x21 0x0b 0 0 && bedtool request "$(usb_node)" 0xa1 0x03 0 0 1'
protocol='[ ! -e "$usb/${usb##*/}:1.0/driver" ] || echo "${usb##*/}:1.0" >/sys/bus/usb/drivers/usbhid/unbind
    bedtool request "$(usb_node)" 0xa1 0x03 0 0 1'

attach KEYBOARD
equal "the protocol that guest 1 has set" "$(guest 30 "usb_wait KEYBOARD && $protocol_0" | tail -n 1)" 00
bus_before=$bus dev_before=$dev
detach KEYBOARD
usb_wait KEYBOARD
equal "the keyboard's bus and address" "$bus $dev" "$bus_before $dev_before"
equal "the protocol that dom0 finds" "$(eval "$protocol")" 01
equal "the protocol that dom0 has set" "$(eval "$protocol_0" | tail -n 1)" 00

# Two configurations; guest 1 chooses the second one.
gadget_up CONFIG SourceSink
gadget_unplug CONFIG
gadget=/sys/kernel/config/usb_gadget/CONFIG
mkdir "$gadget/configs/c.2" "$gadget/functions/SourceSink.1"
ln -s "$gadget/functions/SourceSink.1" "$gadget/configs/c.2/"
usb_gone CONFIG
gadget_plug CONFIG
attach CONFIG
# shellcheck disable=SC2016 # $usb is the guest's
guest 30 'usb_wait CONFIG && echo 2 >"$usb/bConfigurationValue"' || fail "guest 1 could not choose the configuration"
usb_find CONFIG
equal "the configuration that guest 1 has chosen" "$(cat "$usb/bConfigurationValue")" 2
detach CONFIG
tries=$((50 * patience))
until [ "$(cat "$usb/bConfigurationValue")" = 1 ]; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "dom0 finds configuration '$(cat "$usb/bConfigurationValue")'"
    sleep 0.1
done

guest_up 2
xl usbctrl-attach "$domid" type=pv version=2 ports=4
for device in KEYBOARD CONFIG; do
    usb_wait $device
    xl usbdev-attach "$domid" hostbus="$bus" hostaddr="$dev"
    guest 40 "usb_wait $device" || fail "guest 2 has no $device"
done
equal "the protocol that guest 2 finds" "$(guest 30 "usb_wait KEYBOARD && $protocol")" 01
xl destroy "$domid"
gadget_unplug CONFIG
rm "$gadget/configs/c.2/SourceSink.1"
rmdir "$gadget/configs/c.2"
gadget_plug CONFIG
gadget_down CONFIG
