# A module parameter with a wrong value makes the load fail with a line in the log, and leaves nothing behind.
# timeout: 180
# only: ours

for name in usbback usbfront; do
    module=/bed/modules/xen-$name.ko
    modinfo "$module" | while read -r field parameter rest; do
        [ "$field" = parm: ] || continue
        for value in -rubbish 0 1,,2 99999; do
            # A list of names may be a number.
            case $parameter:$value in pipelined:*:0 | pipelined:*:99999) continue ;; esac
            log_mark
            ! insmod "$module" "${parameter%%:*}=$value" || fail "xen-$name loads with ${parameter%%:*}=$value"
            log_since "${parameter%%:*}=$value is not allowed: must be " || fail "no line in the log about ${parameter%%:*}=$value"
        done
    done
done
still_works
