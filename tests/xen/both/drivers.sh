# What class drivers and their tools do with a device; the same in dom0 and in the guest. The last line of
# each is "pass" or a reason that begins with "corrupts:", "hangs:" or "wrong:".

# device_part SERIAL PATTERN: sets part to the first name in sysfs that matches below the device.
device_part() {
    usb_wait "$1" || { echo "wrong: no device $1"; return 1; }
    tries=$((100 * patience))
    while [ $tries -gt 0 ]; do
        # shellcheck disable=SC2086 # a pattern
        for part in "$usb"/$2; do
            [ -e "$part" ] && return 0
        done
        tries=$((tries - 1))
        sleep 0.1
    done
    echo "wrong: no driver for $1"
    return 1
}

# scsi_answer FILE LENGTH CDB...: sg_raw's answer to a command that asks for so much.
scsi_answer() {
    file=$1 length=$2
    shift 2
    rm -f "$file"
    status=0
    bedtool limit 25 sg_raw -t 8 -r "$length" -o "$file" "/dev/${part##*/}" "$@" >/tmp/sg_raw 2>&1 || status=$?
    if [ $status = 124 ]; then echo "hangs: sg_raw $* ($length octets)"; return 1; fi
    if [ $status != 0 ]; then cat /tmp/sg_raw; echo "wrong: sg_raw $* ($length octets): status $status"; return 1; fi
}

# inquiry_twice SERIAL TIMES: a disk is asked for much more than it has to say, then for just that.
inquiry_twice() {
    modprobe sg
    device_part "$1" "*:*/host*/target*/*/scsi_generic/sg*" || return 1
    for _ in $(seq "$2"); do
        scsi_answer /tmp/long 122880 12 00 00 00 ff 00 || return 1
        scsi_answer /tmp/short 36 12 00 00 00 24 00 || return 1
        length=$(wc -c </tmp/short)
        if [ "$length" != 36 ]; then echo "wrong: $length octets"; return 1; fi
        cmp /tmp/long /tmp/short || { echo "corrupts: the two answers differ"; return 1; }
        scsi_answer /tmp/block 4096 28 00 00 00 00 10 00 00 08 00 || return 1
        sha256sum </tmp/block >/tmp/sum
    done
    read -r sum _ </tmp/sum
    echo "$sum"
    echo pass
}

# tty_of SERIAL OTHER TIMES: a serial line is opened and closed, OTHER is asked for its descriptor meanwhile.
tty_of() {
    modprobe cdc_acm
    device_part "$1" "*:*/tty/ttyACM*" || return 1
    usb_wait "$2" || { echo "wrong: no device $2"; return 1; }
    bedtool tty "/dev/${part##*/}" "$(usb_node)" "$3"
}

# network_of SERIAL FRAMES TIMES: Ethernet frames to the other end and back.
network_of() {
    modprobe cdc_ether
    device_part "$1" "*:*/net/*" || return 1
    bedtool frames send "${part##*/}" "$2" "$3"
}

# usbtest_cases SERIAL PATTERN CASES TIMES [ALTERNATE]: these cases of usbtest pass.
usbtest_cases() {
    for _ in $(seq "$4"); do
        usbtest_run "$1" "$2" "$3" "${5:-}" >/tmp/usbtest-results
        while read -r case result; do
            case $result in
                pass) ;;
                *hangs*) echo "hangs: case $case"; return 1 ;;
                *) echo "wrong: case $case: $result"; return 1 ;;
            esac
        done </tmp/usbtest-results
        equal_count=$(grep -c pass /tmp/usbtest-results)
        [ "$equal_count" = "$(echo "$3" | wc -w)" ] || { echo "wrong: $equal_count cases ended"; return 1; }
    done
    echo pass
}
