# Workloads that tell apart who keeps the promises of an endpoint's queue. Each runs natively in dom0 first,
# which shows that it is right, then in the guest. A reason for failing begins with "corrupts:", "hangs:" or
# "wrong:".

# How often a workload is repeated in its check; shellcheck does not see who uses it.
read -r repeat </bed/repeat

# ended WHERE STATUS: fail unless the workload whose output is in /tmp/outcome ended well.
ended() {
    if [ "$2" = 0 ]; then return 0; fi
    cat /tmp/outcome
    outcome=$(tail -n 1 /tmp/outcome)
    case $outcome in
        corrupts:* | hangs:* | wrong:* | n.a.:*) ;;
        *) outcome="wrong: status $2 ($outcome)" ;;
    esac
    if [ "$2" = 124 ]; then outcome="hangs: not finished in time"; fi
    fail "$outcome ($1)"
}

# in_dom0 COMMAND, in_guest SECONDS COMMAND: run it, and end the check with its reason if it fails. With
# repetitions it has ten seconds more for each.
in_dom0() {
    status=0
    (set +x; eval "$1") >/tmp/outcome 2>&1 || status=$?
    ended natively $status
}
in_guest() {
    status=0
    guest $(($1 + 10 * (repeat - 1))) "$2" >/tmp/outcome 2>&1 || status=$?
    ended "in the guest" $status
}

# same_log: what the device saw from the guest is what it saw natively.
same_log() {
    if cmp -s /tmp/log-native /tmp/log-guest; then return 0; fi
    diff /tmp/log-native /tmp/log-guest >/tmp/log-difference || true
    cat /tmp/log-difference
    # busybox shows differences in the unified form.
    fail "corrupts: the device saw '$(sed -n 's/^+\([^+]\)/\1/p' /tmp/log-difference | head -n 1)', natively" \
        "'$(sed -n 's/^-\([^-]\)/\1/p' /tmp/log-difference | head -n 1)'"
}

# scripted SERIAL PROGRAM: run a program of tools/urbs_run.c on a scripted device; both ends are checked.
scripted() {
    gadget_up "$1" ffs
    usb_wait "$1" || fail "wrong: no device natively"
    in_dom0 "bedtool urbs $(usb_node) $repeat '$2'"
    gadget_log >/tmp/log-native
    cat /tmp/log-native
    attach "$1"
    in_guest 60 "usb_wait $1 && bedtool urbs \$(usb_node) $repeat '$2'"
    gadget_log >/tmp/log-guest
    same_log
    detach "$1"
    gadget_down "$1"
}

# both_ways SERIAL SECONDS COMMAND: a gadget's driver does the same natively and in the guest.
both_ways() {
    usb_wait "$1" || fail "wrong: no device natively"
    in_dom0 "$3"
    mv /tmp/outcome /tmp/outcome-native
    attach "$1"
    in_guest "$2" "$3"
}
