# Sourced by dom0's init when Xen's daemons run: performs the checks of this boot (/bed/list: a name and
# a time-out in seconds on each line) and tells the runner on the host about each.
. /bed/lib.sh

# The guests' consoles go to the host as they come, so that they are kept even when dom0 dies.
for number in 1 2 3 4; do
    tail -n +1 -F "/var/log/xen/console/guest-guest$number.log" >"/dev/vport0p$((number + 1))" 2>/dev/null &
done

# What the logs should tell about a failure, beside what the check itself printed.
after_failure() {
    echo "bed: the end of the check's trace:"
    tail -n 25 /tmp/trace
    xl list
    xenstore-ls /local/domain/0/backend/vusb
    # Which tasks are stuck, and where.
    echo w >/proc/sysrq-trigger
}

# A failed check may leave anything behind, so the boot ends with it, status 1; the runner starts a new one for
# the checks that are left.
run_checks() {
    while read -r name seconds <&3; do
        host "begin $name" || return
        rm -f /tmp/reason
        bedtool limit "$seconds" sh -eux -c '. /bed/lib.sh; . "/bed/checks/$1.sh"' sh "$name" 2>/tmp/trace
        status=$?
        if [ $status = 0 ]; then
            host pass
            continue
        fi
        reason="status $status from: $(tail -n 1 /tmp/trace)"
        [ $status = 124 ] && reason="not finished after $seconds s; it was at: $(tail -n 1 /tmp/trace)"
        [ -f /tmp/reason ] && reason=$(cat /tmp/reason)
        host "fail $reason"
        after_failure
        return 1
    done 3</bed/list
}

# At the end of the boot: what was lost in it, here and in the guests that are left. Not after a failure, when what
# would be asked may hang.
all_leaks() {
    [ -e /sys/kernel/debug/kmemleak ] || return 0
    host leaks
    leaks
    for number in 1 2 3 4; do
        if domid=$(xl domid guest$number 2>/dev/null); then guest 120 leaks || echo "bed: guest$number does not answer"; fi
    done
}

leaks_by_hand
host up && run_checks && all_leaks
# The consoles' last lines are on their way for up to a second (tail's polling).
sleep 1.2
host down
