# How fast a guest moves many small URBs that wait in a queue: 32 of 4 KiB each, to and from a gadget on dummy_hcd.
# timeout: 240

gadget_up QUEUED SourceSink pattern=0
attach QUEUED
guest 20 'modprobe usbtest; echo 0 >/sys/module/usbtest/parameters/pattern'
# seconds_of CASE: usbtest's own measure of 200 rounds (25 MiB) of it.
seconds_of() {
    guest 100 "usb_wait QUEUED
        testusb -D \$(usb_node) -t $1 -c 200 -s 4096 -g 32 >/tmp/usbtest.out 2>&1
        while read -r line; do
            case \$line in
                *'test $1,'*secs*) line=\${line##*,}; line=\${line%secs*}; printf '%.3f' \$line ;;
            esac
        done </tmp/usbtest.out"
}
for case in 27 28; do
    best=''
    for try in 1 2 3; do
        timed seconds_of $case
        faster "$best"
    done
    rate 25 "$best"
    progress "SPEED queued bulk URBs of 4 KiB, usbtest $case: guest ($system) $rate MiB/s"
done
detach QUEUED
gadget_down QUEUED
