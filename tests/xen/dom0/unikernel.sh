# The unikernel of examples/unikernel in guest 1's place: how it is started, and what it says on its console.

console=/var/log/xen/console/guest-guest1.log

# unikernel_up: it runs, and has controller 0.
unikernel_up() {
    if ! domid=$(xl domid guest1 2>/dev/null); then
        cat >/tmp/unikernel.cfg <<END
name="guest1"
type="pvh"
kernel="/bed/unikernel"
memory=4
vcpus=1
tsc_mode="native"
on_poweroff="destroy"
on_crash="destroy"
$(guest_usb_config)
END
        said_mark
        xl create /tmp/unikernel.cfg >/dev/null
        domid=$(xl domid guest1)
        says 20 '^unikernel: image'
        host "say SIZE $line"
    fi
    controller_up
}

# said_mark, then says SECONDS PATTERN: wait until a line since the mark matches; sets line.
said_mark() {
    said=0
    if [ -e $console ]; then said=$(wc -l <$console); fi
}
# shellcheck disable=SC2034 # line: used by the checks
says() {
    tries=$(($1 * 10 * patience))
    until line=$(tail -n "+$((said + 1))" $console 2>/dev/null | tr -d '\r' | grep -m 1 -E "$2"); do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail "the unikernel does not say '$2'"
        sleep 0.1
    done
}

# plug_into SERIAL: what it had before is dom0's again, and it gets this one, at port 1.
plug_into() {
    unikernel_up
    pull_out
    usb_wait "$1" || fail "dom0 has no device $1"
    said_mark
    # shellcheck disable=SC2154 # set by usb_wait
    xl usbdev-attach "$domid" hostbus="$bus" hostaddr="$dev" controller=0 port=1
}

# pull_out: take back what it has at port 1, if anything.
pull_out() {
    # shellcheck disable=SC2154 # set by controller_up
    if [ -z "$(xenstore-read "$backend/port/1")" ]; then return 0; fi
    said_mark
    xl usbdev-detach "$domid" 0 1
    says 20 '^port 1: empty'
}
