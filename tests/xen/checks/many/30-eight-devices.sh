# Eight devices on one controller, some silent, the others busy at once: each gets its share, unlinks and control requests too.
# timeout: 300
# only: ours

gadget_places 5
guest_up 1
take_over STICK1
take_over STICK2
take_over KEYBOARD
for name in SERIAL1 SERIAL2; do
    gadget_up $name acm
    attach $name
done
gadget_up NET ecm
bedtool frames echo "$(cat /sys/kernel/config/usb_gadget/NET/functions/ecm.0/ifname)" &
echo $! >/tmp/echo-pid
attach NET
gadget_up STREAM SourceSink
attach STREAM
gadget_up QUIET ffs
attach QUIET

# The serial lines are open: 17 IN URBs each, which nobody will answer.
guest 40 "modprobe cdc_acm; for name in SERIAL1 SERIAL2; do
    device_part \$name '*:*/tty/ttyACM*' || exit 1
    bedtool busy open /dev/\${part##*/} 600 >/dev/null 2>&1 &
    echo \$! >/tmp/open-\$name
done"

# start SECONDS KIND
start() {
    case $2 in
        net) guest_start net "modprobe cdc_ether; device_part NET '*:*/net/*' && bedtool frames for \${part##*/} $1" ;;
        stick1) busy_start stick1 disk STICK1 "$1" ;;
        stick2) busy_start stick2 disk STICK2 "$1" ;;
        stream) busy_start stream stream STREAM "$1" ;;
        unlink) busy_start unlink unlink QUIET "$1" ;;
        control) busy_start control control KEYBOARD "$1" ;;
    esac
}
kinds="net stick1 stick2 stream unlink control"
for kind in $kinds; do
    start 4 "$kind"
    busy_end "$kind"
    progress "alone: $kind $amount in 4 s, longest ${longest:-} ms"
    echo "$amount" >"/tmp/alone-$kind"
done
for kind in $kinds; do start 16 "$kind"; done
for kind in $kinds; do
    busy_end "$kind"
    progress "together: $kind $amount in 16 s, longest ${longest:-} ms"
    read -r alone <"/tmp/alone-$kind"
    # A sixth would be fair, and a fifth at least has been seen; the rest is for what else the host does.
    at_least "$kind beside the others, against alone" $((amount / 4)) "$alone" 5
    # As long as drivers wait for an answer.
    case $kind in unlink | control) at_most "the longest $kind beside the others, ms" "$longest" 5000 ;; esac
done

guest 20 "kill \$(cat /tmp/open-*)"
read -r pid </tmp/echo-pid
kill "$pid"
for name in SERIAL1 SERIAL2 NET STREAM QUIET; do
    detach $name
    gadget_down $name
done
