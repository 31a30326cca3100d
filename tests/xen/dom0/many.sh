# Several guests or devices at once, and how far each comes. All of it runs on one processor of the host, so
# nothing is judged by time: what counts is what one does beside the others, against itself alone or against them.

# take_over SERIAL [PORT]: attach it to the guest, whichever other one has it.
take_over() {
    taken_by=$guest_number
    usb_wait "$1" || fail "dom0 has no device $1"
    for number in 1 2 3 4; do
        if [ $number = "$taken_by" ] || ! domid=$(xl domid guest$number 2>/dev/null); then continue; fi
        if port_of "$1"; then xl usbdev-detach "$domid" 0 "$port"; fi
    done
    guest_up "$taken_by"
    attach "$@"
}

# guests_up SERIAL...: guest 1 has the first of these disks, guest 2 the second, and so on; at most four. Sets domids.
guests_up() {
    guest_memory=$guest_memory_of_four
    domids=''
    guest_number=0
    for serial; do
        guest_up $((guest_number + 1))
        take_over "$serial"
        guest 60 "disk_of $serial"
        domids="$domids $domid"
    done
}

# busy_start SLOT KIND WHAT SECONDS: the guest keeps it busy (see bedtool busy); WHAT is shell text that may use
# what the functions of guest/lib.sh set. KIND disk takes a serial number. busy_end SLOT: sets amount and longest.
busy_start() {
    case $2 in
        disk) guest_start "$1" "disk_of $3 && bedtool busy disk \$disk $4" ;;
        *) guest_start "$1" "usb_wait $3 && bedtool busy $2 \$(usb_node) $4" ;;
    esac
}
# shellcheck disable=SC2034 # used by the checks
busy_end() {
    guest_wait "$1" 90 >/tmp/busy || fail "$1: $(tail -n 1 /tmp/busy)"
    read -r amount longest </tmp/busy
}

# at_least WHAT PART WHOLE PERCENT: PART is at least so much of WHOLE.
at_least() {
    [ "$3" -gt 0 ] || fail "$1: nothing to compare with"
    progress "$1: $2 against $3, $((100 * $2 / $3)) %"
    [ $((100 * $2)) -ge $(($4 * $3)) ] || fail "$1: $2 against $3 is $((100 * $2 / $3)) %, less than $4 %"
}

# at_most WHAT VALUE BOUND
at_most() {
    progress "$1: $2"
    [ "$2" -le "$3" ] || fail "$1: $2 is more than $3"
}
