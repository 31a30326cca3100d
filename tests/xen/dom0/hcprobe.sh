# What a host controller does with an endpoint's queue: modules/hc-probe on a scripted device, in dom0.

# probe_up SERIAL PRODUCT: have the module drive the device.
probe_up() {
    usb_wait "$1" || fail "dom0 has no device $1"
    if [ ! -d /sys/bus/usb/drivers/hc-probe ]; then insmod /bed/modules/hc-probe.ko; fi
    echo "1d6b $2" >/sys/bus/usb/drivers/hc-probe/new_id
    for probe_file in "$usb"/*:*.0/hc_probe; do :; done
    [ -e "$probe_file" ] || fail "hc-probe did not take the device"
}

# probe_disk SERIAL: the same with a disk of QEMU's, which its driver has already.
probe_disk() {
    disk_of "$1" || fail "dom0 has no disk $1"
    interface=$(echo "$usb"/*:*.0)
    echo "${interface##*/}" >/sys/bus/usb/drivers/usb-storage/unbind
    if [ ! -d /sys/bus/usb/drivers/hc-probe ]; then insmod /bed/modules/hc-probe.ko; fi
    echo "46f4 0001" >/sys/bus/usb/drivers/hc-probe/new_id
    probe_file=$interface/hc_probe
    [ -e "$probe_file" ] || fail "hc-probe did not take the disk"
}

# probe TEST RUNS [HOW [NUMBER]]: perform a test; result is its line.
probe() {
    echo "$*" >"$probe_file" || fail "test $*: $(cat "$probe_file")"
    read -r result <"$probe_file"
    progress "PROBE $result"
}

# counted NAME: the number after the name in the result.
counted() {
    counted=${result#*" $1 "}
    echo "${counted%% *}"
}

# no_violation RUNS_WORD: the last test had some runs that could tell, and no violation.
no_violation() {
    [ "$(counted "$1")" -gt 0 ] || fail "no run could tell: $result"
    equal "violations ($result)" "$(counted violations)" 0
}

# tells RUNS_WORD: the last test had some runs that could tell; what they told is a finding, not a failure.
tells() { [ "$(counted "$1")" -gt 0 ] || fail "no run could tell: $result"; }

# continuous LOG LENGTH: of the last length-out the device took that much, the host was told so, and what it
# sent next went on from there.
continuous() {
    case "$result" in
        *" $2 wanted, $2 reported, then 100") ;;
        *) fail "the length is not what moved: $result" ;;
    esac
    case "$1" in
        *" 100: $2-$(($2 + 99))"*) ;;
        *) fail "the device got something else next: $1" ;;
    esac
}
