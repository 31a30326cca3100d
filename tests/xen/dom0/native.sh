# No guest: dom0 uses the device itself, with the functions that a guest would have.

# Shell text that goes before each command.
guest_environment=

controller_up() { :; }
attach() { guest 40 "usb_wait $1" || fail "dom0 has no device $1"; }
detach() { :; }

# guest SECONDS COMMAND: as in guests.sh.
guest() { sh /bed/here.sh "$1" "$guest_environment . /bed/guest/lib.sh; $2"; }

# guest_start SLOT COMMAND, guest_wait SLOT SECONDS: as in guests.sh.
guest_start() {
    rm -f "/tmp/guest-$1.status"
    (
        slot_status=0
        sh /bed/here.sh 600 "$guest_environment . /bed/guest/lib.sh; $2" >"/tmp/guest-$1.out" || slot_status=$?
        echo $slot_status >"/tmp/guest-$1.status"
    ) >/dev/null 2>&1 &
}
guest_wait() {
    tries=$(($2 * 5 * patience))
    until [ -s "/tmp/guest-$1.status" ]; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 124
        sleep 0.2
    done
    cat "/tmp/guest-$1.out"
    return "$(cat "/tmp/guest-$1.status")"
}
