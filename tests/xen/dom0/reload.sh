# Drivers that go away and come back while guest 1 uses its devices.

# How often; twice in a run of all checks, more with --repeat.
reload_cycles=$((${repeat:-1} + 1))

# load_up: guest 1 has two sticks and the keyboard; one stick is read all the time, the keyboard is listened to.
load_up() {
    attach STICK1
    attach STICK2
    attach KEYBOARD
    guest 20 "rm -f /tmp/load-*"
    guest_start read "load_read 8"
    guest_start keys "load_keys"
}

# before_reload: the load is under way, and a process has the other stick open.
before_reload() {
    guest 60 load_under_way || fail "the load did not go on in cycle $cycle"
    held=yes
    guest_start hold "rm -f /tmp/hold-*; usb_wait STICK2 && bedtool hold \$(usb_node) /tmp/hold-ready /tmp/hold-end"
    guest 20 'until [ -e /tmp/hold-ready ]; do sleep 0.1; done' || fail "the second stick could not be opened"
}

# after_reload: all the devices are there again, without any word to xl.
after_reload() {
    guest 60 "usb_wait STICK1 && usb_wait STICK2 && usb_wait KEYBOARD" || fail "cycle $cycle: a device did not come back"
    [ "$held" = no ] || hold_ends
}

# hold_ends: the process gives back what it kept open; the next one has to be waited for.
hold_ends() {
    guest 20 "rm /tmp/hold-ready; : >/tmp/hold-end"
    equal "the stick that was kept open" "$(guest_wait hold 20)" gone
    held=no
}

# load_down READS: end the load; each whole read was right, and keys arrive. At least so many reads broke.
load_down() {
    guest 60 load_under_way || fail "the load did not go on after the last cycle"
    guest 10 ": >/tmp/load-end"
    host "keys x"
    equal "the code of x" "$(guest_wait keys 30)" "45 "
    guest_wait read 60 || fail "the reading did not end"
    wanted=$(host sha256 stick1 0 8388608)
    guest 20 "grep -vc '^$wanted ' /tmp/load-sums" >/tmp/wrong || true
    equal "the number of reads with a wrong sha256" "$(cat /tmp/wrong)" 0
    whole=$(guest 20 "wc -l </tmp/load-sums")
    broken=$(guest 20 "wc -l </tmp/load-broken")
    [ "$broken" -ge "$1" ] || fail "only $broken reads broke in $reload_cycles cycles"
    progress "$reload_cycles cycles; $broken reads of 8 MiB broke, $whole were whole and right"
    guest_reads STICK2 0 1
    equal "sha256 of the second stick's first MiB" "$sum" "$(host sha256 stick2 0 1048576)"
}

# reload CYCLE: perform it once, then as often as --repeat says, under load; the books before and after.
reload() {
    reload_cycles=1 cycle=0
    load_up
    before_reload
    $1
    after_reload
    load_down 1
    books_open guest
    reload_cycles=$repeat
    load_up
    while [ $cycle -lt "$repeat" ]; do
        cycle=$((cycle + 1))
        before_reload
        $1
        after_reload
        if [ $((cycle % 10)) = 0 ]; then progress "$cycle cycles"; fi
    done
    load_down "$repeat"
    books_close "$repeat"
}
