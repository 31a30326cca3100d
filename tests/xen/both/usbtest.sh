# usbtest: the kernel's own tests of a host controller driver, against a SourceSink gadget.

# The cases that a gadget with a bulk pair can do. With pattern 1 both sides check the data; the two
# throughput cases want pattern 0. (15, 16, 22, 23, 25 and 26 need other endpoints: checks of their own.)
usbtest_cases_1="0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 17 18 19 20 21 24 29"
usbtest_cases_0="27 28"

# usbtest_case: runs $case on the device found last, with transfers of usbtest_size octets (2048 without it), and
# prints "CASE pass" or "CASE fail: TEXT".
usbtest_case() {
    # Few iterations: the default of 1000 takes minutes in an emulated machine.
    bedtool limit 30 testusb -D "$(usb_node)" -t "$case" -c 20 -s "${usbtest_size:-2048}" -v 512 -g 16 \
        >/tmp/usbtest.out 2>&1
    status=$?
    result="fail: status $status, no result"
    [ $status = 124 ] && result="fail: hangs"
    while read -r line; do
        case $line in
            *"test $case,"*) result=pass ;;
            *"test $case -->"*) result="fail: ${line#*--> }" ;;
        esac
    done </tmp/usbtest.out
    echo "$case $result"
}

# usbtest_takes ALTERNATE: usbtest is the driver of the device found last, with this alternate setting, which it
# chooses when it is bound; -1: the first one that has endpoints.
usbtest_takes() {
    driver=$usb/${usb##*/}:1.0/driver
    case $(readlink "$driver"):$(cat /sys/module/usbtest/parameters/alt) in */usbtest:"$1") return 0 ;; esac
    echo "$1" >/sys/module/usbtest/parameters/alt
    if [ -e "$driver" ]; then echo "${usb##*/}:1.0" >"$driver/unbind"; fi
    echo "${usb##*/}:1.0" >/sys/bus/usb/drivers/usbtest/bind
}

# usbtest_run SERIAL PATTERN [CASES [ALTERNATE]]: all the cases, or these, for a gadget with this pattern.
usbtest_run() {
    usb_wait "$1" || return 1
    modprobe usbtest
    echo "$2" >/sys/module/usbtest/parameters/pattern
    usbtest_takes "${4:--1}"
    eval "cases=\${3:-\$usbtest_cases_$2}"
    for case in $cases; do
        result=$(usbtest_case) || true
        echo "$result"
        # Nothing more comes from a device that a case has wedged.
        case $result in *hangs) return ;; esac
    done
}
