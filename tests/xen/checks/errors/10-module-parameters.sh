# A module parameter with a wrong value makes the load fail with a line in the log, and leaves nothing behind.
# timeout: 180
# only: ours

for name in usbback usbfront; do
    module=/bed/modules/xen-$name.ko
    modinfo "$module" | while read -r field parameter rest; do
        [ "$field" = parm: ] || continue
        log_mark
        ! insmod "$module" "${parameter%%:*}=-rubbish" || fail "xen-$name loads with ${parameter%%:*}=-rubbish"
        log_since "${parameter%%:*}" || fail "no line in the log about $parameter"
    done
done
still_works
