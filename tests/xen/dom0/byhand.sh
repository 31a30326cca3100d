# The xenstore nodes of a controller without xl, whose own checks would refuse what is written here.

# controller_by_hand DEVICE PORTS VERSION: sets back and front to the two directories.
controller_by_hand() {
    back=/local/domain/0/backend/vusb/$domid/$1
    front=/local/domain/$domid/device/vusb/$1
    # The permissions first: the nodes written below inherit them.
    xenstore-write "$back/frontend" "$front" "$front/backend" "$back"
    xenstore-chmod -r "$back" n0 "r$domid"
    xenstore-chmod -r "$front" "n$domid" r0
    # One transaction, as xl does it.
    xenstore-write "$back/frontend-id" "$domid" "$back/online" 1 "$back/type" pv \
        "$back/usb-ver" "$3" "$back/num-ports" "$2" "$back/port" '' "$back/port/1" '' \
        "$front/backend-id" 0 "$front/state" 1 "$back/state" 1
}

# removed_by_hand: let the backend close, then remove what controller_by_hand wrote.
removed_by_hand() {
    xenstore-write "$back/online" 0 "$back/state" 5
    xenstore-rm "$front"
    sleep 1
    xenstore-rm "$back"
}

# one_complaint: dom0's log has one line about our backend at level "warning" or worse since log_mark.
one_complaint() {
    tries=$((30 * patience))
    until log_since '^<[0-4]>.*(usbback|vusb)' >/tmp/complaints; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail "the backend logged no complaint"
        sleep 0.1
    done
    sleep 0.5
    log_since '^<[0-4]>.*(usbback|vusb)' >/tmp/complaints
    cat /tmp/complaints
    equal "the number of complaints in the log" "$(grep -c . /tmp/complaints)" 1
}

# error_node: the backend has left its reason where xenbus wants it.
error_node() {
    xenstore-read "/local/domain/0/error/${back#/local/domain/0/}/error" || fail "there is no error node"
}

# still_works: after all that, a stick can be attached and read.
still_works() {
    attach STICK1
    guest_reads STICK1 0 1
    equal "sha256 of 1 MiB after the error" "$sum" "$(host sha256 stick1 0 1048576)"
}
