# Devices, controllers and guests that come and go under load, again and again. A check describes one cycle as a
# function, and churn does the rest: the first cycle to warm up, the books before and after the others, and whether
# what was not touched has worked all the time.

# Guest 1 has two controllers: one for what is left alone (a stick that is written, the keyboard that is idle on its
# interrupt endpoint and asked for its descriptor), one for the stick that comes and goes.
left_alone=0 touched=1

# churn_controllers: both are there.
churn_controllers() {
    controller_up
    if ! xenstore-read "/local/domain/0/backend/vusb/$domid/$touched/state" >/dev/null 2>&1; then
        xl usbctrl-attach "$domid" type=pv version=2 ports=8
    fi
    bedtool xswait 20 "/local/domain/0/backend/vusb/$domid/$touched/state" 4 || fail "the controller did not connect"
}

# port_with SERIAL CONTROLLER: sets port to the port that has it; status 1 when none has.
port_with() {
    usb_find "$1" || return 1
    xenstore-ls "/local/domain/0/backend/vusb/$domid/$2/port" >/tmp/ports
    while read -r port _ busid; do
        [ "$busid" = "\"${usb##*/}\"" ] && return 0
    done </tmp/ports
    return 1
}

# give SERIAL CONTROLLER: to the guest, by xl, unless it has it; and it is there.
give() {
    if ! port_with "$1" "$2"; then
        disk_of "$1" >/dev/null || fail "dom0 has no stick $1"
        xl usbdev-attach "$domid" hostbus="$bus" hostaddr="$dev" controller="$2" || fail "xl usbdev-attach $1"
    fi
    guest 40 "usb_wait $1" || fail "the guest has no device $1"
}

# writing_begins, writing_ends: guest's stick that is left alone. At the end it must have got on without one error.
writing_begins() {
    guest 20 "rm -f /tmp/churn-*"
    guest_start write "churn_write STICK2"
    guest 40 "until [ -e /tmp/churn-written ]; do sleep 0.1; done" || fail "the writing does not begin"
}
writing_is_well() {
    guest 10 "[ ! -e /tmp/churn-failed ]" || fail "a device that was left alone failed: $(guest 10 'cat /tmp/churn-failed')"
}
writing_ends() {
    guest 10 ": >/tmp/churn-stop"
    read -r passes sum <<END
$(guest_wait write 60)
END
    equal "the length of the written stick's sha256" "${#sum}" 64
    writing_is_well
    # What the stick has, past every cache.
    read -r got seconds <<END
$(guest 60 'disk_of STICK2 && bedtool stick read $disk 4 2')
END
    equal "sha256 of what was written to the stick that was left alone" "$got" "$sum"
}

# keyboard_begins, keyboard_ends: the keyboard idle, and asked all the time for its descriptor. At the end a key
# arrives, and every question was answered.
keyboard_begins() {
    guest 20 "rm -f /tmp/keys-ready /tmp/churn-stop"
    guest_start keys churn_keys
    guest_start control "churn_control KEYBOARD"
    guest 40 "until [ -e /tmp/keys-ready ]; do sleep 0.1; done" || fail "nobody listens to the keyboard"
}
keyboard_ends() {
    guest 10 ": >/tmp/churn-stop"
    host "keys x"
    equal "the code of x, at the keyboard that was left alone" "$(guest_wait keys 30)" "45 "
    controls=$(guest_wait control 30) || fail "control transfers at the keyboard: $controls"
}

# load_begins, load_ends: both.
load_begins() { writing_begins; keyboard_begins; }
load_ends() {
    writing_ends
    keyboard_ends
    progress "left alone: $passes writes of 2 MiB, $controls control transfers, no error"
}

reading_begins() { guest 60 "churn_reading_begins STICK1" || fail "cycle $cycle: the reading does not begin"; }
# The reading of a stick that the guest has lost ended with an error, and the guest does not show the stick any more.
reading_broke() {
    guest 90 "churn_reading_broke && usb_gone STICK1" ||
        fail "cycle $cycle: the reading did not break: $(guest 10 'cat /tmp/churn-reading')"
}

# stick1_is_right: 1 MiB of it, read by the guest, while nothing that is left alone has failed.
stick1_is_right() {
    guest_reads STICK1 "$((cycle % 60))" 1
    equal "cycle $cycle: sha256 of 1 MiB" "$sum" "$(host sha256 stick1 "$((cycle % 60 * 1048576))" 1048576)"
}

# churn CYCLE: perform it once, then as often as --repeat says. It begins and ends with all devices in the guest.
churn() {
    churn_controllers
    give STICK2 $left_alone
    attach KEYBOARD
    give STICK1 $touched
    cycle=0
    load_begins
    $1
    load_ends
    books_open guest
    load_begins
    began=$(uptime_seconds)
    while [ $cycle -lt "$repeat" ]; do
        cycle=$((cycle + 1))
        $1
        stick1_is_right
        if [ $((cycle % 5)) = 0 ]; then writing_is_well; fi
        if [ $((cycle % 10)) = 0 ]; then progress "$cycle cycles"; fi
    done
    ended=$(uptime_seconds)
    load_ends
    books_close "$repeat"
    host "figure CHURN $repeat cycles, $(((ended - began) / repeat)) s each; $passes writes and $controls control transfers beside them without an error"
}

# churn_guests DIE: guest 1 reads a stick and has the keyboard, and then DIE ends it, while guest 2 writes to another
# stick. Guest 2 must get the first stick at once, and guest 1, started again, both. This is a cycle as above.
churn_guests() {
    die=$1
    guest_up 2
    churn_controllers
    give STICK2 $left_alone
    guest_1_begins
    guest_up 2
    cycle=0
    writing_begins
    guest_dies
    guest_up 2
    writing_ends
    books_open guest
    writing_begins
    began=$(uptime_seconds)
    while [ $cycle -lt "$repeat" ]; do
        cycle=$((cycle + 1))
        guest_dies
        guest_up 2
        writing_is_well
    done
    ended=$(uptime_seconds)
    guest_up 2
    writing_ends
    books_close "$repeat"
    host "figure CHURN $repeat cycles, $(((ended - began) / repeat)) s each; $passes writes beside them without an error"
}
guest_1_begins() {
    guest_up 1
    churn_controllers
    attach KEYBOARD
    give STICK1 $touched
}
guest_dies() {
    guest_up 1
    keyboard_begins
    reading_begins
    old=$domid
    $die
    guest_up 2
    give STICK1 $touched
    stick1_is_right
    port_with STICK1 $touched || fail "cycle $cycle: no port of guest 2 has STICK1"
    xl usbdev-detach "$domid" $touched "$port"
    equal "cycle $cycle: the nodes of the old guest" \
        "$(xenstore-list "/local/domain/0/backend/vusb/$old" 2>/dev/null)" ''
    guest_1_begins
    host "judge guest1"
    guest 60 "usb_wait KEYBOARD"
}

uptime_seconds() {
    read -r uptime _ </proc/uptime
    echo "${uptime%.*}"
}
