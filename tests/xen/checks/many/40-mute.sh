# A device answers no control request while its guest resets it and leaves: another guest reads on and gets a controller.
# timeout: 240
# only: ours

outside_up
guest_up 1
guest_memory=$guest_memory_of_four
attach REDIR
first=$domid
guest_up 2
take_over STICK2
guest 60 "disk_of STICK2"

# dom0's USB core now waits five seconds for each answer, and asks several times.
host "redir mute"
domid=$first
busy_start reset reset REDIR 60
tries=$((100 * patience))
until [ "$(host "redir unanswered")" != 0 ]; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "the reset did not reach the device"
    sleep 0.1
done
guest_up 2
guest_reads STICK2 0 4
equal "sha256 of 4 MiB" "$sum" "$(host sha256 stick2 0 4194304)"

# Its frontend closes: the backend has to wait until the USB core has given up.
back=/local/domain/0/backend/vusb/$first/0
xenstore-write "/local/domain/$first/device/vusb/0/state" 5
xl usbctrl-attach "$domid" type=pv version=2 ports=8
bedtool xswait 30 "/local/domain/0/backend/vusb/$domid/1/state" 4 || fail "the second controller did not connect"
closed=$(xenstore-read "$back/state")
progress "the first guest's controller meanwhile: state $closed"
[ "$closed" != 6 ] || fail "the first guest's controller was closed too early to tell anything"
host "redir speak"
bedtool xswait 60 "$back/state" 6 || fail "the first guest's controller was not closed"
xl usbctrl-detach "$domid" 1
xl destroy "$first"
outside_down
