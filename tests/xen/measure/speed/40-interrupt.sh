# How long 64 octets need to a HID and back: an interrupt OUT URB and an interrupt IN URB, natively and by the guest.
# timeout: 240
# programs: devices

hid_up KEY
bedtool echo back /dev/hidg0 hid &
echo=$!

# round_trips WHERE: sets best, in ms, of three times 200.
round_trips() {
    best=''
    line="line_of KEY hid_generic '*:*/*:*/hidraw/hidraw*' hid 12800 time"
    for try in 1 2 3; do
        case $1 in
            dom0) timed eval "$line" ;;
            guest) timed guest 60 "$line" ;;
        esac
        faster "$best"
    done
}
usb_wait KEY
round_trips dom0
native=$best
attach KEY
round_trips guest
progress "SPEED 64 octets to a HID and back: native $((native * 5)) us, guest ($system) $((best * 5)) us, $(((best - native) * 5)) more for two URBs"
detach KEY
kill $echo
gadget_down KEY
