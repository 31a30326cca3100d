# Work on devices for the churn checks (dom0/churn.sh), until /tmp/churn-stop is there. What goes wrong with a device
# that nobody touches stands in /tmp/churn-failed.

# churn_write SERIAL: 2 MiB again and again, each time other octets; at the end prints how often, and the last sha256.
churn_write() {
    disk_of "$1" || return 1
    passes=0 written=''
    until [ -e /tmp/churn-stop ]; do
        passes=$((passes + 1))
        written=$(bedtool stick write "$disk" 4 2 $passes) ||
            { echo "write $passes" >>/tmp/churn-failed; return 1; }
        echo $passes >/tmp/churn-written
    done
    echo "$passes ${written% *}"
}

# churn_control SERIAL: the device is asked for its descriptor all the time.
churn_control() {
    usb_wait "$1" || return 1
    bedtool control "$(usb_node)" /tmp/churn-stop || { echo "control $1" >>/tmp/churn-failed; return 1; }
}

# churn_keys: somebody listens to the keyboard, where one key is pressed in the end.
churn_keys() { bedtool keys 36000 'QEMU USB Keyboard' 1; }

# churn_reading_begins SERIAL: returns when 1 MiB has been read; it goes on until the stick is lost.
churn_reading_begins() {
    disk_of "$1" || return 1
    rm -f /tmp/churn-read /tmp/churn-reading
    (
        STICK_PROGRESS=/tmp/churn-read bedtool stick again "$disk" 0 64 /tmp/churn-stop >/tmp/churn-reading 2>&1
        echo "status $?" >>/tmp/churn-reading
    ) >/dev/null 2>&1 &
    tries=$((300 * patience))
    until read -r done </tmp/churn-read && [ "$done" -ge 1048576 ]; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { echo "no progress"; return 1; }
        sleep 0.1
    done 2>/dev/null
}

# churn_reading_broke: that reading has ended, with an error.
churn_reading_broke() {
    tries=$((300 * patience))
    until grep -q ^status /tmp/churn-reading 2>/dev/null; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || { echo "the reading hangs"; return 1; }
        sleep 0.1
    done
    grep -q '^status 1$' /tmp/churn-reading || { cat /tmp/churn-reading; return 1; }
}
