# A loudspeaker (isochronous OUT): every frame that is played arrives, in order.
# timeout: 180
# programs: devices

# heard WHERE: sets missing.
heard() {
    host "unplug audio"
    usb_gone AUDIO
    read -r came wrong missing silent <<END
$(host heard)
END
    progress "$1: $came frames came, $wrong twice or too early, $missing missing, $silent silent ones between"
    [ "$wrong" = 0 ] || fail "corrupts: $wrong frames came twice or too early ($1)"
    [ "$came" -gt 0 ] || fail "wrong: nothing was heard ($1)"
}

plugged audio AUDIO
in_dom0 "play AUDIO 5"
heard natively
native_missing=$missing
plugged audio AUDIO
released AUDIO
attach AUDIO
in_guest 60 "play AUDIO 5"
detach AUDIO
heard "in the guest"
[ "$missing" -le "$native_missing" ] || fail "corrupts: $missing frames are missing, natively $native_missing (in the guest)"
