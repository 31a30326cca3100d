# What an operator looks at: the files in debugfs and the tracepoints of both modules.

# back_file NAME, front_file NAME: print a file of guest 1's controller 0.
back_file() { cat "/sys/kernel/debug/xen-usbback/$domid-0/$1"; }
front_file() { guest 20 "cat /sys/kernel/debug/xen-usbfront/0-0/$1"; }

# tracefs: make it readable here; the same words do it in a guest.
tracing=/sys/kernel/tracing
trace_begin="[ -e $tracing/trace ] || mount -t tracefs tracefs $tracing; echo >$tracing/trace"
trace_begin="$trace_begin; echo 1 >$tracing/events/SYSTEM/enable; echo 1 >$tracing/tracing_on"

# trace_on: both ends trace all messages from now on.
trace_on() {
    eval "$(echo "$trace_begin" | sed s/SYSTEM/xen_usbback/)"
    guest 20 "$(echo "$trace_begin" | sed s/SYSTEM/xen_usbfront/)"
}

# trace_off: no more; the lines are in /tmp/trace-back and /tmp/trace-front, each from its event's name on. Of a
# guest's there is only place for what matches PATTERN.
trace_off() {
    echo 0 >$tracing/events/xen_usbback/enable
    sed -n 's/.*: \(usbif_.*\)/\1/p' $tracing/trace >/tmp/trace-back
    guest 20 "echo 0 >$tracing/events/xen_usbfront/enable; grep '$1' $tracing/trace" |
        sed -n 's/.*: \(usbif_.*\)/\1/p' >/tmp/trace-front
}

# row FILE ENDPOINT DIRECTION: the words of an endpoint's row in a printed file "ports", with one blank between.
row() { sed -n "s/^ *$2 $3 */$2 $3 /p" "$1" | tr -s ' '; }
