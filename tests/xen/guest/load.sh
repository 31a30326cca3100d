# Work that goes on in the guest whatever becomes of its devices, until /tmp/load-end is there.

# load_read MIB [PAUSE_MS]: read so much of STICK1 again and again. /tmp/load-sums gets the sha256 of each whole read,
# /tmp/load-broken a line each time the stick was lost.
load_read() {
    until [ -e /tmp/load-end ]; do
        if disk_of STICK1 && bedtool stick again "$disk" 0 "$1" /tmp/load-end "${2:-0}" >>/tmp/load-sums; then
            break
        fi
        echo broken >>/tmp/load-broken
        sleep 0.2
    done
}

# load_keys: listen to the keyboard, which stays idle: an interrupt IN is under way all the time. After the end
# it still waits for one key, whose code is printed.
load_keys() {
    until [ -e /tmp/load-end ]; do
        rm -f /tmp/keys-ready
        bedtool keys 600 'QEMU USB Keyboard' 1 >/tmp/load-key || true
    done
    cat /tmp/load-key
}

# load_under_way: the reading has got on since now, and the keyboard is listened to.
load_under_way() {
    rm -f /tmp/stick-progress
    until read -r done </tmp/stick-progress && [ "$done" -ge 1048576 ] && [ -e /tmp/keys-ready ]; do
        sleep 0.1
    done 2>/dev/null
}
